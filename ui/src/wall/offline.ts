/**
 * What a screen shows that hears nothing: never posts, which may have been withdrawn meanwhile, but what was
 * public of the event and its programme when it last heard. Pure, but for `Kept`, which writes it down.
 */
import type { EventValue, RoomValue, SceneValue, SessionValue } from "../wire";

/** After so long without a word from the server, posts are taken down. In milliseconds. */
export const SILENT_MS = 30_000;
const VERSION = 1;

/** What is kept of an event for when nothing is heard. */
export interface Last {
  readonly v: typeof VERSION;
  /** When it was heard, in milliseconds since 1970. */
  readonly at: number;
  readonly event: EventValue;
  readonly rooms: readonly RoomValue[];
  readonly sessions: readonly SessionValue[];
  readonly notices: readonly string[];
  readonly look: Pick<SceneValue, "theme" | "join" | "alt" | "drift">;
  readonly seat: { readonly distance: number; readonly diagonal: number } | null;
}

/** Reads what was kept; null for nothing, and for what another version of this page kept. */
export function parsed(text: string | null): Last | null {
  try {
    const found = JSON.parse(text ?? "null") as Last | null;
    return found?.v === VERSION && typeof found.event.name === "string" && Array.isArray(found.sessions) ? found : null;
  } catch {
    return null;
  }
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

/** Keeps what was last heard of one event in this browser, over reloads and power cuts. */
export class Kept {
  #written = "";

  constructor(private readonly event: string, private readonly storage: Storage | null) {}

  get #key(): string {
    return `backchannel.wall.${this.event}`;
  }

  read(): Last | null {
    try {
      return parsed(this.storage?.getItem(this.#key) ?? null);
    } catch {
      return null; // storage is forbidden in this browser
    }
  }

  /** Write it down if anything but the time is new. */
  write(last: Omit<Last, "v">): void {
    const { at, ...rest } = last;
    const text = JSON.stringify(rest);
    if (text === this.#written) return;
    this.#written = text;
    try {
      this.storage?.setItem(this.#key, JSON.stringify({ v: VERSION, at, ...rest }));
    } catch {
      // Full or forbidden: the screen shows less when it hears nothing.
    }
  }
}
