"""Relays: the commands of a queue. Each carries the version that the person looked at, so that of two
who move one relay at once the second hears what the first did."""

from __future__ import annotations

from typing import Any

from facilitator.contributions import approve_waiting, contribution_with
from facilitator.guards import (
    Acting,
    post_of,
    require_not_ended,
    require_running,
    session_of,
)
from facilitator.moving import (
    closed,
    contribution_by,
    first_rank,
    guarded,
    in_state,
    looked_at,
    moved,
    next_of,
    on_floor,
    queued_first,
    readied,
    relay_now,
    require_lead_shown,
    require_only_one,
    subjects,
    taken_up,
)
from facilitator.receipts import take_back
from facilitator.states import rank_at, rank_last
from wall.entries import kinds
from wall.errors import BadInput, Refused, Stale
from wall.journal import Tx
from wall.model import PostState, new_id
from wall.parallel import HEARD, Contribution, Relay, RelayState
from wall.programme import Session, SessionState
from wall.store import contributions, joining, posts, programme, relays


def raise_point(tx: Tx, acting: Acting, post_id: str, session_id: str, note: str = "") -> dict[str, Any]:
    """Queue the point that a post makes for a session. A post that waits is approved with it by who may.

    Raises NotFound, NotYourSession, and Refused for a post that cannot be shown, a session that has
    ended, and a point that is on its way through this session already.
    """
    session = session_of(tx, acting, session_id)
    require_not_ended(session)
    stored = post_of(tx, post_id)
    approve_waiting(tx, acting, stored)
    contribution = _led_by_shown(tx, contribution_with(tx, stored), stored.id)
    require_lead_shown(tx, contribution)
    require_only_one(tx, contribution.id, session.id)
    ranks = [other.rank for other in in_state(tx, session, RelayState.QUEUED)]
    relay = Relay(
        id=new_id(),
        event_id=tx.event.id,
        contribution_id=contribution.id,
        session_id=session.id,
        state=RelayState.QUEUED,
        rank=rank_last(ranks),
        note=note,
        detail="",
        outcome="",
        before=None,
        raised_by=tx.actor,
        raised_at=tx.now,
        floor_at=None,
        closed_at=None,
        version=1,
    )
    data = kinds.RelayRaised(contribution=contribution.id, session=session.id)
    tx.append(data, *subjects(relay, contribution))
    relays.add(tx.conn, relay)
    return {**_answer(relay), "contribution": contribution.id}


def place(tx: Tx, acting: Acting, relay_id: str, version: int, before: str | None) -> dict[str, Any]:
    """Put a queued relay before another one of its queue, or (None) at its end.

    Raises BadInput, NotFound, NotYourSession, Refused, and Stale too where the other one has left the
    queue: `current` is the relay, `queue` are the ids that wait.
    """
    relay, session = looked_at(tx, acting, relay_id, version)
    guarded(tx, relay, "place")
    if before == relay.id:
        raise BadInput("A relay cannot come before itself.", field="before")
    others = [other for other in in_state(tx, session, RelayState.QUEUED) if other.id != relay.id]
    index = _index_of(tx, relay, others, before)
    rank, made_room = rank_at([other.rank for other in others], index)
    shifted = [("relay", others[at].id) for at in made_room]
    contribution = contribution_by(tx, relay)
    tx.append(kinds.RelayPlaced(rank=rank), *subjects(relay, contribution), *shifted)
    for at, new_rank in made_room.items():
        relays.set_rank(tx.conn, others[at].id, new_rank)
    placed = relay.model_copy(update={"rank": rank, "version": relay.version + 1})
    relays.save(tx.conn, placed)
    return _answer(placed)


def ready(tx: Tx, acting: Acting, relay_id: str, version: int) -> dict[str, Any]:
    """Make a queued relay, or the one on the floor, next.

    Raises NotFound, NotYourSession, Stale, Refused.
    """
    relay, session = looked_at(tx, acting, relay_id, version)
    guarded(tx, relay, "ready")
    return _answer(readied(tx, session, relay))


def queue(tx: Tx, acting: Acting, relay_id: str, version: int) -> dict[str, Any]:
    """Put what is next, or on the floor, back at the queue's head. Raises as `ready`."""
    relay, session = looked_at(tx, acting, relay_id, version)
    guarded(tx, relay, "queue")
    return _answer(queued_first(tx, session, relay))


def take_up(tx: Tx, acting: Acting, relay_id: str, version: int) -> dict[str, Any]:
    """Bring a relay onto the empty floor of its running session's room. Raises as `ready`."""
    relay, session = looked_at(tx, acting, relay_id, version)
    guarded(tx, relay, "take_up")
    require_running(session)
    held = on_floor(tx, session.room_id)
    if held is not None:
        raise Refused(
            "Something else is in the room now.",
            remedy="Close it first, or move the queue on.",
            floor=held.id,
        )
    return _answer(taken_up(tx, relay))


def close(
    tx: Tx,
    acting: Acting,
    relay_id: str,
    version: int,
    state: RelayState,
    detail: str = "",
    outcome: str | None = None,
) -> dict[str, Any]:
    """Close a relay. Discussed and answered can be only what is on the floor; its authors are owed a
    reply. Raises BadInput for a detail that does not fit, NotFound, NotYourSession, Stale, Refused."""
    relay, _ = looked_at(tx, acting, relay_id, version)
    return _answer(closed(tx, relay, state, detail, outcome))


def reopen(tx: Tx, acting: Acting, relay_id: str, version: int) -> dict[str, Any]:
    """Take closing back: where the relay was, if that is free, else at the queue's head.

    What moved up in the same command moves down again, so that one key too many is taken back by one.
    Replies that were owed for it are owed no longer. Raises NotFound, NotYourSession, Stale, Refused.
    """
    relay, session = looked_at(tx, acting, relay_id, version)
    guarded(tx, relay, "reopen")
    require_not_ended(session)
    require_lead_shown(tx, contribution_by(tx, relay))
    require_only_one(tx, relay.contribution_id, session.id)
    return _answer(_reopened(tx, relay, session))


def annotate(
    tx: Tx, acting: Acting, relay_id: str, version: int, note: str | None, outcome: str | None
) -> dict[str, Any]:
    """Write what the chair should know, or what came of it. None leaves a text as it is.

    Raises NotFound, NotYourSession, Stale.
    """
    relay, _ = looked_at(tx, acting, relay_id, version)
    given = {"note": note, "outcome": outcome}
    changed = {name: text for name, text in given.items() if text not in {None, getattr(relay, name)}}
    if not changed:
        return _answer(relay)
    return _answer(moved(tx, relay, kinds.RelayAnnotated(fields=tuple(sorted(changed))), **changed))


def put_back(tx: Tx, relay: Relay) -> None:
    """Take the closing of a relay back as far as that can be now; where it cannot, it stays closed."""
    session = programme.sessions_by_ids(tx.conn, tx.event.id, {relay.session_id})[relay.session_id]
    try:
        require_not_ended(session)
        require_lead_shown(tx, contribution_by(tx, relay))
        require_only_one(tx, relay.contribution_id, session.id)
    except Refused:
        return
    _reopened(tx, relay, session)


def _reopened(tx: Tx, relay: Relay, session: Session) -> Relay:
    if relay.state in HEARD:
        take_back(tx, relay)
    state = _way_back(tx, relay, session)
    own_place = state is RelayState.QUEUED and relay.before is RelayState.QUEUED
    rank = relay.rank if own_place or state is not RelayState.QUEUED else first_rank(tx, session)
    blank = {"detail": "", "before": None, "closed_at": None}
    return moved(tx, relay, kinds.RelayReopened(state=state), state=state, rank=rank, **blank)


def _led_by_shown(tx: Tx, contribution: Contribution, post_id: str) -> Contribution:
    """Let the post that somebody raises lead its point, where the one that leads it is not shown."""
    there = posts.by_ids(tx.conn, tx.event.id, {contribution.posts[0], post_id})
    shown = {id_ for id_, one in there.items() if one.state is PostState.APPROVED}
    if contribution.posts[0] in shown or post_id not in shown:
        return contribution
    joining.lead(tx.conn, contribution.id, post_id)
    return contributions.by_ids(tx.conn, tx.event.id, {contribution.id})[contribution.id]


def _index_of(tx: Tx, relay: Relay, others: list[Relay], before: str | None) -> int:
    ids = [other.id for other in others]
    if before is None:
        return len(ids)
    if before not in ids:
        raise Stale(
            "What it was put before is no longer in this queue.", current=relay_now(tx, relay), queue=ids
        )
    return ids.index(before)


def _way_back(tx: Tx, relay: Relay, session: Session) -> RelayState:
    """Where a closed relay goes, once what has to move out of its way did."""
    if relay.before is RelayState.NEXT and next_of(tx, session) is None:
        return RelayState.NEXT
    if relay.before is not RelayState.ON_FLOOR or session.state is not SessionState.RUNNING:
        return RelayState.QUEUED
    held = on_floor(tx, session.room_id)
    if held is None:
        return RelayState.ON_FLOOR
    if held.session_id == session.id and held.floor_at == relay.closed_at:
        readied(tx, session, held)
        return RelayState.ON_FLOOR
    return RelayState.QUEUED


def _answer(relay: Relay) -> dict[str, Any]:
    return {"relay": relay.id, "state": relay.state.value, "version": relay.version}
