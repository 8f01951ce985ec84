import { expect, test } from "vitest";
import type { RoomValue, SessionValue } from "../wire";
import { dayIn, todays } from "./plan";

const rooms = new Map([["a", { id: "a", name: "Hall A" }], ["b", { id: "b", name: "Hall B" }]]) as unknown as Map<string, RoomValue>;
const session = (id: string, room: string, starts_at: string, state = "planned"): SessionValue => ({ id, room, starts_at, state }) as SessionValue;
const NOW = Date.parse("2026-05-04T20:00:00Z");

test("a day is the event's own, not the phone's", () => {
  expect([dayIn("America/Toronto", Date.parse("2026-05-05T02:00:00Z")), dayIn("UTC", Date.parse("2026-05-05T02:00:00Z"))]).toEqual(["2026-05-04", "2026-05-05"]);
  expect(dayIn("Nowhere/Else", NOW)).toMatch(/^2026-05-0[45]$/);
});

test("what begins today is listed by time, with what comes next in each room", () => {
  const all = [
    session("late", "a", "2026-05-04T22:00:00Z"), session("now", "a", "2026-05-04T19:00:00Z", "running"),
    session("over", "b", "2026-05-04T13:00:00Z", "ended"), session("later", "a", "2026-05-05T03:00:00Z"),
    session("soon", "b", "2026-05-04T21:00:00Z"), session("tomorrow", "b", "2026-05-05T13:00:00Z"),
    session("nowhere", "c", "2026-05-04T21:00:00Z"),
  ];
  const listed = todays(rooms, all, "America/Toronto", NOW);
  expect(listed.map(({ session: { id }, room, next }) => [id, room, next])).toEqual([
    ["over", "Hall B", false], ["now", "Hall A", false], ["soon", "Hall B", true], ["late", "Hall A", true], ["later", "Hall A", false],
  ]);
});

test("what runs over midnight is still listed", () => {
  expect(todays(rooms, [session("long", "a", "2026-05-02T13:00:00Z", "running")], "UTC", NOW)).toHaveLength(1);
});
