"""The things Backchannel speaks of: posts, authors, events, feeds, members. Frozen, no I/O.

Text from outside is cleaned where it enters a model and nowhere else (`at_border`): NUL and lone
surrogates become U+FFFD because PostgreSQL and UTF-8 refuse them, line ends become `\\n`. Nothing
else is changed in what a person said.
"""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from wall.declared import Country, DeclaredRole
from wall.twinned import Twin

POST_TEXT_LIMIT = 20_000
"""Longest text of one post, in code points. The longest any supported network allows is 25,000
bytes; a longer one is dropped by its feed and counted."""

NAME_LIMIT = 5_000
"""Longest author name, in code points."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?")


def at_border(value: Any) -> Any:
    """Make text storable: NUL and lone surrogates become U+FFFD, `\\r\\n` and `\\r` become `\\n`.

    Anything that is not a string passes through for the model to judge.
    """
    if not isinstance(value, str):
        return value
    if value.isascii() and "\r" not in value and "\x00" not in value:
        return value
    return _LINE_ENDS.sub("\n", _UNSTORABLE.sub("\ufffd", value))


_drawn: deque[int] = deque()
_DRAWN_AT_ONCE = 256
os.register_at_fork(after_in_child=_drawn.clear)


def _random_bits() -> int:
    """80 random bits of the system. Many are drawn at once: each draw lets go of the interpreter, and a
    thread that writes posts would wait for it again with every id."""
    while True:
        try:
            return _drawn.popleft()
        except IndexError:
            drawn = os.urandom(10 * _DRAWN_AT_ONCE)
            _drawn.extend(int.from_bytes(drawn[at : at + 10]) for at in range(0, len(drawn), 10))


def new_id() -> str:
    """A UUIDv7 (RFC 9562) as text: sorts by the millisecond of its making."""
    millis = time.time_ns() // 1_000_000
    drawn = _random_bits() & (1 << 74) - 1
    digits = f"{millis:012x}7{drawn >> 62:03x}{0b10 << 62 | drawn & (1 << 62) - 1:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def utc_now() -> datetime:
    """The present, timezone-aware, in UTC."""
    return datetime.now(UTC)


def _as_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Text = Annotated[str, BeforeValidator(at_border)]
Time = Annotated[datetime, AfterValidator(_as_utc)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=500), BeforeValidator(at_border)]
"""An id as a network gives it: always text, never a number (numbers lose digits in JavaScript)."""
Name = Annotated[str, StringConstraints(max_length=NAME_LIMIT), BeforeValidator(at_border)]
Url = Annotated[str, StringConstraints(max_length=2_000), BeforeValidator(at_border)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]


def fold_hashtag(tag: str) -> str:
    """The form in which hashtags are compared: no leading '#', case folded."""
    return tag.strip().lstrip("#＃").casefold()


class Frozen(BaseModel):
    """Base of the models: immutable, and an undeclared field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Author(Frozen):
    """The author of a post as the network showed them when the post was captured.

    `limited` and `suspended`: what the moderators of their server decided about the account. `role` and
    `country`: what a participant said of themselves. `also`: names by which their profile says that they
    are elsewhere (`wall.twins.elsewhere`).
    """

    key: Key
    handle: Name
    name: Name = ""
    url: Url | None = None
    avatar: Url | None = None
    followers: Annotated[int, Field(ge=0)] | None = None
    bot: bool = False
    limited: bool = False
    suspended: bool = False
    role: DeclaredRole = ""
    country: Country = ""
    also: tuple[Name, ...] = ()


class Media(Frozen):
    """One attachment. Sizes are in pixels; `alt` is the author's own description."""

    kind: Literal["image", "video", "audio", "other"]
    url: Url
    preview: Url | None = None
    alt: Text = ""
    width: int | None = None
    height: int | None = None


class Emoji(Frozen):
    """A custom emoji: where a text says `:code:`, its network shows the picture at `url`."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,64}$")]
    url: Url


class Link(Frozen):
    """A link in a post's text: `text[start:end]`, offsets in code points, end exclusive."""

    start: int
    end: int
    url: Url


class PollOption(Frozen):
    """One answer that a poll offers. `votes`: as counted when the post was captured, if it was said."""

    text: Text
    votes: Annotated[int, Field(ge=0)] | None = None


class Poll(Frozen):
    """A question with answers to choose from. `closed`: nobody can vote any more, its counts are final."""

    options: Annotated[tuple[PollOption, ...], Field(min_length=1, max_length=20)]
    multiple: bool = False
    closed: bool = False


class LinkCard(Frozen):
    """What a page says of itself to whoever links to it. `alt` describes its picture."""

    url: Url
    title: Text = ""
    image: Url | None = None
    alt: Text = ""


class Quote(Frozen):
    """The words of another post inside a post, as their network gave them with it; no pictures of it.

    `noindex` and `labels` are as in `Post`. `unseen`: the code of why its words are not shown, None
    while they may be.
    """

    key: Key
    author: Author
    text: Annotated[str, StringConstraints(max_length=POST_TEXT_LIMIT), BeforeValidator(at_border)]
    url: Url | None = None
    lang: Annotated[str, StringConstraints(max_length=35), BeforeValidator(at_border)] | None = None
    links: tuple[Link, ...] = ()
    warning: Text | None = None
    noindex: bool = False
    labels: tuple[Name, ...] = ()
    unseen: str | None = None


class Post(Frozen):
    """One public online contribution exactly as its network gave it.

    `key` is the network's canonical id. `repost_of`, `reply_to` and `quote_of` are canonical ids on
    the same network; `quote` are the words of the last, where they came with the post. `warning` is the
    author's content warning, `noindex` their wish not to be found by search engines, `labels` what the
    network says of the post or its author in codes of its own (`wall.wishes` reads both). `emoji` are
    those of the text, of the warning and of the author's name, each code once: all of them are codes of
    the author's own server, so they mean the same in all three.
    """

    network: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    key: Key
    author: Author
    text: Annotated[str, StringConstraints(max_length=POST_TEXT_LIMIT), BeforeValidator(at_border)]
    created_at: Time
    url: Url | None = None
    lang: Annotated[str, StringConstraints(max_length=35), BeforeValidator(at_border)] | None = None
    hashtags: tuple[Name, ...] = ()
    media: tuple[Media, ...] = ()
    emoji: tuple[Emoji, ...] = ()
    links: tuple[Link, ...] = ()
    warning: Text | None = None
    sensitive: bool = False
    noindex: bool = False
    labels: tuple[Name, ...] = ()
    poll: Poll | None = None
    link_card: LinkCard | None = None
    quote: Quote | None = None
    repost_of: Key | None = None
    reply_to: Key | None = None
    quote_of: Key | None = None
    edited_at: Time | None = None


class PostState(StrEnum):
    """Moderation of a post (DESIGN §6). `stub` is an original known only from its reposts; another post
    stands for a `twin`, which is no card of its own."""

    STUB = "stub"
    REPOST = "repost"
    TWIN = "twin"
    RECEIVED = "received"
    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    UNAVAILABLE = "unavailable"
    WITHDRAWN = "withdrawn"


class Role(StrEnum):
    """What a person may do in an event (DESIGN §8). Everything is refused unless a role allows it."""

    ORGANISER = "organiser"
    MODERATOR = "moderator"
    FACILITATOR = "facilitator"
    SCRIBE = "scribe"
    TAGGER = "tagger"
    AUTHOR = "author"
    CHAIR = "chair"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    RATER = "rater"


class Reason(Frozen):
    """Why a post was held or rejected: a code, its parameters and code-point offsets in the text.

    A code and not a sentence, so that it can be shown in any language and survives an erasure.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    start: int | None = None
    end: int | None = None
    params: dict[str, int | str] = Field(default_factory=dict)


class Mode(StrEnum):
    """Who decides what is shown. Whatever a rule catches waits for a person in every mode."""

    PRE = "pre"
    """A person approves every post."""
    KNOWN = "known"
    """An author's first post waits; once one was approved, clean posts go up."""
    AUTO = "auto"
    """Clean posts go up."""
    TRUSTED = "trusted"
    """Clean posts of listed authors go up; all others wait."""


class Event(Frozen):
    """A conference or meeting, as stored. `seq` is the journal's head, `epoch` names this history.

    `deleted_at`: when somebody deleted it; nothing but `wall.deleting` sees it after that.
    `shown`, `held` and `reposts` count posts by state; they are kept in the same transaction as the
    posts themselves. `tip` is the hash of the newest entry's stored bytes. `rehearsal_of`: the event that
    this one only rehearses, to be thrown away. `look`: the digest of its own style sheet, if it has one.
    `starts_on`, `ends_on`: its first and last day in its zone; None while nobody said.
    """

    id: str
    slug: str
    name: str
    hashtags: tuple[str, ...]
    zone: str
    languages: tuple[str, ...]
    mode: Mode
    epoch: str
    seq: int
    last_at: Time
    tip: str
    version: int
    shown: int
    deleted_at: Time | None = None
    held: int
    reposts: int
    rehearsal_of: str | None = None
    look: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def counts(self) -> Counts:
        """The counts as a subject of their own: they change far more often than the event."""
        return Counts(shown=self.shown, held=self.held, reposts=self.reposts, seq=self.seq)


class Counts(Frozen):
    """How many posts an event shows, holds back, and how often its posts were reposted, at `seq`."""

    shown: int
    held: int
    reposts: int
    seq: int


class StoredPost(Frozen):
    """A post with its place in one event. `received` and `shown` are journal seqs (0: never).

    `by_hand`: a person approved it, as it is now. `left_off`: the opt-out that keeps it off the walls.
    `twins`: the posts that it stands for; `twin_of`: the post that stands for it.
    """

    id: str
    event_id: str
    post: Post
    state: PostState
    reasons: tuple[Reason, ...]
    version: int
    received: int
    shown: int
    received_at: Time
    reposts: int
    edits: int
    by_hand: bool = False
    left_off: str | None = None
    twins: tuple[Twin, ...] = ()
    twin_of: str | None = None


class FeedState(StrEnum):
    """Health of a feed, as its supervisor last saw it."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"
    STOPPED = "stopped"
    DONE = "done"


class Feed(Frozen):
    """A configured source of posts. `problem` is a code with words for an organiser.

    `replies`: an organiser lets replies be posted by its account. `lost`: its settings were saved with
    another secret key and cannot be read; `config` is empty then.
    """

    id: str
    event_id: str
    network: str
    config: dict[str, Any]
    cursor: str | None
    state: FeedState
    problem: str | None
    accepted: int
    dropped: int
    version: int
    replies: bool = False
    lost: bool = False


class Member(Frozen):
    """A person's roles in one event. No roles: no longer a member."""

    event_id: str
    person_id: str
    name: str
    roles: tuple[Role, ...]
    version: int


def sorted_roles(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Roles in their stable order, each once."""
    return tuple(sorted(set(roles)))
