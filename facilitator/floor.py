"""The floor of a room: one key moves it on, a session's end clears it, and what leaves view leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facilitator.guards import Acting, require_running, session_of
from facilitator.moving import closed, in_state, next_of, on_floor, readied, taken_up
from wall.errors import Refused, Stale
from wall.journal import Tx
from wall.model import PostState
from wall.parallel import OPEN, TAKEN_BACK, Contribution, Relay, RelayState
from wall.programme import Session
from wall.store import contributions, joining, posts, relays


def advance(
    tx: Tx,
    acting: Acting,
    session_id: str,
    floor: str | None,
    upcoming: str | None,
    state: RelayState = RelayState.DISCUSSED,
    outcome: str | None = None,
) -> dict[str, Any]:
    """Move a running session on: what is on the floor is closed as `state`, what is next takes its
    place, and the head of the queue is next. `floor` and `upcoming` are what the person saw there.

    Raises NotFound, NotYourSession, Refused, and Stale with what is there now as {floor, next}.
    """
    session = session_of(tx, acting, session_id)
    require_running(session)
    here, following = on_floor(tx, session.room_id), next_of(tx, session)
    if (floor, upcoming) != (_id(here), _id(following)):
        raise Stale(
            "The queue moved since you looked at it.",
            current={"floor": _id(here), "next": _id(following)},
        )
    head = next(iter(in_state(tx, session, RelayState.QUEUED)), None)
    if not (here or following or head):
        raise Refused("Nothing is in the room, and nothing waits.", remedy="Add something to the queue.")
    if here:
        closed(tx, here, state, outcome=outcome)
    if following:
        taken_up(tx, following)
    if head:
        readied(tx, session, head)
    return {"closed": _id(here), "floor": _id(following), "next": _id(head)}


def clear(tx: Tx, session: Session) -> None:
    """End what is open in a session: the floor was discussed, what waits is left to the report."""
    for relay in relays.in_session(tx.conn, tx.event.id, session.id, OPEN):
        if relay.state is RelayState.ON_FLOOR:
            closed(tx, relay, RelayState.DISCUSSED)
        else:
            closed(tx, relay, RelayState.DEFERRED, "report")


def left_view(tx: Tx, post_ids: Sequence[str]) -> None:
    """The consequence of posts that are no longer shown: what they lead is dropped from every queue and
    floor, in the same transaction. Another of its posts that is shown leads the point from then on, so
    that it can be brought up again."""
    made = set(contributions.of_posts(tx.conn, set(post_ids)).values())
    if not made:
        return
    known = contributions.by_ids(tx.conn, tx.event.id, made)
    leads = posts.by_ids(tx.conn, tx.event.id, {one.posts[0] for one in known.values()})
    for relay in relays.of_contributions(tx.conn, made):
        lead = leads[known[relay.contribution_id].posts[0]]
        if relay.state in OPEN and lead.state is not PostState.APPROVED:
            closed(tx, relay, RelayState.DROPPED, TAKEN_BACK)
    for point in known.values():
        if leads[point.posts[0]].state is not PostState.APPROVED:
            _lead_on(tx, point)


def _lead_on(tx: Tx, point: Contribution) -> None:
    there = posts.by_ids(tx.conn, tx.event.id, point.posts)
    shown = next((one for one in point.posts if there[one].state is PostState.APPROVED), None)
    if shown is not None:
        joining.lead(tx.conn, point.id, shown)


def _id(relay: Relay | None) -> str | None:
    return relay.id if relay else None
