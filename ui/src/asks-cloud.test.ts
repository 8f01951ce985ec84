import { describe, expect, it } from "vitest";
import { cloud, type Placed, type Word } from "./asks-cloud";

/** Numbers that look drawn and are always the same (mulberry32). */
function drawn(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function words(seed: number): Word[] {
  const next = drawn(seed);
  return Array.from({ length: 1 + Math.floor(next() * 40) }, (_, at) => {
    const letters = 1 + Math.floor(next() * 40);
    return { text: `${at}`.padEnd(letters, "x"), count: 1 + Math.floor(next() ** 3 * 90), width: letters * 0.55 };
  });
}

const PLACES = [[1500, 700], [3000, 1400], [900, 1200], [320, 200]] as const;
const bottom = (one: Placed): number => one.top + one.size * 1.16;
const lie = (a: Placed, b: Placed): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < bottom(b) && b.top < bottom(a);

describe("a word cloud", () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed))("lays no word on another or outside its place (%i)", (seed) => {
    for (const [width, height] of PLACES) {
      const placed = cloud(words(seed), width, height, 14);
      expect(placed.length).toBeGreaterThan(0);
      for (const [at, one] of placed.entries()) {
        expect(one.left).toBeGreaterThanOrEqual(0);
        expect(one.top).toBeGreaterThanOrEqual(0);
        expect(one.left + one.width).toBeLessThanOrEqual(width + 0.001);
        expect(bottom(one)).toBeLessThanOrEqual(height + 0.001);
        expect(placed.slice(at + 1).filter((other) => lie(one, other))).toEqual([]);
      }
    }
  });

  it("lies the same way whatever order the words come in", () => {
    const all = words(7);
    expect(cloud([...all].reverse(), 1500, 700, 14)).toEqual(cloud(all, 1500, 700, 14));
  });

  it("says more said words larger, and leaves out the least said first", () => {
    const all = words(3);
    const placed = cloud(all, 1500, 700, 14);
    const narrow = placed.filter(({ width }) => width < 700);
    for (const one of narrow) for (const other of narrow) if (one.count > other.count) expect(one.size).toBeGreaterThanOrEqual(other.size);
    const few = cloud(all, 200, 60, 20);
    expect(few.length).toBeLessThan(all.length);
    expect(few[0]?.count).toBe(Math.max(...all.map(({ count }) => count)));
  });

  it("has nothing to say without words or without room", () => {
    expect(cloud([], 100, 100, 10)).toEqual([]);
    expect(cloud(words(1), 0, 100, 10)).toEqual([]);
  });
});
