"""The parallel channel and the programme as readers hold them. These models are the wire's values."""

from __future__ import annotations

from wall.entries.audience import Scope, sees_facilitation, sees_notes, sees_tags
from wall.entries.cards import PostValue, card, copied
from wall.model import Frozen, PostState, Reason, Time
from wall.parallel import HEARD, Contribution, OwnPoint, RelayState, StoredRelay, Tag
from wall.programme import Prompt, Room, Session


class RoomValue(Frozen):
    """`room`: a place in the venue."""

    id: str
    name: str
    position: int
    version: int


class SessionValue(Frozen):
    """`session`: one item of the programme. `prompt`: the id of the prompt that is discussed now.

    `note` (for the chair) and `facilitators` (ids of people) only for the staff of the floor, the note
    not for those who tag blind.
    """

    id: str
    room: str
    title: str
    method: str
    speakers: tuple[str, ...]
    starts_at: Time
    ends_at: Time
    prompts: tuple[Prompt, ...]
    prompt: str | None
    state: str
    begun_at: Time | None
    ended_at: Time | None
    version: int
    note: str | None = None
    facilitators: tuple[str, ...] | None = None


class TagValue(Frozen):
    """`tag`: one tag of the codebook; `key` sets it at the desk, `colour` is one of the six tints."""

    id: str
    name: str
    key: str
    colour: int
    position: int
    retired: bool
    version: int


class ContributionValue(Frozen):
    """`contribution`: what the desk knows about one or more posts; the first of `posts` leads.

    `tags` is None for those who tag blind. `relay`, `session` and `relay_state` are of the newest
    attempt to bring it into a session that was not taken back; `owed` and `told` count its receipts.
    """

    id: str
    posts: tuple[str, ...]
    tags: tuple[str, ...] | None
    noted: bool
    relay: str | None
    session: str | None
    relay_state: str | None
    owed: int
    told: int
    version: int


class RelayValue(Frozen):
    """`relay`: a contribution on its way through one session, with the card of the post that leads it.

    `others`: ids of more posts that say the same. `note` is for the chair; `outcome` is what came of it.
    """

    id: str
    contribution: str
    session: str
    state: str
    rank: int
    post: PostValue
    others: tuple[str, ...]
    detail: str
    outcome: str
    raised_at: Time
    floor_at: Time | None
    closed_at: Time | None
    version: int
    note: str | None = None


class PointValue(Frozen):
    """`point`: a post as its own author follows it. `reasons` are codes of why it is not shown.

    `relay_state`, `session` and `outcome` say where in the room it got to, `detail` what it was set
    aside for (`session`, `board`, `report`; else empty), `reply` what they were told.
    """

    id: str
    text: str
    created_at: Time
    state: str
    reasons: tuple[Reason, ...]
    relay_state: str | None
    detail: str
    session: str | None
    outcome: str
    reply: str
    told_at: Time | None
    version: int


ChannelValue = RoomValue | SessionValue | TagValue | ContributionValue | RelayValue | PointValue


def room_value(room: Room) -> RoomValue:
    """A room, for everybody."""
    return RoomValue(**copied(room, RoomValue))


def session_value(session: Session, scope: Scope) -> SessionValue:
    """A session as a reader of this scope holds it."""
    staff = sees_facilitation(scope)
    own = {
        "room": session.room_id,
        "note": session.note if sees_notes(scope) else None,
        "facilitators": session.facilitators if staff else None,
    }
    return SessionValue(**copied(session, SessionValue, *own), **own)


def tag_value(tag: Tag) -> TagValue:
    """A tag, for the staff."""
    return TagValue(**copied(tag, TagValue))


def contribution_value(contribution: Contribution, scope: Scope) -> ContributionValue:
    """A contribution as a reader of this scope holds it."""
    relay = contribution.relay
    own = {
        "tags": contribution.tags if sees_tags(scope) else None,
        "relay": relay.id if relay else None,
        "session": relay.session_id if relay else None,
        "relay_state": relay.state.value if relay else None,
    }
    return ContributionValue(**copied(contribution, ContributionValue, *own), **own)


def relay_value(stored: StoredRelay, scope: Scope) -> RelayValue:
    """A relay as a reader of this scope holds it."""
    relay = stored.relay
    own = {
        "contribution": relay.contribution_id,
        "session": relay.session_id,
        "post": card(stored.lead, staff=False),
        "others": stored.others,
        "outcome": relay.outcome if relay.state in HEARD or sees_facilitation(scope) else "",
        "note": relay.note if sees_notes(scope) else None,
    }
    return RelayValue(**copied(relay, RelayValue, *own), **own)


def point_value(own: OwnPoint) -> PointValue:
    """A post as its author follows it."""
    stored, relay, receipt = own.stored, own.relay, own.receipt
    turned_down = stored.state in {PostState.REJECTED, PostState.HIDDEN}
    return PointValue(
        id=stored.id,
        text=stored.post.text,
        created_at=stored.post.created_at,
        state=stored.state.value,
        reasons=stored.reasons if turned_down else (),
        relay_state=relay.state.value if relay else None,
        detail=relay.detail if relay and relay.state == RelayState.DEFERRED else "",
        session=relay.session_id if relay else None,
        outcome=relay.outcome if relay and relay.state in HEARD else "",
        reply=receipt.words if receipt else "",
        told_at=receipt.told_at if receipt else None,
        version=stored.version,
    )
