"""The catalogue of entries: every kind of line in an event's journal, one discriminated union.

An entry's data holds opaque ids, codes, numbers and offsets, never a person's words, names or
addresses: texts live in versioned rows, so an erasure rewrites no history. Undeclared fields fail.
A kind that was ever written stays readable: `upcast` brings old shapes to the present one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from wall.entries.ask_kinds import AskData
from wall.entries.codebook_kinds import CodebookData
from wall.entries.contribution_kinds import ContributionData
from wall.entries.data import Data
from wall.entries.display_kinds import DisplayData
from wall.entries.doors_kinds import DoorsData
from wall.entries.feed_kinds import FeedData
from wall.entries.point_kinds import PointData
from wall.entries.programme_kinds import ProgrammeData
from wall.entries.reply_kinds import ReplyData
from wall.entries.resource_kinds import ResourceData
from wall.entries.sheet_kinds import SheetData
from wall.entries.speaker_kinds import SpeakerData
from wall.entries.staff_kinds import StaffData
from wall.entries.twin_kinds import TwinData
from wall.entries.wish_kinds import WishData
from wall.model import FeedState, Mode, PostState, Reason
from wall.parallel import RelayState


class EventCreated(Data):
    """The journal begins."""

    kind: Literal["event.created"] = "event.created"
    mode: Mode


class EventChanged(Data):
    """An organiser edited the event; `fields` are the names of what changed."""

    kind: Literal["event.changed"] = "event.changed"
    fields: tuple[str, ...]


class EventDeleted(Data):
    """An organiser deleted the event: nobody finds it until it is brought back."""

    kind: Literal["event.deleted"] = "event.deleted"


class EventBroughtBack(Data):
    """A deleted event is there again."""

    kind: Literal["event.brought_back"] = "event.brought_back"


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


class PostReconsidered(Data):
    """A decision about a post was taken back: it waits for a person again."""

    kind: Literal["post.reconsidered"] = "post.reconsidered"


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


class FeedDropped(Data):
    """A feed left out so many items of bad upstream data, and brought nothing else with them."""

    kind: Literal["feed.dropped"] = "feed.dropped"
    items: int


class IntegrationMade(Data):
    """Another tool may post into the event from now on."""

    kind: Literal["integration.made"] = "integration.made"
    integration: str


class IntegrationRevoked(Data):
    """Another tool may no longer post."""

    kind: Literal["integration.revoked"] = "integration.revoked"
    integration: str


class RoomAdded(Data):
    """An organiser added a room."""

    kind: Literal["room.added"] = "room.added"


class RoomChanged(Data):
    """An organiser edited a room; `fields` are the names of what changed."""

    kind: Literal["room.changed"] = "room.changed"
    fields: tuple[str, ...]


class SessionAdded(Data):
    """A session came into the programme."""

    kind: Literal["session.added"] = "session.added"
    room: str


class SessionChanged(Data):
    """A session was edited; `fields` are the names of what changed."""

    kind: Literal["session.changed"] = "session.changed"
    fields: tuple[str, ...]


class SessionBegun(Data):
    """A person began a session."""

    kind: Literal["session.begun"] = "session.begun"


class SessionEnded(Data):
    """A person ended a session."""

    kind: Literal["session.ended"] = "session.ended"


class PromptMoved(Data):
    """A session went on to a prompt of its run-sheet (None: to none)."""

    kind: Literal["prompt.moved"] = "prompt.moved"
    prompt: str | None


class TagAdded(Data):
    """A tag came into the codebook."""

    kind: Literal["tag.added"] = "tag.added"


class TagChanged(Data):
    """A tag was edited or retired; `fields` are the names of what changed."""

    kind: Literal["tag.changed"] = "tag.changed"
    fields: tuple[str, ...]


class ContributionMade(Data):
    """Posts became one contribution."""

    kind: Literal["contribution.made"] = "contribution.made"
    posts: tuple[str, ...]


class ContributionTagged(Data):
    """A tag was set or taken off."""

    kind: Literal["contribution.tagged"] = "contribution.tagged"
    tag: str
    on: bool


class ContributionNoted(Data):
    """Somebody saw a contribution and found nothing to do, or took that back."""

    kind: Literal["contribution.noted"] = "contribution.noted"
    on: bool


class RelayRaised(Data):
    """A contribution was queued for a session."""

    kind: Literal["relay.raised"] = "relay.raised"
    contribution: str
    session: str


class RelayPlaced(Data):
    """A relay got another place in its queue."""

    kind: Literal["relay.placed"] = "relay.placed"
    rank: int


class RelayReadied(Data):
    """A relay is next."""

    kind: Literal["relay.readied"] = "relay.readied"


class RelayQueued(Data):
    """A relay that was next, on the floor or closed is back in its queue."""

    kind: Literal["relay.queued"] = "relay.queued"


class RelayTakenUp(Data):
    """A relay is on the floor: the room discusses it now."""

    kind: Literal["relay.taken_up"] = "relay.taken_up"


class RelayClosed(Data):
    """A relay ended in `state`; `detail` is where it was deferred to or why it was dropped."""

    kind: Literal["relay.closed"] = "relay.closed"
    state: RelayState
    detail: str = ""


class RelayReopened(Data):
    """Closing was taken back: the relay is in `state` again."""

    kind: Literal["relay.reopened"] = "relay.reopened"
    state: RelayState


class RelayAnnotated(Data):
    """What a relay says to the chair or of its outcome was written; `fields` are the names."""

    kind: Literal["relay.annotated"] = "relay.annotated"
    fields: tuple[str, ...]


class ReceiptOwed(Data):
    """The author of a post is owed a reply, because the room took their point up."""

    kind: Literal["receipt.owed"] = "receipt.owed"
    post: str


class ReceiptTold(Data):
    """The author of a post was told what became of their point."""

    kind: Literal["receipt.told"] = "receipt.told"
    post: str


class ReceiptWaived(Data):
    """Somebody decided that the author of a post needs no reply, or is owed none any more."""

    kind: Literal["receipt.waived"] = "receipt.waived"
    post: str


AnyData = Annotated[
    EventCreated
    | EventChanged
    | EventDeleted
    | EventBroughtBack
    | PostReceived
    | PostReposted
    | PostEdited
    | PostApproved
    | PostRejected
    | PostHidden
    | PostUnavailable
    | PostRestored
    | PostReconsidered
    | PostWithdrawn
    | FeedAdded
    | FeedMoved
    | FeedDropped
    | IntegrationMade
    | IntegrationRevoked
    | RoomAdded
    | RoomChanged
    | SessionAdded
    | SessionChanged
    | SessionBegun
    | SessionEnded
    | PromptMoved
    | TagAdded
    | TagChanged
    | ContributionMade
    | ContributionTagged
    | ContributionNoted
    | RelayRaised
    | RelayPlaced
    | RelayReadied
    | RelayQueued
    | RelayTakenUp
    | RelayClosed
    | RelayReopened
    | RelayAnnotated
    | ReceiptOwed
    | ReceiptTold
    | ReceiptWaived
    | AskData
    | CodebookData
    | DisplayData
    | ProgrammeData
    | DoorsData
    | FeedData
    | ReplyData
    | ResourceData
    | SpeakerData
    | ContributionData
    | SheetData
    | StaffData
    | TwinData
    | WishData
    | PointData,
    Field(discriminator="kind"),
]

_DATA: TypeAdapter[AnyData] = TypeAdapter(AnyData)

_UPCASTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Old kind → function that returns today's data. Empty until a kind changes its shape."""


def upcast(data: dict[str, Any]) -> AnyData:
    """Read stored data of any age. Raises pydantic.ValidationError for what no version wrote."""
    step = _UPCASTS.get(data.get("kind", ""))
    return _DATA.validate_python(step(data) if step else data)
