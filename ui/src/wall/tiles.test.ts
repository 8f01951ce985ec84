import { describe, expect, test } from "vitest";
import { tiles } from "./tiles";

const AREA = { width: 1400, height: 800, gap: 24, foot: 90 };
const shapes = (count: number, seed: number) =>
  Array.from({ length: count }, (_, at) => 0.8 + ((Math.imul(seed + at * 7919, 2654435761) >>> 0) % 220) / 100);

describe("tiles", () => {
  test("keep every picture's shape, lie inside the area and never on each other", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const given = shapes(1 + (seed % 9), seed);
      const rects = tiles(given, AREA);
      expect(rects).toHaveLength(given.length);
      rects.forEach(({ left, top, width, height }, at) => {
        expect(width / (height - AREA.foot)).toBeCloseTo(given[at] ?? 0, 5);
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(-1e-6);
        expect(left + width).toBeLessThanOrEqual(AREA.width + 1e-6);
        expect(top + height).toBeLessThanOrEqual(AREA.height + 1e-6);
        for (const other of rects.slice(at + 1)) {
          const apart = other.left >= left + width || left >= other.left + other.width || other.top >= top + height || top >= other.top + other.height;
          expect(apart).toBe(true);
        }
      });
    }
  });

  test("cover most of the area, whether it lies or stands", () => {
    for (const area of [AREA, { ...AREA, width: 800, height: 1400 }]) {
      for (const count of [4, 6, 9]) {
        const covered = tiles(shapes(count, 3), area).reduce((sum, { width, height }) => sum + width * height, 0);
        expect(covered / (area.width * area.height)).toBeGreaterThan(0.55);
      }
    }
  });

  test("of nothing, or nowhere, are none", () => {
    expect(tiles([], AREA)).toEqual([]);
    expect(tiles([1], { ...AREA, width: 0 })).toEqual([]);
  });
});
