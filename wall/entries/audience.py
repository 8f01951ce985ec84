"""Who may see what: `visible(subject, scope)` is the one place that decides it.

It is pure and lives beside the catalogue because the journal renders with it for every reader,
live and catching up alike (docs/decisions/0002). A scope names an audience; readers of one scope
get the same bytes, except for subjects that belong to one person.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from wall.display import Control, Scene, Screen, StoredPin, screen_reader
from wall.model import Counts, Event, Feed, Member, PostState, Role, StoredPost
from wall.parallel import PUBLIC_STATES, Contribution, OwnPoint, StoredRelay, Tag
from wall.programme import Room, Session

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
    | StoredRelay
    | OwnPoint
    | Scene
    | Control
    | StoredPin
    | Screen
)
"""The state rows that subjects are rendered from."""

_SEES_HELD = frozenset({Role.ORGANISER, Role.MODERATOR, Role.FACILITATOR, Role.AUDITOR})
_SEES_FEEDS = frozenset({Role.ORGANISER, Role.MODERATOR, Role.TECHNICIAN})
_SEES_SCREENS = frozenset({Role.ORGANISER, Role.TECHNICIAN, Role.MODERATOR, Role.FACILITATOR})
_SEES_MEMBERS = frozenset({Role.ORGANISER})
_SEES_FACILITATION = frozenset(Role) - {Role.RATER, Role.TECHNICIAN}
_SEES_TAGS = _SEES_FACILITATION - {Role.TAGGER, Role.CHAIR}
_SEES_NOTES = _SEES_FACILITATION - {Role.TAGGER}
_NOWHERE = frozenset({PostState.STUB, PostState.REPOST, PostState.UNAVAILABLE, PostState.WITHDRAWN})


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
    match state:
        case Event() | Counts() | Room() | Session() | Scene() | Control():
            return True
        case StoredPost() | StoredPin():
            return _post_visible(state, scope)
        case Tag() | Contribution():
            return _desk_visible(state, scope)
        case StoredRelay():
            return _relay_visible(state, scope)
        case OwnPoint():
            return owner(state) == scope.person is not None
        case Feed() | Screen():
            return _kept_running(state, scope)
        case Member():
            listed = scope.has(_SEES_MEMBERS) or state.person_id == scope.person
            return bool(state.roles) and listed


def holdable(state: State, scope: Scope) -> bool:
    """Whether a reader of this scope may hold this subject, or may have held it before."""
    match state:
        case StoredPost():
            return (state.received if sees_held(scope) else state.shown) > 0
        case StoredPin():
            return holdable(state.stored, scope)
        case Screen():
            return _screen_holdable(state, scope)
        case Member():
            return scope.has(_SEES_MEMBERS) or state.person_id == scope.person
        case StoredRelay():
            return state.relay.floor_at is not None or sees_facilitation(scope)
        case Contribution():
            return (state.shown or sees_held(scope)) and sees_facilitation(scope)
        case _:
            return visible(state, scope)


def sees_held(scope: Scope) -> bool:
    """Whether posts that are not approved, and their reasons, may be shown to this reader."""
    return scope.has(_SEES_HELD)


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


def _desk_visible(state: Tag | Contribution, scope: Scope) -> bool:
    """What was done with a post says what it is: only who may see the post hears of it."""
    if isinstance(state, Contribution) and state.lead is not PostState.APPROVED and not sees_held(scope):
        return False
    return sees_facilitation(scope)


def _relay_visible(stored: StoredRelay, scope: Scope) -> bool:
    if not visible(stored.lead, scope):
        return False
    return stored.relay.state in PUBLIC_STATES or sees_facilitation(scope)


def _screen_holdable(screen: Screen, scope: Scope) -> bool:
    return sees_screens(scope) or scope.person == screen_reader(screen.id)


def _kept_running(state: Feed | Screen, scope: Scope) -> bool:
    """What somebody looks after; a screen also sees itself."""
    if isinstance(state, Feed):
        return scope.has(_SEES_FEEDS)
    return state.paired and _screen_holdable(state, scope)


def _post_visible(state: StoredPost | StoredPin, scope: Scope) -> bool:
    post = state.stored if isinstance(state, StoredPin) else state
    if post.state in _NOWHERE:
        return False
    return post.state is PostState.APPROVED or sees_held(scope)
