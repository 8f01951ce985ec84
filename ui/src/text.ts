/** Text from outside, measured for display. Pure. */

/** How many code points a text has, counted no further than `limit`. */
export function length(text: string, limit: number): number {
  let count = 0;
  for (const _ of text) if (++count >= limit) break;
  return count;
}

let graphemes: Intl.Segmenter | undefined;
const LETTER = /[\p{L}\p{N}]/u;
/** A letter or digit with nothing on it: most names begin with one, and to segment takes a table of its own. */
const PLAIN = /^[A-Za-z0-9](?=[ -~]|$)/;

/** The first letter or digit of a name, capitalised, for where a picture would be; "" if it has none. */
export function initial(name: string): string {
  const plain = PLAIN.exec(name)?.[0];
  if (plain) return plain.toUpperCase();
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of graphemes.segment(name.slice(0, 80))) {
    if (LETTER.test(segment)) return Array.from(segment.normalize("NFC"))[0]?.toLocaleUpperCase() ?? "";
  }
  return "";
}

const INK = /[^\p{C}\p{Z}\p{M}\s]/u;

/** Whether anything of a text can be seen: control characters, spaces and lone accents cannot. */
export function hasInk(text: string): boolean {
  return INK.test(text);
}

/** A stable number from 0 to `count - 1` for a text: the same author always has the same tint. */
export function bucket(text: string, count: number): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) % count;
}
