import { expect, test } from "vitest";
import { aSession } from "./making";
import { proposal } from "./programme";

test.each([
  ["planned", "09:59:59", null],
  ["planned", "10:00:00", "begin"],
  ["planned", "12:30:00", "begin"],
  ["running", "11:59:59", null],
  ["running", "12:00:01", "end"],
  ["ended", "12:30:00", null],
])("of a session that is %s the clock at %s proposes %s", (state, time, proposed) => {
  expect(proposal(aSession("s", { state }), Date.parse(`2026-01-01T${time}Z`))).toBe(proposed);
});
