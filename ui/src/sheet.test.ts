import { expect, test } from "vitest";
import { conclusionsOf, isOpen, minutesLate, nextBreak, notesOf, unread } from "./sheet";
import type { AnswerValue, ConclusionValue, MessageValue, PostValue, Prompt, SessionValue } from "./wire";

const at = (time: string): number => Date.parse(`2026-05-04T${time}Z`);
const prompt = (id: string, minute: number, kind: Prompt["kind"] = "prompt"): Prompt => ({ id, text: id, minute, code: "", kind, level: "" });
const SHEET = [prompt("a", 0), prompt("break", 12, "break"), prompt("b", 20), prompt("again", 32, "break")];
const session = (more: Partial<SessionValue>): SessionValue => ({
  id: "s", state: "running", starts_at: "2026-05-04T09:00:00Z", ends_at: "2026-05-04T10:00:00Z", begun_at: "2026-05-04T09:00:00Z",
  ended_at: null, prompts: SHEET, prompt: null, prompt_at: null, ...more,
} as SessionValue);

test.each([
  ["nobody began it", { state: "planned", begun_at: null }, "09:07:30", 7],
  ["it is not time yet", { state: "planned", begun_at: null }, "08:50:00", 0],
  ["it began late", { begun_at: "2026-05-04T09:06:00Z", prompt: "a", prompt_at: "2026-05-04T09:06:00Z" }, "09:08:00", 6],
  ["it goes by its plan", { prompt: "a", prompt_at: "2026-05-04T09:00:30Z" }, "09:11:00", 0],
  ["the next step is due", { prompt: "a", prompt_at: "2026-05-04T09:00:00Z" }, "09:17:10", 5],
  ["a step began late and the next is not due", { prompt: "b", prompt_at: "2026-05-04T09:24:00Z" }, "09:26:00", 4],
  ["it has caught up", { begun_at: "2026-05-04T09:06:00Z", prompt: "b", prompt_at: "2026-05-04T09:20:00Z" }, "09:21:00", 0],
  ["it is over", { state: "ended" }, "11:00:00", 0],
  ["steps have no times", { prompts: [prompt("a", 0), prompt("b", 0), prompt("c", 0)], prompt: "b", prompt_at: "2026-05-04T09:40:00Z" }, "09:50:00", 0],
] as const)("minutes behind the plan: %s", (_, more, now, late) => {
  expect(minutesLate(session(more as Partial<SessionValue>), at(now))).toBe(late);
});

test("the next online break is counted from the real beginning, is due, and is on", () => {
  const begun = { begun_at: "2026-05-04T09:05:00Z" };
  expect(nextBreak(session(begun), at("09:05:00"))).toMatchObject({ on: false, minutes: 12, prompt: { id: "break" } });
  expect(nextBreak(session(begun), at("09:16:30"))).toMatchObject({ on: false, minutes: 1 });
  expect(nextBreak(session(begun), at("09:20:00"))).toMatchObject({ on: false, minutes: 0 });
  expect(nextBreak(session({ prompt: "break" }), at("09:13:00"))).toMatchObject({ on: true });
  expect(nextBreak(session({ prompt: "b" }), at("09:21:00"))).toMatchObject({ minutes: 11, prompt: { id: "again" } });
  expect(nextBreak(session({ prompt: "again" }), at("09:40:00"))).toMatchObject({ on: true });
  expect(nextBreak(session({ prompts: [prompt("a", 0)] }), at("09:01:00"))).toBeNull();
  expect(nextBreak(session({ state: "ended" }), at("09:01:00"))).toBeNull();
});

const all = <T extends { id: string }>(...values: T[]): Map<string, T> => new Map(values.map((value) => [value.id, value]));

test("conclusions are in their order, and only of their session", () => {
  const one = (id: string, of: string, position: number) => ({ id, session: of, position }) as ConclusionValue;
  expect(conclusionsOf("s", all(one("b", "s", 1), one("x", "t", 0), one("a", "s", 0))).map(({ id }) => id)).toEqual(["a", "b"]);
});

test("conclusions may be endorsed until an hour after the end", () => {
  const over = session({ state: "ended", ended_at: "2026-05-04T10:00:00Z" });
  expect([isOpen(session({}), at("23:00:00")), isOpen(over, at("11:00:00")), isOpen(over, at("11:00:01"))]).toEqual([true, true, false]);
});

test("notes of a room are those that may be read here, newest first", () => {
  const answer = (id: string, how: AnswerValue["how"], of = "s") => ({ id, session: of, how }) as AnswerValue;
  const post = (id: string, order: number) => ({ id, order }) as PostValue;
  const answers = all(answer("a", "room"), answer("b", "room"), answer("c", "time"), answer("d", "room", "t"), answer("gone", "room"));
  expect(notesOf("s", answers, all(post("a", 1), post("b", 2), post("c", 3), post("d", 4)), 5).map(({ id }) => id)).toEqual(["b", "a"]);
});

test("what nobody read stays, oldest first, and only on its own side", () => {
  const message = (id: string, sent: string, more: Partial<MessageValue> = {}) =>
    ({ id, session: "s", to: "chair", sent_at: `2026-05-04T${sent}Z`, ok_at: null, ...more }) as MessageValue;
  const sent = all(message("b", "09:02:00"), message("a", "09:01:00"), message("read", "09:00:00", { ok_at: "2026-05-04T09:03:00Z" }), message("back", "09:00:00", { to: "desk" }));
  expect(unread("s", "chair", sent).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(unread("s", "desk", sent).map(({ id }) => id)).toEqual(["back"]);
});
