import { expect, test } from "vitest";
import { EVERYTHING, isQuestion, isUnhandled, Listing, matches, searchable, type Criteria } from "./inbox";
import { aContribution, aPost } from "./making";
import { BLANK } from "./pending";

const ALL = { judges: true, tags: true };
const item = (post = aPost("1"), contribution = BLANK) => ({ post, contribution });
const finds = (criteria: Partial<Criteria>, ...given: Parameters<typeof item>): boolean =>
  matches(item(...given), { ...EVERYTHING, ...criteria }, ALL, new Set(["q"]));

test("a question is one by its mark in any script, or by its tag, but not by an address", () => {
  for (const text of ["Why?", "为什么？", "لماذا؟"]) expect(isQuestion(item(aPost("1", { text })), new Set())).toBe(true);
  expect(isQuestion(item(aPost("1", { text: "See https://example.org/a?b=c" })), new Set())).toBe(false);
  expect(isQuestion(item(aPost("1"), aContribution("1", { tags: ["q"] })), new Set(["q"]))).toBe(true);
});

test("what is left to do depends on what somebody may do", () => {
  const held = item(aPost("1", { state: "held" }));
  expect(isUnhandled(held, ALL)).toBe(true);
  expect(isUnhandled(held, { judges: false, tags: true })).toBe(false);
  expect(isUnhandled(item(), { judges: true, tags: false })).toBe(false);
  expect(isUnhandled(item(), ALL)).toBe(true);
  for (const done of [{ noted: true }, { tags: ["q"] }, { relay: "r" }]) {
    expect(isUnhandled(item(aPost("1"), aContribution("1", done)), ALL)).toBe(false);
  }
  expect(isUnhandled(item(aPost("1", { state: "rejected" })), ALL)).toBe(false);
});

test("filters are joined by and", () => {
  const post = aPost("1", { network: "mastodon", lang: "fr-CA", text: "Où est le café ?" });
  expect(finds({ network: "mastodon", lang: "fr", show: "questions", words: "CAFE ou" }, post)).toBe(true);
  expect(finds({ network: "x" }, post)).toBe(false);
  expect(finds({ lang: "" }, post)).toBe(false);
  expect(finds({ words: "the" }, post)).toBe(false);
  expect(finds({ words: "@ada" }, post)).toBe(true);
});

test("what arrives waits and moves nothing", () => {
  const list = new Listing();
  list.fill(["1", "2", "3"]);
  list.cursor = "2";
  const before = list.ids;
  list.offer(["1", "2", "3", "4", "5"]);
  expect(list.ids).toBe(before);
  expect(list.fresh).toEqual(["4", "5"]);
  expect(list.take(Number)).toBe("4");
  expect(list.ids).toEqual(["1", "2", "3", "4", "5"]);
  expect(list.cursor).toBe("2");
  expect(list.fresh).toEqual([]);
});

test("what was handled or went away keeps its place", () => {
  const list = new Listing();
  list.fill(["1", "2", "3"]);
  list.offer(["3", "4"]);
  list.take(Number);
  expect(list.ids).toEqual(["1", "2", "3", "4"]);
});

test("older ones that come late go where they belong", () => {
  const list = new Listing();
  list.fill(["5", "6"]);
  list.offer(["1", "2", "5", "6", "7"]);
  list.take(Number);
  expect(list.ids).toEqual(["1", "2", "5", "6", "7"]);
  expect(list.cursor).toBe("5");
});

test("the cursor stops at the ends and finds what is wanted below it, then from the top", () => {
  const list = new Listing();
  list.fill(["1", "2", "3", "4"]);
  list.step(-1);
  expect(list.cursor).toBe("1");
  list.step(Infinity);
  expect(list.cursor).toBe("4");
  expect(list.seek((id) => id === "2")).toBe("2");
  expect(list.below((id) => id === "2")).toBeNull();
  expect(list.seek(() => false)).toBeNull();
});

test("the cursor stays when something else is looked for, if its post is there", () => {
  const list = new Listing();
  list.fill(["1", "2", "3"]);
  list.cursor = "2";
  list.fill(["2", "9"]);
  expect(list.cursor).toBe("2");
  list.fill(["9"]);
  expect(list.cursor).toBe("9");
});

test("ten thousand posts are filtered within a frame", () => {
  const items = Array.from({ length: 10_000 }, (_, n) => item(aPost(String(n), { text: `Word ${n} `.repeat(20) })));
  const criteria = { ...EVERYTHING, words: "word 777" };
  const count = (): number => items.filter((one) => matches(one, criteria, ALL, new Set())).length;
  const once = (): number => {
    const began = performance.now();
    expect(count()).toBeGreaterThan(0);
    return performance.now() - began;
  };
  for (const { post } of items) searchable(post);
  // The machine may be busy with other tests: the best of some is what the work takes.
  expect(Math.min(...Array.from({ length: 7 }, once))).toBeLessThan(50);
});
