import { describe, expect, test } from "vitest";
import golden from "../../tests/golden/hygiene.json";
import { displayed, displayedLine, linkLabel, shownHost, tidy, tidyLine } from "./hygiene";

describe("the golden vectors that the pages' hygiene passes too", () => {
  test.each(golden.tidy)("$name", ({ text, shown }) => {
    expect(tidy(text)).toBe(shown);
    expect(tidy(shown)).toBe(shown);
  });

  test.each(golden.lines)("a line: $shown", ({ text, shown }) => {
    expect(tidyLine(text)).toBe(shown);
  });

  test.each(golden.hosts)("a host: $url", ({ url, shown }) => {
    expect(shownHost(url)).toBe(shown);
  });

  test.each(golden.labels)("a link: $text", ({ text, url, shown }) => {
    expect(linkLabel(text, url)).toBe(shown);
  });

  test.each(golden.runs)("runs: $name", ({ text, links, emoji, runs }) => {
    expect(displayed(text, links, new Set(emoji))).toEqual(runs);
  });

  test.each(golden.names)("a name: $name", ({ text, emoji, runs }) => {
    expect(displayedLine(text, new Set(emoji))).toEqual(runs);
  });
});

test("the longest hostile posts take no longer than their length", () => {
  const parts = ["\u202e", "\u2067", "\u2069", "a\u0301", "\u0301", "\n", "\n ", ":", ":a", "a.", "\u200d", ":ab:"];
  const started = performance.now();
  for (const part of parts) {
    const text = part.repeat(20_000 / part.length);
    displayed(text, [{ start: 0, end: 10_000, url: "https://e.example/" }], new Set(["ab"]));
    displayedLine(text, new Set(["ab"]));
  }
  expect(performance.now() - started).toBeLessThan(2_000);
});
