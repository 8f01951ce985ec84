// Made by `python -m wall.entries.schema --write` from wall/entries. Do not edit.
// Times are ISO 8601 text in UTC; offsets into text count code points.

/** The author part of a card. No follower count: reach is not merit. */
export interface AuthorValue {
  readonly handle: string;
  readonly name: string;
  readonly url: string | null;
  readonly avatar: string | null;
  readonly bot: boolean;
}

/** Every later frame: what takes a copy from journal seq `after` to `seq`. Empty: a beat. */
export interface Changes {
  readonly type: "changes";
  readonly after: number;
  readonly seq: number;
  readonly changes: readonly (Put | Drop)[];
}

/** `contribution`: what the desk knows about one or more posts; the first of `posts` leads. */
export interface ContributionValue {
  readonly id: string;
  readonly posts: readonly string[];
  readonly tags: readonly string[] | null;
  readonly noted: boolean;
  readonly relay: string | null;
  readonly session: string | null;
  readonly relay_state: string | null;
  readonly owed: number;
  readonly told: number;
  readonly version: number;
}

/** `control`: what the walls of a room are held to, and their notice. Its id is the room's, or `all`. */
export interface ControlValue {
  readonly id: string;
  readonly hold: Hold;
  readonly notice: string;
  readonly version: number;
}

/** `count`: posts shown and reposts counted; `held` only for those who see held posts. */
export interface CountValue {
  readonly shown: number;
  readonly reposts: number;
  readonly held: number | null;
}

/** A subject to let go of: it is gone, or this reader may no longer see it. */
export interface Drop {
  readonly op: "drop";
  readonly type: string;
  readonly id: string;
}

/** A custom emoji: `:code:` in the text, the warning and the author's name of a card is a picture. */
export interface EmojiValue {
  readonly code: string;
  readonly picture: string;
}

/** `event`: what every face shows about the event. */
export interface EventValue {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly hashtags: readonly string[];
  readonly zone: string;
  readonly languages: readonly string[];
  readonly version: number;
  readonly mode: string | null;
}

/** `feed`: a source's health, without its credentials. */
export interface FeedValue {
  readonly id: string;
  readonly network: string;
  readonly state: string;
  readonly problem: string | null;
  readonly accepted: number;
  readonly dropped: number;
  readonly version: number;
}

/** First frame. `resumed` false: this cursor cannot be continued, fetch a snapshot. */
export interface Hello {
  readonly type: "hello";
  readonly v: number;
  readonly build: number;
  readonly resumed: boolean;
}

/** What walls are held to, weakest first. Of two, the stronger counts; removals leave in each. */
export type Hold = "live" | "curated" | "frozen" | "quiet" | "blank";

/** How a wall is laid out during one step of its scene. */
export type Layout = "columns" | "stream" | "spotlight" | "mosaic" | "question" | "floor" | "programme" | "title" | "notice";

/** A link in a post's text: `text[start:end]`, offsets in code points, end exclusive. */
export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** One attachment of a card. Sizes are in pixels; `alt` is the author's own description. */
export interface MediaValue {
  readonly kind: "image" | "video" | "audio" | "other";
  readonly alt: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly picture: string | null;
}

/** `member`: somebody's roles in this event. */
export interface MemberValue {
  readonly person: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly version: number;
}

/** `pin`: the post of the same id is kept on the walls. `order` sorts pins; a later one is larger. */
export interface PinValue {
  readonly id: string;
  readonly order: number;
  readonly version: number;
}

/** `point`: a post as its own author follows it. `reasons` are codes of why it is not shown. */
export interface PointValue {
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
  readonly state: string;
  readonly reasons: readonly Reason[];
  readonly relay_state: string | null;
  readonly detail: string;
  readonly session: string | null;
  readonly outcome: string;
  readonly reply: string;
  readonly told_at: string | null;
  readonly version: number;
}

/** Which post is next while more come than a wall can show. */
export type Policy = "newest" | "fair" | "questions" | "curated";

/** `post`: a card. `order` sorts cards: by when they were first shown, for the desk by arrival. */
export interface PostValue {
  readonly id: string;
  readonly order: number;
  readonly version: number;
  readonly network: string;
  readonly url: string | null;
  readonly author: AuthorValue;
  readonly text: string;
  readonly lang: string | null;
  readonly created_at: string;
  readonly edited: boolean;
  readonly hashtags: readonly string[];
  readonly links: readonly Link[];
  readonly media: readonly MediaValue[];
  readonly emoji: readonly EmojiValue[];
  readonly warning: string | null;
  readonly sensitive: boolean;
  readonly reposts: number;
  readonly by_hand: boolean;
  readonly state: string | null;
  readonly reasons: readonly Reason[] | null;
}

/** One step of a run-sheet: what is asked, and in which minute after the session's beginning. */
export interface Prompt {
  readonly id: string;
  readonly text: string;
  readonly minute: number;
}

/** A subject to hold, whole, in place of any earlier value. */
export interface Put {
  readonly op: "put";
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly value: EventValue | CountValue | PostValue | FeedValue | MemberValue | RoomValue | SessionValue | TagValue | ContributionValue | RelayValue | PointValue | SceneValue | ControlValue | PinValue | ScreenValue;
}

/** Why a post was held or rejected: a code, its parameters and code-point offsets in the text. */
export interface Reason {
  readonly code: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly params: Readonly<Record<string, number | string>>;
}

/** `relay`: a contribution on its way through one session, with the card of the post that leads it. */
export interface RelayValue {
  readonly id: string;
  readonly contribution: string;
  readonly session: string;
  readonly state: string;
  readonly rank: number;
  readonly post: PostValue;
  readonly others: readonly string[];
  readonly detail: string;
  readonly outcome: string;
  readonly raised_at: string;
  readonly floor_at: string | null;
  readonly closed_at: string | null;
  readonly version: number;
  readonly note: string | null;
}

/** What a person may do in an event (DESIGN §8). Everything is refused unless a role allows it. */
export type Role = "organiser" | "moderator" | "facilitator" | "scribe" | "tagger" | "author" | "chair" | "technician" | "auditor" | "rater";

/** `room`: a place in the venue. */
export interface RoomValue {
  readonly id: string;
  readonly name: string;
  readonly position: number;
  readonly version: number;
}

/** `scene`: a rotation of layouts. The one with id `default` is every screen's that has no other;
 * while nobody edited it, its name is empty. */
export interface SceneValue {
  readonly id: string;
  readonly name: string;
  readonly theme: Theme;
  readonly policy: Policy;
  readonly warnings: Warnings;
  readonly alt: boolean;
  readonly join: boolean;
  readonly drift: boolean;
  readonly steps: readonly Step[];
  readonly version: number;
}

/** Whether a screen may read its wall. */
export type ScreenState = "paired" | "unpaired";

/** `screen`: a paired display, for itself and for who looks after screens. `scene` None: the default. */
export interface ScreenValue {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly room: string | null;
  readonly scene: string | null;
  readonly distance_m: number;
  readonly diagonal_in: number;
  readonly flash: number;
  readonly reload: number;
  readonly state: ScreenState;
  readonly version: number;
}

/** `session`: one item of the programme. `prompt`: the id of the prompt that is discussed now. */
export interface SessionValue {
  readonly id: string;
  readonly room: string;
  readonly title: string;
  readonly method: string;
  readonly speakers: readonly string[];
  readonly starts_at: string;
  readonly ends_at: string;
  readonly prompts: readonly Prompt[];
  readonly prompt: string | null;
  readonly state: string;
  readonly begun_at: string | null;
  readonly ended_at: string | null;
  readonly version: number;
  readonly note: string | null;
  readonly facilitators: readonly string[] | null;
}

/** Everything a reader of one audience holds at journal seq `seq`. */
export interface Snapshot {
  readonly type: "snapshot";
  readonly v: number;
  readonly cursor: string;
  readonly seq: number;
  readonly puts: readonly Put[];
}

/** One step of a scene: a layout for so many seconds, if its conditions hold. */
export interface Step {
  readonly layout: Layout;
  readonly seconds: number;
  readonly fewer_than: number | null;
  readonly in_session: boolean;
  readonly on_floor: boolean;
  readonly words: string;
}

/** `tag`: one tag of the codebook; `key` sets it at the desk, `colour` is one of the six tints. */
export interface TagValue {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly colour: number;
  readonly position: number;
  readonly retired: boolean;
  readonly version: number;
}

/** The colours of a scene: for a dark hall, for a light foyer, or of high contrast. */
export type Theme = "dark" | "light" | "contrast";

/** What a wall does with a post that has a content warning. */
export type Warnings = "covered" | "skipped";

export type Message = Hello | Changes | Snapshot;
