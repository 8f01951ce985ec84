import { expect, test } from "vitest";
import { bucket, initial, length, runs } from "./text";

const link = (start: number, end: number) => ({ start, end, url: "https://example.org/" });

test("links are found by code points, past characters that take two units", () => {
  expect(runs("👩‍⚕️🙂 see example.org now", [link(10, 21)])).toEqual([
    { text: "👩‍⚕️🙂 see ", link: false },
    { text: "example.org", link: true },
    { text: " now", link: false },
  ]);
});

test("links that overlap, are empty or lie outside the text are left as text", () => {
  const text = "abcdef";
  const found = runs(text, [link(4, 99), link(2, 4), link(0, 3), link(5, 5)]);
  expect(found.map((run) => run.text).join("")).toBe(text);
  expect(found.filter((run) => run.link)).toEqual([{ text: "abc", link: true }]);
});

test("text without links is one run, and no text is none", () => {
  expect(runs("a < b", [])).toEqual([{ text: "a < b", link: false }]);
  expect(runs("", [])).toEqual([]);
});

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
