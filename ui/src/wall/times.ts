/** Times as people on site read them: the clock in the event's zone, posts by how long ago. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Formats for one language and zone; a zone that this browser does not know reads as its own. */
export class Times {
  readonly #clock: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #ago: Intl.RelativeTimeFormat;

  constructor(lang: string, zone: string) {
    const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
      try {
        return new Intl.DateTimeFormat(lang, { ...options, timeZone: zone });
      } catch {
        return new Intl.DateTimeFormat(lang, options);
      }
    };
    this.#clock = format({ hour: "numeric", minute: "2-digit" });
    this.#day = format({ day: "numeric", month: "short" });
    this.#date = format({ day: "numeric", month: "short", year: "numeric" });
    this.#ago = new Intl.RelativeTimeFormat(lang, { style: "short" });
  }

  /** The time of day; `at` is in milliseconds since 1970, like every time here. */
  clock(at: number): string {
    return this.#clock.format(at);
  }

  /** How long ago, up to a day; then the date. "" for less than a minute, and for no time at all. */
  since(at: number, now: number): string {
    const ago = now - at;
    if (!(ago >= MINUTE)) return "";
    if (ago < HOUR) return this.#ago.format(-Math.floor(ago / MINUTE), "minute");
    if (ago < DAY) return this.#ago.format(-Math.floor(ago / HOUR), "hour");
    return (ago < 300 * DAY ? this.#day : this.#date).format(at);
  }
}
