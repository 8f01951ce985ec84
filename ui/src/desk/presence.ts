/** Who else is here: every desk says so now and then, and hears who said so lately. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { newCause, send } from "../commands";
import type { Browser } from "../browser";

export const PRESENT_MS = 10_000;
/** So long somebody stays at a post before it counts as theirs. */
export const MOVED_MS = 700;

export interface Present {
  readonly person: string;
  readonly name: string;
  /** The post that they work at, so that nobody else begins with it. */
  readonly at: string | null;
}

export class Presence {
  readonly #people = signal<readonly Present[]>([]);
  readonly people: ReadonlySignal<readonly Present[]> = this.#people;

  /** Feeds that are silent for longer than their rhythm explains: a sentence each, until somebody read it. */
  readonly silent = signal<readonly string[]>([]);
  readonly read = new Set<string>();

  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `at`: the post that is worked at here, null where nobody does anything. */
  constructor(private readonly event: string, private readonly browser: Browser, private readonly at: () => string | null = () => null) {}

  start(): void {
    void this.#say();
    setInterval(() => void this.#say(), PRESENT_MS);
  }

  /** Somebody went on to another post: it is said soon, once however many they pass. */
  moved(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#say(), MOVED_MS);
  }

  async #say(): Promise<void> {
    try {
      const answer = await send(this.browser, this.event, { path: "/presence", body: { at: this.at() } }, newCause());
      this.#people.value = (answer["people"] ?? []) as readonly Present[];
      this.silent.value = ((answer["silent"] ?? []) as readonly string[]).filter((said) => !this.read.has(said));
    } catch {
      // The desk says elsewhere that nobody answers; who was here is then not known.
      this.#people.value = [];
    }
  }
}
