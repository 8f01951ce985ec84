/** What the wall says of the rooms, and where each post got to in them. Pure. */
import { here, inOrder } from "../floor";
import type { RelayValue, RoomValue, SessionValue } from "../wire";

type All<T> = ReadonlyMap<string, T>;

/** A room in which a point is on the floor (`relay`), or else a question is asked (`prompt`). */
export interface InRoom {
  readonly room: RoomValue;
  readonly relay: RelayValue | null;
  readonly prompt: Asked | null;
}

/** A step of a run-sheet, counted from 1. */
export interface Asked {
  readonly number: number;
  readonly text: string;
}

/** What a card says about its post: the room has it now, answered it, or discussed it. */
export type Mark = "now" | "answered" | "discussed";

/** The subjects of the parallel channel that a wall holds, by id. */
export interface Channel {
  readonly rooms: All<RoomValue>;
  readonly sessions: All<SessionValue>;
  readonly relays: All<RelayValue>;
}

/**
 * The rooms that have something to show, in their order. `wanted` is one room's id or name; where it
 * names none, a wall shows them all rather than nothing.
 */
export function inRooms({ rooms, sessions, relays }: Channel, wanted = ""): InRoom[] {
  const chosen = inOrder(rooms).filter((room) => room.id === wanted || plain(room.name) === plain(wanted));
  const ids = new Set(chosen.map((room) => room.id));
  return here(rooms, sessions, relays).flatMap(({ room, session, floor }) => {
    const prompt = floor ? null : asked(session);
    const isWanted = ids.size === 0 || ids.has(room.id);
    return isWanted && (floor || prompt) ? [{ room, relay: floor, prompt }] : [];
  });
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}

function asked({ prompt, prompts }: SessionValue): Asked | null {
  const at = prompts.findIndex((one) => one.id === prompt);
  const found = prompts[at];
  return found ? { number: at + 1, text: found.text } : null;
}

const STRENGTH: Readonly<Record<string, readonly [Mark, number]>> = {
  on_floor: ["now", 3],
  answered: ["answered", 2],
  discussed: ["discussed", 1],
};

/** The mark of each post that a room took up: of several, the one that says most. */
export function marksOf(relays: All<RelayValue>): Map<string, Mark> {
  const found = new Map<string, readonly [Mark, number]>();
  for (const { state, post, others } of relays.values()) {
    const mark = STRENGTH[state];
    if (!mark) continue;
    for (const id of [post.id, ...others]) if (mark[1] > (found.get(id)?.[1] ?? 0)) found.set(id, mark);
  }
  return new Map([...found].map(([id, [mark]]) => [id, mark]));
}
