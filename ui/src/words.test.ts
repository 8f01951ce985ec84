import { expect, test } from "vitest";
import deskEn from "../../wall/static/words/desk/en.json";
import deskFr from "../../wall/static/words/desk/fr.json";
import en from "../../wall/static/words/en.json";
import fr from "../../wall/static/words/fr.json";
import joinEn from "../../wall/static/words/join/en.json";
import joinFr from "../../wall/static/words/join/fr.json";
import { learn, Words } from "./words";

const holes = (texts: Record<string, string>) =>
  Object.entries(texts).map(([key, text]) => [key, text.match(/\{\w+\}/g) ?? []]);

test("both languages have the same keys, in the same order, with the same holes", () => {
  expect(holes(fr)).toEqual(holes(en));
  expect(holes(deskFr)).toEqual(holes(deskEn));
  expect(holes(joinFr)).toEqual(holes(joinEn));
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

test("a face brings along what only it says", () => {
  expect(Object.keys(en).filter((key) => key.startsWith("desk."))).toEqual([]);
  expect(new Words("fr").has("desk.keys.close")).toBe(false);
  learn({ en: deskEn, fr: deskFr });
  expect(new Words("fr").say("desk.keys.close")).toBe(deskFr["desk.keys.close"]);
  expect(new Words("xx").say("desk.keys.close")).toBe(deskEn["desk.keys.close"]);
  expect(new Words("fr").say("connection.live")).toBe(fr["connection.live"]);
});

test("a code newer than the page is not in the catalogue", () => {
  expect(new Words("en").has("network.bluesky")).toBe(true);
  expect(new Words("en").has("network.toString")).toBe(false);
});

test("fields are filled, numbers as the language writes them, and what is missing stays visible", () => {
  expect(new Words("en").fill("wall.more_on", { count: 5000, address: "a.example" })).toContain("5,000");
  expect(new Words("en").fill("stage.until", {})).toBe("until {time}");
});
