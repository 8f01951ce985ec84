/**
 * A word cloud: what was said most is largest and in the middle, nothing lies on anything else, and the same words
 * always lie alike. Pure: whoever asks says how wide a word is.
 */

/** A word with how many gave it, and its width where its letters are 1 high. */
export interface Word {
  readonly text: string;
  readonly count: number;
  readonly width: number;
}

/** Where a word lies: its upper left corner, and how large it is, in the units of the place. */
export interface Placed {
  readonly text: string;
  readonly count: number;
  readonly left: number;
  readonly top: number;
  readonly size: number;
  readonly width: number;
}

/** How many times larger the most said word is than one that was said once, at most. */
const RANGE = 3.2;
/** Of a line: letters with what hangs below them, and some air. */
const LINE = 1.16;
const AIR = 0.28;
/** From one try to the next. */
const SMALLER = 0.92;
const STEPS = 1_400;

/**
 * Lay words into a place: as large as all of them fit, and no smaller than `least`; those that then find no room,
 * the least said, are left out.
 */
export function cloud(words: readonly Word[], width: number, height: number, least: number): readonly Placed[] {
  const ordered = [...words].sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const most = ordered[0]?.count ?? 1;
  const weight = (count: number): number => 1 + (RANGE - 1) * Math.sqrt(most > 1 ? (count - 1) / (most - 1) : 0.25);
  if (ordered.length === 0 || width <= 0 || height <= 0) return [];
  for (let base = height / 3; base > least; base *= SMALLER) {
    const placed = lay(ordered, weight, base, width, height);
    if (placed.length === ordered.length) return placed;
  }
  return lay(ordered, weight, least, width, height);
}

function lay(words: readonly Word[], weight: (count: number) => number, base: number, width: number, height: number): readonly Placed[] {
  const placed: Placed[] = [];
  for (const { text, count, width: wide } of words) {
    // What is too wide for the place even alone is made smaller than what it weighs.
    const size = Math.min(base * weight(count), width / (wide + AIR));
    const box = { width: size * (wide + AIR), height: size * LINE };
    const at = spiral(placed, box, width, height);
    if (at) placed.push({ text, count, size, width: box.width, left: at.left, top: at.top });
  }
  return placed;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

/** The first free place on a spiral from the middle outwards, as wide and as high as the place is. */
function spiral(placed: readonly Placed[], box: Box, width: number, height: number): { left: number; top: number } | null {
  if (box.width > width || box.height > height) return null;
  for (let step = 0; step < STEPS; step++) {
    const turn = Math.sqrt(step) * 0.62;
    const reach = Math.sqrt(step / STEPS);
    const left = (width - box.width) / 2 + Math.cos(turn * Math.PI) * reach * width * 0.75;
    const top = (height - box.height) / 2 + Math.sin(turn * Math.PI) * reach * height * 0.75;
    const inside = left >= 0 && top >= 0 && left + box.width <= width && top + box.height <= height;
    if (inside && !placed.some((one) => overlaps(one, left, top, box))) return { left, top };
  }
  return null;
}

function overlaps(one: Placed, left: number, top: number, box: Box): boolean {
  const height = one.size * LINE;
  return left < one.left + one.width && one.left < left + box.width && top < one.top + height && one.top < top + box.height;
}
