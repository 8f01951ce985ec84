import { describe, expect, test } from "vitest";
import { arcMinutes, bodyArcMinutes, dwell, rootSize, sizeFor, wordsIn } from "./legibility";

const HD = { width: 1920, height: 1080 };

describe("sizes", () => {
  /** Character heights at 17.2 arc minutes (DISCAS, a 200th of the distance), in px of a 1080 px high screen. */
  test.each([
    [55, 5, 39], [55, 10, 79], [75, 5, 29], [75, 10, 58], [86, 10, 50], [86, 20, 101],
  ])("a %i inch screen seen from %i m has capitals of %i px", (diagonal, distance, height) => {
    expect(Math.round(sizeFor(17.2, { ...HD, diagonal, distance }) * 0.7)).toBeCloseTo(height, -0.5);
  });

  test("an angle becomes a size becomes the same angle", () => {
    for (const distance of [2, 7, 30]) {
      const screen = { ...HD, diagonal: 98, distance };
      expect(arcMinutes(sizeFor(20, screen), screen)).toBeCloseTo(20, 6);
    }
  });

  test("where nothing is known of the room, 1rem is 16 px of a 1080 px high screen, and grows with it", () => {
    expect(rootSize(1920, 1080)).toBeCloseTo(16, 1);
    expect(rootSize(3840, 2160)).toBeCloseTo(32, 1);
    expect(rootSize(1080, 1920)).toBeCloseTo(18.9, 1);
  });

  test("the body of a post is seen under 17 arc minutes from every seat that a screen can serve", () => {
    for (const [width, height] of [[1920, 1080], [3840, 2160], [2560, 1080], [1080, 1920]] as const) {
      for (let diagonal = 32; diagonal <= 300; diagonal += 7) {
        for (let distance = 1; distance <= 40; distance++) {
          const screen = { width, height, diagonal, distance };
          const root = rootSize(width, height, screen);
          const isFull = root >= Math.min(width / 24, height * 0.07) - 1e-6;
          if (!isFull) expect(bodyArcMinutes(root, screen)).toBeGreaterThanOrEqual(16.99);
          expect(root * 2).toBeLessThanOrEqual(width / 12 + 1e-6);
        }
      }
    }
  });

  test("a farther seat never makes letters smaller", () => {
    let before = 0;
    for (let distance = 1; distance <= 60; distance++) {
      const root = rootSize(1920, 1080, { distance, diagonal: 120 });
      expect(root).toBeGreaterThanOrEqual(before);
      before = root;
    }
  });
});

describe("time to read", () => {
  test("is 160 words a minute and a base", () => {
    expect(dwell("word ".repeat(16))).toBe(3_000 + 6_000);
    expect(dwell("")).toBe(3_000);
    expect(dwell("word ".repeat(16), 2)).toBe(14_000);
  });

  test("of a post of 280 letters is about 20 s, and of none more than a minute", () => {
    const seconds = dwell("Lorem ipsum dolor sit amet, ".repeat(10)) / 1000;
    expect(seconds).toBeGreaterThan(16);
    expect(seconds).toBeLessThan(25);
    expect(dwell("x ".repeat(5_000))).toBe(60_000);
  });

  test("counts scripts without spaces, and letters without end", () => {
    expect(wordsIn("教育における学術")).toBe(4);
    expect(wordsIn("a".repeat(10_000))).toBe(4);
    expect(wordsIn("  \n ")).toBe(0);
  });
});
