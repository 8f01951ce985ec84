import { expect, test } from "vitest";
import { aPost } from "./making";
import { piecesOf } from "./marks";

const at = (start: number | null, end: number | null, params = {}) => ({ code: "phone", start, end, params });
const shown = (text: string, ...reasons: ReturnType<typeof at>[]): string =>
  piecesOf(aPost("1", { text, reasons }))
    .map(({ runs, marked }) => (marked ? `[${runs.map((run) => run.text).join("")}]` : runs.map((run) => run.text).join("")))
    .join("");

test("what a reason points at is marked, by code points", () => {
  expect(shown("🩺 call 123 now", at(7, 10))).toBe("🩺 call [123] now");
});

test("overlapping places are one, and impossible ones are none", () => {
  expect(shown("abcdef", at(1, 3), at(2, 4), at(5, 99), at(null, null), at(3, 1))).toBe("a[bcd]ef");
});

test("a place in another field marks nothing in the text", () => {
  expect(shown("abcdef", at(1, 3, { field: "name" }))).toBe("abcdef");
});

test("a link is marked whole and still says where it leads", () => {
  const text = "see https://example.org/a now";
  const links = [{ start: 4, end: 25, url: "https://example.org/a" }];
  const [before, link, after] = piecesOf(aPost("1", { text, links, reasons: [at(12, 19)] }));
  expect([before?.marked, link?.marked, after?.marked]).toEqual([false, true, false]);
  expect(link?.runs).toEqual([{ text: "example.org/a", url: "https://example.org/a", emoji: null }]);
});
