import { expect, test } from "vitest";
import { listed, pageAt } from "./resources";
import type { ResourceValue } from "./wire";

const one = (id: string, added_at: string, highlighted = false) => [id, { id, added_at, highlighted } as ResourceValue] as const;

test("what to begin with comes first, then what was recommended first", () => {
  const all = new Map([one("c", "2026-03"), one("b", "2026-02", true), one("a", "2026-01"), one("d", "2026-01")]);
  expect(listed(all).map(({ id }) => id)).toEqual(["b", "a", "d", "c"]);
});

test("pages of a long list take turns, and each is on for as long", () => {
  const all = [1, 2, 3, 4, 5];
  expect([0, 9, 10, 20, 30].map((at) => pageAt(all, 2, at, 10))).toEqual([[1, 2], [1, 2], [3, 4], [5], [1, 2]]);
  expect(pageAt([], 2, 12_345, 10)).toEqual([]);
  expect(pageAt([1], 2, 12_345, 10)).toEqual([1]);
});
