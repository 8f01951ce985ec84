/** Sessions as the desk speaks of them: whose is it, where is it, what is asked now. Pure. */
import type { Prompt, RoomValue, SessionValue } from "../wire";
import type { View } from "./pending";

/** The session that somebody works for: the one they chose, else their own or any that runs, else the next. */
export function ownSession(
  sessions: readonly SessionValue[], chosen: string | null, person: string, view: View,
): SessionValue | null {
  const now = sessions.map(({ id }) => view.session(id)).filter((one) => one !== undefined);
  const own = (one: SessionValue): boolean => one.facilitators?.includes(person) ?? false;
  const is = (state: string) => (one: SessionValue): boolean => one.state === state;
  return (
    now.find(({ id }) => id === chosen) ??
    now.filter(own).find(is("running")) ?? now.find(is("running")) ??
    now.filter(own).find(is("planned")) ?? now.find(is("planned")) ?? now.at(-1) ?? null
  );
}

/** Sessions in the order in which they are chosen from: those that run, then by their time. */
export function choices(sessions: readonly SessionValue[]): readonly SessionValue[] {
  const place: Readonly<Record<string, number>> = { running: 0, planned: 1, ended: 2 };
  return [...sessions].sort((a, b) => (place[a.state] ?? 3) - (place[b.state] ?? 3));
}

/** The name of a session's room; "" where it is not known. */
export function roomOf(session: SessionValue | undefined, rooms: readonly RoomValue[]): string {
  return rooms.find(({ id }) => id === session?.room)?.name ?? "";
}

/** The prompt that is so many places further; null before the first one. */
export function promptAt(session: SessionValue, by: number): Prompt | null | undefined {
  const at = session.prompts.findIndex(({ id }) => id === session.prompt) + by;
  return at < 0 ? null : session.prompts[at];
}

/** Minutes and seconds of a span of milliseconds: "4:05". */
export function timer(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** What the clock proposes: to begin what is planned for now, to end what goes on beyond its time. */
export function proposal(session: SessionValue, now: number): "begin" | "end" | null {
  if (session.state === "planned" && Date.parse(session.starts_at) <= now) return "begin";
  return session.state === "running" && Date.parse(session.ends_at) < now ? "end" : null;
}
