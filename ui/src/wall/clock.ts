/** The time of day as the server has it, where this machine's clock is wrong. Pure. */

/** A clock that is less wrong than this is left alone: a header says whole seconds, and took its time. */
const WRONG_MS = 20_000;

export class Clock {
  #offset = 0;

  constructor(private readonly own: () => number = Date.now) {}

  /** The server's answer said that it is this time (an HTTP date). */
  heard(date: string | null): void {
    const offset = Date.parse(date ?? "") - this.own();
    if (Number.isNaN(offset)) return;
    this.#offset = Math.abs(offset) >= WRONG_MS ? offset : 0;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.own() + this.#offset;
  }
}
