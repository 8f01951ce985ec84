import { expect, test } from "vitest";
import { countedNow, supportOf } from "./support";

const of = (id: string, people: number) => ({ id, people, version: 1 });

test("a point has the support of all its posts", () => {
  const counted = new Map([["a", of("a", 3)], ["b", of("b", 2)]]);
  expect([supportOf(counted, "a"), supportOf(counted, "a", ["b", "c"]), supportOf(counted, "c")]).toEqual([3, 5, 0]);
});

test("counts that did not change are the same map", () => {
  const before = new Map([["a", of("a", 3)]]);
  expect(countedNow(before, new Map(before))).toBe(before);
  expect(countedNow(before, new Map([["a", of("a", 4)]]))).not.toBe(before);
  expect(countedNow(before, new Map())).not.toBe(before);
});
