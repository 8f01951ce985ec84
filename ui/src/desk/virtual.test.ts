import { expect, test } from "vitest";
import { Rows } from "./virtual";

function rows(count: number, guess = 100): Rows {
  const made = new Rows(guess);
  made.ids = Array.from({ length: count }, (_, n) => `p${n}`);
  return made;
}

test("only rows in sight and near it are drawn", () => {
  const list = rows(10_000);
  expect(list.total).toBe(1_000_000);
  expect(list.range(0, 800, 200)).toEqual({ start: 0, end: 11 });
  expect(list.range(500_000, 800, 200)).toEqual({ start: 4998, end: 5011 });
});

test("measured rows move those below them and none above", () => {
  const list = rows(10);
  for (let n = 0; n < 10; n++) list.measured(`p${n}`, 100);
  const above = list.top(4);
  expect(list.measured("p4", 300)).toBe(true);
  expect(list.top(4)).toBe(above);
  expect(list.top(5)).toBe(above + 300);
  expect(list.measured("p4", 300)).toBe(false);
});

test("a row that is out of sight is brought into it, no further than needed", () => {
  const list = rows(50);
  expect(list.reveal(3, 0, 800, 50)).toBe(0);
  expect(list.reveal(9, 0, 800, 50)).toBe(250);
  expect(list.reveal(2, 600, 800, 50)).toBe(150);
  list.measured("p20", 5_000);
});

test("a row taller than the window shows its beginning", () => {
  const list = rows(3);
  list.measured("p0", 100);
  list.measured("p1", 2_000);
  list.measured("p2", 100);
  expect(list.reveal(1, 0, 800, 50)).toBe(0);
  expect(list.reveal(1, 1_500, 800, 50)).toBe(50);
});

test("an empty list has no rows", () => {
  const list = rows(0);
  expect(list.total).toBe(0);
  expect(list.range(0, 800, 100)).toEqual({ start: 0, end: 0 });
});

test("laying out ten thousand rows is far less than a frame", () => {
  const list = rows(10_000);
  const once = (n: number): number => {
    const began = performance.now();
    list.measured(`p${n}`, 90 + n);
    list.range(n * 1_000, 800, 500);
    return performance.now() - began;
  };
  expect(Math.min(...Array.from({ length: 20 }, (_, n) => once(n)))).toBeLessThan(16);
});
