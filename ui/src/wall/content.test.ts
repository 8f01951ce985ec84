import { expect, test } from "vitest";
import { aPost } from "../desk/making";
import { hasAttached, wordsOf } from "./content";

const quote = { handle: "ben", name: "Ben", text: "Quoted words", lang: null, links: [], warning: null, url: null };
const link_card = { url: "https://e.example/a", host: "e.example", title: "A page", alt: "", picture: null };
const poll = { options: [{ text: "Yes", share: null }, { text: "No", share: null }], multiple: false, closed: false };

test("everything that is read on a card counts", () => {
  expect(wordsOf(aPost("1", { text: "Said" }))).toBe("Said");
  expect(wordsOf(aPost("1", { text: "Said", poll, link_card }))).toBe("Said\nYes\nNo\nA page");
});

test("a quote is read as it is shown: in the place of the page that is linked to, and covered by its warning", () => {
  expect(wordsOf(aPost("1", { text: "Said", quote, link_card }))).toBe("Said\nQuoted words");
  expect(wordsOf(aPost("1", { text: "", quote: { ...quote, warning: "Needles" } }))).toBe("Needles");
});

test("a post with words alone has nothing attached", () => {
  expect(hasAttached(aPost("1"))).toBe(false);
  for (const more of [{ poll }, { quote }, { link_card }]) expect(hasAttached(aPost("1", more))).toBe(true);
});
