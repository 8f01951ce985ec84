import { describe, expect, it } from "vitest";
import { barsOf, clockOf, medianOf, onPhones, onWalls, saidIn, secondsLeft } from "./asks";
import type { AskValue, RoomValue, SessionValue } from "./wire";

const NOW = Date.parse("2026-05-04T10:00:00Z");

function ask(more: Partial<AskValue>): AskValue {
  return {
    id: "a", session: "s", kind: "choice", question: "Which?", options: ["A", "B"], many: false, top: 5, low: "", high: "", live: false,
    state: "open", opened_at: null, closes_at: null, walls_at: "2026-05-04T09:30:00Z", answered: 0, counts: null, said: null, more: 0,
    worded: 0, version: 1, ...more,
  };
}

const session = (id: string, room: string, state = "running", ended: string | null = null): SessionValue =>
  ({ id, room, state, ended_at: ended, prompts: [] }) as unknown as SessionValue;
const rooms = new Map(["hall", "annex"].map((id) => [id, { id, name: id } as unknown as RoomValue]));
const sessions = new Map([["s", session("s", "hall")], ["t", session("t", "annex")], ["old", session("old", "hall", "ended", "2026-05-04T09:30:00Z")]]);
const put = (...asks: AskValue[]): ReadonlyMap<string, AskValue> => new Map(asks.map((one) => [one.id, one]));

describe("a result", () => {
  it("is bars with their share of those who answered, and which is ahead", () => {
    expect(barsOf(ask({ answered: 4, counts: [3, 1] }))).toEqual([
      { label: "A", count: 3, share: 0.75, most: true }, { label: "B", count: 1, share: 0.25, most: false },
    ]);
    expect(barsOf(ask({}))).toBeNull();
    expect(barsOf(ask({ kind: "scale", answered: 0, counts: [0, 0] }))?.some(({ most }) => most)).toBe(false);
  });

  it("has its median in the middle, or between two numbers", () => {
    expect(medianOf([1, 0, 1, 0, 1])).toBe(3);
    expect(medianOf([0, 2, 2, 0, 0])).toBe(2.5);
    expect(medianOf([0, 0, 0, 0, 7])).toBe(5);
    expect(medianOf([0, 0])).toBeNull();
  });

  it("shows no words that were held or struck", () => {
    const said = (["shown", "held", "struck"] as const).map((state) => ({ key: state, text: state, count: 1, state }));
    expect(saidIn(ask({ said }))?.map(({ text }) => text)).toEqual(["shown"]);
  });
});

describe("the time that is left", () => {
  it("is told only while a clock runs", () => {
    expect(secondsLeft(ask({}), NOW)).toBeNull();
    expect(secondsLeft(ask({ closes_at: "2026-05-04T10:00:41.5Z" }), NOW)).toBe(42);
    expect(secondsLeft(ask({ closes_at: "2026-05-04T09:59:00Z" }), NOW)).toBe(0);
    expect(secondsLeft(ask({ state: "closed", closes_at: "2026-05-04T10:01:00Z" }), NOW)).toBeNull();
    expect([clockOf(65), clockOf(9)]).toEqual(["1:05", "0:09"]);
  });
});

describe("a wall", () => {
  const here = (floors: readonly (string | null)[] = []): Parameters<typeof onWalls>[1] => ({ rooms, sessions, floors });

  it("shows what was put on the walls of its room last", () => {
    const [one, two] = [ask({ id: "a" }), ask({ id: "b", session: "t", walls_at: "2026-05-04T09:40:00Z" })];
    expect(onWalls(put(one, two), here(), "hall")?.id).toBe("a");
    expect(onWalls(put(one, two), here(), "Annex ")?.id).toBe("b");
    expect(onWalls(put(one, two), here())?.id).toBe("b");
  });

  it("shows none that is on no wall, or whose session does not run", () => {
    expect(onWalls(put(ask({ walls_at: null }), ask({ id: "b", session: "old" })), here(), "hall")).toBeNull();
    expect(onWalls(put(ask({ session: null })), here(), "hall")?.id).toBe("a");
  });

  it("makes way for what came to the floor since", () => {
    expect(onWalls(put(ask({})), here(["2026-05-04T09:29:00Z", null]))?.id).toBe("a");
    expect(onWalls(put(ask({})), here(["2026-05-04T09:31:00Z"]))).toBeNull();
  });
});

it("phones show what may be answered or read, for an hour after the session", () => {
  const all = put(
    ask({ id: "a", state: "drafted" }), ask({ id: "b" }), ask({ id: "c", session: "old", state: "shown" }), ask({ id: "d", session: null, state: "closed" }),
    ask({ id: "e", session: "gone" }),
  );
  expect(onPhones(all, sessions, NOW).map(({ id }) => id)).toEqual(["b", "c", "d"]);
  expect(onPhones(all, sessions, NOW + 3_600_000).map(({ id }) => id)).toEqual(["b", "d"]);
});
