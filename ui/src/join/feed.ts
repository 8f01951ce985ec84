/** The list of what is on the walls: new posts wait until it is their time, removals are at once. Pure. */
import type { PostValue } from "../wire";

/** Posts in the list; older ones are on the wall. */
export const MOST = 30;
/** Posts of one batch that are read out; of more only how many came. */
export const HEARD = 3;

export class Feed {
  #shown: readonly PostValue[] = [];
  #waiting: readonly PostValue[] = [];
  #fresh: ReadonlySet<string> = new Set();
  #begun = false;

  /** Newest first. */
  get shown(): readonly PostValue[] {
    return this.#shown;
  }

  /** How many came since the list last took some in. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Those that came into the list last. */
  get fresh(): ReadonlySet<string> {
    return this.#fresh;
  }

  /** What is read out of what came last, in the order in which it was shown; nothing of a crowd. */
  get heard(): readonly PostValue[] {
    return this.#fresh.size > HEARD ? [] : this.#shown.filter(({ id }) => this.#fresh.has(id)).reverse();
  }

  /** Take the copy as it is now: what is gone or edited is so at once, what is new waits. */
  take(posts: ReadonlyMap<string, PostValue>): void {
    const newest = [...posts.values()].sort((a, b) => b.order - a.order).slice(0, MOST);
    if (!this.#begun) {
      this.#begun = true;
      this.#shown = newest;
      return;
    }
    const last = this.#shown[0]?.order ?? -Infinity;
    this.#shown = this.#shown.flatMap(({ id }) => posts.get(id) ?? []);
    const ids = new Set(this.#shown.map(({ id }) => id));
    this.#waiting = newest.filter(({ id, order }) => !ids.has(id) && (order > last || ids.size === 0));
  }

  /** Let in what waits. Returns how many came. */
  release(): number {
    const come = this.#waiting;
    this.#fresh = new Set(come.map(({ id }) => id));
    this.#shown = [...come, ...this.#shown].sort((a, b) => b.order - a.order).slice(0, MOST);
    this.#waiting = [];
    return come.length;
  }
}
