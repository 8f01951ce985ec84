/** The wall's state as its components read it: what is held, what is shown, and the pace. */
import { signal } from "@preact/signals";
import type { Held } from "../store";
import type { CountValue, EventValue } from "../wire";
import { Cards } from "./cards";
import { inRooms, marksOf, type InRoom, type Mark } from "./floor";

/** At most one card enters in this time, so that a person can follow. */
export const PACE_MS = 700;
/** The count of posts that were skipped goes this long after the last of them. */
export const SKIPPED_MS = 60_000;

/** What the stage knows about its own size, in CSS pixels. */
export interface Geometry {
  readonly columns: number;
  readonly columnWidth: number;
  readonly gap: number;
  readonly height: number;
}

export class Wall {
  readonly event = signal<EventValue | null>(null);
  readonly count = signal<CountValue | null>(null);
  readonly paused = signal(false);
  readonly waiting = signal(0);
  readonly skipped = signal(0);
  readonly now = signal(Date.now());
  /** Goes up whenever a card came, went, changed or moved. */
  readonly version = signal(0);
  /** Whether nothing was posted yet; false until the first snapshot says so. */
  readonly empty = signal(false);
  /** The rooms in which something is discussed or asked now. */
  readonly rooms = signal<readonly InRoom[]>([]);
  /** What the cards of posts that a room took up say, by post id. */
  marks: ReadonlyMap<string, Mark> = new Map();
  readonly cards = new Cards(() => this.geometry.gap);
  geometry: Geometry = { columns: 1, columnWidth: 0, gap: 0, height: 0 };

  #seq = 0;
  #enteredAt = -Infinity;
  #pacer: ReturnType<typeof setTimeout> | undefined;
  #forget: ReturnType<typeof setTimeout> | undefined;

  /**
   * `onShown` is told up to which journal seq the wall shows what there is to show. `room` is the id or
   * the name of the one room that this wall is for; "" for all.
   */
  constructor(private readonly onShown: (seq: number) => void, private readonly room = "") {
    setInterval(() => (this.now.value = Date.now()), 1000);
  }

  /** Take the copy as it is now. */
  fold(held: Held): void {
    const posts = held.all("post");
    this.#seq = held.seq;
    this.empty.value = posts.size === 0;
    this.event.value = [...held.all("event").values()][0] ?? null;
    this.count.value = held.all("count").get("posts") ?? null;
    const relays = held.all("relay");
    this.rooms.value = inRooms({ rooms: held.all("room"), sessions: held.all("session"), relays }, this.room);
    this.marks = marksOf(relays);
    this.cards.take(posts);
    this.#enter();
    this.changed();
  }

  /** Something about the cards is new: show it, and say what is shown. */
  changed(): void {
    this.waiting.value = this.cards.waiting;
    this.#noteSkipped(this.cards.skipped);
    this.version.value++;
    this.onShown(this.cards.shownUpTo(this.#seq));
  }

  pause(paused: boolean): void {
    this.paused.value = paused;
    this.#enter();
    this.changed();
  }

  /** Let a card enter if it is time, and see to it that the next one does. */
  #enter(): void {
    if (this.paused.value || this.cards.waiting === 0) return;
    const rest = this.#enteredAt + PACE_MS - performance.now();
    if (rest <= 0) {
      this.#enteredAt = performance.now();
      this.cards.trim(this.geometry.height);
      this.cards.enter();
    }
    clearTimeout(this.#pacer);
    this.#pacer = setTimeout(() => (this.#enter(), this.changed()), rest > 0 ? rest : PACE_MS);
  }

  #noteSkipped(skipped: number): void {
    if (skipped > this.skipped.value) {
      clearTimeout(this.#forget);
      this.#forget = setTimeout(() => (this.cards.forgetSkipped(), this.changed()), SKIPPED_MS);
    }
    this.skipped.value = skipped;
  }
}
