import { expect, test } from "vitest";
import { later } from "./later";

test("what is loaded later is not asked for before it is drawn", () => {
  let asked = 0;
  later(async () => (asked++, () => null));
  expect(asked).toBe(0);
});
