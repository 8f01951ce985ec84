import { expect, test } from "vitest";
import { checkedNow } from "./checked";
import type { CheckValue } from "./wire";

const found = (id: string): CheckValue => ({ id, checks: [{ code: "disputed", host: "who.int", url: "https://who.int/" }], version: 1 });

test("what did not change is the same map, so that nothing is drawn anew", () => {
  const one = found("p");
  const before = new Map([["p", one]]);
  expect(checkedNow(before, new Map([["p", one]]))).toBe(before);
});

test("a finding that came, went or changed makes another map", () => {
  const before = new Map([["p", found("p")]]);
  for (const now of [new Map(), new Map([["p", found("p")]]), new Map([["q", found("q")]])]) {
    expect(checkedNow(before, now)).not.toBe(before);
    expect(checkedNow(before, now)).toEqual(now);
  }
});
