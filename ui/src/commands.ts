/**
 * Commands over HTTP: each has a cause of its own (Idempotency-Key), and is sent again with it until
 * somebody answers, so that nothing is lost and nothing is done twice.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Browser } from "./browser";

export const SEND_MS = 10_000;
export const AGAIN_BASE_MS = 500;
export const AGAIN_CAP_MS = 10_000;
/** A move of the floor that was not sent for so long is asked about before it is. */
export const LATE_MS = 60_000;

/** What a command is on the wire; `path` is below /api/v1/events/{event}. */
export interface Request {
  readonly method?: "POST" | "PATCH";
  readonly path: string;
  readonly body: object;
}

/** What the server answers; `seq`: the copy shows it from this journal seq on. */
export interface Answer {
  readonly seq?: number;
  readonly version?: number;
  readonly [name: string]: unknown;
}

/** The server said no, in its own words: sending it again would change nothing. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Nobody answered, or somebody who could not do it now: the same cause is sent again. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  /** `afterMs`: the server asks to wait so long. */
  constructor(readonly afterMs = 0) {
    super("nobody answered");
  }
}

/** A new cause: one for each thing that a person did. */
export function newCause(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a command once. Throws Refusal, or Unreachable: then send it again with the same cause. */
export async function send(browser: Browser, event: string, request: Request, cause: string): Promise<Answer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), SEND_MS);
  try {
    const response = await browser.fetch(`/api/v1/events/${encodeURIComponent(event)}${request.path}`, {
      method: request.method ?? "POST",
      headers: { "content-type": "application/json", "idempotency-key": cause },
      body: JSON.stringify(request.body),
      signal: limit.signal,
    });
    return response.ok ? ((await response.json()) as Answer) : await refused(response);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreachable) throw error;
    throw new Unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/** Only our own error shape refuses: a proxy has statuses of its own while the server starts. */
async function refused(response: Response): Promise<never> {
  const { error } = (await response.json()) as { error?: Partial<Refusal> };
  if (!error?.code) throw new Unreachable();
  const wait = Number(response.headers.get("retry-after") ?? 0) * 1000;
  if (response.status === 429 || response.status === 503) throw new Unreachable(wait);
  throw new Refusal(response.status, error.code, error.message ?? "", error.remedy ?? "", error.details ?? {});
}

/** `waiting`: not answered yet; `answered`: the copy does not show it yet; `asked`: too old to send unasked. */
export type State = "waiting" | "answered" | "asked";

/** One thing that a person did. Plain data: it outlives a reload of the page. */
export interface Entry<S> {
  readonly cause: string;
  readonly step: S;
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was sent, if it was: it stays the same. */
  readonly request?: Request;
  readonly seq?: number;
}

export interface OutboxOptions<S> {
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

/** What was done here and is not in the copy yet, in order; it is sent one by one. */
export class Outbox<S> {
  readonly #entries = signal<readonly Entry<S>[]>([]);
  readonly #stalled = signal(false);
  readonly entries: ReadonlySignal<readonly Entry<S>[]> = this.#entries;
  /** Whether nobody answers at present. */
  readonly stalled: ReadonlySignal<boolean> = this.#stalled;
  readonly #clock: () => number;
  readonly #key: string;
  #running = false;
  #tries = 0;
  #forCopy = false;
  #wake: (() => void) | undefined;

  constructor(private readonly options: OutboxOptions<S>) {
    this.#clock = options.clock ?? Date.now;
    this.#key = `backchannel.unsent.${options.event}.${options.person}`;
    this.#entries.value = this.#recalled();
    options.browser.onWake(() => this.nudge());
    void this.#run();
  }

  /** Do a step; it is in `entries` at once. Returns its cause. */
  add(step: S): string {
    const entry: Entry<S> = { cause: newCause(), step, state: "waiting", at: this.#clock() };
    this.#set([...this.#entries.value, entry]);
    void this.#run();
    return entry.cause;
  }

  /** Take back what was never sent. Returns whether it was still here. */
  cancel(cause: string): boolean {
    const entry = this.#find(cause);
    if (!entry || entry.request || entry.state === "answered") return false;
    this.#drop(cause);
    return true;
  }

  /** Answer the question about a late step: send it after all, or let go of it. */
  decide(cause: string, go: boolean): void {
    if (!go) return this.#drop(cause);
    const others = this.#entries.value.filter((entry) => entry.cause !== cause);
    const entry = this.#find(cause);
    if (entry) this.#set([...others, { ...entry, state: "waiting", at: this.#clock() }]);
    void this.#run();
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
    if (this.#running) return;
    this.#running = true;
    for (let entry = this.#next(); entry; entry = this.#next()) await this.#try(entry);
    this.#running = false;
  }

  #next(): Entry<S> | undefined {
    return this.#entries.value.find(({ state }) => state === "waiting");
  }

  async #try(entry: Entry<S>): Promise<void> {
    const { browser, event, onAnswer, onRefusal, late } = this.options;
    if (late(entry.step) && this.#clock() - entry.at > LATE_MS) return this.#change(entry.cause, { state: "asked" });
    try {
      const request = entry.request ?? this.options.request(entry.step);
      if (!request) return await this.#copied();
      this.#change(entry.cause, { request });
      const answer = await send(browser, event, request, entry.cause);
      this.#reached();
      onAnswer?.(entry, answer);
      this.#change(entry.cause, { state: "answered", seq: answer.seq ?? 0 });
    } catch (error) {
      if (error instanceof Unreachable) return await this.#again(error.afterMs);
      this.#reached();
      this.#drop(entry.cause);
      if (error instanceof Refusal) return onRefusal(entry, error);
      // A fault of this page: whoever did it is told, and what was done after it still goes out.
      onRefusal(entry, new Refusal(0, "internal", "This page could not do that.", "Load the page again, then look."));
      console.error(error);
    }
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

  #drop(cause: string): void {
    this.#set(this.#entries.value.filter((entry) => entry.cause !== cause));
  }

  #set(entries: readonly Entry<S>[]): void {
    this.#entries.value = entries;
    this.options.browser.remember(this.#key, JSON.stringify(entries.filter(({ state }) => state !== "answered")));
  }

  #recalled(): readonly Entry<S>[] {
    try {
      const found: unknown = JSON.parse(this.options.browser.recall(this.#key) ?? "[]");
      return Array.isArray(found) ? (found as Entry<S>[]) : [];
    } catch {
      return [];
    }
  }
}
