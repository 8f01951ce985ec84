"""The catalogue of entries: every kind of line in an event's journal, one discriminated union.

An entry's data holds opaque ids, codes, numbers and offsets, never a person's words, names or
addresses: texts live in versioned rows, so an erasure rewrites no history. Undeclared fields fail.
A kind that was ever written stays readable: `upcast` brings old shapes to the present one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from wall.model import FeedState, Frozen, Mode, PostState, Reason, Role

Subject = tuple[str, str]
"""(type, id) of a thing that an entry touched and that a reader can hold."""


class Data(Frozen):
    """Base of every kind's data."""

    kind: str


class EventCreated(Data):
    """The journal begins."""

    kind: Literal["event.created"] = "event.created"
    mode: Mode


class EventChanged(Data):
    """An organiser edited the event; `fields` are the names of what changed."""

    kind: Literal["event.changed"] = "event.changed"
    fields: tuple[str, ...]


class PostReceived(Data):
    """A post came through the door and was judged."""

    kind: Literal["post.received"] = "post.received"
    network: str
    state: PostState
    reasons: tuple[Reason, ...] = ()


class PostReposted(Data):
    """Somebody repeated a post; it is counted on the original and is never a card of its own."""

    kind: Literal["post.reposted"] = "post.reposted"
    repost: str
    network: str


class PostEdited(Data):
    """The author edited a post; `edit` counts its edits from 1. It was judged again."""

    kind: Literal["post.edited"] = "post.edited"
    edit: int
    state: PostState
    reasons: tuple[Reason, ...] = ()


class PostApproved(Data):
    """A post may be shown."""

    kind: Literal["post.approved"] = "post.approved"


class PostRejected(Data):
    """A post will not be shown, with the reason's code."""

    kind: Literal["post.rejected"] = "post.rejected"
    reason: Reason


class PostHidden(Data):
    """A shown post was taken off every face, with the reason's code."""

    kind: Literal["post.hidden"] = "post.hidden"
    reason: Reason


class PostUnavailable(Data):
    """A post's source no longer returns it: off every face, reversible."""

    kind: Literal["post.unavailable"] = "post.unavailable"


class PostRestored(Data):
    """A post's source returns it again: back in the state it had."""

    kind: Literal["post.restored"] = "post.restored"
    state: PostState


class PostWithdrawn(Data):
    """A post was taken back for good: its text was purged, a tombstone stays."""

    kind: Literal["post.withdrawn"] = "post.withdrawn"
    by: Literal["network", "author", "moderator"]


class FeedAdded(Data):
    """An organiser added a feed."""

    kind: Literal["feed.added"] = "feed.added"
    network: str


class FeedMoved(Data):
    """A feed's health changed; `problem` is a code."""

    kind: Literal["feed.moved"] = "feed.moved"
    state: FeedState
    problem: str | None = None


class LinkMade(Data):
    """An organiser made a link with which somebody may join the staff."""

    kind: Literal["link.made"] = "link.made"
    link: str
    role: Role


class IntegrationMade(Data):
    """Another tool may post into the event from now on."""

    kind: Literal["integration.made"] = "integration.made"
    integration: str


class IntegrationRevoked(Data):
    """Another tool may no longer post."""

    kind: Literal["integration.revoked"] = "integration.revoked"
    integration: str


class MemberChanged(Data):
    """A person's roles in this event were set (none: removed)."""

    kind: Literal["member.changed"] = "member.changed"
    roles: tuple[Role, ...]


AnyData = Annotated[
    EventCreated
    | EventChanged
    | PostReceived
    | PostReposted
    | PostEdited
    | PostApproved
    | PostRejected
    | PostHidden
    | PostUnavailable
    | PostRestored
    | PostWithdrawn
    | FeedAdded
    | FeedMoved
    | LinkMade
    | IntegrationMade
    | IntegrationRevoked
    | MemberChanged,
    Field(discriminator="kind"),
]

_DATA: TypeAdapter[AnyData] = TypeAdapter(AnyData)

_UPCASTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Old kind → function that returns today's data. Empty until a kind changes its shape."""


def upcast(data: dict[str, Any]) -> AnyData:
    """Read stored data of any age. Raises pydantic.ValidationError for what no version wrote."""
    step = _UPCASTS.get(data.get("kind", ""))
    return _DATA.validate_python(step(data) if step else data)
