import { expect, test } from "vitest";
import { Words } from "../words";
import "./words";
import { cameOf, heard, isEditable, mayAsk, placed, reached, stepOf, whyNot } from "./steps";

const en = new Words("en");
const reason = (code: string, params = {}) => ({ code, start: null, end: null, params });

test.each([
  ["held", null, "waiting"], ["received", "queued", "waiting"], ["approved", null, "shown"],
  ["approved", "queued", "coming"], ["approved", "next", "next"], ["approved", "on_floor", "now"],
  ["approved", "discussed", "discussed"], ["approved", "answered", "answered"], ["approved", "deferred", "later"],
  ["approved", "returned", "returned"], ["approved", "dropped", "shown"], ["approved", "of_tomorrow", "shown"],
  ["rejected", null, "not_shown"], ["hidden", "discussed", "taken_down"],
  ["withdrawn", null, null], ["unavailable", "on_floor", null],
])("a point that is %s and whose relay is %s is told as %s", (state, relay_state, step) => {
  expect(stepOf({ state, relay_state, detail: "" })).toBe(step);
});

test.each([
  ["session", "later_session"], ["board", "later_board"], ["report", "later_report"], ["of_tomorrow", "later"],
])("a point that was set aside for the %s is told as %s", (detail, step) => {
  expect(stepOf({ state: "approved", relay_state: "deferred", detail })).toBe(step);
  expect(stepOf({ state: "hidden", relay_state: "deferred", detail })).toBe("taken_down");
});

test("what came of a point is told once", () => {
  expect(cameOf({ outcome: "A rule", reply: "" })).toBe("A rule");
  expect(cameOf({ outcome: "A rule", reply: "Thank you. What came of it: A rule" })).toBe("");
  expect(cameOf({ outcome: "", reply: "Thank you." })).toBe("");
});

test("stages only ever go on, and only what was heard has an outcome", () => {
  expect((["waiting", "shown", "coming", "now", "discussed"] as const).map(reached)).toEqual([1, 2, 3, 3, 4]);
  expect(reached("not_shown")).toBe(0);
  expect([heard("answered"), heard("now"), placed("now"), placed("taken_down")]).toEqual([true, false, true, false]);
});

test("reasons are in words, each once, and only where something is not shown", () => {
  const given = [reason("spam"), reason("spam"), reason("flood", { posts: 9, minutes: 2 }), reason("flood"), reason("new")];
  expect(whyNot("not_shown", given, en)).toEqual([
    "It reads like advertising.",
    "Its author posts very fast: 9 posts within 2 minutes.",
    "It does not fit this event’s rules.",
  ]);
  expect(whyNot("waiting", given, en)).toEqual([]);
});

test("words are changed until somebody decided, and a second look is asked for once, where nothing is shown", () => {
  const states = ["received", "held", "approved", "rejected", "hidden", "withdrawn"];
  expect(states.filter((state) => isEditable({ state }))).toEqual(["received", "held"]);
  expect(states.filter((state) => mayAsk({ state, second: null }))).toEqual(["rejected", "hidden"]);
  expect(mayAsk({ state: "hidden", second: { state: "kept", answer: "No." } })).toBe(false);
});
