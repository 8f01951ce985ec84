/** The chair view's state as its components read it. */
import { computed, signal } from "@preact/signals";
import type { Held } from "../store";
import type { ControlValue, MessageValue, RelayValue } from "../wire";
import { essence, viewOf, type Asked, type View } from "./view";

const TICK_MS = 1_000;

export class Stage {
  /** Milliseconds since 1970; stands still while paused. */
  readonly now = signal(Date.now());
  readonly paused = signal(false);
  /** What is shown; null until the first snapshot is there. */
  readonly view = signal<View | null>(null);
  /** What walls are held to, by room; followed while the view is paused too. */
  readonly controls = signal<ReadonlyMap<string, ControlValue>>(new Map());
  /** Between desk and chair; followed while the view is paused too. */
  readonly messages = signal<ReadonlyMap<string, MessageValue>>(new Map());
  readonly #newest = signal<View | null>(null);
  /** Whether something changed since the view was paused. */
  readonly changed = computed(() => {
    const [shown, newest] = [this.view.value, this.#newest.value];
    return shown !== null && newest !== null && essence(shown) !== essence(newest);
  });

  constructor(private readonly asked: Asked) {
    setInterval(() => this.paused.value || (this.now.value = Date.now()), TICK_MS);
  }

  /** Take the copy as it is now. What may no longer be shown goes even from a paused view. */
  fold(held: Held): void {
    const newest = viewOf(held, this.asked);
    this.controls.value = new Map(held.all("control"));
    this.messages.value = new Map(held.all("message"));
    this.#newest.value = newest;
    const shown = this.view.value;
    if (!this.paused.value || !shown) this.view.value = newest;
    else this.view.value = { ...shown, floor: without(still(shown.floor, held), held), next: still(shown.next, held) };
  }

  pause(paused: boolean): void {
    this.paused.value = paused;
    if (paused) return;
    this.now.value = Date.now();
    this.view.value = this.#newest.value;
  }
}

/** A point on the floor without the examples that may no longer be shown. */
function without(shown: RelayValue | null, held: Held): RelayValue | null {
  const now = shown && held.all("relay").get(shown.id);
  const there = new Set(now?.examples.map(({ id }) => id));
  return shown && { ...shown, examples: shown.examples.filter(({ id }) => there.has(id)) };
}

function still<T extends { readonly id: string }>(shown: T | null, held: Held): T | null {
  return shown && held.all("relay").has(shown.id) ? shown : null;
}
