/** What the chair view shows of what it holds, and its clocks. Pure. */
import { asked, inState, running, upcoming } from "../floor";
import type { Held } from "../store";
import type { EventValue, RelayValue, RoomValue, SessionValue } from "../wire";

const MINUTE = 60_000;

/** What was asked for: a session, or whatever runs in a room. */
export interface Asked {
  readonly session: string;
  readonly room: string;
}

export interface View {
  readonly event: EventValue | null;
  readonly room: RoomValue | null;
  /** The session asked for, or the one that runs in the room asked for. */
  readonly session: SessionValue | null;
  /** What comes next in the room where nothing runs. */
  readonly upcoming: SessionValue | null;
  readonly prompt: string | null;
  readonly floor: RelayValue | null;
  readonly next: RelayValue | null;
  readonly queued: number;
  /** Whether this reader may see notes and what is next. */
  readonly staff: boolean;
}

/** The view of a copy. A session that is gone leaves `session` and `room` empty. */
export function viewOf(held: Held, { session: id, room: place }: Asked): View {
  const [sessions, relays] = [held.all("session"), held.all("relay")];
  const session = id ? (sessions.get(id) ?? null) : running(place, sessions);
  const in_ = (state: string): RelayValue[] => (session ? inState(session.id, state, relays) : []);
  return {
    event: [...held.all("event").values()][0] ?? null,
    room: held.all("room").get(session?.room ?? place) ?? null,
    session,
    upcoming: session ? null : upcoming(place, sessions),
    prompt: session && asked(session),
    floor: in_("on_floor")[0] ?? null,
    next: in_("next")[0] ?? null,
    queued: in_("queued").length,
    staff: [...sessions.values()].some(({ note }) => note !== null),
  };
}

/** What stands still while the view is paused; when it differs, something changed meanwhile. */
export function essence({ session, prompt, floor, next, queued }: View): string {
  return JSON.stringify([session?.version, prompt, floor?.id, floor?.version, next?.id, next?.version, queued]);
}

/** Whole minutes left until the planned end, a begun one counted; below 0, how many it is over. */
export function minutesLeft(session: SessionValue, now: number): number {
  const left = (Date.parse(session.ends_at) - now) / MINUTE;
  return left >= 0 ? Math.ceil(left) : Math.floor(left);
}

/** How long ago, as 3:05 or 1:02:07; never below 0:00. */
export function elapsed(since: number, now: number): string {
  const all = Math.max(0, Math.floor((now - since) / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
