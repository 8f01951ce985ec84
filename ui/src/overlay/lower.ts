/** What an overlay shows of what it holds. Pure. */
import { inState, running } from "../floor";
import { asked, type Asked } from "../sheet";
import type { Held } from "../store";
import type { ControlValue, RelayValue } from "../wire";

/** What lies over the lower third: what the room discusses, and what was asked. */
export interface Lower {
  readonly relay: RelayValue;
  readonly prompt: Asked | null;
  /** The event's short name, in which the server finds the pictures. */
  readonly event: string;
}

/**
 * What is on the floor of a room; `place` is its id, or that of a session in it. Null while nothing is,
 * and while the walls of the room are blank.
 */
export function lowerOf(held: Held, place: string): Lower | null {
  const sessions = held.all("session");
  const room = sessions.get(place)?.room ?? place;
  const session = running(room, sessions);
  const relay = session && inState(session.id, "on_floor", held.all("relay"))[0];
  const event = [...held.all("event").values()][0];
  if (!session || !relay || !event || isBlank(held, room)) return null;
  return { relay, prompt: asked(session), event: event.slug };
}

/** Whether somebody blanked the walls, all of them or those of this room. */
function isBlank(held: Held, room: string): boolean {
  const controls = held.subjects.get("control") as ReadonlyMap<string, ControlValue> | undefined;
  return ["all", room].some((id) => controls?.get(id)?.hold === "blank");
}

/** Whether what is shown may stay while it leaves: it was closed, and is not gone from view. */
export function mayLinger(held: Held, place: string, { relay }: Lower): boolean {
  const room = held.all("session").get(place)?.room ?? place;
  return held.all("relay").has(relay.id) && !isBlank(held, room);
}
