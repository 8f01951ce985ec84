/**
 * The life of one connection: snapshot, websocket, resume, and what to do when either fails.
 * Live and catching up are the same fold; a lost connection costs time and never a post.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Browser, Socket } from "./browser";
import { Reload } from "./reload";
import { Gap, Held } from "./store";
import type { Changes, Hello, Message, Put, Snapshot } from "./wire";

export const BACKOFF_BASE_MS = 500;
export const BACKOFF_CAP_MS = 15_000;
export const SILENCE_MS = 35_000;
export const GREETING_MS = 10_000;
export const REQUEST_MS = 10_000;
export const POLL_MS = 3_000;
export const POLL_AFTER_FAILURES = 4;
export const RETRY_SOCKET_MS = 30_000;
/** A stopped face asks again this often: what is gone may come back, and nobody is there to reload it. */
export const LOOK_AGAIN_MS = 60_000;

export type Phase = "connecting" | "live" | "polling" | "reconnecting" | "stopped";
/** Why a connection stopped: the event is gone, or this reader may not read it. */
export type Stop = "gone" | "sign_in" | "not_yours";

const CLOSE_CODES: Readonly<Record<number, Stop>> = { 4410: "gone", 4401: "sign_in", 4403: "not_yours" };
const ERROR_CODES: Readonly<Record<string, Stop>> = {
  not_found: "gone", sign_in: "sign_in", not_yours: "not_yours",
};

export interface Options {
  readonly event: string;
  readonly face: string;
  /** The build that this page came from, in Unix seconds. */
  readonly build: number;
  readonly browser: Browser;
  /** How many posts to hold; the oldest beyond it are let go of. */
  readonly keep: number;
  /** After so many milliseconds of silence the copy is fetched anew: what shows nothing meanwhile is sure sooner. */
  readonly doubtAfter?: number;
  /** Called after every fold with the copy, which is the connection's own and is not to be changed. */
  readonly onFold: (held: Held) => void;
}

export class Connection {
  readonly #phase = signal<Phase>("connecting");
  readonly #stop = signal<Stop | null>(null);
  readonly phase: ReadonlySignal<Phase> = this.#phase;
  /** Set when the phase is "stopped". */
  readonly stopped: ReadonlySignal<Stop | null> = this.#stop;

  #held: Held | null = null;
  #cursorHead = "";
  #stale = false;
  #socket: Socket | null = null;
  #greeted = false;
  /** Counts turns: what an earlier turn started is void when it comes back. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #waiting = false;
  #attempts = 0;
  #failures = 0;
  #gaps = 0;
  #heardAt = 0;
  /** When the copy was last known to be as the server has it. */
  #sureAt = 0;
  #triedSocketAt = 0;
  #paintedUpTo = 0;
  #acknowledged = -1;
  #acknowledging = false;
  readonly #reload: Reload;

  constructor(private readonly options: Options) {
    this.#reload = new Reload(options.build, options.browser);
  }

  /** Connect, and stay connected. Where the server says that there is nothing to read, ask now and then. */
  start(): void {
    this.#sureAt = this.options.browser.now();
    this.options.browser.onWake(() => this.#wake());
    void this.#begin();
  }

  /** The face shows everything up to this journal seq; the server is told once it is on the screen. */
  painted(seq: number): void {
    this.#paintedUpTo = Math.max(this.#paintedUpTo, seq);
    this.#acknowledge();
  }

  /** For how many milliseconds nothing said that the copy is as the server has it; since the start, if ever. */
  silence(): number {
    return this.options.browser.now() - this.#sureAt;
  }

  /**
   * Tell the server something small once everything that is held now is on the screen: `message` is given
   * the journal seq of that. Nothing is told while nobody listens, or while the page is not drawn.
   */
  tell(message: (seq: number) => object): void {
    const [socket, seq] = [this.#socket, this.#held?.seq ?? 0];
    if (!this.#greeted || !socket) return;
    this.options.browser.afterPaint(() => {
      if (this.#greeted && this.#socket === socket) socket.send(JSON.stringify(message(seq)));
    });
  }

  /** Take in a page of older subjects; false, and nothing happens, once the copy was fetched anew. */
  include(puts: readonly Put[], held: Held): boolean {
    if (held !== this.#held) return false;
    held.include(puts);
    this.#publish(held);
    return true;
  }

  /** Who reads may be somebody else now, by a new cookie: fetch everything anew. */
  refresh(): void {
    this.#stale = true;
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const turn = this.#newTurn();
    const isDoubted = this.silence() > (this.options.doubtAfter ?? Infinity);
    if (!this.#held || this.#stale || isDoubted) {
      const snapshot = await this.#get<Snapshot>("snapshot", {});
      if (turn !== this.#turn) return;
      if (snapshot?.type !== "snapshot") return this.#retry();
      this.#take(snapshot);
    }
    this.#open();
  }

  /** Leave whatever was under way: its socket, its timers and its answers. */
  #newTurn(): number {
    this.#waiting = false;
    this.#greeted = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    return ++this.#turn;
  }

  #take(snapshot: Snapshot): void {
    this.#held = Held.of(snapshot);
    this.#cursorHead = snapshot.cursor.slice(0, snapshot.cursor.lastIndexOf(".") + 1);
    this.#stale = false;
    this.#paintedUpTo = 0;
    this.#sureAt = this.options.browser.now();
    this.#publish(this.#held);
  }

  #publish(held: Held): void {
    held.keepNewest(this.options.keep);
    this.options.onFold(held);
  }

  #open(): void {
    const { browser, event, face } = this.options;
    this.#triedSocketAt = browser.now();
    this.#watch(GREETING_MS);
    const query = new URLSearchParams({ face, cursor: this.#cursor() });
    let socket: Socket;
    try {
      socket = browser.open(`/live/${encodeURIComponent(event)}?${query}`);
    } catch {
      return this.#closed(0);
    }
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#socket === socket && this.#hear(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#closed(code);
  }

  #cursor(): string {
    return `${this.#cursorHead}${this.#held?.seq ?? 0}`;
  }

  #watch(limit: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#closed(0), limit);
  }

  #hear(data: unknown): void {
    this.#heardAt = this.options.browser.now();
    this.#watch(SILENCE_MS);
    const message = parsed(data);
    if (message?.type === "hello") this.#greet(message);
    else if (message?.type === "changes" && this.#greeted) this.#fold(message);
  }

  #greet(hello: Hello): void {
    this.#reload.offer(hello.build);
    this.#failures = 0;
    if (!hello.resumed) return this.#refetch();
    this.#greeted = true;
    this.#stop.value = null;
    this.#phase.value = "live";
    this.#acknowledged = -1;
    this.#acknowledge();
  }

  /** Fold one frame. Returns whether it was the next one. */
  #fold(frame: Changes): boolean {
    const held = this.#held;
    if (!held) return false;
    try {
      held.apply(frame);
    } catch (error) {
      if (!(error instanceof Gap)) throw error;
      // A second gap in a row is not a lost frame but a lost thread: start over.
      if (++this.#gaps > 1) this.#stale = true;
      this.#retry();
      return false;
    }
    this.#gaps = 0;
    this.#attempts = 0;
    this.#sureAt = this.options.browser.now();
    this.#publish(held);
    return true;
  }

  #refetch(): void {
    this.#stale = true;
    this.#retry();
  }

  #closed(code: number): void {
    const stop = CLOSE_CODES[code];
    if (stop) return this.#end(stop);
    if (!this.#greeted) this.#failures++;
    if (this.#failures < POLL_AFTER_FAILURES || !this.#held) return this.#retry();
    void this.#poll();
  }

  /** Websockets do not get through, but perhaps HTTP does. */
  async #poll(): Promise<void> {
    const turn = this.#newTurn();
    const answer = await this.#get<Changes | Hello>("changes", { cursor: this.#cursor() });
    if (turn !== this.#turn) return;
    if (answer?.type === "hello") return this.#refetch();
    if (answer?.type !== "changes") return this.#retry();
    if (!this.#fold(answer)) return;
    this.#phase.value = "polling";
    const since = this.options.browser.now() - this.#triedSocketAt;
    const next = since >= RETRY_SOCKET_MS ? () => this.#begin() : () => this.#poll();
    this.#timer = setTimeout(() => void next(), POLL_MS);
  }

  /** Try again after a time drawn from 0 up to a bound that doubles: nobody comes back in step. */
  #retry(): void {
    this.#newTurn();
    this.#stop.value = null;
    if (this.#phase.value !== "connecting" || this.#attempts > 0) this.#phase.value = "reconnecting";
    const bound = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.#attempts++);
    this.#waiting = true;
    this.#timer = setTimeout(() => void this.#begin(), this.options.browser.random() * bound);
  }

  #end(reason: Stop): void {
    this.#newTurn();
    this.#stop.value = reason;
    this.#phase.value = "stopped";
    this.#stale = true;
    this.#timer = setTimeout(() => void this.#begin(), LOOK_AGAIN_MS);
  }

  /** The network came back or the machine woke up: do not sit out a wait, do not trust a dead socket. */
  #wake(): void {
    const silent = this.options.browser.now() - this.#heardAt > SILENCE_MS;
    if (this.#waiting || (this.#phase.value === "live" && silent)) void this.#begin();
  }

  async #get<T>(what: string, query: Record<string, string>): Promise<T | null> {
    const { browser, event, face } = this.options;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), REQUEST_MS);
    const parameters = new URLSearchParams({ face, ...query });
    const url = `/api/v1/events/${encodeURIComponent(event)}/${what}?${parameters}`;
    const turn = this.#turn;
    try {
      const response = await browser.fetch(url, { signal: limit.signal });
      if (response.ok) return (await response.json()) as T;
      const reason = await refusal(response);
      if (reason && turn === this.#turn) this.#end(reason);
    } catch {
      // No answer, half an answer or no JSON: all the same to the caller, who tries again.
    } finally {
      clearTimeout(timer);
    }
    return null;
  }

  /** At most once a frame, after it was painted, and never again for what the server knows. */
  #acknowledge(): void {
    if (this.#acknowledging || !this.#greeted || this.#paintedUpTo <= this.#acknowledged) return;
    this.#acknowledging = true;
    this.options.browser.afterPaint(() => {
      this.#acknowledging = false;
      if (!this.#greeted || !this.#socket) return;
      this.#acknowledged = this.#paintedUpTo;
      this.#socket.send(JSON.stringify({ type: "painted", seq: this.#acknowledged }));
    });
  }
}

function parsed(data: unknown): Message | null {
  try {
    return JSON.parse(String(data)) as Message;
  } catch {
    return null; // the wire is additive: what is not understood is passed over
  }
}

/** Only our own error shape stops a face: a proxy has statuses of its own while the server starts. */
async function refusal(response: Response): Promise<Stop | undefined> {
  const body = (await response.json()) as { error?: { code?: string } };
  return ERROR_CODES[body.error?.code ?? ""];
}
