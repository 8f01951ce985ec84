import { beforeEach, describe, expect, test } from "vitest";
import type { PostValue } from "../wire";
import { Line } from "./line";
import { Turns } from "./turns";

const posts = (...orders: number[]) =>
  new Map(orders.map((order) => [`p${order}`, { id: `p${order}`, order, network: "x", text: "", author: { handle: `a${order}` } } as PostValue]));

let line: Line;
let turns: Turns;
const on = () => turns.on().map((post) => post.id);

beforeEach(() => {
  line = new Line();
  turns = new Turns(line, () => 10_000);
  line.take(posts(1, 2, 3), -Infinity);
  turns.tick(0, []);
});

describe("turns", () => {
  test("begin with the newest and keep it for as long as it takes to read it, whatever comes", () => {
    expect(on()).toEqual(["p3"]);
    line.take(posts(...Array.from({ length: 303 }, (_, at) => at + 1)), 3);
    for (let now = 0; now < 10_000; now += 700) turns.tick(now, []);
    expect(on()).toEqual(["p3"]);
    turns.tick(10_000, []);
    expect(on()).toEqual(["p294"]);
    expect(line.skipped).toBe(290);
  });

  test("show what was never on, then what was on longest ago", () => {
    const seen = [0, 1, 2, 3, 4].map((turn) => (turns.tick(turn * 10_000, []), on()[0]));
    expect(seen).toEqual(["p3", "p2", "p1", "p3", "p2"]);
  });

  test("end at once for what is gone, and go on without a gap", () => {
    line.take(posts(1, 2), -Infinity);
    expect(on()).toEqual([]);
    turns.tick(1_000, []);
    expect(on()).toEqual(["p2"]);
  });

  test("are only for what is pinned while something is", () => {
    turns.tick(1_000, ["p1"]);
    expect(on()).toEqual(["p1"]);
    turns.tick(60_000, ["p1"]);
    expect(on()).toEqual(["p1"]);
  });

  test("do not move while the wall is frozen, but for removals", () => {
    turns.tick(60_000, [], true);
    expect(on()).toEqual(["p3"]);
    line.take(posts(1, 2), -Infinity);
    turns.tick(61_000, [], true);
    expect(on()).toEqual([]);
  });
});
