/**
 * What is not sent yet, kept in the browser: over a reload, a crash, and for the next tab of the same person.
 * Each tab has a box of its own, so that two of them never write over each other.
 */
const PREFIX = "backchannel.unsent/";
/** A box that nobody touched for so long belongs to a tab that is gone; hidden tabs are woken once a minute. */
export const GONE_MS = 90_000;
export const BEAT_MS = 20_000;

/** The part of localStorage that is used. */
export type Stored = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

interface Box<E> {
  /** When its tab was last there, in milliseconds since 1970; 0 once it said that it goes. */
  readonly at: number;
  readonly entries: readonly E[];
}

export class Kept<E extends { readonly cause: string; readonly at: number }> {
  readonly #own: string;
  readonly #mine: string;
  /** Whether this tab's box was filled when it was last written. */
  #filled = false;

  /** `storage` is undefined where this browser keeps nothing. `tab` names this tab, unlike any other. */
  constructor(
    private storage: Stored | undefined, private readonly person: string, event: string, tab: string,
    private readonly clock: () => number,
  ) {
    this.#mine = `${PREFIX}${person}/${event}/`;
    this.#own = this.#mine + tab;
  }

  /** Take over what tabs left that are gone, oldest first; what other people left is wiped. */
  take(): readonly E[] {
    const found = new Map<string, E>();
    for (const key of this.#keys()) {
      if (!key.startsWith(`${PREFIX}${this.person}/`)) this.storage?.removeItem(key);
      if (!key.startsWith(this.#mine) || key === this.#own) continue;
      const { at, entries } = this.#box(key);
      if (this.clock() - at < GONE_MS) continue;
      for (const entry of entries) found.set(entry.cause, entry);
      this.storage?.removeItem(key);
    }
    return [...found.values()].sort((a, b) => a.at - b.at);
  }

  /** Keep these, in place of what was kept; `at` 0: for whoever comes next. Returns whether they are kept. */
  write(entries: readonly E[], at: number): boolean {
    try {
      if (entries.length === 0) this.storage?.removeItem(this.#own);
      else this.storage?.setItem(this.#own, JSON.stringify({ at, entries } satisfies Box<E>));
      this.#filled = this.storage !== undefined && entries.length > 0;
      return this.storage !== undefined;
    } catch {
      this.#filled = false;
      return false; // full, or forbidden
    }
  }

  /** Whether somebody emptied this tab's box from outside: they signed out, or are somebody else. */
  isWiped(): boolean {
    return this.#filled && this.storage?.getItem(this.#own) === null;
  }

  /** Keep nothing from now on. */
  close(): void {
    this.storage = undefined;
  }

  #keys(): string[] {
    const keys = Array.from({ length: this.storage?.length ?? 0 }, (_, at) => this.storage?.key(at) ?? "");
    return keys.filter((key) => key.startsWith(PREFIX));
  }

  #box(key: string): Box<E> {
    try {
      const box = JSON.parse(this.storage?.getItem(key) ?? "") as Partial<Box<E>>;
      return { at: Number(box.at) || 0, entries: Array.isArray(box.entries) ? box.entries.filter(isEntry) : [] };
    } catch {
      return { at: 0, entries: [] };
    }
  }
}

/** Whether it can be an entry: what is kept in a browser may have been written by anything. */
function isEntry(one: unknown): boolean {
  const { cause, at, step } = (one ?? {}) as Record<string, unknown>;
  return typeof cause === "string" && typeof at === "number" && typeof step === "object" && step !== null;
}
