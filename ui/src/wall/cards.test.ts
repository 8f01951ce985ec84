import { beforeEach, describe, expect, test } from "vitest";
import type { PostValue } from "../wire";
import { Cards, KEEP_WAITING, MOST_WAITING } from "./cards";
import { Line } from "./line";

const HEIGHT = 300;
let now = 0;
const post = (order: number, more: Partial<PostValue> = {}) =>
  ({ id: `p${order}`, order, network: "x", text: "", author: { handle: "ada" }, ...more }) as PostValue;
const posts = (...orders: number[]) =>
  new Map(orders.map((order) => [`p${order}`, post(order)]));
const upTo = (last: number, first = 1) =>
  posts(...Array.from({ length: last - first + 1 }, (_, i) => first + i));

let cards: Cards;

/** What the stage does after each render. */
function settle(height = (_id: string) => 90): void {
  do {
    for (const id of cards.places().keys()) cards.measured(id, height(id));
    cards.confirm(now, HEIGHT);
  } while (cards.fill(HEIGHT));
}

const ids = () => cards.shown().map((post) => post.id);
const column = (index: number) =>
  [...cards.places()].filter(([, place]) => place.column === index).map(([id]) => id);

beforeEach(() => {
  now = 0;
  cards = new Cards(() => 10);
  cards.arrange(3);
});

describe("filling", () => {
  test("the first posts fill the wall at once, newest on top, and no more than fit", () => {
    cards.take(upTo(50));
    settle();
    expect(ids()).toEqual(["p50", "p49", "p48", "p47", "p46", "p45", "p44", "p43", "p42"]);
    expect(column(0)).toEqual(["p50", "p47", "p44"]);
    expect(cards.places().get("p47")).toEqual({ column: 0, top: 100 });
    expect(cards.waiting).toBe(0);
  });

  test("the next older post goes to the shortest column", () => {
    cards.take(upTo(6));
    settle((id) => (id === "p6" ? 250 : 90));
    expect(column(0)).toEqual(["p6", "p1"]);
    expect(column(1)).toEqual(["p5", "p3"]);
  });

  test("a card that shows nothing takes no room", () => {
    cards.take(upTo(2));
    cards.arrange(1);
    settle((id) => (id === "p2" ? 0 : 90));
    expect(cards.places().get("p1")).toEqual({ column: 0, top: 0 });
  });

  test("the last column ends above what covers its lower end", () => {
    cards.reserved = 150;
    cards.take(upTo(50));
    settle();
    expect([column(0).length, column(1).length, column(2).length]).toEqual([3, 3, 2]);
    cards.take(upTo(53));
    for (let entered = 0; entered < 3; entered++) cards.enter(), settle();
    expect(["p51", "p52", "p53"].map((id) => cards.places().get(id)?.column)).toEqual([0, 1, 2]);
  });

  test("another number of columns lays the same posts out anew", () => {
    cards.take(upTo(5));
    settle();
    cards.arrange(2);
    settle();
    expect(ids()).toHaveLength(5);
    expect(column(2)).toEqual([]);
  });
});

describe("entering", () => {
  beforeEach(() => {
    cards.take(upTo(9));
    settle();
  });

  test("a new post waits, then enters on top of one column and moves no other", () => {
    cards.take(upTo(10));
    expect(ids()).not.toContain("p10");
    expect(cards.enter()).toBe(true);
    settle();
    expect(cards.places().get("p10")).toEqual({ column: 0, top: 0 });
    expect(cards.places().get("p9")).toEqual({ column: 0, top: 100 });
    expect(cards.places().get("p8")).toEqual({ column: 1, top: 0 });
    expect(cards.enter()).toBe(false);
  });

  test("posts enter oldest first, spread over the columns", () => {
    cards.take(upTo(12));
    for (let i = 0; i < 3; i++) {
      cards.enter();
      settle();
    }
    expect([0, 1, 2].map((index) => column(index)[0])).toEqual(["p10", "p11", "p12"]);
  });

  test("the wall stays bounded: one card beyond the edge of each column at most", () => {
    for (let last = 10; last < 60; last++) {
      cards.take(upTo(last));
      cards.enter();
      settle();
      cards.trim(HEIGHT);
    }
    expect(ids().length).toBeLessThanOrEqual(12);
    expect(ids()[0]).toBe("p59");
  });

  test("a post that changes stays where it is", () => {
    const before = cards.places();
    cards.take(new Map(upTo(9)).set("p5", post(5, { reposts: 3 })));
    expect(cards.places()).toEqual(before);
    expect(cards.waiting).toBe(0);
    expect(cards.shown().find((post) => post.id === "p5")?.reposts).toBe(3);
  });

  test("a post that is gone leaves at once, and an older one takes the room", () => {
    const left = upTo(9);
    left.delete("p8");
    cards.take(left.set("p0", post(0)));
    expect(ids()).not.toContain("p8");
    settle();
    expect(column(1)).toEqual(["p5", "p2", "p0"]);
  });

  test("a post that is gone while it waits never enters", () => {
    cards.take(upTo(11));
    cards.take(upTo(9));
    expect(cards.enter()).toBe(false);
  });

  test("a hidden post that is shown again comes back", () => {
    const without = upTo(9);
    without.delete("p7");
    cards.take(without);
    settle();
    cards.take(upTo(9));
    expect(cards.enter()).toBe(true);
    expect(ids()).toContain("p7");
  });
});

describe("a burst", () => {
  beforeEach(() => {
    cards.take(upTo(9));
    settle();
  });

  test("of as many as may wait is shown whole", () => {
    cards.take(upTo(9 + MOST_WAITING));
    expect(cards.waiting).toBe(MOST_WAITING);
    expect(cards.skipped).toBe(0);
  });

  test("of more skips ahead to the newest and counts the rest", () => {
    cards.take(upTo(9 + MOST_WAITING + 1));
    expect(cards.waiting).toBe(KEEP_WAITING);
    expect(cards.skipped).toBe(MOST_WAITING + 1 - KEEP_WAITING);
    cards.enter();
    expect(ids()[0]).toBe(`p${9 + MOST_WAITING + 1 - KEEP_WAITING + 1}`);
    cards.line.forgetSkipped();
    expect(cards.skipped).toBe(0);
  });

  test("a skipped post that is gone is no longer counted", () => {
    cards.take(upTo(60));
    const skipped = cards.skipped;
    const left = upTo(60);
    left.delete("p10");
    cards.take(left);
    expect(cards.skipped).toBe(skipped - 1);
  });
});

describe("what may be acknowledged", () => {
  test("everything when nothing waits, else what comes before the oldest that waits", () => {
    cards.take(upTo(9));
    settle();
    expect(cards.line.shownUpTo(20)).toBe(20);
    cards.take(upTo(9).set("p15", post(15)));
    expect(cards.line.shownUpTo(20)).toBe(14);
    cards.enter();
    expect(cards.line.shownUpTo(20)).toBe(20);
  });
});

describe("time to read", () => {
  const DWELL = 10_000;

  beforeEach(() => {
    cards = new Cards(() => 10, new Line(), () => DWELL);
    cards.arrange(3);
    cards.take(upTo(9));
    settle();
  });

  test("300 posts in ten seconds push no card out that was not there for its time", () => {
    const since = new Map<string, number>();
    const heights = (id: string) => 60 + (Number(id.slice(1)) * 37) % 130;
    for (now = 0; now < 120_000; now += 100) {
      cards.take(upTo(9 + Math.min(300, Math.floor(now / 33))));
      cards.trim(HEIGHT);
      if (cards.enter(now, HEIGHT)) settle(heights);
      const out = cards.out(HEIGHT);
      const seen = new Set([...cards.places().keys()].filter((id) => !out.has(id)));
      for (const [id, came] of since) {
        if (seen.has(id)) continue;
        expect(now - came).toBeGreaterThanOrEqual(DWELL);
        since.delete(id);
      }
      for (const id of seen) if (Number(id.slice(1)) > 9 && !since.has(id)) since.set(id, now);
    }
    expect(since.size).toBeGreaterThan(3);
    expect(cards.skipped).toBeGreaterThan(200);
    expect(cards.waiting).toBe(0);
  });

  test("a card that would push another out too early goes back before anybody saw it", () => {
    for (const order of [10, 11, 12, 13, 14, 15, 16, 17, 18]) {
      cards.take(upTo(order));
      expect(cards.enter(now, HEIGHT)).toBe(true);
      settle();
    }
    cards.take(upTo(19));
    expect(cards.enter(now, HEIGHT)).toBe(true);
    settle();
    expect(ids()).not.toContain("p19");
    expect(cards.waiting).toBe(1);
    now = DWELL;
    expect(cards.enter(now, HEIGHT)).toBe(true);
    settle();
    expect(ids()).toContain("p19");
  });
});

describe("pinned posts", () => {
  test("are on top of the first column, stay there, and leave at once with their post", () => {
    cards.take(upTo(20), ["p3"]);
    settle();
    expect(column(0)[0]).toBe("p3");
    for (let last = 21; last < 40; last++) {
      cards.take(upTo(last), ["p3"]);
      cards.trim(HEIGHT);
      cards.enter(now, HEIGHT);
      settle();
    }
    expect(column(0)[0]).toBe("p3");
    const without = upTo(39);
    without.delete("p3");
    cards.take(without, ["p3"]);
    expect(ids()).not.toContain("p3");
  });
});

test("a card that the wall's edge would cut is not shown, but for the first of a column", () => {
  cards.take(upTo(6));
  settle((id) => (id === "p6" ? 400 : id === "p2" ? 250 : 90));
  expect([...cards.out(HEIGHT)]).toEqual(["p2"]);
});

test("a gap at the bottom is filled with an older post that fits, when there is calm", () => {
  const heights = (id: string) => (["p7", "p6", "p5"].includes(id) ? 190 : id === "p4" ? 150 : 80);
  cards.take(upTo(9));
  settle(heights);
  const before = cards.out(HEIGHT).size;
  do for (const id of cards.places().keys()) cards.measured(id, heights(id));
  while (cards.fill(HEIGHT, true));
  const out = cards.out(HEIGHT);
  expect(before).toBeGreaterThan(0);
  expect(ids().filter((id) => !out.has(id)).length).toBeGreaterThan(3);
});

test("a card that fits only where nothing covers the column is not put above what does", () => {
  cards.reserved = 150;
  cards.take(upTo(9));
  settle((id) => (id === "p7" ? 250 : 90));
  expect(cards.out(HEIGHT)).toContain("p7");
  cards.take(upTo(10));
  cards.enter(now, HEIGHT);
  settle((id) => (id === "p7" || id === "p10" ? 250 : 90));
  expect(cards.places().get("p10")?.column).not.toBe(2);
});
