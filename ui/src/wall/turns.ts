/**
 * Posts that take turns in one place: the spotlight, a page of pictures. Pure; times are in milliseconds on
 * a clock that never goes back.
 *
 * What is on stays for as long as it takes to read it, whatever comes. What is pinned takes turns with
 * nothing but what is pinned too.
 */
import type { PostValue } from "../wire";
import type { Line } from "./line";

type Fits = (post: PostValue) => boolean;

export class Turns {
  #on: string[] = [];
  #until = -Infinity;
  /** What was on, last to come first: without anything new it comes round again. */
  readonly #last = new Map<string, number>();

  constructor(
    private readonly line: Line,
    private readonly dwell: (posts: readonly PostValue[]) => number,
    private readonly size = 1,
    private readonly fits: Fits = () => true,
  ) {}

  /** What is on now. What is gone is not, at once; nothing takes its place before its time is over. */
  on(): PostValue[] {
    return this.#on.flatMap((id) => this.line.posts.get(id) ?? []);
  }

  /**
   * Move on if it is time. `held`: nothing new comes, and what is on stays. Returns whether that changed
   * anything.
   */
  tick(now: number, pinned: readonly string[], held = false): boolean {
    const before = this.#on.join();
    const on = this.on();
    this.#on = on.map((post) => post.id);
    const isOver = now >= this.#until || on.length === 0;
    const isPinned = pinned.some((id) => this.#may(id)) && !this.#on.some((id) => pinned.includes(id));
    if (held && on.length === 0) this.#show(now, this.#seen());
    else if ((isOver || isPinned) && !held) this.#turn(now, pinned);
    return before !== this.#on.join();
  }

  /** What is on stays until then, at least: it has more than one page. */
  stays(until: number): void {
    this.#until = Math.max(this.#until, until);
  }

  /** The posts that come next, as far as is known. */
  next(count: number): PostValue[] {
    const on = new Set(this.#on);
    const coming = [...this.line.coming(this.fits), ...this.line.rest().filter(this.fits)];
    return [...new Set(coming)].filter((post) => !on.has(post.id) && this.line.gate(post)).slice(0, count);
  }

  #may(id: string): boolean {
    const post = this.line.posts.get(id);
    return post !== undefined && this.fits(post);
  }

  #turn(now: number, pinned: readonly string[]): void {
    const ids = pinned.filter((id) => this.#may(id));
    this.#show(now, ids.length > 0 ? this.#longestAgo(ids).slice(0, this.size) : this.#fresh());
  }

  #show(now: number, next: string[]): void {
    if (next.length === 0) return;
    this.#on = next;
    for (const id of next) {
      this.line.on(id);
      this.#last.set(id, now);
    }
    for (const id of this.#last.keys()) if (!this.line.posts.has(id)) this.#last.delete(id);
    this.#until = now + this.dwell(this.on());
  }

  /** New posts; then what was never on; then what was on longest ago. */
  #fresh(): string[] {
    const coming = this.line.coming(this.fits).map((post) => post.id);
    const rest = this.line.rest().filter((post) => this.fits(post) && this.line.gate(post)).map((post) => post.id);
    const never = rest.filter((id) => !this.#last.has(id) && !this.line.seen(id));
    const others = rest.filter((id) => !never.includes(id));
    return [...new Set([...coming, ...never, ...this.#longestAgo(others)])].slice(0, this.size);
  }

  /** What was on this wall before, in whatever layout. */
  #seen(): string[] {
    const seen = this.line.rest().filter((post) => this.line.seen(post.id) && this.fits(post));
    return seen.map((post) => post.id).slice(0, this.size);
  }

  #longestAgo(ids: readonly string[]): string[] {
    return [...ids].sort((a, b) => (this.#last.get(a) ?? -Infinity) - (this.#last.get(b) ?? -Infinity));
  }
}
