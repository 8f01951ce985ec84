/** Of a step that met another one: what was wanted here, and how things are now. Pure. */
import type { Refusal } from "../commands";
import type { Words } from "../words";
import { stepOf, tell } from "./say";
import type { Step } from "./steps";

export interface Side {
  /** What state something is in, in words; "" where none is known. */
  readonly state: string;
  /** What somebody wrote. */
  readonly text: string;
}

export interface Sides {
  readonly mine: Side;
  readonly theirs: Side;
  /** The step as it is done all the same, to what is there now; null where that makes no sense. */
  readonly again: Step | null;
}

const TEXTS = ["outcome", "note", "words", "wording", "text", "answer"] as const;

/** Both sides of a stale step; null for a refusal of another kind. */
export function sidesOf(words: Words, step: Step, refusal: Refusal, now: string): Sides | null {
  const current = refusal.details["current"];
  if (refusal.code !== "stale_version" || !isFields(current)) return null;
  const mine = { state: stepOf(words, step), text: typed(step) };
  return { mine, theirs: { state: stateOf(words, current) || now, text: textOf(current, step) }, again: againOf(step, current) };
}

/** What a person typed with a step. */
function typed(step: Step): string {
  if (step.do === "close" || step.do === "advance") return step.outcome ?? "";
  if (step.do === "note-session") return step.note;
  if (step.do !== "send") return "";
  const body = step.body as Readonly<Record<string, unknown>>;
  return TEXTS.map((name) => body[name]).find((value): value is string => typeof value === "string") ?? "";
}

/** The text that stands there now in the field that was to be written. */
function textOf(current: Fields, step: Step): string {
  const body = step.do === "send" ? Object.keys(step.body) : step.do === "note-session" ? ["note"] : ["outcome"];
  const name = [...body, ...TEXTS].find((one) => typeof current[one] === "string" && current[one] !== "" && (TEXTS as readonly string[]).includes(one));
  return name === undefined ? "" : String(current[name]);
}

function stateOf(words: Words, current: Fields): string {
  const state = current["state"];
  if (typeof state !== "string") return "";
  const known = [`desk.session.${state}`, `desk.state.${state}`, `desk.offer.state.${state}`, `desk.ask.state.${state}`].find((key) => words.has(key));
  return known ? tell(words, known) : state.replaceAll("_", " ");
}

/** With the version that is there now, so that the person who saw both sides decides. */
function againOf(step: Step, current: Fields): Step | null {
  if (step.do === "advance" || step.do === "raise") return null; // the room is elsewhere: look at it anew
  if (step.do !== "send") {
    const { seen: _, ...rest } = step as Step & { seen?: unknown };
    return rest as Step;
  }
  const body = step.body as Fields;
  const counts = ["version", "worded"].filter((name) => typeof body[name] === "number" && typeof current[name] === "number");
  return counts.length === 0 ? null : { ...step, body: { ...body, ...Object.fromEntries(counts.map((name) => [name, current[name]])) } };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
