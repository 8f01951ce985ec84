import { expect, test } from "vitest";
import { Times } from "./times";

const noon = Date.parse("2026-11-21T12:00:00Z");
const toronto = new Times("en", "America/Toronto");

test("the clock is the event's, wherever the screen thinks it is", () => {
  expect(toronto.clock(noon).replace(/\s/u, " ")).toBe("7:00 AM");
  expect(new Times("fr", "Europe/Paris").clock(noon)).toBe("13:00");
});

test("a zone that the browser does not know does not break the wall", () => {
  expect(new Times("en", "Mars/Olympus").clock(noon)).toMatch(/\d/);
});

test.each([
  ["2026-11-21T11:59:30Z", ""],
  ["2026-11-21T12:05:00Z", ""],
  ["2026-11-21T11:58:30Z", "1 min. ago"],
  ["2026-11-21T09:30:00Z", "2 hr. ago"],
  ["2026-11-19T12:00:00Z", "Nov 19"],
  ["2019-07-09T12:00:00Z", "Jul 9, 2019"],
  ["not a time", ""],
])("%s reads %s", (at, expected) => {
  expect(toronto.since(Date.parse(at), noon)).toBe(expected);
});
