/** What the speakers of the session that runs in a wall's room asked for: what it shows meanwhile. */
import { signal } from "@preact/signals";
import type { Held } from "../store";
import type { Hold, PostValue, RelayValue, RoomValue, SessionValue } from "../wire";
import { letsOn, stronger } from "./display";
import { isQuestion } from "./policies";

type All<T> = ReadonlyMap<string, T>;

export interface Talk {
  /** on, curated, questions, curated_questions or off. */
  readonly walls: string;
  /** Whether its slides are not to be shared. */
  readonly isPrivate: boolean;
}

export const NO_TALK: Talk = { walls: "on", isPrivate: false };
const QUESTIONS: readonly string[] = ["questions", "curated_questions"];
const CURATED: readonly string[] = ["curated", "curated_questions"];

/**
 * The talk in a wall's room. A wall of no room in particular belongs to the only one there is; where there
 * are several it is nobody's, and shows what is said about all of them.
 */
export function talkIn(rooms: All<RoomValue>, sessions: All<SessionValue>, room: string | null): Talk {
  const [only] = rooms.size === 1 ? rooms.keys() : [];
  const own = room ?? only;
  const session = [...sessions.values()].find((one) => one.state === "running" && one.room === own);
  return session ? { walls: session.walls, isPrivate: session.slides_private } : NO_TALK;
}

/** What a wall is held to: where its speakers asked for none, it shows no posts. */
export function holdDuring(talk: Talk, hold: Hold): Hold {
  return talk.walls === "off" ? stronger(hold, "quiet") : hold;
}

/** The posts of points that were put to a room as questions, whatever their own words are. */
export function putAsQuestions(relays: All<RelayValue>): Set<string> {
  const asking = [...relays.values()].filter(({ wording }) => isQuestion({ text: wording }));
  return new Set(asking.flatMap(({ post, others }) => [post.id, ...others]));
}

/** Whether a post suits the talk. `asking`: ids of those that ask something by what a facilitator made of them. */
export function suits(talk: Talk, pinned: ReadonlySet<string>, asking: ReadonlySet<string>): (post: PostValue) => boolean {
  const isChosen = CURATED.includes(talk.walls) ? letsOn("curated", pinned) : () => true;
  const asks = QUESTIONS.includes(talk.walls) ? (post: PostValue) => asking.has(post.id) || isQuestion(post) : () => true;
  return (post) => isChosen(post) && asks(post);
}

/** Kept, so that a card is drawn anew only when its post is another. */
const BARE = new WeakMap<PostValue, PostValue>();

/** A post as a talk lets it be shown: without its pictures where slides may be on them and no person looked. */
export function shownDuring(talk: Talk, post: PostValue): PostValue {
  const isShown = !talk.isPrivate || post.by_hand || post.media.every(({ picture }) => picture === null);
  if (isShown) return post;
  const known = BARE.get(post) ?? { ...post, media: post.media.map((one) => ({ ...one, picture: null })) };
  BARE.set(post, known);
  return known;
}

/** The talk of one wall, as the wall asks about it. */
export class Talking {
  /** Whether slides are not for sharing: a sign says so. */
  readonly isPrivate = signal(false);
  #talk: Talk = NO_TALK;
  #asking: ReadonlySet<string> = new Set();

  take(held: Held, room: string | null): void {
    this.#talk = talkIn(held.all("room"), held.all("session"), room);
    this.#asking = putAsQuestions(held.all("relay"));
    this.isPrivate.value = this.#talk.isPrivate;
  }

  hold(hold: Hold): Hold {
    return holdDuring(this.#talk, hold);
  }

  /** Those of these posts that suit the talk, as it lets them be shown. */
  shown(posts: readonly PostValue[], pinned: readonly string[]): PostValue[] {
    return posts.filter(suits(this.#talk, new Set(pinned), this.#asking)).map((post) => shownDuring(this.#talk, post));
  }

  /** What is in the room now, as the talk lets it be shown. */
  relay(relay: RelayValue): RelayValue {
    const post = shownDuring(this.#talk, relay.post);
    return post === relay.post ? relay : { ...relay, post };
  }
}
