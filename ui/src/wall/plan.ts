/** What runs in each room and what comes next there. Pure. */
import { inOrder, running, upcoming } from "../floor";
import type { RoomValue, SessionValue } from "../wire";

type All<T> = ReadonlyMap<string, T>;

/** A planned session is still next for so long after its time: a person begins it, the clock only proposes. */
const LATE_MS = 30 * 60_000;

export interface Plan {
  readonly room: RoomValue;
  readonly now: SessionValue | null;
  readonly next: SessionValue | null;
}

/** Now and next in each room, at `at` in milliseconds since 1970; rooms in which nothing is left are left out. */
export function planOf(rooms: All<RoomValue>, sessions: All<SessionValue>, at: number): Plan[] {
  const ahead = new Map([...sessions].filter(([, one]) => one.state !== "planned" || isAhead(one, at)));
  return inOrder(rooms).flatMap((room) => {
    const [now, next] = [running(room.id, ahead), upcoming(room.id, ahead)];
    return now || next ? [{ room, now, next }] : [];
  });
}

function isAhead(session: SessionValue, at: number): boolean {
  return Date.parse(session.starts_at) > at - LATE_MS;
}
