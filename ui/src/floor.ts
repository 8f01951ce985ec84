/** What is in the rooms, from what a face holds. Pure. */
import type { RelayValue, RoomValue, SessionValue } from "./wire";

type All<T> = ReadonlyMap<string, T>;

/** A room in which a session runs, and what is on its floor. */
export interface Here {
  readonly room: RoomValue;
  readonly session: SessionValue;
  readonly floor: RelayValue | null;
}

/** Rooms in the order of every page. */
export function inOrder(rooms: All<RoomValue>): RoomValue[] {
  return [...rooms.values()].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

/** The rooms in which something runs. */
export function here(rooms: All<RoomValue>, sessions: All<SessionValue>, relays: All<RelayValue>): Here[] {
  return inOrder(rooms).flatMap((room) => {
    const session = running(room.id, sessions);
    return session ? [{ room, session, floor: inState(session.id, "on_floor", relays)[0] ?? null }] : [];
  });
}

/** What runs in a room now. */
export function running(room: string, sessions: All<SessionValue>): SessionValue | null {
  return [...sessions.values()].find((one) => one.room === room && one.state === "running") ?? null;
}

/** What comes first in a room of what was not begun. */
export function upcoming(room: string, sessions: All<SessionValue>): SessionValue | null {
  const planned = [...sessions.values()].filter((one) => one.room === room && one.state === "planned");
  return planned.sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))[0] ?? null;
}

/** The relays of a session in one state, in the order of its queue. */
export function inState(session: string, state: string, relays: All<RelayValue>): RelayValue[] {
  return [...relays.values()]
    .filter((relay) => relay.session === session && relay.state === state)
    .sort((a, b) => a.rank - b.rank);
}
