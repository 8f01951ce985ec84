"""What all moves of relays are made of: looking one up, guarding it, writing it, telling readers."""

from __future__ import annotations

from typing import Any

from facilitator import receipts
from facilitator.contributions import posts_of
from facilitator.guards import Acting, current, require_shown, session_of
from facilitator.states import CLOSES, DETAILS, RELAYS, Verb, rank_first
from wall.entries import Data, Subject, kinds
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.journal import Tx
from wall.parallel import HEARD, OPEN, Contribution, Relay, RelayState
from wall.programme import Session
from wall.store import contributions, posts, programme, relays


def looked_at(tx: Tx, acting: Acting, relay_id: str, version: int) -> tuple[Relay, Session]:
    """A relay that is still as this person saw it, in a session that is theirs.

    Raises NotFound, NotYourSession, Stale.
    """
    relay = relays.plain(tx.conn, tx.event.id, {relay_id}).get(relay_id)
    if relay is None:
        raise NotFound("There is no such relay in this event.")
    session = session_of(tx, acting, relay.session_id)
    if relay.version != version:
        raise Stale("This changed since you looked at it.", current=relay_now(tx, relay))
    return relay, session


def guarded(tx: Tx, relay: Relay, verb: Verb) -> RelayState | None:
    """Where a verb leads from the present state; None: back to where it was. Raises Refused."""
    if (relay.state, verb) not in RELAYS:
        what = verb.replace("_", " ")
        raise Refused(
            f"A relay that is {relay.state} cannot be moved by '{what}'.", current=relay_now(tx, relay)
        )
    return RELAYS[relay.state, verb]


def require_lead_shown(tx: Tx, contribution: Contribution) -> None:
    """Raise Refused unless the post that leads a contribution is approved."""
    lead = contribution.posts[0]
    require_shown(posts.by_ids(tx.conn, tx.event.id, {lead})[lead])


def require_only_one(tx: Tx, contribution_id: str, session_id: str) -> None:
    """Raise Refused when a contribution is on its way through this session already."""
    for other in relays.of_contributions(tx.conn, {contribution_id}):
        if other.session_id == session_id and other.state in OPEN:
            raise Refused(
                "This point is on its way through this session already.",
                remedy="Move the one that is there.",
                relay=other.id,
                state=other.state.value,
            )


def contribution_by(tx: Tx, relay: Relay) -> Contribution:
    """The contribution that a relay brings."""
    return contributions.by_ids(tx.conn, tx.event.id, {relay.contribution_id})[relay.contribution_id]


def subjects(relay: Relay, contribution: Contribution) -> tuple[Subject, ...]:
    """What an entry about a relay touches."""
    return (("relay", relay.id), *posts_of(contribution))


def moved(tx: Tx, relay: Relay, data: Data, **changed: Any) -> Relay:
    """Write a relay that changed, one version on, with the entry that says so."""
    tx.append(data, *subjects(relay, contribution_by(tx, relay)))
    now = relay.model_copy(update={"version": relay.version + 1, **changed})
    relays.save(tx.conn, now)
    return now


def in_state(tx: Tx, session: Session, state: RelayState) -> list[Relay]:
    """The relays of a session that are in this state, in the order of its queue."""
    return relays.in_session(tx.conn, tx.event.id, session.id, (state,))


def on_floor(tx: Tx, room_id: str) -> Relay | None:
    """What a room discusses now, whichever session brought it there."""
    held = relays.on_floors(tx.conn, tx.event.id)
    sessions = programme.sessions_by_ids(tx.conn, tx.event.id, {relay.session_id for relay in held})
    here = (relay for relay in held if sessions[relay.session_id].room_id == room_id)
    return next(here, None)


def next_of(tx: Tx, session: Session) -> Relay | None:
    """What comes next in a session."""
    return next(iter(in_state(tx, session, RelayState.NEXT)), None)


def readied(tx: Tx, session: Session, relay: Relay) -> Relay:
    """Make a relay next; what was next goes back to the queue's head."""
    former = next_of(tx, session)
    if former is not None:
        queued_first(tx, session, former)
    return moved(tx, relay, kinds.RelayReadied(), state=RelayState.NEXT)


def queued_first(tx: Tx, session: Session, relay: Relay) -> Relay:
    """Put a relay back at the head of its queue."""
    return moved(tx, relay, kinds.RelayQueued(), state=RelayState.QUEUED, rank=first_rank(tx, session))


def first_rank(tx: Tx, session: Session) -> int:
    """The rank at the head of a session's queue."""
    return rank_first([relay.rank for relay in in_state(tx, session, RelayState.QUEUED)])


def taken_up(tx: Tx, relay: Relay) -> Relay:
    """Put a relay on the floor, which its caller knows to be empty. Raises Refused for one whose post
    is not shown."""
    require_lead_shown(tx, contribution_by(tx, relay))
    return moved(tx, relay, kinds.RelayTakenUp(), state=RelayState.ON_FLOOR, floor_at=tx.now)


def closed(tx: Tx, relay: Relay, state: RelayState, detail: str = "", outcome: str | None = None) -> Relay:
    """Close a relay; what the room took up is owed a reply. Raises BadInput for a detail that the state
    does not have, Refused."""
    _check_detail(state, detail)
    guarded(tx, relay, CLOSES[state])
    data = kinds.RelayClosed(state=state, detail=detail)
    said = {} if outcome is None else {"outcome": outcome}
    ended = {"state": state, "detail": detail, "before": relay.state, "closed_at": tx.now}
    now = moved(tx, relay, data, **ended, **said)
    if state in HEARD:
        receipts.owe(tx, contribution_by(tx, now), now)
    return now


def relay_now(tx: Tx, relay: Relay) -> dict[str, Any]:
    """A relay as a facilitator sees it now."""
    stored = relays.by_ids(tx.conn, tx.event.id, {relay.id})[relay.id]
    return {"state": relay.state.value, "version": relay.version, **current(stored)}


def _check_detail(state: RelayState, detail: str) -> None:
    if state not in CLOSES:
        raise BadInput("A relay is closed as discussed, answered, deferred, returned or dropped.")
    known = DETAILS.get(state, frozenset({""}))
    if detail not in known:
        raise BadInput(f"What is {state} needs another detail.", field="detail", allowed=sorted(known))
