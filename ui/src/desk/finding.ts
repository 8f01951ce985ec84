/** Finding a tag by the first letters of its name, among hundreds. Pure. */
import type { TagValue } from "../wire";

/** As many as are seen at once. */
export const MOST_FOUND = 9;
const STEP = " › ";

export interface FoundTag {
  readonly tag: TagValue;
  /** The names of the tags above it, from the top; "" for one at the top. */
  readonly above: string;
}

/** Tags that fit what was typed, the best first; nothing typed: those that were set last here, then by place. */
export function findTags(tags: readonly TagValue[], typed: string, recent: readonly string[]): readonly FoundTag[] {
  const by = new Map(tags.map((tag) => [tag.id, tag]));
  const wanted = folded(typed);
  const ranked = tags.flatMap((tag) => {
    const rank = wanted ? rankOf(tag, by, wanted) : 0;
    return rank === null ? [] : [{ tag, rank, last: recency(recent, tag.id) }];
  });
  ranked.sort((a, b) => a.rank - b.rank || a.last - b.last || a.tag.position - b.tag.position);
  return ranked.slice(0, MOST_FOUND).map(({ tag }) => ({ tag, above: aboveOf(tag, by) }));
}

/** The names above a tag. A circle, which no server makes, ends where it began. */
export function aboveOf(tag: TagValue, by: ReadonlyMap<string, TagValue>): string {
  const names: string[] = [];
  const seen = new Set([tag.id]);
  for (let at = by.get(tag.parent ?? ""); at && !seen.has(at.id); at = by.get(at.parent ?? "")) {
    seen.add(at.id);
    names.unshift(at.name);
  }
  return names.join(STEP);
}

/** Smaller fits better: the name begins so, a word of it, the first letters of its words, it is in it, or above it. */
function rankOf(tag: TagValue, by: ReadonlyMap<string, TagValue>, wanted: string): number | null {
  const name = folded(tag.name);
  const words = name.split(/[^\p{L}\p{N}]+/u);
  if (name.startsWith(wanted)) return 0;
  if (words.some((word) => word.startsWith(wanted))) return 1;
  if (words.map((word) => word[0] ?? "").join("").startsWith(wanted)) return 2;
  if (name.includes(wanted)) return 3;
  return folded(`${aboveOf(tag, by)} ${name}`).includes(wanted) ? 4 : null;
}

function recency(recent: readonly string[], id: string): number {
  const at = recent.indexOf(id);
  return at < 0 ? recent.length : at;
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
