import { expect, test } from "vitest";
import en from "../../wall/static/words/en.json";
import fr from "../../wall/static/words/fr.json";
import { Words } from "./words";

const holes = (texts: Record<string, string>) =>
  Object.entries(texts).map(([key, text]) => [key, text.match(/\{\w+\}/g) ?? []]);

test("both languages have the same keys, in the same order, with the same holes", () => {
  expect(holes(fr)).toEqual(holes(en));
});

test("numbers and plurals follow the language", () => {
  expect(new Words("en").count("wall.posts", 1)).toBe("1 post");
  expect(new Words("en-CA").count("wall.posts", 2241)).toBe("2,241 posts");
  expect(new Words("fr-CA").count("wall.posts", 0)).toBe("0 message");
});

test("a language that is not in the catalogue reads English", () => {
  expect(new Words("xx-not-a-language").say("wall.pause")).toBe("Pause");
  expect(new Words("").say("connection.live")).toBe("Live");
});

test("a code newer than the page is not in the catalogue", () => {
  expect(new Words("en").has("network.bluesky")).toBe(true);
  expect(new Words("en").has("network.toString")).toBe(false);
});

test("fields are filled, numbers as the language writes them, and what is missing stays visible", () => {
  expect(new Words("en").fill("join.wrong.long", { length: 5000, most: 1000 })).toContain("5,000 characters");
  expect(new Words("en").fill("stage.until", {})).toBe("until {time}");
});
