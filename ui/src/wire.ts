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
  readonly warning: string | null;
  readonly sensitive: boolean;
  readonly reposts: number;
  readonly state: string | null;
  readonly reasons: readonly Reason[] | null;
}

/** A subject to hold, whole, in place of any earlier value. */
export interface Put {
  readonly op: "put";
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly value: EventValue | CountValue | PostValue | FeedValue | MemberValue;
}

/** Why a post was held or rejected: a code, its parameters and code-point offsets in the text. */
export interface Reason {
  readonly code: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly params: Readonly<Record<string, number | string>>;
}

/** What a person may do in an event (DESIGN §8). Everything is refused unless a role allows it. */
export type Role = "organiser" | "moderator" | "facilitator" | "scribe" | "tagger" | "author" | "chair" | "technician" | "auditor" | "rater";

/** Everything a reader of one audience holds at journal seq `seq`. */
export interface Snapshot {
  readonly type: "snapshot";
  readonly v: number;
  readonly cursor: string;
  readonly seq: number;
  readonly puts: readonly Put[];
}

export type Message = Hello | Changes | Snapshot;
