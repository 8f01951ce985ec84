// Made by `python -m wall.entries.schema --write` from wall/entries. Do not edit.
// Times are ISO 8601 text in UTC; offsets into text count code points.

/** The same post on another network, which this card stands for too. `post` and `why`, a code with
 * words, are there only for those who see held posts. */
export interface AlsoValue {
  readonly network: string;
  readonly url: string | null;
  readonly post: string | null;
  readonly why: string | null;
}

/** `answer`: the post of the same id was said to this prompt of a session, or only to the session. */
export interface AnswerValue {
  readonly id: string;
  readonly session: string;
  readonly prompt: string | null;
  readonly how: Answering;
  readonly version: number;
}

/** How it is known what a post was said to. */
export type Answering = "code" | "time" | "room" | "hand";

/** What participants answer with. */
export type AskKind = "choice" | "scale" | "text" | "words";

/** `drafted → open → closed → shown | kept`; a draft may be removed, what closed may open again. */
export type AskState = "drafted" | "open" | "closed" | "shown" | "kept" | "removed";

/** `ask`: a question to the participants of a session, or of the event. */
export interface AskValue {
  readonly id: string;
  readonly session: string | null;
  readonly kind: AskKind;
  readonly question: string;
  readonly options: readonly string[];
  readonly many: boolean;
  readonly top: number;
  readonly low: string;
  readonly high: string;
  readonly live: boolean;
  readonly state: AskState;
  readonly opened_at: string | null;
  readonly closes_at: string | null;
  readonly walls_at: string | null;
  readonly answered: number;
  readonly counts: readonly number[] | null;
  readonly said: readonly SaidOften[] | null;
  readonly more: number;
  readonly worded: number;
  readonly version: number;
}

/** What a facilitator asks the author of a point; `answer` is theirs. `shared`: all may read it. */
export interface AskedValue {
  readonly id: string;
  readonly words: string;
  readonly answer: string;
  readonly shared: boolean;
}

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

/** One finding: how a claim stands, and where that can be read. `host` is what a wall writes of it. */
export interface CheckMark {
  readonly code: "supported" | "disputed" | "corrected";
  readonly host: string;
  readonly url: string;
}

/** `check`: what was found about the claims of a post; its id is the post's. */
export interface CheckValue {
  readonly id: string;
  readonly checks: readonly CheckMark[];
  readonly version: number;
}

/** `conclusion`: what a session concluded. `endorsed` counts phones; `room` is how many in the room
 * endorsed it, None where nobody counted. `worded` counts how often it was changed: who changes it says
 * which it was that they saw. */
export interface ConclusionValue {
  readonly id: string;
  readonly session: string;
  readonly position: number;
  readonly text: string;
  readonly endorsed: number;
  readonly room: number | null;
  readonly worded: number;
  readonly version: number;
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
  readonly wording: string;
  readonly worded: number;
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

/** What an author said of themselves and nobody checked: `role` is a code with words, `country` one of
 * ISO 3166-1; either may be empty. */
export interface DeclaredValue {
  readonly role: string;
  readonly country: string;
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

/** `event`: what every face shows about the event. `look`: the digest of its own style sheet, which
 * is at `/look/{slug}/{look}.css`; null: it has none. `starts_on`, `ends_on`: its first and last day. */
export interface EventValue {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly hashtags: readonly string[];
  readonly zone: string;
  readonly languages: readonly string[];
  readonly version: number;
  readonly look: string | null;
  readonly starts_on: string | null;
  readonly ends_on: string | null;
  readonly mode: string | null;
}

/** `feed`: a source's health, without its credentials. `replies`: its account may post replies. */
export interface FeedValue {
  readonly id: string;
  readonly network: string;
  readonly state: string;
  readonly problem: string | null;
  readonly accepted: number;
  readonly dropped: number;
  readonly version: number;
  readonly replies: boolean;
}

/** `handover`: what somebody leaves to who takes over a session's desk. Its id is the session's. */
export interface HandoverValue {
  readonly id: string;
  readonly words: string;
  readonly name: string;
  readonly written_at: string;
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
export type Layout = "columns" | "stream" | "spotlight" | "mosaic" | "question" | "floor" | "themes" | "resources" | "programme" | "title" | "notice";

/** What a prompt means people to do with what they know: Bloom's taxonomy as revised by Anderson and
 * Krathwohl (2001). Empty: nobody said. */
export type Level = "" | "remember" | "understand" | "apply" | "analyse" | "evaluate" | "create";

/** A link in a post's text: `text[start:end]`, offsets in code points, end exclusive. */
export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** What a linked page says of itself. `picture`: the key of the picture that this server has of it. */
export interface LinkCardValue {
  readonly url: string;
  readonly host: string;
  readonly title: string;
  readonly alt: string;
  readonly picture: string | null;
}

/** What became of an author's wish for a second look: `state` asked, kept (it stays as it is; `answer`
 * says why) or shown. */
export interface LookedValue {
  readonly state: string;
  readonly answer: string;
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

/** `message`: from the desk to the chair of a session, or back. `ok_at`: when it was acknowledged. */
export interface MessageValue {
  readonly id: string;
  readonly session: string;
  readonly to: Receiver;
  readonly signal: Signal;
  readonly text: string;
  readonly sent_at: string;
  readonly ok_at: string | null;
  readonly version: number;
}

/** `opt_out`: somebody is left off the walls. `by`: "person" who asked themselves, or "staff". */
export interface OptOutValue {
  readonly id: string;
  readonly network: string;
  readonly by: string;
  readonly at: string;
  readonly posts: number;
  readonly version: number;
}

/** `pin`: the post of the same id is kept on the walls. `order` sorts pins; a later one is larger. */
export interface PinValue {
  readonly id: string;
  readonly order: number;
  readonly version: number;
}

/** Why a post belongs to a session: the clue that told, the strongest first; or a person said so. */
export type Placed = "hashtag" | "reply" | "speaker" | "page" | "prompt" | "time" | "person" | "";

/** `placement`: which session the post of the same id belongs to, and by which clue; None: to none
 * that is known. `by_hand`: a person said so. `claimed_by`: who took it, as it belongs to none. */
export interface PlacementValue {
  readonly id: string;
  readonly session: string | null;
  readonly reason: Placed;
  readonly by_hand: boolean;
  readonly claimed_by: string | null;
  readonly claimed_at: string | null;
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
  readonly question: AskedValue | null;
  readonly floor_at: string | null;
  readonly joined: number;
  readonly wording: string;
  readonly second: LookedValue | null;
  readonly version: number;
}

/** Which post is next while more come than a wall can show. */
export type Policy = "newest" | "fair" | "questions" | "curated";

/** One answer of a poll; `share` of the votes in percent, once nobody can vote any more. */
export interface PollOptionValue {
  readonly text: string;
  readonly share: number | null;
}

/** A poll as text: nobody can vote here. */
export interface PollValue {
  readonly options: readonly PollOptionValue[];
  readonly multiple: boolean;
  readonly closed: boolean;
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
  readonly emoji: readonly EmojiValue[];
  readonly warning: string | null;
  readonly sensitive: boolean;
  readonly poll: PollValue | null;
  readonly link_card: LinkCardValue | null;
  readonly quote: QuoteValue | null;
  readonly reposts: number;
  readonly by_hand: boolean;
  readonly also: readonly AlsoValue[];
  readonly state: string | null;
  readonly reasons: readonly Reason[] | null;
  readonly bar: string | null;
  readonly declared: DeclaredValue | null;
}

/** One step of a run-sheet: what is asked, and in which minute after the session's beginning. */
export interface Prompt {
  readonly id: string;
  readonly text: string;
  readonly minute: number;
  readonly code: string;
  readonly kind: PromptKind;
  readonly level: Level;
}

/** What a step of a run-sheet is. */
export type PromptKind = "prompt" | "phase" | "item" | "break";

/** A subject to hold, whole, in place of any earlier value. */
export interface Put {
  readonly op: "put";
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly value: EventValue | CountValue | PostValue | FeedValue | MemberValue | CheckValue | ThemeValue | RoomValue | SessionValue | TagValue | ContributionValue | PlacementValue | RelayValue | PointValue | SceneValue | ControlValue | PinValue | ScreenValue | AnswerValue | ConclusionValue | MessageValue | AskValue | OptOutValue | QuestionValue | TranslationValue | RoutingValue | HandoverValue | ResourceValue | SupportValue | SecondLookValue;
}

/** `question`: what a facilitator asked the author of a post, and what came back. */
export interface QuestionValue {
  readonly id: string;
  readonly post: string;
  readonly words: string;
  readonly answer: string;
  readonly state: string;
  readonly asked_at: string;
  readonly answered_at: string | null;
  readonly version: number;
}

/** The words of another post inside a card. */
export interface QuoteValue {
  readonly handle: string;
  readonly name: string;
  readonly text: string;
  readonly lang: string | null;
  readonly links: readonly Link[];
  readonly warning: string | null;
  readonly url: string | null;
}

/** Why a post was held or rejected: a code, its parameters and code-point offsets in the text. */
export interface Reason {
  readonly code: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly params: Readonly<Record<string, number | string>>;
}

/** Whom a message is for. */
export type Receiver = "chair" | "desk";

/** `relay`: a contribution on its way through one session, with the card of the post that leads it. */
export interface RelayValue {
  readonly id: string;
  readonly contribution: string;
  readonly session: string;
  readonly state: string;
  readonly rank: number;
  readonly post: PostValue;
  readonly others: readonly string[];
  readonly voices: number;
  readonly wording: string;
  readonly examples: readonly PostValue[];
  readonly detail: string;
  readonly outcome: string;
  readonly raised_at: string;
  readonly floor_at: string | null;
  readonly closed_at: string | null;
  readonly version: number;
  readonly note: string | null;
}

/** `resource`: something that somebody of the staff recommends. `by` is their name and `role` a role's
 * code; `highlighted`: it is the one to begin with. `session`: what it belongs to, if to one. */
export interface ResourceValue {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly host: string;
  readonly about: string;
  readonly by: string;
  readonly role: string;
  readonly session: string | null;
  readonly highlighted: boolean;
  readonly added_at: string;
  readonly version: number;
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

/** `routing`: a point that one room offers to another, with the card of the post that leads it. */
export interface RoutingValue {
  readonly id: string;
  readonly from_session: string | null;
  readonly to_session: string;
  readonly post: PostValue;
  readonly note: string;
  readonly answer: string;
  readonly state: string;
  readonly sent_at: string;
  readonly version: number;
}

/** Words that `count` participants gave. `key` names them in this ask, and says nothing about them. */
export interface SaidOften {
  readonly key: string;
  readonly text: string;
  readonly count: number;
  readonly state: SaidState;
}

/** Whether words that were answered may be shown. */
export type SaidState = "shown" | "held" | "struck";

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
  readonly card_until: string | null;
  readonly state: ScreenState;
  readonly version: number;
}

/** `second_look`: the author of the post of the same id asks a person to look again, and why. */
export interface SecondLookValue {
  readonly id: string;
  readonly words: string;
  readonly asked_at: string;
  readonly version: number;
}

/** `session`: one item of the programme. `prompt`: the id of what is discussed, since `prompt_at`. */
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
  readonly prompt_at: string | null;
  readonly hashtags: readonly string[];
  readonly stream: string;
  readonly captions: string;
  readonly recording: string;
  readonly delay_seconds: number;
  readonly walls: string;
  readonly slides_private: boolean;
  readonly note: string | null;
  readonly facilitators: readonly string[] | null;
}

/** What a chair says to the desk by one tap. Empty: words instead. */
export type Signal = "" | "more" | "later" | "wrap_up" | "thank_you";

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

/** `support`: how many phones think so too of the post of the same id, as it was last counted. */
export interface SupportValue {
  readonly id: string;
  readonly people: number;
  readonly version: number;
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
  readonly definition: string;
  readonly example: string;
  readonly set: string;
  readonly code: string;
  readonly parent: string | null;
}

/** The colours of a scene: for a dark hall, for a light foyer, or of high contrast. */
export type Theme = "dark" | "light" | "contrast";

/** `theme`: what points have in common, while a scene of the event shows themes; its id is its tag's. */
export interface ThemeValue {
  readonly id: string;
  readonly name: string;
  readonly colour: number;
  readonly position: number;
  readonly points: number;
  readonly posts: readonly PostValue[];
  readonly version: number;
}

/** `translation`: a post in another language, by a person; it stands beside the original. */
export interface TranslationValue {
  readonly id: string;
  readonly post: string;
  readonly lang: string;
  readonly text: string;
  readonly version: number;
}

/** What a wall does with a post that has a content warning. */
export type Warnings = "covered" | "skipped";

export type Message = Hello | Changes | Snapshot;
