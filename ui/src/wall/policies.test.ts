import { describe, expect, test } from "vitest";
import type { PostValue } from "../wire";
import { isQuestion, kept, ranked } from "./policies";

const post = (order: number, handle = "ada", text = "Said") =>
  ({ id: `p${order}`, order, network: "x", text, author: { handle } }) as PostValue;
const ids = (posts: readonly PostValue[]) => posts.map(({ order }) => order);

describe("the order in which posts come on", () => {
  test("is theirs, for the newest first", () => {
    expect(ids(ranked([post(1), post(2), post(3)], "newest", new Map()))).toEqual([1, 2, 3]);
  });

  test("gives each author a turn before anybody has another", () => {
    const waiting = [post(1, "loud"), post(2, "loud"), post(3, "loud"), post(4, "shy"), post(5, "new")];
    expect(ids(ranked(waiting, "fair", new Map()))).toEqual([1, 4, 5, 2, 3]);
    expect(ids(ranked(waiting, "fair", new Map([["x/loud", 2]])))).toEqual([4, 5, 1, 2, 3]);
  });

  test("has questions first, and the rest in their order", () => {
    const waiting = [post(1), post(2, "b", "Really?"), post(3), post(4, "d", "Et vous ?")];
    expect(ids(ranked(waiting, "questions", new Map()))).toEqual([2, 4, 1, 3]);
  });
});

describe("what is kept of a flood", () => {
  const flood = Array.from({ length: 300 }, (_, order) => post(order, order % 100 === 7 ? `rare${order}` : `loud${order % 3}`));

  test.each(["newest", "fair", "questions", "curated"] as const)("by %s: as many as asked, oldest first", (policy) => {
    const stay = kept(flood, policy, new Map(), 10);
    expect(stay).toHaveLength(10);
    expect(ids(stay)).toEqual([...ids(stay)].sort((a, b) => a - b));
  });

  test("is the newest; fair: of every author someone, who was not on yet", () => {
    expect(ids(kept(flood, "newest", new Map(), 3))).toEqual([297, 298, 299]);
    const authors = kept(flood, "fair", new Map(), 6).map((one) => one.author.handle);
    expect(new Set(authors)).toEqual(new Set(["rare7", "rare107", "rare207", "loud0", "loud1", "loud2"]));
  });
});

test.each([
  ["Who is credited?", true], ["¿Quién?", true], ["谁？", true], ["هل هذا صحيح؟", true], ["Look: https://a.example/?q=1", false],
  ["I said “why?” and left", true], ["No.", false], ["a?b", false],
])("%s is a question: %s", (text, asks) => {
  expect(isQuestion(post(1, "a", text))).toBe(asks);
});
