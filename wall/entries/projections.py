"""Subjects as readers hold them: one value per subject type, rendered from its state as it is now.

These models are the wire's values. `render` turns a state row into `Put`s and `Drop`s for one
scope; the JSON schema of the wire, and from it the TypeScript types, are made from these classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from wall.display import Control, Scene, Screen, StoredPin
from wall.entries.audience import Scope, State, holdable, sees_held, visible
from wall.entries.cards import PostValue, card, copied
from wall.entries.channel import (
    ChannelValue,
    contribution_value,
    point_value,
    relay_value,
    room_value,
    session_value,
    tag_value,
)
from wall.entries.display import DisplayValue, control_value, pin_value, scene_value, screen_value
from wall.model import Counts, Event, Feed, Frozen, Member, Role, StoredPost
from wall.parallel import Contribution, OwnPoint, StoredRelay, Tag
from wall.programme import Room, Session

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


Value = EventValue | CountValue | PostValue | FeedValue | MemberValue | ChannelValue | DisplayValue


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
    return Put(type=kind, id=subject_id, version=_version(state), value=_VALUES[type(state)](state, scope))


def subject_of(state: State) -> tuple[str, str]:
    """The (type, id) under which readers hold this row."""
    if isinstance(state, Counts):
        return COUNTS
    kind = _TYPES[type(state)]
    match state:
        case Member():
            return kind, state.person_id
        case StoredRelay():
            return kind, state.relay.id
        case OwnPoint():
            return kind, state.stored.id
        case StoredPin():
            return kind, state.pin.id
        case _:
            return kind, state.id


def event_value(event: Event, scope: Scope) -> EventValue:
    """An event as a reader of this scope holds it."""
    mode = event.mode if scope.roles else None
    return EventValue(**copied(event, EventValue, "mode"), mode=mode)


def post_value(stored: StoredPost, scope: Scope) -> PostValue | None:
    """A post as a reader of this scope holds it; None if it may not."""
    return card(stored, staff=sees_held(scope)) if visible(stored, scope) else None


def count_value(counts: Counts, scope: Scope) -> CountValue:
    """The counts as a reader of this scope holds them."""
    held = counts.held if sees_held(scope) else None
    return CountValue(shown=counts.shown, reposts=counts.reposts, held=held)


def member_value(member: Member) -> MemberValue:
    """Somebody's roles, for those who may see them."""
    return MemberValue(person=member.person_id, **copied(member, MemberValue, "person"))


def feed_value(feed: Feed) -> FeedValue:
    """A feed's health, for those who may see feeds."""
    return FeedValue(**copied(feed, FeedValue))


def dump(change: Change) -> dict[str, Any]:
    """The JSON form of a change."""
    return change.model_dump(mode="json")


def _version(state: State) -> int:
    match state:
        case Counts():
            return state.seq
        case StoredRelay():
            return state.relay.version
        case OwnPoint():
            return state.stored.version
        case StoredPin():
            return state.pin.version
        case _:
            return state.version


_TYPES: dict[type[State], str] = {
    Event: "event",
    StoredPost: "post",
    Feed: "feed",
    Member: "member",
    Room: "room",
    Session: "session",
    Tag: "tag",
    Contribution: "contribution",
    StoredRelay: "relay",
    OwnPoint: "point",
    Scene: "scene",
    Control: "control",
    StoredPin: "pin",
    Screen: "screen",
}
"""The type of subject that each kind of row is held as."""

_VALUES: dict[type[State], Callable[[Any, Scope], Value]] = {
    Event: event_value,
    Counts: count_value,
    StoredPost: lambda stored, scope: card(stored, staff=sees_held(scope)),
    Feed: lambda feed, _: feed_value(feed),
    Member: lambda member, _: member_value(member),
    Room: lambda room, _: room_value(room),
    Session: session_value,
    Tag: lambda tag, _: tag_value(tag),
    Contribution: contribution_value,
    StoredRelay: relay_value,
    OwnPoint: lambda own, _: point_value(own),
    Scene: lambda scene, _: scene_value(scene),
    Control: lambda control, _: control_value(control),
    StoredPin: lambda pin, _: pin_value(pin),
    Screen: lambda screen, _: screen_value(screen),
}
