/** Today's programme, as wall/routes/today.py lists it. Pure. */
import type { RoomValue, SessionValue } from "../wire";

/** A session and the name of its room; `next`: the first there that was not begun. */
export interface Planned {
  readonly session: SessionValue;
  readonly room: string;
  readonly next: boolean;
}

/** Which day it is in a zone, as 2026-05-04; in a zone that this browser does not know, its own. */
export function dayIn(zone: string, at: number): string {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-CA", { ...parts, timeZone: zone }).format(at);
  } catch {
    return new Intl.DateTimeFormat("en-CA", parts).format(at);
  }
}

/** The sessions that begin on the day of `now` (milliseconds since 1970) in a zone, or still run, by their times. */
export function todays(
  rooms: ReadonlyMap<string, RoomValue>, sessions: Iterable<SessionValue>, zone: string, now: number,
): Planned[] {
  const today = dayIn(zone, now);
  const seen = new Set<string>();
  return [...sessions]
    .flatMap((session) => {
      const room = rooms.get(session.room)?.name;
      const here = session.state === "running" || dayIn(zone, Date.parse(session.starts_at)) === today;
      return room !== undefined && here ? [{ session, room }] : [];
    })
    .sort((a, b) => Date.parse(a.session.starts_at) - Date.parse(b.session.starts_at) || order(a.room, b.room) || order(a.session.id, b.session.id))
    .map((one) => {
      const next = one.session.state === "planned" && !seen.has(one.session.room);
      if (next) seen.add(one.session.room);
      return { ...one, next };
    });
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
