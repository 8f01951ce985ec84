/** How far a point got, as its author is told; wall/routes/own_points.py says the same. Pure. */
import type { PointValue, Reason } from "../wire";
import type { Key, Words } from "../words";

export type Step =
  | "waiting" | "shown" | "coming" | "next" | "now" | "discussed" | "answered"
  | "later" | "later_session" | "later_board" | "later_report" | "returned" | "not_shown" | "taken_down";

const UNSHOWN: Readonly<Record<string, Step>> = {
  received: "waiting", held: "waiting", rejected: "not_shown", hidden: "taken_down",
};
const RELAYED: Readonly<Record<string, Step>> = {
  queued: "coming", next: "next", on_floor: "now", discussed: "discussed", answered: "answered",
  deferred: "later", returned: "returned",
};
const LATER: Readonly<Record<string, Step>> = { session: "later_session", board: "later_board", report: "later_report" };
const REACHED: Readonly<Partial<Record<Step, number>>> = {
  waiting: 1, shown: 2, coming: 3, next: 3, now: 3, discussed: 4, answered: 4,
};
const OFF: readonly Step[] = ["not_shown", "taken_down"];
const HEARD: readonly Step[] = ["discussed", "answered"];
const HOLES = /\{\w+\}/;

/** Where a point is; null for one that is gone. */
export function stepOf({ state, relay_state, detail }: Pick<PointValue, "state" | "relay_state" | "detail">): Step | null {
  if (state === "approved") {
    const step = RELAYED[relay_state ?? ""] ?? "shown";
    return step === "later" ? (LATER[detail] ?? step) : step;
  }
  return UNSHOWN[state] ?? null;
}

/** How many of four stages are behind a point: received, on the walls, to the room, heard; 0 where none count. */
export function reached(step: Step): number {
  return REACHED[step] ?? 0;
}

/** Whether the room took it up, so that its outcome may be told. */
export function heard(step: Step): boolean {
  return HEARD.includes(step);
}

/** What came of it, unless the reply says so already. */
export function cameOf({ outcome, reply }: Pick<PointValue, "outcome" | "reply">): string {
  return reply.includes(outcome) ? "" : outcome;
}

/** Whether its words are still its author's to change: nobody decided yet. */
export function isEditable({ state }: Pick<PointValue, "state">): boolean {
  return state === "held" || state === "received";
}

/** Whether its author may wish for a second look: it is not shown, and they did not yet. */
export function mayAsk({ state, second }: Pick<PointValue, "state" | "second">): boolean {
  return (state === "rejected" || state === "hidden") && second === null;
}

/** Whether it is about a session that this step is told. */
export function placed(step: Step): boolean {
  return !OFF.includes(step) && step !== "waiting" && step !== "shown";
}

/** Why a point is not shown, in words, each once; nothing while it is, or waits. */
export function whyNot(step: Step, reasons: readonly Reason[], words: Words): string[] {
  return OFF.includes(step) ? [...new Set(reasons.map((reason) => why(reason, words)))] : [];
}

function why({ code, params }: Reason, words: Words): string {
  for (const key of [`join.why.${code}`, `reason.${code}`]) {
    const said = words.has(key) ? words.fill(key as Key, params) : "";
    if (said && !HOLES.test(said)) return said;
  }
  return words.say("join.why.other");
}
