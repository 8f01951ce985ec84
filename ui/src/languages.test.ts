import { expect, test, vi } from "vitest";
import { wordsOf } from "./languages";

const answering = (body: unknown, ok = true) => vi.fn(async () => ({ ok, json: async () => body })) as unknown as typeof fetch;

test("a language that came along is not asked for", async () => {
  const ask = answering({});
  expect((await wordsOf("fr-CA", ask)).say("connection.live")).toBe("En direct");
  expect(ask).not.toHaveBeenCalled();
});

test("a language that an organiser added is asked for, and what it lacks is said in English", async () => {
  const ask = answering({ "wall.pause": "Anhalten" });
  const words = await wordsOf("de-AT", ask);
  expect(ask).toHaveBeenCalledWith("/words/de.json", expect.anything());
  expect(words.say("wall.pause")).toBe("Anhalten");
  expect(words.say("connection.live")).toBe("Live");
  expect(words.lang).toBe("de-AT");
});

test("a language that cannot be had reads English", async () => {
  expect((await wordsOf("cy", answering({}, false))).lang).toBe("en");
  const failing = vi.fn(async () => { throw new TypeError("no network"); }) as unknown as typeof fetch;
  expect((await wordsOf("ga", failing)).say("wall.pause")).toBe("Pause");
});
