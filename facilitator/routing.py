"""Routing: one room offers a point to another, which takes it into its queue or gives it back.

An offer is a state of its own beside the relays' (DESIGN §6 keeps five axes, never one): while it
waits, the relay that was set aside for it is deferred to a session, and giving it back reopens that.
"""

from __future__ import annotations

from typing import Any

from facilitator import relays as queue
from facilitator.contributions import contribution_with, posts_of
from facilitator.guards import Acting, current, post_of, require_not_ended, require_shown, session_of
from facilitator.moving import closed, require_only_one
from wall.entries import Data
from wall.entries import reply_kinds as kinds
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.journal import Tx
from wall.model import new_id
from wall.parallel import OPEN, Relay, RelayState
from wall.programme import Session
from wall.replies import Routing, RoutingState
from wall.store import contributions, programme, relays, routings


def route(
    tx: Tx, acting: Acting, post_id: str, to_session: str, from_session: str | None, note: str
) -> dict[str, Any]:
    """Offer the point that a post makes to another session, from the queue of `from_session` or (None)
    from the inbox. What it had in that queue is set aside until the offer is answered.

    Raises NotFound, NotYourSession for `from_session`, BadInput for one and the same session, and Refused
    for a post that is not shown, a session that has ended, and a point that is on offer already.
    """
    if to_session == from_session:
        raise BadInput("A point is offered to another session than its own.", field="to_session")
    mine = session_of(tx, acting, from_session) if from_session else None
    theirs = _session(tx, to_session)
    require_not_ended(theirs)
    stored = post_of(tx, post_id)
    require_shown(stored)
    point = contribution_with(tx, stored)
    require_only_one(tx, point.id, theirs.id)
    _require_not_offered(tx, point.id)
    origin = _open_in(tx, point.id, mine) if mine else None
    if origin is not None:
        closed(tx, origin, RelayState.DEFERRED, "session")
    routing = Routing(
        id=new_id(),
        event_id=tx.event.id,
        post_id=stored.id,
        from_session=mine.id if mine else None,
        to_session=theirs.id,
        origin=origin.id if origin else None,
        note=note,
        answer="",
        state=RoutingState.OFFERED,
        sent_by=tx.actor,
        sent_at=tx.now,
        settled_at=None,
        version=1,
    )
    data = kinds.PointRouted(contribution=point.id, session=theirs.id)
    tx.append(data, ("routing", routing.id), *posts_of(point))
    routings.add(tx.conn, routing)
    return _answer(routing)


def accept(tx: Tx, acting: Acting, routing_id: str, version: int) -> dict[str, Any]:
    """Take an offered point into one's own queue, with the note that came with it.

    Raises NotFound, NotYourSession, Stale, and Refused as `relays.raise_point` does.
    """
    routing = _looked_at(tx, routing_id, version)
    session_of(tx, acting, routing.to_session)
    raised = queue.raise_point(tx, acting, routing.post_id, routing.to_session, routing.note)
    data = kinds.RoutingAccepted(relay=raised["relay"])
    return _answer(_settled(tx, routing, data, RoutingState.ACCEPTED)) | {"relay": raised["relay"]}


def give_back(tx: Tx, acting: Acting, routing_id: str, version: int, words: str) -> dict[str, Any]:
    """Give an offered point back, with a word about why; it returns to where it was set aside.

    Raises NotFound, NotYourSession, Stale, Refused.
    """
    routing = _looked_at(tx, routing_id, version)
    session_of(tx, acting, routing.to_session)
    now = _settled(tx, routing, kinds.RoutingReturned(), RoutingState.RETURNED, answer=words)
    _put_back(tx, routing)
    return _answer(now)


def cancel(tx: Tx, acting: Acting, routing_id: str, version: int) -> dict[str, Any]:
    """Take one's own offer back. Raises NotFound, NotYourSession, Stale, Refused."""
    routing = _looked_at(tx, routing_id, version)
    if routing.from_session is not None:
        session_of(tx, acting, routing.from_session)
    now = _settled(tx, routing, kinds.RoutingCancelled(), RoutingState.CANCELLED)
    _put_back(tx, routing)
    return _answer(now)


def ended(tx: Tx, session: Session) -> None:
    """Give back what is on offer to a session that ends."""
    for routing in routings.open_ones(tx.conn, tx.event.id):
        if routing.to_session == session.id:
            _settled(tx, routing, kinds.RoutingReturned(), RoutingState.RETURNED)
            _put_back(tx, routing)


def _session(tx: Tx, session_id: str) -> Session:
    found = programme.sessions_by_ids(tx.conn, tx.event.id, {session_id}).get(session_id)
    if found is None:
        raise NotFound("There is no such session in this event.")
    return found


def _open_in(tx: Tx, contribution_id: str, session: Session) -> Relay | None:
    """The relay by which a point waits in a session. Raises Refused for one that is on the floor."""
    raised = relays.of_contributions(tx.conn, {contribution_id})
    found = next((one for one in raised if one.session_id == session.id and one.state in OPEN), None)
    if found is not None and found.state is RelayState.ON_FLOOR:
        raise Refused(
            "This is in the room now.",
            remedy="Close it, or put it back into the queue first.",
            relay=found.id,
        )
    return found


def _require_not_offered(tx: Tx, contribution_id: str) -> None:
    offered = routings.open_ones(tx.conn, tx.event.id)
    made = contributions.of_posts(tx.conn, {other.post_id for other in offered})
    for other in offered:
        if made.get(other.post_id) == contribution_id:
            raise Refused(
                "This point is on offer to a room already.",
                remedy="Wait for their answer, or take the offer back.",
                routing=other.id,
            )


def _looked_at(tx: Tx, routing_id: str, version: int) -> Routing:
    found = routings.by_ids(tx.conn, tx.event.id, {routing_id}).get(routing_id)
    if found is None:
        raise NotFound("There is no such offer in this event.")
    if found.routing.version != version:
        raise Stale("This changed since you looked at it.", current=current(found))
    if found.routing.state is not RoutingState.OFFERED:
        raise Refused("This offer was answered already.", current=current(found))
    return found.routing


def _settled(tx: Tx, routing: Routing, data: Data, state: RoutingState, **more: Any) -> Routing:
    tx.append(data, ("routing", routing.id), ("post", routing.post_id))
    now = routing.model_copy(
        update={"state": state, "settled_at": tx.now, "version": routing.version + 1, **more}
    )
    routings.save(tx.conn, now)
    return now


def _put_back(tx: Tx, routing: Routing) -> None:
    """Reopen what was set aside for an offer, if it still can be."""
    if routing.origin is None:
        return
    relay = relays.plain(tx.conn, tx.event.id, {routing.origin}).get(routing.origin)
    if relay is not None and relay.state is RelayState.DEFERRED:
        queue.put_back(tx, relay)


def _answer(routing: Routing) -> dict[str, Any]:
    return {"routing": routing.id, "state": routing.state.value, "version": routing.version}
