"""Subjects as readers hold them: one value per subject type, rendered from its state as it is now.

These models are the wire's values. `render` turns a state row into `Put`s and `Drop`s for one
scope; the JSON schema of the wire, and from it the TypeScript types, are made from these classes.
"""

from __future__ import annotations

from typing import Any, Literal

from wall.entries.audience import Scope, State, holdable, sees_held, visible
from wall.entries.pictures import media_keys, picture_key
from wall.model import (
    Author,
    Counts,
    Event,
    Feed,
    Frozen,
    Link,
    Media,
    Member,
    Reason,
    Role,
    StoredPost,
    Time,
)

COUNTS = ("count", "posts")
"""The one subject of type `count`."""

POST_WINDOW = 200
"""A snapshot holds the newest this many posts; older ones come by paging."""


class EventValue(Frozen):
    """`event`: what every face shows about the event."""

    id: str
    slug: str
    name: str
    hashtags: tuple[str, ...]
    zone: str
    languages: tuple[str, ...]
    version: int
    mode: str | None = None


class CountValue(Frozen):
    """`count`: posts shown and reposts counted; `held` only for those who see held posts."""

    shown: int
    reposts: int
    held: int | None = None


class AuthorValue(Frozen):
    """The author part of a card. No follower count: reach is not merit.

    `avatar`: the key of their picture; None where they have none.
    """

    handle: str
    name: str
    url: str | None
    avatar: str | None
    bot: bool


class MediaValue(Frozen):
    """One attachment of a card. Sizes are in pixels; `alt` is the author's own description.

    `picture`: the key of the picture that this server has of it; None where it has none.
    """

    kind: Literal["image", "video", "audio", "other"]
    alt: str
    width: int | None
    height: int | None
    picture: str | None


class PostValue(Frozen):
    """`post`: a card. `order` sorts cards: by when they were first shown, for the desk by arrival.

    `state` and `reasons` are there only for those who see held posts.
    """

    id: str
    order: int
    version: int
    network: str
    url: str | None
    author: AuthorValue
    text: str
    lang: str | None
    created_at: Time
    edited: bool
    hashtags: tuple[str, ...]
    links: tuple[Link, ...]
    media: tuple[MediaValue, ...]
    warning: str | None
    sensitive: bool
    reposts: int
    state: str | None = None
    reasons: tuple[Reason, ...] | None = None


class FeedValue(Frozen):
    """`feed`: a source's health, without its credentials."""

    id: str
    network: str
    state: str
    problem: str | None
    accepted: int
    dropped: int
    version: int


class MemberValue(Frozen):
    """`member`: somebody's roles in this event."""

    person: str
    name: str
    roles: tuple[Role, ...]
    version: int


Value = EventValue | CountValue | PostValue | FeedValue | MemberValue


class Put(Frozen):
    """A subject to hold, whole, in place of any earlier value."""

    op: Literal["put"] = "put"
    type: str
    id: str
    version: int
    value: Value


class Drop(Frozen):
    """A subject to let go of: it is gone, or this reader may no longer see it."""

    op: Literal["drop"] = "drop"
    type: str
    id: str


Change = Put | Drop


def render(state: State, scope: Scope) -> Change | None:
    """The change that brings one reader's copy of this state row up to date.

    None when a reader of this scope can never have held it: what nobody saw needs no removal, and
    its id is nobody's business.
    """
    if not holdable(state, scope):
        return None
    kind, subject_id = subject_of(state)
    if not visible(state, scope):
        return Drop(type=kind, id=subject_id)
    version = state.seq if isinstance(state, Counts) else state.version
    return Put(type=kind, id=subject_id, version=version, value=_value(state, scope))


def subject_of(state: State) -> tuple[str, str]:
    """The (type, id) under which readers hold this row."""
    match state:
        case Event():
            return "event", state.id
        case Counts():
            return COUNTS
        case StoredPost():
            return "post", state.id
        case Feed():
            return "feed", state.id
        case Member():
            return "member", state.person_id


def event_value(event: Event, scope: Scope) -> EventValue:
    """An event as a reader of this scope holds it."""
    mode = event.mode if scope.roles else None
    return EventValue(**_copied(event, EventValue, "mode"), mode=mode)


def post_value(stored: StoredPost, scope: Scope) -> PostValue | None:
    """A post as a reader of this scope holds it; None if it may not."""
    return _post(stored, scope) if visible(stored, scope) else None


def feed_value(feed: Feed) -> FeedValue:
    """A feed's health, for those who may see feeds."""
    return FeedValue(**_copied(feed, FeedValue))


def dump(change: Change) -> dict[str, Any]:
    """The JSON form of a change."""
    return change.model_dump(mode="json")


def _value(state: State, scope: Scope) -> Value:
    match state:
        case Event():
            return event_value(state, scope)
        case Counts():
            held = state.held if sees_held(scope) else None
            return CountValue(shown=state.shown, reposts=state.reposts, held=held)
        case StoredPost():
            return _post(state, scope)
        case Feed():
            return feed_value(state)
        case Member():
            return MemberValue(person=state.person_id, **_copied(state, MemberValue, "person"))


def _copied(state: Frozen, value: type[Frozen], *but: str) -> dict[str, Any]:
    return {name: getattr(state, name) for name in value.model_fields if name not in but}


def _post(stored: StoredPost, scope: Scope) -> PostValue:
    post, staff = stored.post, sees_held(scope)
    return PostValue(
        id=stored.id,
        order=stored.received if staff else stored.shown,
        version=stored.version,
        network=post.network,
        url=post.url,
        author=_author(post.author),
        text=post.text,
        lang=post.lang,
        created_at=post.created_at,
        edited=stored.edits > 0,
        hashtags=post.hashtags,
        links=post.links,
        media=_media(post.media),
        warning=post.warning,
        sensitive=post.sensitive,
        reposts=stored.reposts,
        state=stored.state if staff else None,
        reasons=stored.reasons if staff else None,
    )


def _author(author: Author) -> AuthorValue:
    return AuthorValue(**_copied(author, AuthorValue, "avatar"), avatar=picture_key(author.avatar))


def _media(media: tuple[Media, ...]) -> tuple[MediaValue, ...]:
    keys = zip(media, media_keys(media), strict=True)
    return tuple(MediaValue(**_copied(one, MediaValue, "picture"), picture=key) for one, key in keys)
