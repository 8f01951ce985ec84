/** What this phone thinks too, and how many others do. */
import { signal } from "@preact/signals";
import type { Browser } from "../browser";
import { newCause, send } from "../commands";
import type { SupportValue } from "../wire";

const MOST_KEPT = 500;

export class Supports {
  /** How many think so too, by post id, as it was last counted. */
  readonly counted = signal<ReadonlyMap<string, SupportValue>>(new Map());
  /** Ids of posts of which this browser said so. */
  readonly mine = signal<ReadonlySet<string>>(new Set());
  /** The post of which it was not saved. */
  readonly failed = signal<string | null>(null);
  readonly #key: string;
  readonly #busy = new Set<string>();

  constructor(private readonly event: string, private readonly browser: Browser) {
    this.#key = `backchannel.supported.${event}`;
    this.mine.value = new Set(recalled(browser.recall(this.#key)));
  }

  /** What the server's page knew of this browser, which may have forgotten it. */
  learn(ids: Iterable<string>): void {
    this.#keep(new Set([...this.mine.value, ...ids]));
  }

  /** Say so of a post, or take it back. A second tap while the first is under way does nothing. */
  async toggle(post: string): Promise<void> {
    if (this.#busy.has(post)) return;
    this.#busy.add(post);
    this.failed.value = null;
    const on = !this.mine.value.has(post);
    try {
      await send(this.browser, this.event, { path: `/posts/${encodeURIComponent(post)}/support`, body: { on } }, newCause());
      const now = new Set(this.mine.value);
      if (on) now.add(post);
      else now.delete(post);
      this.#keep(now);
    } catch {
      this.failed.value = post; // the button stays as it was, and can be pressed again
    }
    this.#busy.delete(post);
  }

  #keep(ids: ReadonlySet<string>): void {
    this.mine.value = ids;
    this.browser.remember(this.#key, JSON.stringify([...ids].slice(-MOST_KEPT)));
  }
}

function recalled(kept: string | null): string[] {
  try {
    const found: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
