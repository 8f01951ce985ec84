import { expect, test } from "vitest";
import { Held } from "../store";
import type { Put, SessionValue } from "../wire";
import { largest } from "./fit";
import { elapsed, essence, minutesLeft, viewOf } from "./view";

const put = (type: string, value: object): Put => ({ op: "put", type, version: 1, value, id: (value as { id: string }).id }) as Put;
const session = (id: string, state: string, more = {}) =>
  put("session", { id, room: "hall", title: id, state, prompts: [{ id: "q", text: "Who?", minute: 0 }], prompt: null, note: null, starts_at: "2026-05-04T09:00:00Z", ends_at: "2026-05-04T11:00:00Z", version: 1, ...more });
const relay = (id: string, state: string, rank: number, of = "s") => put("relay", { id, state, rank, session: of, version: 1, post: { id: `post of ${id}` } });
const held = (...puts: Put[]) => Held.of({ type: "snapshot", v: 1, cursor: "e.s.1", seq: 1, puts });
const ROOMS = [put("room", { id: "hall", name: "Hall", position: 1, version: 1 })];

test("a room shows what runs in it, the floor, and how many wait", () => {
  const view = viewOf(
    held(...ROOMS, session("s", "running", { prompt: "q", note: "" }), session("t", "planned"),
      relay("a", "queued", 2), relay("b", "queued", 1), relay("c", "next", 1), relay("d", "on_floor", 0), relay("x", "on_floor", 0, "t")),
    { session: "", room: "hall" },
  );
  expect([view.session?.id, view.floor?.id, view.next?.id, view.queued, view.prompt?.text, view.staff]).toEqual(["s", "d", "c", 2, "Who?", true]);
});

test("an idle room shows what comes first; a session that is gone shows nothing", () => {
  const later = session("later", "planned", { starts_at: "2026-05-04T12:00:00Z" });
  const idle = held(...ROOMS, later, session("soon", "planned"), session("past", "ended"));
  const view = viewOf(idle, { session: "", room: "hall" });
  expect([view.session, view.upcoming?.id, view.staff]).toEqual([null, "soon", false]);
  expect(viewOf(idle, { session: "nowhere", room: "" })).toMatchObject({ session: null, room: null, upcoming: null });
});

test("only what a reader would notice counts as a change", () => {
  const shown = viewOf(held(...ROOMS, session("s", "running")), { session: "s", room: "" });
  const same = viewOf(held(...ROOMS, session("s", "running"), session("t", "planned")), { session: "s", room: "" });
  const other = viewOf(held(...ROOMS, session("s", "running"), relay("d", "on_floor", 0)), { session: "s", room: "" });
  expect([essence(shown) === essence(same), essence(shown) === essence(other)]).toEqual([true, false]);
});

test.each([
  ["10:00:00", 60], ["10:59:30", 1], ["11:00:00", 0], ["11:00:01", -1], ["11:04:30", -5],
])("at %s there are %i minutes left until eleven", (time, left) => {
  const ends = { ends_at: "2026-05-04T11:00:00Z" } as SessionValue;
  expect(minutesLeft(ends, Date.parse(`2026-05-04T${time}Z`))).toBe(left);
});

test("time on the floor is read as a clock", () => {
  expect([elapsed(0, 185_900), elapsed(0, 3_727_000), elapsed(10, 0)]).toEqual(["3:05", "1:02:07", "0:00"]);
});

test("the largest size that fits is found, and the least where none does", () => {
  expect(largest(10, 100, (size) => size <= 63)).toBe(63);
  expect(largest(10, 100, () => true)).toBe(100);
  expect(largest(10, 100, () => false)).toBe(10);
  expect(largest(10, 5, () => true)).toBe(10);
});
