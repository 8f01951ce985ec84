/** What says much the same as the current post: asked for when a person stays on it, and only offered. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Browser } from "../browser";
import type { PostValue, Put } from "../wire";
import type { Desk } from "./desk";

/** How long a person stays on a post before it is asked about: who only passes by asks nothing. */
export const STAYS_MS = 300;

interface Found {
  readonly puts: readonly Put[];
  readonly likeness: Readonly<Record<string, number>>;
}

export class Likeness {
  readonly #offer = signal<{ readonly of: string; readonly post: PostValue } | null>(null);
  /** The post that is offered, and the one that it is like. */
  readonly offer: ReadonlySignal<{ readonly of: string; readonly post: PostValue } | null> = this.#offer;
  #of: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = new AbortController();

  constructor(private readonly desk: Desk, private readonly browser: Browser) {
    if (desk.may("point.join")) effect(() => (void desk.listed.value, this.#rest(desk.listing.cursor)));
  }

  /** What is offered for a post, if it was not made one point with it meanwhile. */
  of(id: string): PostValue | null {
    const offer = this.#offer.value;
    const own = this.desk.view.value.contribution(id).posts;
    return offer && offer.of === id && !own.includes(offer.post.id) ? offer.post : null;
  }

  #rest(id: string | null): void {
    if (id === this.#of) return;
    this.#of = id;
    clearTimeout(this.#timer);
    this.#asking.abort();
    if (this.#offer.peek()) this.#offer.value = null;
    if (id !== null) this.#timer = setTimeout(() => void this.#ask(id), STAYS_MS);
  }

  /** Nothing depends on the answer: what cannot be had is not offered. */
  async #ask(id: string): Promise<void> {
    try {
      const path = `/api/v1/events/${encodeURIComponent(this.desk.options.event)}/posts/${encodeURIComponent(id)}/similar`;
      this.#asking = new AbortController();
      const response = await this.browser.fetch(path, { signal: this.#asking.signal });
      if (!response.ok) return;
      const { puts, likeness } = (await response.json()) as Found;
      const [best] = Object.keys(likeness).sort((a, b) => (likeness[b] ?? 0) - (likeness[a] ?? 0));
      const put = puts.find((one) => one.type === "post" && one.id === best);
      if (put && id === this.#of) this.#offer.value = { of: id, post: put.value as PostValue };
    } catch {
      return;
    }
  }
}
