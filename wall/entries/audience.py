"""Who may see what: `visible(subject, scope)` is the one place that decides it.

It is pure and lives beside the catalogue because the journal renders with it for every reader,
live and catching up alike (docs/decisions/0002). A scope names an audience; readers of one scope
get the same bytes, except for subjects that belong to one person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wall.asks import Ask
from wall.codebook import Checked, TagSet
from wall.display import Control, Scene, Screen, StoredPin, screen_reader
from wall.model import Counts, Event, Feed, Member, PostState, Role, StoredPost
from wall.parallel import (
    PUBLIC_STATES,
    Contribution,
    OwnPoint,
    StoredPlacement,
    StoredRelay,
    StoredTheme,
    Tag,
)
from wall.points import StoredSecondLook, StoredSupport
from wall.programme import Room, Session
from wall.replies import Handover, QuestionState, StoredQuestion, StoredRouting, StoredTranslation
from wall.resources import Resource
from wall.sheet import Conclusion, Message, StoredAnswer
from wall.wishes import OptOut, may_show

State = (
    Event
    | Counts
    | StoredPost
    | Feed
    | Member
    | Room
    | Session
    | Tag
    | Contribution
    | StoredPlacement
    | StoredTheme
    | Checked
    | StoredRelay
    | OwnPoint
    | Scene
    | Control
    | StoredPin
    | Screen
    | StoredAnswer
    | Conclusion
    | Message
    | Ask
    | OptOut
    | StoredQuestion
    | StoredTranslation
    | StoredRouting
    | Handover
    | Resource
    | StoredSupport
    | StoredSecondLook
)
"""The state rows that subjects are rendered from."""

_SEES_HELD = frozenset({Role.ORGANISER, Role.MODERATOR, Role.FACILITATOR})
_SEES_OPT_OUTS = _SEES_HELD | {Role.AUDITOR}
_SEES_FEEDS = frozenset({Role.ORGANISER, Role.MODERATOR, Role.TECHNICIAN})
_SEES_SCREENS = frozenset({Role.ORGANISER, Role.TECHNICIAN, Role.MODERATOR, Role.FACILITATOR})
_SEES_MEMBERS = frozenset({Role.ORGANISER})
_SEES_FACILITATION = frozenset(Role) - {Role.RATER, Role.TECHNICIAN}
_SEES_TAGS = _SEES_FACILITATION - {Role.TAGGER, Role.CHAIR}
_SEES_NOTES = _SEES_FACILITATION - {Role.TAGGER}
_BLIND = frozenset({Role.TAGGER})
_NOWHERE = frozenset(
    {PostState.STUB, PostState.REPOST, PostState.TWIN, PostState.UNAVAILABLE, PostState.WITHDRAWN}
)


@dataclass(frozen=True)
class Scope:
    """What one reader may see: the roles that count on this face, and who the reader is.

    A wall or a phone has no roles even when an organiser holds it; a screen has no person.
    """

    roles: frozenset[Role] = field(default_factory=frozenset)
    person: str | None = None

    @cached_property
    def key(self) -> str:
        """A short stable name of this audience, safe in a cursor; it does not reveal the person."""
        parts = ",".join(sorted(self.roles))
        own = hashlib.blake2b((self.person or "").encode(), digest_size=6).hexdigest()
        return hashlib.blake2b(f"{parts}/{own}".encode(), digest_size=8).hexdigest()

    @cached_property
    def shared(self) -> Scope:
        """The audience without the person: what everybody with these roles sees alike."""
        return Scope(self.roles) if self.person else self

    def has(self, allowed: frozenset[Role]) -> bool:
        """Whether one of these roles is among the reader's."""
        return not self.roles.isdisjoint(allowed)


PUBLIC = Scope()
"""Everybody: walls, phones, people who are not signed in."""


def visible(state: State, scope: Scope) -> bool:
    """Whether a reader of this scope may hold this subject, as it is now."""
    return _VISIBLE[type(state)](state, scope)


def holdable(state: State, scope: Scope) -> bool:
    """Whether a reader of this scope may hold this subject, or may have held it before."""
    return _HOLDABLE.get(type(state), visible)(state, scope)


def sees_held(scope: Scope) -> bool:
    """Whether posts that are not approved, and their reasons, may be shown to this reader."""
    return scope.has(_SEES_HELD)


def sees_opt_outs(scope: Scope) -> bool:
    """Whether it may be read that somebody is left off the walls; not who that is."""
    return scope.has(_SEES_OPT_OUTS)


def sees_facilitation(scope: Scope) -> bool:
    """Whether queues, the codebook and contributions may be shown to this reader."""
    return scope.has(_SEES_FACILITATION)


def sees_tags(scope: Scope) -> bool:
    """Whether others' tags may be shown: not to those who tag blind."""
    return scope.has(_SEES_TAGS)


def sees_notes(scope: Scope) -> bool:
    """Whether notes between facilitator and chair may be shown to this reader."""
    return scope.has(_SEES_NOTES)


def sees_screens(scope: Scope) -> bool:
    """Whether this reader looks after screens, or may have to know which of them took something down."""
    return scope.has(_SEES_SCREENS)


def owner(state: State) -> str | None:
    """The person who alone sees this subject besides the staff; None for what has no such person.

    A post is its author's own when it was written here: their key is `person:` or `participant:`
    and their id. A screen is its own reader.
    """
    match state:
        case Screen():
            return screen_reader(state.id)
        case Member():
            return state.person_id
        case OwnPoint():
            kind, _, person = state.stored.post.author.key.partition(":")
            return person if kind in {"person", "participant"} and person else None
    return None


def _everybody(_state: object, _scope: Scope) -> bool:
    return True


def _post_visible(post: StoredPost, scope: Scope) -> bool:
    if post.state in _NOWHERE:
        return False
    return (post.state is PostState.APPROVED and may_show(post)) or sees_held(scope)


def _with_its_post(state: StoredPin | StoredAnswer | StoredTranslation, scope: Scope) -> bool:
    return _post_visible(state.stored, scope)


def _member_visible(member: Member, scope: Scope) -> bool:
    return bool(member.roles) and _member_holdable(member, scope)


def _tag_visible(_tag: Tag, scope: Scope) -> bool:
    return sees_facilitation(scope)


def _contribution_visible(contribution: Contribution, scope: Scope) -> bool:
    """What was done with a post says what it is: only who may see the post hears of it. A contribution
    that was joined with another one is nobody's any more, and one whose posts are all gone goes with
    them."""
    if not contribution.there or not sees_facilitation(scope):
        return False
    return contribution.lead is PostState.APPROVED or sees_held(scope)


def _placement_visible(placed: StoredPlacement, scope: Scope) -> bool:
    return sees_facilitation(scope) and visible(placed.stored, scope)


def _check_visible(checked: Checked, scope: Scope) -> bool:
    """Everybody who sees a post sees what was found about it, but for those who tag it blind."""
    return bool(checked.checks) and not _tags_blind(scope) and visible(checked.stored, scope)


def _theme_visible(theme: StoredTheme, scope: Scope) -> bool:
    """A theme is the staff's until an organiser puts themes on a wall: then everybody reads it, but for
    those who tag blind."""
    is_one = theme.tag.set is TagSet.THEME and not theme.tag.retired
    return theme.on_walls and is_one and theme.points > 0 and not _tags_blind(scope)


def _tags_blind(scope: Scope) -> bool:
    return scope.has(_BLIND) and not sees_tags(scope)


def _relay_visible(stored: StoredRelay, scope: Scope) -> bool:
    if not visible(stored.lead, scope):
        return False
    return stored.relay.state in PUBLIC_STATES or sees_facilitation(scope)


def _question_visible(state: StoredQuestion, scope: Scope) -> bool:
    """An answer is nobody's but the desks', until a facilitator let it be read beside the point."""
    if state.question.state is QuestionState.WITHDRAWN or not _post_visible(state.stored, scope):
        return False
    return state.question.state is QuestionState.SHARED or sees_held(scope)


def _routing_visible(routed: StoredRouting, scope: Scope) -> bool:
    return sees_notes(scope) and visible(routed.lead, scope)


def _support_visible(one: StoredSupport, scope: Scope) -> bool:
    """Everybody who sees a post sees how many think so too, but for those who tag it blind."""
    return one.support.people > 0 and not _tags_blind(scope) and _post_visible(one.stored, scope)


def _screen_visible(screen: Screen, scope: Scope) -> bool:
    """A screen also sees itself."""
    return screen.paired and _screen_holdable(screen, scope)


_VISIBLE: dict[type[State], Callable[[Any, Scope], bool]] = {
    **dict.fromkeys((Event, Counts, Room, Session, Scene, Control), _everybody),
    StoredPost: _post_visible,
    **dict.fromkeys((StoredPin, StoredAnswer, StoredTranslation), _with_its_post),
    Conclusion: lambda conclusion, _: not conclusion.removed,
    Resource: lambda resource, _: not resource.withdrawn,
    Message: lambda _, scope: sees_notes(scope),
    Ask: lambda ask, scope: ask.is_public or (ask.there and sees_notes(scope)),
    OptOut: lambda _, scope: sees_opt_outs(scope),
    Handover: lambda _, scope: sees_held(scope),
    StoredQuestion: _question_visible,
    StoredRouting: _routing_visible,
    StoredSupport: _support_visible,
    StoredSecondLook: lambda one, scope: one.waits and sees_held(scope),
    StoredPlacement: _placement_visible,
    Tag: _tag_visible,
    Contribution: _contribution_visible,
    Checked: _check_visible,
    StoredTheme: _theme_visible,
    StoredRelay: _relay_visible,
    OwnPoint: lambda point, scope: owner(point) == scope.person is not None,
    Feed: lambda _, scope: scope.has(_SEES_FEEDS),
    Screen: _screen_visible,
    Member: _member_visible,
}
"""What a reader may hold now, by the kind of row."""


def _post_holdable(post: StoredPost, scope: Scope) -> bool:
    return (post.received if sees_held(scope) else post.shown) > 0


def _question_holdable(state: StoredQuestion, scope: Scope) -> bool:
    shared = state.question.shared_at is not None
    return (shared or sees_held(scope)) and _post_holdable(state.stored, scope)


def _member_holdable(member: Member, scope: Scope) -> bool:
    return scope.has(_SEES_MEMBERS) or member.person_id == scope.person


def _screen_holdable(screen: Screen, scope: Scope) -> bool:
    return sees_screens(scope) or scope.person == screen_reader(screen.id)


_HOLDABLE: dict[type[State], Callable[[Any, Scope], bool]] = {
    StoredPost: _post_holdable,
    **dict.fromkeys(
        (StoredPin, StoredAnswer, StoredTranslation, Checked, StoredSupport),
        lambda state, scope: _post_holdable(state.stored, scope),
    ),
    StoredSecondLook: lambda one, scope: sees_held(scope) and _post_holdable(one.stored, scope),
    StoredQuestion: _question_holdable,
    StoredRouting: lambda routed, scope: sees_notes(scope) and _post_holdable(routed.lead, scope),
    StoredPlacement: lambda one, scope: sees_facilitation(scope) and _post_holdable(one.stored, scope),
    **dict.fromkeys((Conclusion, StoredTheme, Resource), _everybody),
    Ask: lambda ask, scope: ask.opened_at is not None or sees_notes(scope),
    Screen: _screen_holdable,
    Member: _member_holdable,
    StoredRelay: lambda stored, scope: stored.relay.floor_at is not None or sees_facilitation(scope),
    Contribution: lambda made, scope: (made.shown or sees_held(scope)) and sees_facilitation(scope),
}
"""What a reader may hold or may have held, by the kind of row, where that is more than what is visible."""
