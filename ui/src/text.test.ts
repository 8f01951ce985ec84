import { expect, test } from "vitest";
import { bucket, hasInk, initial, length } from "./text";

test("length counts code points and stops at its limit", () => {
  expect(length("🙂🙂", 10)).toBe(2);
  expect(length("x".repeat(50), 10)).toBe(10);
});

test("an initial is the first letter of a name in any script, past emoji and marks", () => {
  expect(initial("🩺 élodie")).toBe("É");
  expect(initial("منى")).toBe("م");
  expect(initial("Z̷̧̢̛͔a")).toBe("Z");
  expect(initial("🙂")).toBe("");
});

test("an author always has the same tint", () => {
  expect(bucket("ada@example.org", 6)).toBe(bucket("ada@example.org", 6));
  expect(bucket("", 6)).toBeLessThan(6);
});

test("a name of control characters, spaces and lone accents cannot be seen", () => {
  for (const name of ["", "  ", "\u0007\u202e\u200b\u2066", "\u0301", "\u3000"]) expect(hasInk(name)).toBe(false);
  for (const name of ["a", "م", "語", "👩🏽‍⚕️", "e\u0301"]) expect(hasInk(name)).toBe(true);
});
