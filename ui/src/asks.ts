/** Quick asks as every face reads them: which one is on, what came of it, how long it is open. Pure. */
import type { AskValue, RoomValue, SessionValue } from "./wire";

type All<T> = ReadonlyMap<string, T>;

const HOUR = 3_600_000;

/** One option, or one number of a scale: how many chose it, and their share of those who answered. */
export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly share: number;
  /** Whether no other has more. */
  readonly most: boolean;
}

/** Words with how many gave them. */
export interface SaidOften {
  readonly text: string;
  readonly count: number;
}

/** Whether everybody may see what was answered: what the staff see before is theirs alone. */
export function isOut({ state, live }: AskValue): boolean {
  return state === "shown" || (live && (state === "open" || state === "closed"));
}

/** The bars of a choice or a scale; null where they are not to be seen, or there is none. */
export function barsOf(ask: AskValue): readonly Bar[] | null {
  const counts = ask.counts;
  if (!counts) return null;
  const most = Math.max(...counts);
  return counts.map((count, at) => ({
    label: ask.kind === "scale" ? String(at + 1) : (ask.options[at] ?? ""),
    count, share: ask.answered > 0 ? count / ask.answered : 0, most: count > 0 && count === most,
  }));
}

/** The words that may be shown, most said first; null where they are not to be seen, or none are asked for. */
export function saidIn(ask: AskValue): readonly SaidOften[] | null {
  return ask.said?.filter(({ state }) => state === "shown") ?? null;
}

/**
 * The median of a scale, as a number from 1: the one in the middle when all are in order, between two of them where
 * the middle is. Null where nothing was counted.
 */
export function medianOf(counts: readonly number[]): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const at = (place: number): number => {
    let seen = 0;
    for (const [value, count] of counts.entries()) if ((seen += count) > place) return value + 1;
    return counts.length;
  };
  return all === 0 ? null : (at(Math.floor((all - 1) / 2)) + at(Math.floor(all / 2))) / 2;
}

/** Whole seconds left; null where no clock closes it, 0 where it is over. */
export function secondsLeft({ state, closes_at }: AskValue, now: number): number | null {
  if (state !== "open" || closes_at === null) return null;
  return Math.max(0, Math.ceil((Date.parse(closes_at) - now) / 1000));
}

/** A span as 1:05; below a minute as 0:42. */
export function clockOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Those that phones show: of the whole event, and of sessions that run or ended within the hour; newest last. */
export function onPhones(asks: All<AskValue>, sessions: All<SessionValue>, now: number): readonly AskValue[] {
  const isNow = (id: string | null): boolean => {
    const session = id === null ? null : sessions.get(id);
    return id === null || (!!session && (session.ended_at === null || Date.parse(session.ended_at) + HOUR >= now));
  };
  return [...asks.values()].filter(({ session, state }) => ["open", "closed", "shown"].includes(state) && isNow(session)).sort(byId);
}

/** Sessions that participants may say now what they think of. */
export function openForFeedback(sessions: Iterable<SessionValue>, now: number): readonly SessionValue[] {
  return [...sessions].filter(({ state, ended_at }) => state === "ended" && ended_at !== null && Date.parse(ended_at) + 48 * HOUR >= now);
}

/**
 * What is on the walls of a room (an id or a name; "": of all rooms): of those that were put there, of sessions that
 * run and of the whole event, the newest. What came to a floor there since then is newer: then there is none.
 */
export function onWalls(
  asks: All<AskValue>, { rooms, sessions, floors }: { rooms: All<RoomValue>; sessions: All<SessionValue>; floors: readonly (string | null)[] }, wanted = "",
): AskValue | null {
  const chosen = new Set([...rooms.values()].filter(({ id, name }) => id === wanted || plain(name) === plain(wanted)).map(({ id }) => id));
  const isHere = ({ session: id }: AskValue): boolean => {
    const session = id === null ? null : sessions.get(id);
    return id === null || (session?.state === "running" && (chosen.size === 0 || chosen.has(session.room)));
  };
  const on = [...asks.values()].filter((ask) => ask.walls_at !== null && isHere(ask)).sort((a, b) => putAt(b) - putAt(a) || byId(b, a))[0];
  const since = Math.max(-Infinity, ...floors.map((at) => (at === null ? -Infinity : Date.parse(at))));
  return on && putAt(on) >= since ? on : null;
}

const putAt = ({ walls_at }: AskValue): number => (walls_at === null ? 0 : Date.parse(walls_at));
const byId = (a: AskValue, b: AskValue): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const plain = (name: string): string => name.trim().toLowerCase();
