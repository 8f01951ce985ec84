/** What the chair view shows of what it holds, and its clocks. Pure. */
import { isOut, onWalls } from "../asks";
import { inState, running, upcoming } from "../floor";
import { conclusionsOf, current } from "../sheet";
import type { Held } from "../store";
import { supportOf } from "../support";
import type {
  AskValue, CheckMark, ConclusionValue, EventValue, Prompt, QuestionValue, RelayValue, RoomValue, SessionValue, TranslationValue,
} from "../wire";

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
  readonly prompt: Prompt | null;
  readonly floor: RelayValue | null;
  readonly next: RelayValue | null;
  readonly queued: number;
  readonly concluded: readonly ConclusionValue[];
  /** The quick ask whose result is on the walls of this room. */
  readonly ask: AskValue | null;
  /** What was found about the point on the floor. */
  readonly checks: readonly CheckMark[];
  /** The point on the floor in other languages, by people. */
  readonly translations: readonly TranslationValue[];
  /** What its author was asked and answered, once a facilitator showed it. */
  readonly answers: readonly QuestionValue[];
  /** How many think so too of the point on the floor. */
  readonly supported: number;
  /** Whether this reader may see notes and what is next. */
  readonly staff: boolean;
}

/** The view of a copy. A session that is gone leaves `session` and `room` empty. */
export function viewOf(held: Held, { session: id, room: place }: Asked): View {
  const [sessions, relays] = [held.all("session"), held.all("relay")];
  const session = id ? (sessions.get(id) ?? null) : running(place, sessions);
  const in_ = (state: string): RelayValue[] => (session ? inState(session.id, state, relays) : []);
  const floor = in_("on_floor")[0] ?? null;
  return {
    event: [...held.all("event").values()][0] ?? null,
    room: held.all("room").get(session?.room ?? place) ?? null,
    session,
    upcoming: session ? null : upcoming(place, sessions),
    prompt: session && current(session),
    floor,
    next: in_("next")[0] ?? null,
    queued: in_("queued").length,
    ask: session && askOf(held, session, floor),
    concluded: session ? conclusionsOf(session.id, held.all("conclusion")) : [],
    checks: held.all("check").get(floor?.post.id ?? "")?.checks ?? [],
    translations: [...held.all("translation").values()].filter(({ post }) => post === floor?.post.id),
    answers: [...held.all("question").values()].filter(({ post, state }) => post === floor?.post.id && state === "shared"),
    supported: floor ? supportOf(held.all("support"), floor.post.id, floor.others) : 0,
    staff: [...sessions.values()].some(({ note }) => note !== null),
  };
}

/** Who looks after the session holds more than everybody may see: this view is often read by others, too. */
function askOf(held: Held, session: SessionValue, floor: RelayValue | null): AskValue | null {
  const here = { rooms: held.all("room"), sessions: held.all("session"), floors: [floor?.floor_at ?? null] };
  const on = onWalls(held.all("ask"), here, session.room);
  return on && isOut(on) ? on : null;
}

/** What stands still while the view is paused; when it differs, something changed meanwhile. */
export function essence({ session, prompt, floor, next, queued, ask, concluded, checks, translations, answers }: View): string {
  const worded = concluded.map(({ id, version }) => [id, version]);
  return JSON.stringify([session?.version, prompt, floor?.id, floor?.version, next?.id, next?.version, queued, ask?.version, worded, checks, translations, answers]);
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
