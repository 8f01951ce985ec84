/** Older posts than a snapshot holds, page by page, until the desk has all or as many as it keeps. */
import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import type { Browser } from "../browser";
import type { Held } from "../store";
import type { Put } from "../wire";

export const PAGE = 200;
/** Posts that a desk holds: more than a day of the largest events. */
export const KEEP = 10_000;
const AGAIN_MS = 3_000;
const REQUEST_MS = 10_000;

interface Page {
  readonly puts: readonly Put[];
  readonly next: number | null;
}

export class Older {
  readonly #loading = signal(false);
  readonly loading: ReadonlySignal<boolean> = this.#loading;
  #of: Held | null = null;

  /** `include` takes a page in; false when the copy was fetched anew meanwhile. `whole`: there are no more. */
  constructor(
    private readonly event: string,
    private readonly browser: Browser,
    private readonly include: (puts: readonly Put[], held: Held) => boolean,
    private readonly whole: () => void,
  ) {}

  /** The copy is this one now; if it is a new one, its older posts are fetched. */
  of(held: Held): void {
    if (held === this.#of) return;
    this.#of = held;
    void this.#load(held);
  }

  async #load(held: Held): Promise<void> {
    this.#loading.value = true;
    let before = lowest(held);
    while (before !== null && held === this.#of && held.all("post").size < KEEP) {
      const page = await this.#page(before);
      if (held !== this.#of) return;
      if (!page) {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        continue;
      }
      before = page.next;
      this.#loading.value = before !== null;
      if (!this.include(page.puts, held)) return;
    }
    if (held !== this.#of) return;
    this.#loading.value = false;
    this.whole();
  }

  async #page(before: number): Promise<Page | null> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), REQUEST_MS);
    try {
      const url = `/api/v1/events/${encodeURIComponent(this.event)}/inbox?before=${before}&limit=${PAGE}`;
      const response = await this.browser.fetch(url, { signal: limit.signal });
      return response.ok ? ((await response.json()) as Page) : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Where the first page of older posts starts; null for a copy without posts: there are none. */
function lowest(held: Held): number | null {
  let least: number | null = null;
  for (const { order } of held.all("post").values()) if (least === null || order < least) least = order;
  return least;
}
