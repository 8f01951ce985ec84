/** What sessions concluded and what was said in their rooms, as a phone follows it. */
import { batch, signal } from "@preact/signals";
import type { Browser } from "../browser";
import { newCause, send } from "../commands";
import { conclusionsOf, isOpen, notesOf } from "../sheet";
import type { Held } from "../store";
import type { ConclusionValue, PostValue, SessionValue } from "../wire";

/** Notes of a room that are listed; older ones are further down, among what is on the walls. */
const MOST_NOTES = 3;

/** What a session concluded. `open`: it may still be endorsed. */
export interface Concluded {
  readonly session: SessionValue;
  readonly all: readonly ConclusionValue[];
  readonly open: boolean;
}

export class Sheet {
  readonly concluded = signal<readonly Concluded[]>([]);
  /** Newest first, by session. */
  readonly notes = signal<ReadonlyMap<string, readonly PostValue[]>>(new Map());
  /** What this browser endorsed: conclusion → its words then, for with other words endorsing starts over. */
  readonly mine = signal<Readonly<Record<string, string>>>({});
  /** The conclusion whose endorsement was not saved. */
  readonly failed = signal<string | null>(null);
  readonly #key: string;

  constructor(private readonly event: string, private readonly browser: Browser) {
    this.#key = `backchannel.endorsed.${event}`;
    this.mine.value = recalled(browser.recall(this.#key));
  }

  /** Take the copy as it is at `now`, in milliseconds since 1970. */
  fold(held: Held, now: number): void {
    const sessions = [...held.all("session").values()];
    const conclusions = held.all("conclusion");
    batch(() => {
      this.concluded.value = sessions
        .map((session) => ({ session, all: conclusionsOf(session.id, conclusions), open: isOpen(session, now) }))
        .filter(({ all, open }) => all.length > 0 && open);
      this.notes.value = new Map(sessions.map(({ id }) => [id, notesOf(id, held.all("answer"), held.all("post"), MOST_NOTES)]));
    });
  }

  isMine(one: ConclusionValue): boolean {
    return this.mine.value[one.id] === one.text;
  }

  /** Endorse a conclusion, or take that back. */
  async endorse(one: ConclusionValue, on: boolean): Promise<void> {
    this.failed.value = null;
    try {
      await send(this.browser, this.event, { path: `/conclusions/${one.id}/endorse`, body: { on } }, newCause());
      const { [one.id]: _, ...others } = this.mine.value;
      this.mine.value = on ? { ...others, [one.id]: one.text } : others;
      this.browser.remember(this.#key, JSON.stringify(this.mine.value));
    } catch {
      this.failed.value = one.id; // the button stays as it was, and can be pressed again
    }
  }
}

function recalled(kept: string | null): Readonly<Record<string, string>> {
  try {
    const found: unknown = JSON.parse(kept ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, string>) : {};
  } catch {
    return {};
  }
}
