/** Who else is here: every desk says so now and then, and hears who said so lately. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { newCause, send } from "../commands";
import type { Browser } from "../browser";

export const PRESENT_MS = 10_000;

export interface Present {
  readonly person: string;
  readonly name: string;
}

export class Presence {
  readonly #people = signal<readonly Present[]>([]);
  readonly people: ReadonlySignal<readonly Present[]> = this.#people;

  constructor(private readonly event: string, private readonly browser: Browser) {}

  start(): void {
    void this.#say();
    setInterval(() => void this.#say(), PRESENT_MS);
  }

  async #say(): Promise<void> {
    try {
      const answer = await send(this.browser, this.event, { path: "/presence", body: {} }, newCause());
      this.#people.value = (answer["people"] ?? []) as readonly Present[];
    } catch {
      // The desk says elsewhere that nobody answers; who was here is then not known.
      this.#people.value = [];
    }
  }
}
