"""Offers of points between rooms, and hand-over notes: how facilitators work together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.replies import Handover, Routing, RoutingState, StoredRouting
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.reply_tables import handover, routing
from wall.store.tables import person

_IDS: Any = bindparam("ids", expanding=True)
_ROUTINGS = select(routing).where(routing.c.event_id == bindparam("event"))
_BY_IDS = _ROUTINGS.where(routing.c.id.in_(_IDS))
_OF_POSTS = _ROUTINGS.where(routing.c.post_id.in_(_IDS)).order_by(routing.c.id)
_LISTED = _ROUTINGS.order_by(routing.c.id)
_OPEN = _ROUTINGS.where(routing.c.state == RoutingState.OFFERED.value).order_by(routing.c.id)
_HANDOVERS = (
    select(handover, person.c.name)
    .join(person, person.c.id == handover.c.written_by, isouter=True)
    .where(handover.c.event_id == bindparam("event"))
)
_HANDOVERS_BY_IDS = _HANDOVERS.where(handover.c.id.in_(_IDS))


def add(conn: Connection, new: Routing) -> None:
    """Store a new offer."""
    conn.execute(insert(routing).values(**new.model_dump()))


def save(conn: Connection, changed: Routing) -> None:
    """Write an offer as it is now."""
    values = changed.model_dump(exclude={"id"})
    conn.execute(update(routing).where(routing.c.id == changed.id).values(**values))


def plain(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Routing]:
    """Offers of an event by id, without their posts."""
    return {
        row.id: Routing(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def open_ones(conn: Connection, event_id: str) -> list[Routing]:
    """The offers of an event that nobody answered yet, oldest first."""
    return [Routing(**row._asdict()) for row in conn.execute(_OPEN, {"event": event_id})]


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredRouting]:
    """Offers of an event by id, with the posts that lead them."""
    found = _led(conn, event_id, plain(conn, event_id, ids).values())
    return {one.routing.id: one for one in found}


def of_posts(conn: Connection, event_id: str, ids: Collection[str]) -> list[StoredRouting]:
    """The offers of the points that these posts lead, with them."""
    rows = (
        row
        for some in ids_in_chunks(ids)
        for row in conn.execute(_OF_POSTS, {"event": event_id, "ids": some})
    )
    return _led(conn, event_id, [Routing(**row._asdict()) for row in rows])


def listed(conn: Connection, event_id: str) -> list[StoredRouting]:
    """All offers of an event: a person made each, so they are few."""
    rows = conn.execute(_LISTED, {"event": event_id})
    return _led(conn, event_id, [Routing(**row._asdict()) for row in rows])


def put_handover(conn: Connection, now: Handover) -> None:
    """Write a session's hand-over note, new or known."""
    values = now.model_dump(exclude={"name"})
    if conn.execute(update(handover).where(handover.c.id == now.id).values(**values)).rowcount == 0:
        conn.execute(insert(handover).values(**values))


def handovers_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Handover]:
    """Hand-over notes by the ids of their sessions."""
    return {
        row.id: _handover(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_HANDOVERS_BY_IDS, {"event": event_id, "ids": some})
    }


def handovers(conn: Connection, event_id: str) -> list[Handover]:
    """All hand-over notes of an event."""
    return [_handover(row) for row in conn.execute(_HANDOVERS, {"event": event_id})]


def _handover(row: Any) -> Handover:
    return Handover(**row._asdict() | {"name": row.name or ""})


def _led(conn: Connection, event_id: str, found: Iterable[Routing]) -> list[StoredRouting]:
    known = list(found)
    leads = posts.by_ids(conn, event_id, {one.post_id for one in known}) if known else {}
    return [StoredRouting(routing=one, lead=leads[one.post_id]) for one in known]
