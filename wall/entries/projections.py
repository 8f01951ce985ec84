"""Subjects as readers hold them: one value per subject type, rendered from its state as it is now.

These models are the wire's values. `render` turns a state row into `Put`s and `Drop`s for one
scope; the JSON schema of the wire, and from it the TypeScript types, are made from these classes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from wall.asks import Ask
from wall.codebook import Checked
from wall.display import Control, Scene, Screen, StoredPin
from wall.entries.asks import AskValue, ask_value
from wall.entries.audience import Scope, State, holdable, sees_held, visible
from wall.entries.cards import PostValue, card, copied
from wall.entries.channel import (
    ChannelValue,
    contribution_value,
    placement_value,
    point_value,
    relay_value,
    room_value,
    session_value,
    tag_value,
)
from wall.entries.codebook import CheckValue, ThemeValue, check_value, theme_value
from wall.entries.display import DisplayValue, control_value, pin_value, scene_value, screen_value
from wall.entries.points import TakingPartValue, second_look_value, support_value
from wall.entries.replies import (
    ReplyValue,
    handover_value,
    question_value,
    routing_value,
    translation_value,
)
from wall.entries.resources import ResourceValue, resource_value
from wall.entries.sheet import SheetValue, answer_value, conclusion_value, message_value
from wall.entries.wishes import OptOutValue, opt_out_value
from wall.model import Counts, Event, Feed, Frozen, Member, Role, StoredPost
from wall.parallel import Contribution, OwnPoint, StoredPlacement, StoredRelay, StoredTheme, Tag
from wall.points import StoredSecondLook, StoredSupport
from wall.programme import Room, Session
from wall.replies import Handover, StoredQuestion, StoredRouting, StoredTranslation
from wall.resources import Resource
from wall.sheet import Conclusion, Message, StoredAnswer
from wall.wishes import OptOut

COUNTS = ("count", "posts")
"""The one subject of type `count`."""

POST_WINDOW = 200
"""A snapshot holds the newest this many posts; older ones come by paging."""


class EventValue(Frozen):
    """`event`: what every face shows about the event. `look`: the digest of its own style sheet, which
    is at `/look/{slug}/{look}.css`; null: it has none. `starts_on`, `ends_on`: its first and last day."""

    id: str
    slug: str
    name: str
    hashtags: tuple[str, ...]
    zone: str
    languages: tuple[str, ...]
    version: int
    look: str | None
    starts_on: date | None
    ends_on: date | None
    mode: str | None = None


class CountValue(Frozen):
    """`count`: posts shown and reposts counted; `held` only for those who see held posts."""

    shown: int
    reposts: int
    held: int | None = None


class FeedValue(Frozen):
    """`feed`: a source's health, without its credentials. `replies`: its account may post replies."""

    id: str
    network: str
    state: str
    problem: str | None
    accepted: int
    dropped: int
    version: int
    replies: bool


class MemberValue(Frozen):
    """`member`: somebody's roles in this event."""

    person: str
    name: str
    roles: tuple[Role, ...]
    version: int


Value = (
    EventValue
    | CountValue
    | PostValue
    | FeedValue
    | MemberValue
    | CheckValue
    | ThemeValue
    | ChannelValue
    | DisplayValue
    | SheetValue
    | AskValue
    | OptOutValue
    | ReplyValue
    | ResourceValue
    | TakingPartValue
)


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
    if isinstance(state, Member):
        return "member", state.person_id
    row = state.stored if isinstance(state, Checked) else _row(state)
    return _TYPES[type(state)], row.id


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
    version: int = state.seq if isinstance(state, Counts) else _row(state).version
    return version


def _row(state: State) -> Any:
    """The row that a subject is, where what it is rendered from holds more than that."""
    name = _ROWS.get(type(state))
    return getattr(state, name) if name else state


_ROWS: dict[type[State], str] = {
    StoredRelay: "relay",
    OwnPoint: "stored",
    StoredPin: "pin",
    StoredPlacement: "placement",
    StoredTheme: "tag",
    StoredAnswer: "answer",
    StoredQuestion: "question",
    StoredTranslation: "translation",
    StoredRouting: "routing",
    StoredSupport: "support",
    StoredSecondLook: "look",
}

_TYPES: dict[type[State], str] = {
    Event: "event",
    StoredPost: "post",
    Feed: "feed",
    Member: "member",
    Room: "room",
    Session: "session",
    Tag: "tag",
    Contribution: "contribution",
    Checked: "check",
    StoredTheme: "theme",
    StoredPlacement: "placement",
    StoredRelay: "relay",
    OwnPoint: "point",
    Scene: "scene",
    Control: "control",
    StoredPin: "pin",
    Screen: "screen",
    StoredAnswer: "answer",
    Conclusion: "conclusion",
    Message: "message",
    Ask: "ask",
    OptOut: "opt_out",
    StoredQuestion: "question",
    StoredTranslation: "translation",
    StoredRouting: "routing",
    Handover: "handover",
    Resource: "resource",
    StoredSupport: "support",
    StoredSecondLook: "second_look",
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
    Checked: lambda checked, _: check_value(checked),
    StoredTheme: lambda theme, _: theme_value(theme),
    StoredPlacement: lambda stored, _: placement_value(stored),
    StoredRelay: relay_value,
    OwnPoint: lambda own, _: point_value(own),
    Scene: lambda scene, _: scene_value(scene),
    Control: lambda control, _: control_value(control),
    StoredPin: lambda pin, _: pin_value(pin),
    Screen: lambda screen, _: screen_value(screen),
    StoredAnswer: lambda stored, _: answer_value(stored),
    Conclusion: lambda conclusion, _: conclusion_value(conclusion),
    Message: lambda message, _: message_value(message),
    Ask: ask_value,
    OptOut: lambda opt_out, _: opt_out_value(opt_out),
    StoredQuestion: lambda stored, _: question_value(stored),
    StoredTranslation: lambda stored, _: translation_value(stored),
    StoredRouting: lambda stored, _: routing_value(stored),
    Handover: lambda handover, _: handover_value(handover),
    Resource: lambda resource, _: resource_value(resource),
    StoredSupport: lambda stored, _: support_value(stored),
    StoredSecondLook: lambda stored, _: second_look_value(stored),
}
