"""The parallel channel and the programme as readers hold them. These models are the wire's values."""

from __future__ import annotations

from wall.entries.audience import PUBLIC, Scope, sees_facilitation, sees_notes, sees_tags, visible
from wall.entries.cards import PostValue, card, copied
from wall.entries.points import LookedValue, looked
from wall.model import Frozen, PostState, Reason, Time
from wall.parallel import (
    HEARD,
    Contribution,
    OwnPoint,
    Placed,
    RelayState,
    StoredPlacement,
    StoredRelay,
    Tag,
)
from wall.programme import Prompt, Room, Session
from wall.replies import Question, QuestionState


class RoomValue(Frozen):
    """`room`: a place in the venue."""

    id: str
    name: str
    position: int
    version: int


class SessionValue(Frozen):
    """`session`: one item of the programme. `prompt`: the id of what is discussed, since `prompt_at`.

    What is said with one of its own `hashtags` belongs to it. `note` (for the chair) and `facilitators`
    (ids of people) only for the staff of the floor, the note not for those who tag blind. `stream`,
    `captions` and `recording` are web addresses, empty where there is none; `delay_seconds`: how far the
    stream is behind the room. `walls` is what walls show while it runs, as its speakers asked: on, curated,
    questions, curated_questions or off; `slides_private`: its slides are not to be shared.
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
    prompt_at: Time | None
    hashtags: tuple[str, ...]
    stream: str
    captions: str
    recording: str
    delay_seconds: int
    walls: str
    slides_private: bool
    note: str | None = None
    facilitators: tuple[str, ...] | None = None


class TagValue(Frozen):
    """`tag`: one tag of the codebook; `key` sets it at the desk, `colour` is one of the six tints.

    `parent`: the tag above it. `set` is kind, check, stance, theme, bloom or own; `code` which tag of a
    preset it is, whatever it is called.
    """

    id: str
    name: str
    key: str
    colour: int
    position: int
    retired: bool
    version: int
    definition: str
    example: str
    set: str
    code: str
    parent: str | None


class ContributionValue(Frozen):
    """`contribution`: what the desk knows about one or more posts; the first of `posts` leads.

    `tags` is None for those who tag blind. `relay`, `session` and `relay_state` are of the newest
    attempt to bring it into a session that was not taken back; `owed` and `told` count its receipts.
    `wording` is a facilitator's, beside what its authors said; `worded` counts how often it was written.
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
    wording: str
    worded: int


class PlacementValue(Frozen):
    """`placement`: which session the post of the same id belongs to, and by which clue; None: to none
    that is known. `by_hand`: a person said so. `claimed_by`: who took it, as it belongs to none."""

    id: str
    session: str | None
    reason: Placed
    by_hand: bool
    claimed_by: str | None
    claimed_at: Time | None
    version: int


class RelayValue(Frozen):
    """`relay`: a contribution on its way through one session, with the card of the post that leads it.

    `others`: ids of more posts that say the same; `voices`: how many people wrote them and this one;
    `examples` are two of them. `wording` is a facilitator's, beside what was said; it has to be marked as
    such. `note` is for the chair; `outcome` is what came of it.
    """

    id: str
    contribution: str
    session: str
    state: str
    rank: int
    post: PostValue
    others: tuple[str, ...]
    voices: int
    wording: str
    examples: tuple[PostValue, ...]
    detail: str
    outcome: str
    raised_at: Time
    floor_at: Time | None
    closed_at: Time | None
    version: int
    note: str | None = None


class AskedValue(Frozen):
    """What a facilitator asks the author of a point; `answer` is theirs. `shared`: all may read it."""

    id: str
    words: str
    answer: str
    shared: bool


class PointValue(Frozen):
    """`point`: a post as its own author follows it. `reasons` are codes of why it is not shown.

    `relay_state`, `session`, `floor_at` (since when the room had it) and `outcome` say where in the room it
    got to, `detail` what it was set aside for (`session`, `board`, `report`; else empty), `reply` what they
    were told. `joined`: so many others that are shown say the same; `wording` is a facilitator's of them
    all. `second`: what became of their wish for a second look.
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
    question: AskedValue | None
    floor_at: Time | None
    joined: int
    wording: str
    second: LookedValue | None
    version: int


ChannelValue = (
    RoomValue | SessionValue | TagValue | ContributionValue | PlacementValue | RelayValue | PointValue
)


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


def placement_value(stored: StoredPlacement) -> PlacementValue:
    """Where a post belongs, for the staff of the floor."""
    own = {"session": stored.placement.session_id}
    return PlacementValue(**copied(stored.placement, PlacementValue, *own), **own)


def relay_value(stored: StoredRelay, scope: Scope) -> RelayValue:
    """A relay as a reader of this scope holds it."""
    relay = stored.relay
    own = {
        "contribution": relay.contribution_id,
        "session": relay.session_id,
        "post": card(stored.lead, staff=False),
        "others": stored.others,
        "voices": stored.voices,
        "wording": stored.wording,
        "examples": tuple(card(one, staff=False) for one in stored.examples if visible(one, PUBLIC)),
        "outcome": relay.outcome if relay.state in HEARD or sees_facilitation(scope) else "",
        "note": relay.note if sees_notes(scope) else None,
    }
    return RelayValue(**copied(relay, RelayValue, *own), **own)


def point_value(own: OwnPoint) -> PointValue:
    """A post as its author follows it."""
    stored, relay, receipt = own.stored, own.relay, own.receipt
    together = own.together if stored.state is PostState.APPROVED else None
    turned_down = stored.state in {PostState.REJECTED, PostState.HIDDEN}
    told = receipt is not None and (own.lead is None or visible(own.lead, PUBLIC))
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
        reply=receipt.words if receipt and told else "",
        told_at=receipt.told_at if receipt else None,
        question=_asked(own.question) if own.question else None,
        floor_at=relay.floor_at if relay else None,
        joined=together.others if together else 0,
        wording=together.wording if together else "",
        second=looked(own.second, stored.state) if own.second else None,
        version=stored.version,
    )


def _asked(question: Question) -> AskedValue:
    shared = question.state is QuestionState.SHARED
    return AskedValue(id=question.id, words=question.words, answer=question.answer, shared=shared)
