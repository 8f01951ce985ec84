/** A post's text in pieces for somebody who judges it: those that a reason points at are marked. Pure. */
import { displayed, type Run } from "../hygiene";
import type { Link, PostValue, Reason } from "../wire";

export interface Piece {
  readonly runs: readonly Run[];
  readonly marked: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text in pieces; joined they are all of it. Offsets count code points of the text as it was sent. */
export function piecesOf(post: PostValue): readonly Piece[] {
  const points = Array.from(post.text.trimEnd());
  const links = post.links.filter(({ start, end }) => start >= 0 && start < end && end <= points.length);
  const codes = new Set(post.emoji.map(({ code }) => code));
  const pieces: Piece[] = [];
  const add = (start: number, end: number, marked: boolean): void => {
    if (start >= end) return;
    const own = links.filter((link) => link.start >= start && link.end <= end).map((link) => moved(link, -start));
    pieces.push({ runs: displayed(points.slice(start, end).join(""), own, codes), marked });
  };
  let at = 0;
  for (const { start, end } of spansOf(post.reasons ?? [], links, points.length)) {
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, points.length, false);
  return pieces;
}

/** What reasons point at in the text itself, in order, overlaps joined; a link is marked whole. */
function spansOf(reasons: readonly Reason[], links: readonly Link[], length: number): readonly Span[] {
  const found = reasons.flatMap(({ start, end, params }) =>
    start === null || end === null || params["field"] || start < 0 || end > length || start >= end ? [] : [{ start, end }],
  );
  const whole = found.map((span) => links.filter((link) => touch(link, span)).reduce(union, span));
  return whole.sort((a, b) => a.start - b.start).reduce<Span[]>((joined, span) => {
    const last = joined.at(-1);
    if (!last || span.start > last.end) return [...joined, span];
    return [...joined.slice(0, -1), union(last, span)];
  }, []);
}

function touch(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

function union(a: Span, b: Span): Span {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

function moved(link: Link, by: number): Link {
  return { ...link, start: link.start + by, end: link.end + by };
}
