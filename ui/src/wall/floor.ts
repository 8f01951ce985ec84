/** What the wall says of the rooms, and where each post got to in them. Pure. */
import { here, inOrder } from "../floor";
import { asked, conclusionsOf, type Asked } from "../sheet";
import type { AnswerValue, ConclusionValue, PostValue, RelayValue, RoomValue, SessionValue } from "../wire";

type All<T> = ReadonlyMap<string, T>;

/**
 * A room in which a point is on the floor (`relay`), or else what its session concluded is worded
 * (`concluded`), or else a question is asked (`prompt`).
 */
export interface InRoom {
  readonly room: RoomValue;
  readonly relay: RelayValue | null;
  readonly concluded: readonly ConclusionValue[];
  readonly prompt: Asked | null;
}

/** What a card says about its post: the room has it now, answered it, or discussed it. */
export type Mark = "now" | "answered" | "discussed";

/** The subjects of the parallel channel that a wall holds, by id. */
export interface Channel {
  readonly rooms: All<RoomValue>;
  readonly sessions: All<SessionValue>;
  readonly relays: All<RelayValue>;
  readonly conclusions?: All<ConclusionValue>;
}

/**
 * The rooms that have something to show, in their order. `wanted` is one room's id or name; where it
 * names none, a wall shows them all rather than nothing.
 */
export function inRooms({ rooms, sessions, relays, conclusions = new Map() }: Channel, wanted = ""): InRoom[] {
  const chosen = inOrder(rooms).filter((room) => room.id === wanted || plain(room.name) === plain(wanted));
  const ids = new Set(chosen.map((room) => room.id));
  return here(rooms, sessions, relays).flatMap(({ room, session, floor }) => {
    const concluded = floor ? [] : conclusionsOf(session.id, conclusions);
    const prompt = floor || concluded.length > 0 ? null : asked(session);
    const isWanted = ids.size === 0 || ids.has(room.id);
    return isWanted && (floor || prompt || concluded.length > 0) ? [{ room, relay: floor, concluded, prompt }] : [];
  });
}

/** What a session asks now, in its room. */
export interface Question extends Asked {
  readonly room: RoomValue;
  readonly session: SessionValue;
}

/** What is asked in the rooms of a wall now, whatever is on their floors. */
export function questionsIn({ rooms, sessions, relays }: Channel, wanted = ""): Question[] {
  const found = here(rooms, sessions, relays).flatMap(({ room, session }) => {
    const prompt = asked(session);
    return prompt ? [{ room, session, ...prompt }] : [];
  });
  const own = found.filter(({ room }) => room.id === wanted || plain(room.name) === plain(wanted));
  return own.length > 0 ? own : found;
}

/**
 * The posts that answer what is asked: that are known to, that say so as people do who chat by hashtag ("A2", in
 * French "R2"), and those that its session took up. Where nothing does, all of them: people answer without saying so.
 */
export function answersTo(
  asked: readonly Question[], posts: All<PostValue>, relays: All<RelayValue>, answers: All<AnswerValue> = new Map(),
): All<PostValue> {
  const prompts = new Set(asked.map(({ id }) => id));
  const numbers = [...new Set(asked.map(({ number }) => number))].join("|");
  const sessions = new Set(asked.map(({ session }) => session.id));
  const raised = new Set([...relays.values()].flatMap((one) => (sessions.has(one.session) ? [one.post.id, ...one.others] : [])));
  const says = new RegExp(`(?:^|[\\s#.,;:!?(])[AR](?:${numbers || "0"})(?![\\p{L}\\p{N}])`, "iu");
  const isLinked = (id: string): boolean => prompts.has(answers.get(id)?.prompt ?? "");
  const found = [...posts].filter(([id, { text }]) => raised.has(id) || isLinked(id) || says.test(text.slice(0, 300)));
  return found.length > 0 ? new Map(found) : posts;
}

function plain(name: string): string {
  return name.trim().toLowerCase();
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
