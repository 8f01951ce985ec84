/** The overlay's state: what is shown, what waits until that has left, and whether the server is heard. */
import { signal } from "@preact/signals";
import type { Held } from "../store";
import { lowerOf, mayLinger, type Lower } from "./lower";

/** How long what was discussed takes to leave, and what follows waits. */
export const LEAVE_MS = 600;
/** After so long without a word what is shown may have been taken back: it goes. */
export const SILENT_MS = 30_000;
const TICK_MS = 1_000;

export class Overlay {
  readonly shown = signal<Lower | null>(null);
  readonly leaving = signal(false);
  readonly zone = signal("UTC");
  readonly now = signal(Date.now());

  #next: Lower | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;

  /** `place`: the id of a room, or of a session in it. */
  constructor(private readonly place: string) {
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Take the copy as it is now. */
  fold(held: Held): void {
    this.#heardAt = performance.now();
    this.zone.value = [...held.all("event").values()][0]?.zone ?? "UTC";
    this.#next = lowerOf(held, this.place);
    const shown = this.shown.value;
    if (!shown || shown.relay.id === this.#next?.relay.id) this.#show();
    else if (mayLinger(held, this.place, shown)) this.#leave();
    else this.#show();
  }

  #leave(): void {
    if (this.leaving.value) return;
    this.leaving.value = true;
    this.#timer = setTimeout(() => this.#show(), LEAVE_MS);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.leaving.value = false;
    this.shown.value = this.#next;
  }

  #tick(): void {
    this.now.value = Date.now();
    if (!this.shown.value || performance.now() - this.#heardAt < SILENT_MS) return;
    this.#next = null;
    this.#show();
  }
}
