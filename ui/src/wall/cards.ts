/**
 * Where posts lie in columns, and when a new one may come. Pure: lengths are in CSS pixels and are told to
 * it by whoever measures, times are in milliseconds on any clock that never goes back.
 *
 * A card keeps its column for as long as it is shown. A new one enters at the top of the column into which
 * least has flowed, so that columns stay balanced and the newest are on top. It may not push a card out that
 * came in and was not there for its time. Pinned cards are on top of the first column and stay.
 */
import type { PostValue } from "../wire";
import { byOrder, Line } from "./line";

export { KEEP_WAITING, MOST_WAITING } from "./line";

/** Where a card lies: its column, counted from 0, and the distance of its top from the wall's. */
export interface Place {
  readonly column: number;
  readonly top: number;
}

interface Column {
  /** From the top. */
  cards: string[];
  /** Height of what has left at the bottom: with the cards' own, all that ever flowed in. */
  passed: number;
}

/** A gap of less than this part of the wall is left alone. */
const LEAST_GAP = 0.15;
/** So many posts at most are tried for one gap. */
const MOST_OUT = 5;

export class Cards {
  /** How much of the last column's lower end is covered: nobody sees cards there. */
  reserved = 0;
  #columns: Column[] = [{ cards: [], passed: 0 }];
  #pinned: readonly string[] = [];
  readonly #heights = new Map<string, number>();
  /** Until when cards that came in stay. */
  readonly #until = new Map<string, number>();
  /** Cards that were seen where they are. */
  readonly #seen = new Set<string>();
  /** A card that came in and was not measured yet. */
  #entering: string | null = null;

  constructor(
    private readonly gap: () => number,
    readonly line: Line = new Line(),
    /** How long a post stays at least, in milliseconds. */
    private readonly dwell: (post: PostValue) => number = () => 0,
  ) {}

  get waiting(): number {
    return this.line.waiting;
  }

  get skipped(): number {
    return this.line.skipped;
  }

  /** The posts on the wall, newest first. */
  shown(): PostValue[] {
    const ids = this.#columns.flatMap((column) => column.cards);
    return ids.flatMap((id) => this.line.posts.get(id) ?? []).sort((a, b) => byOrder(b, a));
  }

  /** Take the posts as they are now, and which of them are pinned. What is gone leaves at once. */
  take(posts: ReadonlyMap<string, PostValue>, pinned: readonly string[] = []): void {
    this.line.take(posts, this.shown().at(-1)?.order ?? -Infinity);
    const stays = (id: string): boolean => posts.has(id);
    for (const column of this.#columns) column.cards = column.cards.filter(stays);
    for (const held of [this.#heights, this.#until]) for (const id of held.keys()) if (!stays(id)) held.delete(id);
    this.#pin(pinned.filter(stays));
  }

  /** Pinned cards are on top of the first column; one that is no longer pinned stays where it is. */
  #pin(pinned: readonly string[]): void {
    const [first] = this.#columns;
    const same = pinned.length === this.#pinned.length && pinned.every((id, at) => first?.cards[at] === id);
    if (same || !first) return;
    this.#pinned = pinned;
    for (const column of this.#columns) column.cards = column.cards.filter((id) => !pinned.includes(id));
    first.cards.unshift(...pinned);
    for (const id of pinned) this.line.on(id);
  }

  /**
   * Let a post enter at the top: the next that waits, or the one that is given. Returns whether one did.
   * `height` is the wall's. Once it was measured, `confirm` whether it may stay.
   */
  enter(now = 0, height = Infinity, post: PostValue | undefined = this.line.next()): boolean {
    if (!post || this.#entering !== null) return false;
    const open = this.#columns.filter((column) => this.#isOpen(column, post.id, now, height));
    if (open.length === 0) return false;
    for (const column of this.#columns) column.cards = column.cards.filter((id) => id !== post.id);
    const column = least(open, (one) => one.passed + this.#height(one) + this.#covered(one));
    column.cards.splice(this.#pinnedIn(column), 0, post.id);
    this.#until.set(post.id, now + this.dwell(post));
    this.#entering = post.id;
    this.line.on(post.id);
    return true;
  }

  /**
   * The card that entered was measured: whether all that lie below it still have their time. If not, it
   * goes back and waits, before anybody saw it.
   */
  confirm(now: number, height: number): boolean {
    const id = this.#entering;
    if (id === null) return true;
    this.#entering = null;
    const column = this.#columns.find(({ cards }) => cards.includes(id));
    if (!column) return true;
    column.cards = column.cards.filter((one) => one !== id);
    const fits = this.#isOpen(column, id, now, height);
    if (fits) column.cards.splice(this.#pinnedIn(column), 0, id);
    else {
      this.#until.delete(id);
      this.line.back(id);
    }
    return fits;
  }

  /** Whether this one would be seen whole, or on top, and no card would leave before its time. */
  #isOpen(column: Column, id: string, now: number, height: number): boolean {
    const at = this.#pinnedIn(column);
    const after = [...column.cards.slice(0, at), id, ...column.cards.slice(at)];
    const [was, out] = [this.#outOf(column, column.cards, height), this.#outOf(column, after, height)];
    const pinned = new Set(this.#pinned);
    const mayLeave = (one: string): boolean => !pinned.has(one) && (this.#until.get(one) ?? -Infinity) <= now;
    return !out.has(id) && [...out].every((one) => was.has(one) || mayLeave(one));
  }

  /** Those of the cards that would not be seen whole in this column. One that fits in none is shown on top. */
  #outOf(column: Column, cards: readonly string[], height: number): Set<string> {
    const tops = this.#tops(cards);
    const room = height - this.#covered(column) + this.gap();
    const fitsNowhere = (id: string): boolean => this.#columns.length === 1 || this.#heightOf(id) > height + this.gap();
    const isOut = (id: string, at: number): boolean => (tops[at] ?? 0) + this.#heightOf(id) > room;
    return new Set(cards.filter((id, at) => isOut(id, at) && (at > 0 || !fitsNowhere(id))));
  }

  /**
   * Add posts at the bottom, where there is room above `height` and older posts are left: one to a column, or
   * as many as fit if all are as high as the highest so far. With `gaps` also where the next one did not fit but
   * another may. Returns whether it did: measure what was added, then fill again.
   */
  fill(height: number, gaps = false): boolean {
    const on = new Set(this.#columns.flatMap((column) => column.cards));
    const spare = this.line.rest().filter((post) => !on.has(post.id) && this.line.gate(post)).map((post) => post.id);
    const heights = [...on].map((id) => this.#heightOf(id)).filter((one) => one > 0);
    const guess = heights.length > 0 ? Math.max(...heights) : height;
    const due = this.#columns.map((column) => ({ column, filled: this.#height(column) + this.#covered(column) }));
    let added = false;
    for (const next of spare.slice()) {
      const to = least(due, (one) => one.filled);
      if (to.filled >= height) break;
      to.column.cards.push(next);
      to.filled += guess;
      spare.shift();
      added = true;
    }
    return added || (gaps && this.#columns.some((column) => this.#fillGap(column, spare, height)));
  }

  /** Put a post that fits, or that was never measured, between the last card seen whole and what is cut. */
  #fillGap(column: Column, spare: readonly string[], height: number): boolean {
    const out = this.#outOf(column, column.cards, height);
    const at = column.cards.findIndex((id) => out.has(id));
    if (at < 0 || column.cards.length > at + MOST_OUT) return false;
    const top = this.#tops(column.cards)[at] ?? 0;
    const room = height - this.#covered(column) - top;
    const fits = spare.find((id) => (this.#heights.get(id) ?? Infinity) <= room);
    const next = fits ?? (room > LEAST_GAP * height ? spare.find((id) => !this.#heights.has(id)) : undefined);
    if (next === undefined) return false;
    column.cards.splice(at, 0, next);
    return true;
  }

  /** Take off cards that lie wholly below `height`, but the first in each column, which may be moving. */
  trim(height: number): void {
    for (const column of this.#columns) {
      const tops = this.#tops(column.cards);
      const below = tops.findIndex((top) => top + this.#covered(column) >= height);
      if (below < 0) continue;
      for (const id of column.cards.splice(below + 1)) {
        column.passed += this.#heightOf(id);
        this.#until.delete(id);
      }
    }
  }

  /** Start over with this many columns; the cards come back with `fill`, the pinned ones first. */
  arrange(columns: number): void {
    if (columns === this.#columns.length) return;
    this.#columns = Array.from({ length: columns }, () => ({ cards: [], passed: 0 }));
    this.#columns[0]?.cards.push(...this.#pinned);
    this.#heights.clear();
    this.#until.clear();
    this.#seen.clear();
    this.#entering = null;
  }

  /** A card was measured. Returns whether its height is news. */
  measured(id: string, height: number): boolean {
    if (this.#heights.get(id) === height) return false;
    this.#heights.set(id, height);
    return true;
  }

  /** Where each card on the wall lies. */
  places(): Map<string, Place> {
    const places = new Map<string, Place>();
    for (const [index, column] of this.#columns.entries()) {
      const tops = this.#tops(column.cards);
      column.cards.forEach((id, at) => places.set(id, { column: index, top: tops[at] ?? 0 }));
    }
    return places;
  }

  /**
   * The cards that do not fit whole above `height`: a card that is cut by the wall's edge says half a
   * sentence. One that is too high for every column is shown on top of one.
   */
  out(height: number): Set<string> {
    return new Set(this.#columns.flatMap((column) => [...this.#outOf(column, column.cards, height)]));
  }

  /** All cards were measured: those that are seen whole now. Others that never were are `spare`. */
  settled(height: number): string[] {
    const out = this.out(height);
    const on = this.#columns.flatMap((column) => column.cards);
    const whole = on.filter((id) => !out.has(id));
    for (const id of this.#seen) if (!on.includes(id)) this.#seen.delete(id);
    for (const id of whole) this.#seen.add(id);
    return whole;
  }

  /** Whether a card was put where it does not fit, and nobody saw it there. */
  spare(id: string): boolean {
    return !this.#seen.has(id);
  }

  #pinnedIn(column: Column): number {
    return column === this.#columns[0] ? this.#pinned.filter((id) => column.cards.includes(id)).length : 0;
  }

  #tops(cards: readonly string[]): number[] {
    let top = 0;
    return cards.map((id) => (top += this.#heightOf(id)) - this.#heightOf(id));
  }

  /** A card's height with the gap below it; 0 until it was measured, or if it shows nothing. */
  #heightOf(id: string): number {
    const height = this.#heights.get(id) ?? 0;
    return height > 0 ? height + this.gap() : 0;
  }

  #height(column: Column): number {
    return column.cards.reduce((sum, id) => sum + this.#heightOf(id), 0);
  }

  #covered(column: Column): number {
    return column === this.#columns.at(-1) ? this.reserved : 0;
  }
}

function least<T>(of: readonly T[], amount: (one: T) => number): T {
  return of.reduce((best, one) => (amount(one) < amount(best) ? one : best));
}
