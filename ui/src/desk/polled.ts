/** What the desk asks the server for beside the copy: read anew soon after the copy moved, while somebody looks. */
import { signal } from "@preact/signals";
import type { Browser } from "../browser";

const REQUEST_MS = 10_000;
const AGAIN_MS = 3_000;

export class Polled<T> {
  /** What was answered last; null until then. */
  readonly answer = signal<T | null>(null);
  /** Whether the last request had no answer. */
  readonly failed = signal(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #again = false;

  /** `path`: below the event. `calmMs`: it is asked no more often than that. */
  constructor(
    private readonly event: string, private readonly browser: Browser, private readonly path: () => string,
    private readonly calmMs = 400,
  ) {}

  /** Ask at once. */
  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#ask();
  }

  /** Something moved: ask soon, and once however much moves. */
  soon(): void {
    this.#timer ??= setTimeout(() => this.now(), this.calmMs);
  }

  /** Nobody looks any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
  }

  async #ask(): Promise<void> {
    if (this.#asking) return void (this.#again = true);
    this.#asking = true;
    this.#again = false;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), REQUEST_MS);
    try {
      const url = `/api/v1/events/${encodeURIComponent(this.event)}${this.path()}`;
      const response = await this.browser.fetch(url, { signal: limit.signal });
      if (response.ok) this.answer.value = (await response.json()) as T;
      this.failed.value = !response.ok;
    } catch {
      this.failed.value = true;
    }
    clearTimeout(timer);
    this.#asking = false;
    if (this.#again) this.now();
    else if (this.failed.value) this.#timer ??= setTimeout(() => this.now(), AGAIN_MS);
  }
}
