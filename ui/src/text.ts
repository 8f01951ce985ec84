/** Text from outside, split for display. Pure; what is shown is always a text node. */
import type { Link } from "./wire";

/** A run of text; `link` runs are styled, never clickable on a wall. */
export interface Run {
  readonly text: string;
  readonly link: boolean;
}

/**
 * Split text at its links. Offsets count code points, end exclusive; a link that lies outside the
 * text or overlaps the one before it is left as plain text.
 */
export function runs(text: string, links: readonly Link[]): Run[] {
  if (links.length === 0) return text ? [{ text, link: false }] : [];
  const points = Array.from(text);
  const found: Run[] = [];
  let at = 0;
  const take = (end: number, link: boolean): void => {
    if (end > at) found.push({ text: points.slice(at, end).join(""), link });
    at = end;
  };
  for (const { start, end } of [...links].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > points.length) continue;
    take(start, false);
    take(end, true);
  }
  take(points.length, false);
  return found;
}

/** How many code points a text has, counted no further than `limit`. */
export function length(text: string, limit: number): number {
  let count = 0;
  for (const _ of text) if (++count >= limit) break;
  return count;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const LETTER = /[\p{L}\p{N}]/u;

/** The first letter or digit of a name, capitalised, for where a picture would be; "" if it has none. */
export function initial(name: string): string {
  for (const { segment } of graphemes.segment(name.slice(0, 80))) {
    if (LETTER.test(segment)) return Array.from(segment.normalize("NFC"))[0]?.toLocaleUpperCase() ?? "";
  }
  return "";
}

/** A stable number from 0 to `count - 1` for a text: the same author always has the same tint. */
export function bucket(text: string, count: number): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) % count;
}
