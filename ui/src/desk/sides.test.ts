import { expect, test } from "vitest";
import { Refusal } from "../commands";
import type { Words } from "../words";
import { sidesOf } from "./sides";
import type { Step } from "./steps";

const words = {
  has: (key: string) => key in SAID, say: (key: string) => SAID[key] ?? key, number: String,
} as unknown as Words;
const SAID: Readonly<Record<string, string>> = { "desk.step.close": "Close it", "desk.step.handover": "Hand-over note", "desk.step.advance": "Go on" };

function stale(current: object): Refusal {
  return new Refusal(409, "stale_version", "This changed.", "Look.", { current });
}

test("two who close one thing see what each wanted, and it can be done all the same", () => {
  const step: Step = { do: "close", relay: "r1", state: "answered", outcome: "Yes.", seen: { version: 1 } };
  const sides = sidesOf(words, step, stale({ state: "discussed", outcome: "Perhaps.", version: 2 }), "");
  expect(sides?.mine).toEqual({ state: "Close it", text: "Yes." });
  expect(sides?.theirs).toEqual({ state: "discussed", text: "Perhaps." });
  expect(sides?.again).toEqual({ do: "close", relay: "r1", state: "answered", outcome: "Yes." });
});

test("a command of its own goes again with the version that is there now", () => {
  const step: Step = { do: "send", what: "handover", path: "/x", about: "s1", body: { version: 0, words: "Mine." } };
  const sides = sidesOf(words, step, stale({ version: 3, words: "Theirs." }), "");
  expect([sides?.mine.text, sides?.theirs.text]).toEqual(["Mine.", "Theirs."]);
  expect(sides?.again).toMatchObject({ body: { version: 3, words: "Mine." } });
});

test("a queue that moved on is looked at anew: nothing is done all the same", () => {
  const step: Step = { do: "advance", session: "s1", floor: "r1", next: null, outcome: "Yes." };
  expect(sidesOf(words, step, stale({ floor: null, next: "r2" }), "")?.again).toBeNull();
});

test("a refusal of another kind has no two sides", () => {
  const step: Step = { do: "end", session: "s1" };
  expect(sidesOf(words, step, new Refusal(409, "refused", "No.", ""), "")).toBeNull();
});
