/** A run-sheet against the clock, and what a session leaves beside its floor. Pure. */
import type { AnswerValue, ConclusionValue, MessageValue, PostValue, Prompt, Receiver, SessionValue } from "./wire";

type All<T> = ReadonlyMap<string, T>;

const MINUTE = 60_000;
/** For so long after a session's end phones may endorse its conclusions: wall/sheet.py. */
export const OPEN_FOR_MS = 60 * MINUTE;

/**
 * How many whole minutes a session is behind its plan; 0 where it is not. A session that nobody began is as
 * late as its beginning; one that runs as its present step began, or as its next one should have. Steps in
 * minute 0 after the first have no time of their own.
 */
export function minutesLate(session: SessionValue, now: number): number {
  const starts = Date.parse(session.starts_at);
  if (session.state === "planned") return whole(now - starts);
  if (session.state !== "running") return 0;
  const at = session.prompts.findIndex(({ id }) => id === session.prompt);
  const planned = (index: number): number | null => {
    const prompt = session.prompts[index];
    return prompt && (prompt.minute > 0 || index === 0) ? starts + prompt.minute * MINUTE : null;
  };
  const own = at >= 0 ? planned(at) : null;
  const due = planned(at + 1);
  const begun = session.begun_at === null ? 0 : Date.parse(session.begun_at) - starts;
  const step = own !== null && session.prompt_at !== null ? Date.parse(session.prompt_at) - own : begun;
  return Math.max(whole(step), due === null ? 0 : whole(now - due));
}

function whole(ms: number): number {
  return Math.max(0, Math.floor(ms / MINUTE));
}

/** The next online break: `on` while it is held, else in how many whole minutes; 0 where it is due. */
export interface Break {
  readonly prompt: Prompt;
  readonly on: boolean;
  readonly minutes: number;
}

/** Breaks are counted from when the session really began: who begins late hears the online side no sooner. */
export function nextBreak(session: SessionValue, now: number): Break | null {
  if (session.state !== "running") return null;
  const at = session.prompts.findIndex(({ id }) => id === session.prompt);
  const current = session.prompts[at];
  if (current?.kind === "break") return { prompt: current, on: true, minutes: 0 };
  const prompt = session.prompts.find(({ kind }, index) => kind === "break" && index > at);
  if (!prompt) return null;
  const begun = Date.parse(session.begun_at ?? session.starts_at);
  return { prompt, on: false, minutes: Math.max(0, Math.ceil((begun + prompt.minute * MINUTE - now) / MINUTE)) };
}

/** What is asked now, with its code; null for nothing. */
export function current(session: SessionValue): Prompt | null {
  return session.prompts.find(({ id }) => id === session.prompt) ?? null;
}

/** A step of a run-sheet: its id, its code ("Q1", or ""), and its place among those that ask, from 1; 0 for a break. */
export interface Asked {
  readonly id: string;
  readonly code: string;
  readonly number: number;
  readonly text: string;
}

/** What a session asks now. */
export function asked(session: SessionValue): Asked | null {
  const found = current(session);
  const asking = session.prompts.filter(({ kind }) => kind !== "break");
  return found && { id: found.id, code: found.code, number: asking.indexOf(found) + 1, text: found.text };
}

/** The conclusions of a session in their order. */
export function conclusionsOf(session: string, all: All<ConclusionValue>): readonly ConclusionValue[] {
  return [...all.values()].filter((one) => one.session === session).sort((a, b) => a.position - b.position);
}

/** Whether phones may still endorse what a session concluded. */
export function isOpen(session: SessionValue, now: number): boolean {
  return session.state !== "ended" || session.ended_at === null || now <= Date.parse(session.ended_at) + OPEN_FOR_MS;
}

/** What was said in the room of a session, newest first. */
export function notesOf(session: string, answers: All<AnswerValue>, posts: All<PostValue>, most: number): readonly PostValue[] {
  const notes = [...answers.values()].filter((one) => one.session === session && one.how === "room");
  const found = notes.flatMap(({ id }) => posts.get(id) ?? []);
  return found.sort((a, b) => b.order - a.order).slice(0, most);
}

/** The messages to one side of a session that nobody there has read, oldest first. */
export function unread(session: string, to: Receiver, all: All<MessageValue>): readonly MessageValue[] {
  return messages(session, to, all).filter(({ ok_at }) => ok_at === null);
}

/** The messages to one side of a session, oldest first. */
export function messages(session: string, to: Receiver, all: All<MessageValue>): readonly MessageValue[] {
  const found = [...all.values()].filter((one) => one.session === session && one.to === to);
  return found.sort((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at) || (a.id < b.id ? -1 : 1));
}
