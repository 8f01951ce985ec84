/** Which rows of a long list have to be drawn: rows are as tall as their words, and measured once. Pure. */

/** Rows from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export class Rows {
  readonly #heights = new Map<string, number>();
  #ids: readonly string[] = [];
  #tops: Float64Array = new Float64Array(1);
  #sum = 0;
  #stale = true;

  /** `guess`: height of a row that was not drawn yet, in CSS pixels. */
  constructor(private readonly guess: number) {}

  /** The rows of the list, in order. */
  set ids(ids: readonly string[]) {
    if (ids === this.#ids) return;
    this.#ids = ids;
    this.#stale = true;
  }

  /** The height of all rows together. */
  get total(): number {
    return this.#laid()[this.#ids.length] ?? 0;
  }

  /** Where a row begins. */
  top(index: number): number {
    return this.#laid()[Math.min(Math.max(index, 0), this.#ids.length)] ?? 0;
  }

  height(index: number): number {
    return this.top(index + 1) - this.top(index);
  }

  /** The rows that a window on the list shows, and those `beside` pixels around it. */
  range(scrolled: number, viewport: number, beside: number): Range {
    const start = this.at(scrolled - beside);
    return { start, end: Math.min(this.at(scrolled + viewport + beside) + 1, this.#ids.length) };
  }

  /** The row at this height. */
  at(y: number): number {
    const tops = this.#laid();
    let [low, high] = [0, Math.max(this.#ids.length - 1, 0)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((tops[middle] as number) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** A row was drawn this tall. Returns whether that is news. */
  measured(id: string, height: number): boolean {
    const known = this.#heights.get(id);
    if (known === height) return false;
    this.#sum += height - (known ?? 0);
    this.#heights.set(id, height);
    this.#stale = true;
    return true;
  }

  /** All rows may be as tall as they like: the list has another width. */
  forget(): void {
    this.#heights.clear();
    this.#sum = 0;
    this.#stale = true;
  }

  /** How far to scroll so that a row is in the window, with `edge` pixels of its neighbours. */
  reveal(index: number, scrolled: number, viewport: number, edge: number): number {
    const [top, bottom] = [this.top(index), this.top(index + 1)];
    if (bottom - top > viewport - 2 * edge || top - edge < scrolled) {
      const above = top - edge < scrolled || top + edge > scrolled + viewport;
      return above ? Math.max(0, top - edge) : scrolled;
    }
    return bottom + edge > scrolled + viewport ? bottom + edge - viewport : scrolled;
  }

  #laid(): Float64Array {
    if (!this.#stale) return this.#tops;
    // Rows that were not drawn yet are taken to be like those that were.
    const usual = this.#heights.size > 0 ? this.#sum / this.#heights.size : this.guess;
    const tops = new Float64Array(this.#ids.length + 1);
    this.#ids.forEach((id, at) => (tops[at + 1] = (tops[at] as number) + (this.#heights.get(id) ?? usual)));
    this.#tops = tops;
    this.#stale = false;
    return tops;
  }
}
