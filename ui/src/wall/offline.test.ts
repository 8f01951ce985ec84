import { describe, expect, test } from "vitest";
import { Clock } from "./clock";
import { Kept, parsed, type Last } from "./offline";
import { planOf } from "./plan";
import type { RoomValue, SessionValue } from "../wire";

const last = { at: 5, event: { name: "Summit" }, rooms: [], sessions: [], notices: [], look: { theme: "dark" }, seat: null } as unknown as Omit<Last, "v">;

class Memory {
  readonly held = new Map<string, string>();
  writes = 0;
  getItem = (key: string): string | null => this.held.get(key) ?? null;
  setItem = (key: string, value: string): void => void (this.writes++, this.held.set(key, value));
}

describe("what is kept for when nothing is heard", () => {
  test("is read as it was written, and written only when something but the time is new", () => {
    const memory = new Memory();
    const kept = new Kept("summit", memory);
    kept.write(last);
    kept.write({ ...last, at: 99 });
    expect(memory.writes).toBe(1);
    expect(kept.read()).toEqual({ v: 1, ...last });
    expect(new Kept("other", memory).read()).toBeNull();
  });

  test.each(["", "null", "{", "[]", '{"v":2}', '{"v":1,"event":{"name":"x"}}'])("of %s is nothing", (text) => {
    expect(text.includes('"event"') ? parsed(text) : parsed(text)).toBeNull();
  });

  test("a browser that forbids storage keeps nothing and loses nothing", () => {
    const refuse = (): never => {
      throw new Error("forbidden");
    };
    const kept = new Kept("summit", { getItem: refuse, setItem: refuse });
    kept.write(last);
    expect(kept.read()).toBeNull();
  });
});

test("a clock that is a day wrong shows the server's time, one that is a little wrong its own", () => {
  let own = Date.parse("2026-05-04T09:00:00Z");
  const clock = new Clock(() => own);
  clock.heard("Tue, 05 May 2026 09:00:00 GMT");
  own += 60_000;
  expect(clock.now()).toBe(Date.parse("2026-05-05T09:01:00Z"));
  clock.heard("Mon, 04 May 2026 09:01:05 GMT");
  expect(clock.now()).toBe(own);
  clock.heard("no date");
  clock.heard(null);
  expect(clock.now()).toBe(own);
});

test("a plan says what runs and what is next, and forgets what nobody began", () => {
  const rooms = new Map([["a", { id: "a", name: "A", position: 0 } as RoomValue], ["b", { id: "b", name: "B", position: 1 } as RoomValue]]);
  const session = (id: string, room: string, state: string, hour: number) =>
    [id, { id, room, state, starts_at: `2026-05-04T${hour}:00:00Z` } as SessionValue] as const;
  const sessions = new Map([session("1", "a", "running", 10), session("2", "a", "planned", 14), session("3", "a", "planned", 12), session("4", "b", "planned", 10)]);
  const at = Date.parse("2026-05-04T11:00:00Z");
  expect(planOf(rooms, sessions, at).map(({ room, now, next }) => [room.id, now?.id, next?.id])).toEqual([["a", "1", "3"]]);
});
