/**
 * A post that is too long for its place, a page at a time: nothing is cut that does not come. Pure; times are
 * in milliseconds on a clock that never goes back.
 */

/** More pages would keep a wall to one post for minutes: the last one then ends in a mark. */
export const MOST_PAGES = 8;

export class Pages {
  /** The page that is on, counted from 0, and how many there are. */
  page = 0;
  count = 1;
  #of = "";
  #each = 0;
  #until = -Infinity;

  /** What is on has so many pages now, each of which takes so long to read. Another text starts at its first. */
  take(of: string, count: number, each: number, now: number): boolean {
    if (of === this.#of && count === this.count) return false;
    if (of !== this.#of) this.page = 0;
    this.#of = of;
    this.count = count;
    this.#each = each;
    this.page = Math.min(this.page, count - 1);
    this.#until = now + each;
    return true;
  }

  /** Turn the page if it is time. Returns whether that happened. */
  tick(now: number): boolean {
    if (now < this.#until || this.page >= this.count - 1) return false;
    this.page++;
    this.#until = now + this.#each;
    return true;
  }

  /** Nothing else came: what was read to its end begins again. Returns whether it did. */
  again(of: string, now: number): boolean {
    if (of !== this.#of || this.count < 2 || now < this.until(of)) return false;
    this.page = 0;
    this.#until = now + this.#each;
    return true;
  }

  /** Until when this text has to stay, at least; it has no more than one page: it says nothing. */
  until(of: string): number {
    if (of !== this.#of || this.count < 2) return -Infinity;
    return this.#until + (this.count - 1 - this.page) * this.#each;
  }
}

/** How many lines a page has, and how many pages a text of so many lines takes. */
export function paged(lines: number, room: number): { readonly lines: number; readonly pages: number } {
  const each = Math.max(Math.floor(room), 1);
  return { lines: each, pages: Math.max(Math.min(Math.ceil(lines / each), MOST_PAGES), 1) };
}
