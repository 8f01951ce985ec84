/**
 * Which posts are on the wall, where, and which wait to come on. Pure: lengths are in CSS pixels
 * and are told to it by whoever measures.
 *
 * A card keeps its column for as long as it is shown. A new one enters at the top of the column
 * into which least has flowed, so that columns stay balanced and the newest are on top.
 */
import type { PostValue } from "../wire";

/** When more wait than this, the wall skips ahead to the newest `KEEP_WAITING`. */
export const MOST_WAITING = 30;
export const KEEP_WAITING = 10;

/** Where a card lies: its column, counted from 0, and the distance of its top from the wall's. */
export interface Place {
  readonly column: number;
  readonly top: number;
}

interface Column {
  /** Newest first. */
  cards: string[];
  /** Height of what has left at the bottom: with the cards' own, all that ever flowed in. */
  passed: number;
}

const byOrder = (a: PostValue, b: PostValue): number => a.order - b.order;

export class Cards {
  /** How much of the last column's lower end is covered: nobody sees cards there. */
  reserved = 0;
  #posts: ReadonlyMap<string, PostValue> = new Map();
  #columns: Column[] = [{ cards: [], passed: 0 }];
  /** Ids of posts that have not been on the wall yet, oldest first. */
  #waiting: string[] = [];
  readonly #skipped = new Set<string>();
  readonly #heights = new Map<string, number>();

  constructor(private readonly gap: () => number) {}

  /** How many posts wait to come on. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many posts were never shown because too many came at once. */
  get skipped(): number {
    return this.#skipped.size;
  }

  /** The journal seq up to which everything that is to be seen is on the wall; `seq` if all is. */
  shownUpTo(seq: number): number {
    const orders = this.#waiting.map((id) => this.#posts.get(id)?.order ?? seq);
    return orders.length > 0 ? Math.min(seq, Math.min(...orders) - 1) : seq;
  }

  /** The posts on the wall, newest first. */
  shown(): PostValue[] {
    const ids = this.#columns.flatMap((column) => column.cards);
    return ids.flatMap((id) => this.#posts.get(id) ?? []).sort((a, b) => byOrder(b, a));
  }

  /**
   * Take the posts as they are now. What is gone leaves at once; what is new waits its turn. The
   * very first posts do not wait: they are what `fill` fills the wall with.
   */
  take(posts: ReadonlyMap<string, PostValue>): void {
    const before = this.#posts;
    const oldest = this.shown().at(-1)?.order ?? -Infinity;
    this.#posts = new Map(posts);
    this.#letGo();
    if (before.size === 0) return;
    const fresh = [...posts.values()].filter((post) => !before.has(post.id) && post.order > oldest);
    this.#waiting.push(...fresh.sort(byOrder).map((post) => post.id));
    this.#skipAhead();
  }

  #letGo(): void {
    const kept = (id: string): boolean => this.#posts.has(id);
    for (const column of this.#columns) column.cards = column.cards.filter(kept);
    this.#waiting = this.#waiting.filter(kept);
    for (const id of this.#skipped) if (!kept(id)) this.#skipped.delete(id);
    for (const id of this.#heights.keys()) if (!kept(id)) this.#heights.delete(id);
  }

  #skipAhead(): void {
    if (this.#waiting.length <= MOST_WAITING) return;
    for (const id of this.#waiting.splice(0, this.#waiting.length - KEEP_WAITING)) this.#skipped.add(id);
  }

  /** Forget that posts were skipped: the burst is long over. */
  forgetSkipped(): void {
    this.#skipped.clear();
  }

  /** Let the next waiting post enter at the top. Returns whether there was one. */
  enter(): boolean {
    const id = this.#waiting.shift();
    if (id === undefined) return false;
    this.#least((column) => column.passed + this.#height(column) + this.#covered(column)).cards.unshift(id);
    return true;
  }

  /**
   * Add posts at the bottom, at most one to a column, where there is room above `height` and
   * older posts are left. Returns whether it did: measure what was added, then fill again.
   */
  fill(height: number): boolean {
    const spare = this.#spare();
    let added = false;
    const filled = (column: Column): number => this.#height(column) + this.#covered(column);
    const low = this.#columns.filter((column) => filled(column) < height);
    for (const column of low.sort((a, b) => filled(a) - filled(b))) {
      const next = spare.shift();
      if (next === undefined) break;
      column.cards.push(next);
      this.#skipped.delete(next);
      added = true;
    }
    return added;
  }

  /** Posts that neither are on the wall nor wait, newest first. */
  #spare(): string[] {
    const used = new Set([...this.#waiting, ...this.#columns.flatMap((column) => column.cards)]);
    const left = [...this.#posts.values()].filter((post) => !used.has(post.id));
    return left.sort((a, b) => byOrder(b, a)).map((post) => post.id);
  }

  /** Take off cards that lie wholly below `height`, but the first in each column, which may be moving. */
  trim(height: number): void {
    for (const column of this.#columns) {
      const tops = this.#tops(column);
      const below = tops.findIndex((top) => top + this.#covered(column) >= height);
      if (below < 0) continue;
      for (const id of column.cards.splice(below + 1)) {
        column.passed += this.#heightOf(id);
        this.#heights.delete(id);
      }
    }
  }

  /** Start over with this many columns; the cards come back with `fill`. */
  arrange(columns: number): void {
    if (columns === this.#columns.length) return;
    this.#columns = Array.from({ length: columns }, () => ({ cards: [], passed: 0 }));
    this.#heights.clear();
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
      const tops = this.#tops(column);
      column.cards.forEach((id, at) => places.set(id, { column: index, top: tops[at] ?? 0 }));
    }
    return places;
  }

  #tops(column: Column): number[] {
    let top = 0;
    return column.cards.map((id) => (top += this.#heightOf(id)) - this.#heightOf(id));
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

  #least(amount: (column: Column) => number): Column {
    return this.#columns.reduce((least, column) => (amount(column) < amount(least) ? column : least));
  }
}
