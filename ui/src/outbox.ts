/**
 * What a person did and nobody answered yet. It is kept over a reload, and sent again with the same cause
 * until somebody answers, so that nothing is lost and nothing is done twice.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Browser } from "./browser";
import { newCause, Refusal, send, Unreachable, type Answer, type Request } from "./commands";
import { BEAT_MS, Kept } from "./outbox-kept";
import { nextOf, type Entry, type Rules } from "./outbox-order";

export { isAside, type Entry, type State } from "./outbox-order";

export const AGAIN_BASE_MS = 500;
export const AGAIN_CAP_MS = 10_000;
/** A move of the floor that was not sent for so long is asked about before it is. */
export const LATE_MS = 60_000;
/** So is everything else after a day: whoever did it may not know of it any more. */
export const OLD_MS = 24 * 3_600_000;
/** Steps that are kept at most: more than anybody does by hand while a line is cut. */
export const MOST = 1_000;
/** So often a step is tried at which the server fails: then it is set aside, and what came later goes on. */
export const MOST_FAILURES = 5;
const LOOK_MS = 5_000;

/** Why nothing more is sent from a page: its person is not signed in any more, or another one is. */
export type End = "sign_in" | "other";

export interface OutboxOptions<S> extends Rules<S> {
  readonly event: string;
  /** Whose steps these are: what somebody left unsent is sent as nobody else's. */
  readonly person: string;
  readonly browser: Browser;
  /** What to send for a step; null: not known yet, ask again after `nudge`. May throw Refusal. */
  readonly request: (step: S) => Request | null;
  /** Whether a step is asked about when it could not be sent for LATE_MS. */
  readonly late: (step: S) => boolean;
  readonly onAnswer?: (entry: Entry<S>, answer: Answer) => void;
  readonly onRefusal: (entry: Entry<S>, refusal: Refusal) => void;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** What was done here and is not in the copy yet; it is sent one by one, what leaves the walls first. */
export class Outbox<S> {
  readonly #entries = signal<readonly Entry<S>[]>([]);
  readonly #stalled = signal(false);
  readonly #safe = signal(true);
  readonly #ended = signal<End | null>(null);
  readonly entries: ReadonlySignal<readonly Entry<S>[]> = this.#entries;
  /** Whether nobody answers at present. */
  readonly stalled: ReadonlySignal<boolean> = this.#stalled;
  /** Whether a reload loses nothing. */
  readonly safe: ReadonlySignal<boolean> = this.#safe;
  /** Why nothing more is sent from here; null while it is. */
  readonly ended: ReadonlySignal<End | null> = this.#ended;
  readonly #clock: () => number;
  readonly #kept: Kept<Entry<S>>;
  #running = false;
  /** The page goes: whoever comes next may take over at once. */
  #left = false;
  #tries = 0;
  /** How often the server failed at a step, by cause. */
  readonly #failures = new Map<string, number>();
  #forCopy = false;
  #wake: (() => void) | undefined;

  constructor(private readonly options: OutboxOptions<S>) {
    const { browser, person, event } = options;
    this.#clock = options.clock ?? Date.now;
    this.#kept = new Kept(browser.kept, person, event, newCause(), this.#clock);
    this.#adopt();
    browser.onWake(() => this.#woke());
    browser.onLeave?.(() => ((this.#left = true), this.#keep()));
    setInterval(() => this.#ended.value || (this.#adopt(), this.#beat()), BEAT_MS);
    void this.#run();
  }

  /** Do a step; it is in `entries` at once. Returns its cause. */
  add(step: S): string {
    const entry: Entry<S> = { cause: newCause(), step, state: "waiting", at: this.#clock() };
    if (this.#unsent().length >= MOST) {
      this.options.onRefusal(entry, new Refusal(0, "too_many", "Too much is not sent yet.", "Wait until the server answers."));
      return entry.cause;
    }
    this.#set([...this.#entries.value, entry]);
    void this.#run();
    return entry.cause;
  }

  /** Take back what was never sent, or never done. Returns whether it was still here. */
  cancel(cause: string): boolean {
    const entry = this.#find(cause);
    if (!entry || entry.state === "answered" || (entry.request && entry.state !== "failed")) return false;
    this.discard(cause);
    return true;
  }

  /** Do not send it again, whether or not it arrived already. */
  discard(cause: string): void {
    this.#set(this.#entries.value.filter((entry) => entry.cause !== cause));
    this.nudge();
  }

  /** Say what becomes of a step that was set aside: send it after all, or let go of it. */
  decide(cause: string, go: boolean): void {
    if (!go) return this.discard(cause);
    const others = this.#entries.value.filter((entry) => entry.cause !== cause);
    const entry = this.#find(cause);
    if (entry) this.#set([...others, { ...entry, state: "waiting", at: this.#clock() }]);
    void this.#run();
  }

  /** Change what was not tried yet, such as an id that the server gave meanwhile. */
  amend(change: (step: S) => S): void {
    const amended = (entry: Entry<S>): Entry<S> => (entry.request ? entry : { ...entry, step: change(entry.step) });
    this.#set(this.#entries.value.map(amended));
  }

  /** The copy shows everything up to this seq; `anew`: it was fetched whole. */
  settle(seq: number, anew: boolean): void {
    const shown = ({ state, seq: of = 0 }: Entry<S>): boolean => state === "answered" && (anew || of <= seq);
    if (this.#entries.value.some(shown)) this.#set(this.#entries.value.filter((entry) => !shown(entry)));
    if (this.#forCopy) this.nudge();
  }

  /** The network came back or the machine woke up: do not sit out a wait. */
  nudge(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    if (this.#running || this.#ended.value) return;
    this.#running = true;
    for (let entry = this.#next(); entry && !this.#ended.value; entry = this.#next()) await this.#try(entry);
    this.#running = false;
  }

  #next(): Entry<S> | undefined {
    const { entry, dropped } = nextOf(this.#entries.value, this.options);
    if (dropped.length > 0) {
      const left = this.#entries.value.filter(({ cause }) => !dropped.includes(cause));
      this.#set(left.map((one) => (entry && one.cause === entry.cause ? entry : one)));
    }
    return entry;
  }

  async #try(entry: Entry<S>): Promise<void> {
    const { browser, event, onAnswer, onRefusal } = this.options;
    try {
      if (this.#kept.isWiped()) return this.#forget();
      this.#release();
      if (!this.#find(entry.cause)) return;
      if (this.#isLate(entry)) return await this.#ask(entry);
      const request = entry.request ?? this.options.request(entry.step);
      if (!request) return await this.#copied();
      this.#change(entry.cause, { request });
      const answer = await send(browser, event, request, entry.cause);
      this.#reached();
      onAnswer?.(entry, answer);
      this.#change(entry.cause, { state: "answered", seq: answer.seq ?? 0 });
    } catch (error) {
      if (error instanceof Unreachable) return await this.#again(error.afterMs);
      // Whoever signs in again as the same person finds it when the desk is loaded then.
      if (error instanceof Refusal && error.status === 401) return this.#end(error.details["other"] ? "other" : "sign_in");
      if (error instanceof Refusal && error.status >= 500) return await this.#failed(entry.cause);
      this.#reached();
      this.discard(entry.cause);
      if (error instanceof Refusal) return onRefusal(entry, error);
      // A fault of this page: whoever did it is told, and what was done after it still goes out.
      onRefusal(entry, new Refusal(0, "internal", "This page could not do that.", "Load the page again, then look."));
      console.error(error);
    }
  }

  #isLate({ step, at }: Entry<S>): boolean {
    const age = this.#clock() - at;
    return age > OLD_MS || (age > LATE_MS && this.options.late(step));
  }

  /** Ask about a late step, once somebody answers: until then there is nothing to decide. Throws Unreachable. */
  async #ask({ cause }: Entry<S>): Promise<void> {
    const look = { signal: AbortSignal.timeout(LOOK_MS) };
    const well = await this.options.browser.fetch("/healthz", look).then(({ ok }) => ok, () => false);
    if (!well) throw new Unreachable();
    this.#reached();
    this.#change(cause, { state: "asked" });
  }

  /** Try again what the server failed at, a few times; then it is for whoever did it to decide. */
  async #failed(cause: string): Promise<void> {
    const times = (this.#failures.get(cause) ?? 0) + 1;
    this.#failures.set(cause, times);
    if (times < MOST_FAILURES) return await this.#again(0);
    this.#failures.delete(cause);
    this.#reached();
    this.#change(cause, { state: "failed" });
  }

  /** Send nothing more from here: the next sign-in in this browser may be somebody else's. */
  #end(why: End): void {
    this.#ended.value = why;
    this.#left = this.#stalled.value = true;
    this.#keep();
  }

  #forget(): void {
    this.#kept.close();
    this.#end("sign_in");
    this.#set([]);
  }

  #reached(): void {
    this.#tries = 0;
    this.#stalled.value = false;
  }

  /** Wait for a time drawn up to a bound that doubles: desks do not come back in step. */
  async #again(afterMs: number): Promise<void> {
    this.#stalled.value = true;
    const bound = Math.min(AGAIN_CAP_MS, AGAIN_BASE_MS * 2 ** this.#tries++);
    await this.#rest(Math.max(afterMs, this.options.browser.random() * bound));
  }

  /** Wait until the copy shows what the step builds on. */
  async #copied(): Promise<void> {
    this.#forCopy = true;
    await this.#rest(AGAIN_CAP_MS);
    this.#forCopy = false;
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => (clearTimeout(timer), resolve());
    });
  }

  #find(cause: string): Entry<S> | undefined {
    return this.#entries.value.find((entry) => entry.cause === cause);
  }

  #change(cause: string, change: Partial<Entry<S>>): void {
    this.#set(this.#entries.value.map((entry) => (entry.cause === cause ? { ...entry, ...change } : entry)));
  }

  #set(entries: readonly Entry<S>[]): void {
    this.#entries.value = entries;
    this.#keep();
  }

  #unsent(): readonly Entry<S>[] {
    return this.#entries.value.filter(({ state }) => state !== "answered");
  }

  /** What another tab took over, while this one slept, is that tab's to send. */
  #release(): void {
    const taken = new Set(this.#kept.released());
    if (taken.size > 0) this.#entries.value = this.#entries.value.filter(({ cause }) => !taken.has(cause));
  }

  #keep(): void {
    this.#release();
    this.#safe.value = this.#kept.write(this.#unsent(), this.#left ? 0 : this.#clock());
  }

  #beat(): void {
    if (this.#kept.isWiped()) this.#forget();
    else this.#keep();
  }

  #woke(): void {
    if (this.#ended.value) return;
    this.#left = false;
    this.#adopt();
    this.nudge();
  }

  /** Take over what other tabs of this person left; it comes before what is done from now on. */
  #adopt(): void {
    this.#release(); // first: who took it over may be gone too by now
    const found = this.#kept.take().filter(({ cause }) => !this.#find(cause));
    if (found.length === 0) return;
    this.#set([...found, ...this.#entries.value]);
    void this.#run();
  }
}
