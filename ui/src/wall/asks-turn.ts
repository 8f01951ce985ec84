/** Which quick ask is on a wall. */
import { signal } from "@preact/signals";
import { onWalls } from "../asks";
import type { Held } from "../store";
import type { AskValue, Hold } from "../wire";
import type { InRoom } from "./floor";

export class AskTurn {
  /** What is on, in place of everything else; null for nothing. */
  readonly on = signal<AskValue | null>(null);
  #failed = "";

  /**
   * Take the copy as it is now. `rooms`: what is discussed in them; `wanted`: the room of this wall, "" for all. A
   * quieted wall has no ask, and one that stands still no new one.
   */
  take(held: Held, rooms: readonly InRoom[], hold: Hold, wanted: string): void {
    const floors = rooms.map(({ relay }) => relay?.floor_at ?? null);
    const on = onWalls(held.all("ask"), { rooms: held.all("room"), sessions: held.all("session"), floors }, wanted);
    const may = hold === "frozen" ? on?.id === this.on.peek()?.id : hold === "live" || hold === "curated";
    this.on.value = on && may && on.id !== this.#failed ? on : null;
  }

  /** This one could not be drawn: the show goes on without it. */
  failed(id: string): void {
    this.#failed = id;
    this.on.value = null;
  }
}
