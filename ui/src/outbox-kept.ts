/**
 * What is not sent yet, kept in the browser: over a reload, a crash, and for the next tab of the same person.
 * Each tab has a box of its own, so that two of them never write over each other.
 */
const PREFIX = "backchannel.unsent/";
/** A box that nobody touched for so long belongs to a tab that is gone; hidden tabs are woken once a minute. */
export const GONE_MS = 90_000;
export const BEAT_MS = 20_000;
/** So long a tab that sleeps finds that its steps were taken over, and does not take it for a sign-out. */
export const MARKED_MS = 7 * 24 * 3_600_000;

/** The part of localStorage that is used. */
export type Stored = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

interface Box<E> {
  /** When its tab was last there, in milliseconds since 1970; 0 once it said that it goes. */
  readonly at: number;
  readonly entries: readonly E[];
  /** The causes that another tab took over from here: they are that tab's to send. */
  readonly taken: readonly string[];
}

export class Kept<E extends { readonly cause: string; readonly at: number }> {
  readonly #own: string;
  readonly #mine: string;
  /** This tab's box as it was last written; null: nothing is in it. */
  #written: string | null = null;

  /** `storage` is undefined where this browser keeps nothing. `tab` names this tab, unlike any other. */
  constructor(
    private storage: Stored | undefined, private readonly person: string, event: string, tab: string,
    private readonly clock: () => number,
  ) {
    this.#mine = `${PREFIX}${person}/${event}/`;
    this.#own = this.#mine + tab;
  }

  /**
   * Take over what tabs left that are gone, oldest first; what other people left is wiped. A tab that did not say that
   * it goes may only have slept: what was taken is marked in its box, for `released`.
   */
  take(): readonly E[] {
    const found = new Map<string, E>();
    for (const key of this.#keys()) {
      if (!key.startsWith(`${PREFIX}${this.person}/`)) this.storage?.removeItem(key);
      if (!key.startsWith(this.#mine) || key === this.#own) continue;
      const { at, entries, taken } = this.#box(key);
      if (this.clock() - at < (taken.length > 0 ? MARKED_MS : GONE_MS)) continue;
      for (const entry of entries) found.set(entry.cause, entry);
      this.#mark(key, at === 0 ? [] : entries.map(({ cause }) => cause));
    }
    return [...found.values()].sort((a, b) => a.at - b.at);
  }

  /** Keep these, in place of what was kept; `at` 0: for whoever comes next. Returns whether they are kept. */
  write(entries: readonly E[], at: number): boolean {
    try {
      const box = entries.length > 0 ? JSON.stringify({ at, entries, taken: [] } satisfies Box<E>) : null;
      if (box === null) this.storage?.removeItem(this.#own);
      else this.storage?.setItem(this.#own, box);
      this.#written = this.storage ? box : null;
      return this.storage !== undefined;
    } catch {
      this.#written = null;
      return false; // full, or forbidden
    }
  }

  /** The causes that another tab took over from this one, told once: they are not to be sent from here. */
  released(): readonly string[] {
    if (this.storage?.getItem(this.#own) === this.#written) return [];
    const { taken } = this.#box(this.#own);
    if (taken.length > 0) this.write([], 0);
    return taken;
  }

  /** Whether somebody emptied this tab's box from outside: they signed out, or are somebody else. */
  isWiped(): boolean {
    return this.#written !== null && this.storage?.getItem(this.#own) === null;
  }

  /** Keep nothing from now on. */
  close(): void {
    this.storage = undefined;
  }

  #mark(key: string, taken: readonly string[]): void {
    try {
      if (taken.length === 0) this.storage?.removeItem(key);
      else this.storage?.setItem(key, JSON.stringify({ at: this.clock(), entries: [], taken } satisfies Box<E>));
    } catch {
      this.storage?.removeItem(key); // full: better that a tab stops than that two send the same
    }
  }

  #keys(): string[] {
    const keys = Array.from({ length: this.storage?.length ?? 0 }, (_, at) => this.storage?.key(at) ?? "");
    return keys.filter((key) => key.startsWith(PREFIX));
  }

  #box(key: string): Box<E> {
    try {
      const box = JSON.parse(this.storage?.getItem(key) ?? "") as Partial<Box<E>>;
      return { at: Number(box.at) || 0, entries: listOf<E>(box.entries).filter(isEntry), taken: listOf<string>(box.taken) };
    } catch {
      return { at: 0, entries: [], taken: [] };
    }
  }
}

function listOf<T>(found: unknown): readonly T[] {
  return Array.isArray(found) ? (found as T[]) : [];
}

/** Whether it can be an entry: what is kept in a browser may have been written by anything. */
function isEntry(one: unknown): boolean {
  const { cause, at, step } = (one ?? {}) as Record<string, unknown>;
  return typeof cause === "string" && typeof at === "number" && typeof step === "object" && step !== null;
}
