import { expect, test } from "vitest";
import { fitted } from "./fit";

const within = (most: number) => (text: string): boolean => Array.from(text).length <= most;

test("what fits stays as it is", () => {
  expect(fitted("Short.", within(6))).toBe("Short.");
  expect(fitted("", within(0))).toBe("");
});

test("what does not fit is cut between words, with a mark and no loose end", () => {
  expect(fitted("one two three", within(10))).toBe("one two…");
  expect(fitted("one two, three", within(10))).toBe("one two…");
  expect(fitted("well (or not) so", within(9))).toBe("well (or…");
  expect(fitted("why? because", within(8))).toBe("why?…");
});

test("a first word that is too long is cut between letters that belong together", () => {
  expect(fitted("Donaudampfschiff", within(6))).toBe("Donau…");
  expect(fitted("👩‍⚕️👩‍⚕️", within(4))).toBe("…");
  expect(fitted("👩‍⚕️👩‍⚕️", within(5))).toBe("👩‍⚕️…");
});

test("languages without spaces are cut between their words", () => {
  expect(fitted("医学教育でのソーシャルメディア", within(10))).toMatch(/^医学教育.*[^ソー]…$/);
});

test("nothing that fits at all is still marked", () => {
  expect(fitted("word", () => false)).toBe("…");
});
