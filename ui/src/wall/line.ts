/**
 * The posts of a wall that wait to come on, and what was passed over. Pure.
 *
 * Every layout takes its posts from here, so that what one showed does not come again on the next, and what
 * a flood swept past is counted and shown once it is quiet.
 */
import type { Policy, PostValue } from "../wire";
import { authorOf, kept, ranked } from "./policies";

/** When more wait than this, the wall skips ahead to `KEEP_WAITING` of them. */
export const MOST_WAITING = 30;
export const KEEP_WAITING = 10;

export const byOrder = (a: PostValue, b: PostValue): number => a.order - b.order;

export class Line {
  policy: Policy = "newest";
  /** Whether a post may come on now; what may not goes on waiting. */
  gate: (post: PostValue) => boolean = () => true;
  #posts: ReadonlyMap<string, PostValue> = new Map();
  /** Ids of posts that have not been on the wall yet, oldest first. */
  #waiting: string[] = [];
  readonly #skipped = new Set<string>();
  /** Ids of posts that were on this wall. */
  readonly #seen = new Set<string>();
  readonly #turns = new Map<string, number>();

  /** Every post that this wall may show. */
  get posts(): ReadonlyMap<string, PostValue> {
    return this.#posts;
  }

  /** How many posts wait to come on. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many posts were passed over because too many came at once. */
  get skipped(): number {
    return this.#skipped.size;
  }

  /** The journal seq up to which everything that is to be seen was on; `seq` if all was. */
  shownUpTo(seq: number): number {
    const orders = this.#waiting.map((id) => this.#posts.get(id)?.order ?? seq);
    return orders.length > 0 ? Math.min(seq, Math.min(...orders) - 1) : seq;
  }

  /**
   * Take the posts as they are now. What is gone is let go of at once; what is new, and newer than `oldest`,
   * waits its turn. The very first posts do not wait: a wall fills itself with them.
   */
  take(posts: ReadonlyMap<string, PostValue>, oldest: number): void {
    const before = this.#posts;
    this.#posts = new Map(posts);
    this.#letGo();
    if (before.size === 0) return;
    const fresh = [...posts.values()].filter((post) => !before.has(post.id) && post.order > oldest);
    this.#waiting.push(...fresh.sort(byOrder).map((post) => post.id));
    this.#skipAhead();
  }

  #letGo(): void {
    const stays = (id: string): boolean => this.#posts.has(id);
    this.#waiting = this.#waiting.filter(stays);
    for (const id of this.#skipped) if (!stays(id)) this.#skipped.delete(id);
    for (const id of this.#seen) if (!stays(id)) this.#seen.delete(id);
  }

  #skipAhead(): void {
    if (this.#waiting.length <= MOST_WAITING) return;
    const going = kept(this.#inLine(), this.policy, this.#turns, KEEP_WAITING).map((post) => post.id);
    const stay = new Set(going);
    for (const id of this.#waiting) if (!stay.has(id)) this.#skipped.add(id);
    this.#waiting = going;
  }

  #inLine(): PostValue[] {
    return this.#waiting.flatMap((id) => this.#posts.get(id) ?? []);
  }

  /** The posts that wait and may come on, in their order; each goes on waiting until it is `on`. */
  coming(fits: (post: PostValue) => boolean = () => true): PostValue[] {
    const may = this.#inLine().filter((post) => this.gate(post) && fits(post));
    return ranked(may, this.policy, this.#turns);
  }

  /** The post that comes on next, if one may. */
  next(): PostValue | undefined {
    return this.coming()[0];
  }

  /**
   * The newest post that was never on this wall and does not wait: what a wall shows in quiet minutes.
   * What a flood swept past comes before what is older than this wall.
   */
  earlier(): PostValue | undefined {
    const may = this.rest().filter((post) => !this.#seen.has(post.id) && this.gate(post));
    return may.find((post) => this.#skipped.has(post.id)) ?? may[0];
  }

  /** The posts that do not wait, newest first. */
  rest(): PostValue[] {
    const waits = new Set(this.#waiting);
    return [...this.#posts.values()].filter((post) => !waits.has(post.id)).sort((a, b) => byOrder(b, a));
  }

  /** A post came on: it waits no longer, and its author had a turn. */
  on(id: string): void {
    this.#waiting = this.#waiting.filter((one) => one !== id);
    this.#skipped.delete(id);
    const post = this.#posts.get(id);
    if (!post || this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#turns.set(authorOf(post), (this.#turns.get(authorOf(post)) ?? 0) + 1);
  }

  /** A post that came on did not find its place: it waits again, before all others that are newer. */
  back(id: string): void {
    const post = this.#posts.get(id);
    if (!post || this.#waiting.includes(id)) return;
    this.#seen.delete(id);
    this.#turns.set(authorOf(post), Math.max((this.#turns.get(authorOf(post)) ?? 1) - 1, 0));
    this.#waiting = [...this.#inLine(), post].sort(byOrder).map((one) => one.id);
  }

  /** Whether a post was on this wall. */
  seen(id: string): boolean {
    return this.#seen.has(id);
  }

  /** Forget how many were passed over: the burst is long over. They can still come on in quiet minutes. */
  forgetSkipped(): void {
    this.#skipped.clear();
  }
}
