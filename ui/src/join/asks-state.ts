/** Quick asks as a phone follows them: what may be answered, and what this browser answered. */
import { batch, signal } from "@preact/signals";
import { onPhones, openForFeedback } from "../asks";
import type { Browser } from "../browser";
import { newCause, Refusal, send } from "../commands";
import type { Held } from "../store";
import type { AskValue, SessionValue } from "../wire";

const TICK_MS = 1_000;

/** An answer: places of options, or words. */
export interface Given {
  readonly picks: readonly number[];
  readonly words: readonly string[];
}

export const NOTHING: Given = { picks: [], words: [] };

/** Why an answer was not kept, as the end of a key of the catalogue. */
export type Wrong = "empty" | "closed" | "other";

export class Asks {
  readonly open = signal<readonly AskValue[]>([]);
  readonly feedback = signal<readonly SessionValue[]>([]);
  /** What this browser answered, by ask; the server tells nobody, not even this page. */
  readonly mine = signal<Readonly<Record<string, Given>>>({});
  /** Milliseconds since 1970, while something closes by the clock. */
  readonly now = signal(Date.now());
  readonly #key: string;
  #held: Held | null = null;

  constructor(readonly event: string, private readonly browser: Browser) {
    this.#key = `backchannel.answered.${event}`;
    this.mine.value = recalled(browser.recall(this.#key));
    setInterval(() => this.open.value.some(({ closes_at }) => closes_at !== null) && (this.now.value = Date.now()), TICK_MS);
  }

  /** Take the copy as it is now. */
  fold(held: Held): void {
    this.#held = held;
    const sessions = held.all("session");
    batch(() => {
      this.now.value = Date.now();
      this.open.value = onPhones(held.all("ask"), sessions, this.now.value);
      this.feedback.value = openForFeedback(sessions.values(), this.now.value);
    });
  }

  /** Answer, or answer anew. Why not; null where it was kept. */
  async answer(ask: AskValue, given: Given): Promise<Wrong | null> {
    if (given.picks.length + given.words.length === 0) return "empty";
    try {
      const kept = await send(this.browser, this.event, { path: `/asks/${ask.id}/answer`, body: given }, newCause());
      const words = Array.isArray(kept["words"]) ? kept["words"].map(String) : given.words;
      // What nobody is asked any more need not be remembered.
      const known = this.#held?.all("ask");
      const others = Object.entries(this.mine.value).filter(([id]) => known?.has(id));
      this.mine.value = { ...Object.fromEntries(others), [ask.id]: { picks: given.picks, words } };
      this.browser.remember(this.#key, JSON.stringify(this.mine.value));
      return null;
    } catch (error) {
      return error instanceof Refusal && error.status === 409 ? "closed" : "other";
    }
  }
}

function recalled(kept: string | null): Readonly<Record<string, Given>> {
  try {
    const found: unknown = JSON.parse(kept ?? "{}");
    const all = typeof found === "object" && found !== null ? Object.entries(found as Record<string, Partial<Given> | null>) : [];
    return Object.fromEntries(all.map(([id, one]) => [id, {
      picks: Array.isArray(one?.picks) ? one.picks.map(Number) : [], words: Array.isArray(one?.words) ? one.words.map(String) : [],
    }]));
  } catch {
    return {};
  }
}
