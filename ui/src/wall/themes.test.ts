import { describe, expect, test } from "vitest";
import type { ThemeValue } from "../wire";
import { grid, lettering, roomFor, sharing, ThemeTurns } from "./themes";

const theme = (id: string, points: number, position = 0): ThemeValue =>
  ({ id, name: id, points, position, colour: 0, posts: [], version: 1 });
const all = (...themes: ThemeValue[]) => new Map(themes.map((one) => [one.id, one]));
const TIME = () => 1_000;
const ids = (turns: ThemeTurns, themes: ReadonlyMap<string, ThemeValue>) => turns.on(themes).map(({ id }) => id);

describe("themes on a wall", () => {
  test("stand with the largest first, and more than fit take turns", () => {
    const themes = all(theme("a", 1), theme("b", 9), theme("c", 5), theme("d", 3), theme("e", 2));
    const turns = new ThemeTurns();
    const seen = [0, 1_000, 2_000].map((now) => {
      turns.tick(now, themes, 2, TIME);
      return ids(turns, themes);
    });
    expect(seen).toEqual([["b", "c"], ["d", "e"], ["b", "a"]]);
  });

  test("keep their places while people read, whatever is counted", () => {
    const turns = new ThemeTurns();
    turns.tick(0, all(theme("a", 5), theme("b", 3)), 4, TIME);
    const grown = all(theme("a", 5), theme("b", 30));
    turns.tick(500, grown, 4, TIME);
    expect(ids(turns, grown)).toEqual(["a", "b"]);
    expect(turns.on(grown)[1]?.points).toBe(30);
    turns.tick(1_000, grown, 4, TIME);
    expect(ids(turns, grown)).toEqual(["b", "a"]);
  });

  test("are gone at once when they are, and held while the wall is", () => {
    const turns = new ThemeTurns();
    turns.tick(0, all(theme("a", 5), theme("b", 3)), 1, TIME);
    turns.tick(5_000, all(theme("a", 5), theme("b", 3)), 1, TIME, true);
    expect(ids(turns, all(theme("a", 5), theme("b", 3)))).toEqual(["a"]);
    expect(ids(turns, all(theme("b", 3)))).toEqual([]);
  });

  test("a first one comes on at once, but for a wall that is held", () => {
    const turns = new ThemeTurns();
    turns.tick(0, all(), 4, TIME);
    turns.tick(10, all(theme("a", 1)), 4, TIME, true);
    expect(ids(turns, all(theme("a", 1)))).toEqual([]);
    turns.tick(20, all(theme("a", 1)), 4, TIME);
    expect(ids(turns, all(theme("a", 1)))).toEqual(["a"]);
  });
});

test.each([
  [1, 94, 55, 1, 1, 1], [2, 94, 55, 2, 1, 1], [3, 94, 55, 2, 2, 2], [4, 94, 55, 2, 2, 1], [5, 94, 55, 3, 2, 2],
  [6, 94, 55, 3, 2, 1], [7, 94, 55, 3, 3, 3], [4, 60, 90, 1, 4, 1], [8, 150, 60, 4, 2, 1],
])("%i panels in %i by %i rem stand in %i columns and %i rows, the first over %i", (count, width, height, columns, rows, first) => {
  expect(grid(count, width, height)).toEqual({ columns, rows, first });
});

test("no place is ever empty", () => {
  for (let count = 1; count <= 8; count++) {
    for (const [width, height] of [[94, 55], [150, 60], [60, 90], [30, 30]] as const) {
      const { columns, rows, first } = grid(count, width, height);
      expect(columns * rows).toBe(count + first - 1);
      expect(first).toBeLessThanOrEqual(columns);
    }
  }
});

test("a larger screen holds more of them, a small one still one", () => {
  expect([roomFor(20, 10), roomFor(94, 55), roomFor(400, 400)]).toEqual([1, 8, 8]);
});

test("few themes stand in larger letters, and no letters are smaller than usual", () => {
  const scales = [1, 2, 4, 6, 8].map((count) => lettering(grid(count, 94, 55), 94, 55));
  expect(scales).toEqual([...scales].sort((a, b) => b - a));
  expect(scales[0]).toBeGreaterThan(1.5);
  expect(Math.min(...scales)).toBe(1);
});

test.each([[30, 0, 0], [110, 1, 1], [250, 1, 4], [310, 2, 2], [900, 2, 6]])("in %i px are %i posts of %i lines", (room, posts, lines) => {
  expect(sharing({ room, who: 60, line: 40, gap: 10 })).toEqual({ posts, lines });
});

test("where there is no room any more for all that are on, the largest stay", () => {
  const themes = all(theme("a", 5), theme("b", 3), theme("c", 1));
  const turns = new ThemeTurns();
  turns.tick(0, themes, 3, TIME);
  turns.tick(10, themes, 1, TIME);
  expect(ids(turns, themes)).toEqual(["a"]);
});
