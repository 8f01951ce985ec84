/** The desk's sentences: words of the catalogue with what is in them filled in. Pure. */
import { displayed, tidyLine } from "../hygiene";
import type { PostValue, Reason, RelayValue, RoomValue, SessionValue } from "../wire";
import type { Words } from "../words";
import { roomOf } from "./programme";
import type { Step } from "./steps";

type Fields = Readonly<Record<string, string | number>>;

/** The text of a key with its fields; the key's last part where the catalogue does not know it. */
export function tell(words: Words, key: string, fields: Fields = {}): string {
  if (!words.has(key)) return key.slice(key.lastIndexOf(".") + 1).replaceAll("_", " ");
  return words.say(key).replace(/\{(\w+)\}/g, (all, name: string) => {
    const value = fields[name];
    return value === undefined ? all : typeof value === "number" ? words.number(value) : value;
  });
}

/** Why a person did not want it shown, as codes that the server keeps. */
export const WHY = ["off_topic", "spam", "abusive", "patient_information", "wrong_claim", "other"] as const;

/** A reason in words; a general sentence for a code that this page does not know. */
export function reasonOf(words: Words, { code, params }: Reason): string {
  if ((WHY as readonly string[]).includes(code)) return tell(words, "desk.decided", { why: tell(words, `desk.why.${code}`) });
  if (code === "reconsidered") return tell(words, "desk.reconsidered");
  const said = words.has(`reason.${code}`) ? tell(words, `reason.${code}`, params) : tell(words, "desk.reason_other");
  const where = `reason.in.${params["field"]}`;
  return params["field"] && words.has(where) ? `${said} ${words.say(where)}` : said;
}

/** Where a contribution got to: "queued in Room A", "discussed ✓". */
export function relayOf(words: Words, state: string, session: SessionValue | undefined, rooms: readonly RoomValue[]): string {
  return tell(words, `desk.relay.${state}`, { room: roomOf(session, rooms) || tidyLine(session?.title ?? "") });
}

/** What a step does, for a person who reads that it did not happen. */
export function stepOf(words: Words, step: Step): string {
  return tell(words, `desk.step.${step.do === "move" ? step.move : step.do === "send" ? step.what : step.do}`);
}

/** The beginning of what was said, on one line; links are where they lead. */
export function snippet(post: PostValue | undefined, most = 160): string {
  const runs = displayed(post?.text ?? "", post?.links ?? [], new Set());
  const points = Array.from(tidyLine(runs.map(({ text }) => text).join("")));
  return points.length > most ? `${points.slice(0, most - 1).join("").trimEnd()}…` : points.join("");
}

/** What a relay says, short. */
export function relaySnippet(relay: RelayValue, most = 140): string {
  return snippet(relay.post, most);
}
