/** The phone's state as its components read it. */
import { signal } from "@preact/signals";
import { checkedNow } from "../checked";
import { here, type Here } from "../floor";
import { listed } from "../resources";
import type { Held } from "../store";
import { countedNow } from "../support";
import type { CheckValue, EventValue, PointValue, ResourceValue, SessionValue } from "../wire";
import { Feed } from "./feed";
import type { Asks } from "./asks-state";
import { todays, type Planned } from "./plan";
import type { Sheet } from "./sheet";
import type { Supports } from "./supports";

/** New posts come into the list together, so that neither eye nor ear is busy with it all the time. */
export const BATCH_MS = 4_000;
const TICK_MS = 1_000;

export class Join {
  readonly event = signal<EventValue | null>(null);
  readonly here = signal<readonly Here[]>([]);
  readonly resources = signal<readonly ResourceValue[]>([]);
  readonly points = signal<readonly PointValue[]>([]);
  /** Today's programme. */
  readonly today = signal<readonly Planned[]>([]);
  readonly paused = signal(false);
  readonly waiting = signal(0);
  /** How many came into the list last, for those who hear it. */
  readonly came = signal(0);
  /** Goes up whenever the list of what is on the walls changed. */
  readonly version = signal(0);
  readonly feed = new Feed();
  /** What was found about the claims of posts, by post id. */
  readonly checked = signal<ReadonlyMap<string, CheckValue>>(new Map());
  sessions: ReadonlyMap<string, SessionValue> = new Map();

  #held: Held | null = null;
  #sent: readonly PointValue[] = [];
  #releasedAt = 0;

  /** `sheet`: what sessions concluded; `asks`: what their participants are asked; `supports`: what this phone thinks too. `reading`: whether somebody has scrolled into the list, which then stands still. */
  constructor(readonly sheet: Sheet, readonly asks: Asks, readonly supports: Supports, private readonly reading: () => boolean) {
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Take the copy as it is now. */
  fold(held: Held): void {
    this.#held = held;
    this.event.value = [...held.all("event").values()][0] ?? null;
    this.sessions = held.all("session");
    this.here.value = here(held.all("room"), this.sessions, held.all("relay"));
    this.resources.value = listed(held.all("resource"));
    this.sheet.fold(held, Date.now());
    this.asks.fold(held);
    this.checked.value = checkedNow(this.checked.peek(), held.all("check"));
    this.supports.counted.value = countedNow(this.supports.counted.peek(), held.all("support"));
    this.today.value = todays(held.all("room"), this.sessions.values(), this.event.value?.zone ?? "UTC", Date.now());
    this.feed.take(held.all("post"));
    this.#listPoints();
    this.#changed();
  }

  /** A point was taken in by the server: it is listed before the wire tells of it. */
  sent(point: PointValue): void {
    this.#sent = [point, ...this.#sent];
    this.#listPoints();
  }

  /** Whether the wire told of this point. */
  knows(id: string): boolean {
    return this.#held?.all("point").has(id) ?? false;
  }

  pause(paused: boolean): void {
    this.paused.value = paused;
    if (!paused) this.release();
  }

  /** Let in what waits, now. */
  release(): void {
    this.#releasedAt = performance.now();
    this.came.value = this.feed.release();
    this.#changed();
  }

  #tick(): void {
    const due = performance.now() - this.#releasedAt >= BATCH_MS;
    if (due && this.feed.waiting > 0 && !this.paused.value && !this.reading()) this.release();
  }

  #listPoints(): void {
    const told = this.#held?.all("point") ?? new Map<string, PointValue>();
    this.#sent = this.#sent.filter(({ id }) => !told.has(id));
    const all = [...told.values()].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
    this.points.value = [...this.#sent, ...all];
  }

  #changed(): void {
    this.waiting.value = this.feed.waiting;
    this.version.value++;
  }
}
