import { expect, test } from "vitest";
import type { TagValue } from "../wire";
import { aboveOf, findTags, MOST_FOUND } from "./finding";

let count = 0;
const tag = (name: string, more: Partial<TagValue> = {}): TagValue => ({
  id: `t${++count}`, name, key: "", colour: 0, position: count, retired: false, version: 1,
  definition: "", example: "", set: "own", code: "", parent: null, ...more,
});
const names = (tags: readonly TagValue[], typed: string, recent: readonly string[] = []): readonly string[] =>
  findTags(tags, typed, recent).map((found) => found.tag.name);

test("a name that begins so comes before a word of it, its initials, and what is in it", () => {
  const tags = [tag("Overwork"), tag("Night work"), tag("Workload"), tag("Wellbeing of residents, kindness")];
  expect(names(tags, "work")).toEqual(["Workload", "Night work", "Wellbeing of residents, kindness", "Overwork"]);
  expect(names(tags, "wor")).toEqual(["Workload", "Night work", "Wellbeing of residents, kindness", "Overwork"]);
});

test("case and accents do not matter", () => {
  expect(names([tag("Équité"), tag("Données")], "EQU")).toEqual(["Équité"]);
  expect(names([tag("Equity")], "équ")).toEqual(["Equity"]);
});

test("a tag is found by what stands above it, and says so", () => {
  const top = tag("Logistics");
  const below = tag("Other", { parent: top.id });
  const lowest = tag("Noise", { parent: below.id });
  expect(names([top, below, lowest], "logis")).toEqual(["Logistics", "Other", "Noise"]);
  expect(findTags([top, below, lowest], "noise", [])[0]?.above).toBe("Logistics › Other");
});

test("with nothing typed the tags that were set last come first", () => {
  const tags = [tag("A"), tag("B"), tag("C")];
  expect(names(tags, " ", [tags[2]!.id, tags[1]!.id])).toEqual(["C", "B", "A"]);
});

test("of 500 tags a few letters find one, and no more are listed than are seen", () => {
  const tags = Array.from({ length: 500 }, (_, at) => tag(`Theme ${at}`));
  expect(names(tags, "theme 499")).toEqual(["Theme 499"]);
  expect(names(tags, "t")).toHaveLength(MOST_FOUND);
  expect(names(tags, "nothing of the kind")).toEqual([]);
});

test("a circle does not hang the desk", () => {
  const one = tag("One");
  const other = tag("Two", { parent: one.id });
  const circle = { ...one, parent: other.id };
  expect(aboveOf(circle, new Map([[circle.id, circle], [other.id, other]]))).toBe("Two");
});
