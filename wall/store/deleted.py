"""Deleted events, as long as they can be brought back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from wall.model import Event
from wall.store.events import from_row
from wall.store.tables import event


def listed(conn: Connection, before: datetime | None = None) -> list[Event]:
    """Deleted events, the latest first: all, or those that were deleted before a time."""
    query = select(event).where(event.c.deleted_at.is_not(None)).order_by(event.c.deleted_at.desc())
    if before is not None:
        query = query.where(event.c.deleted_at < before)
    return [from_row(row) for row in conn.execute(query)]


def is_over(conn: Connection, event_id: str, before: datetime) -> bool:
    """Whether this event was deleted before a time and nobody brought it back; nobody can until the
    transaction ends."""
    there = (event.c.id == event_id, event.c.deleted_at < before)
    return conn.execute(select(event.c.id).where(*there).with_for_update()).first() is not None


def rehearsals(conn: Connection, event_id: str) -> list[str]:
    """The ids of the events that only rehearse this one."""
    return list(conn.execute(select(event.c.id).where(event.c.rehearsal_of == event_id)).scalars())


def bring_back(conn: Connection, event_id: str) -> bool:
    """Let a deleted event be found again. False: there is none of this id."""
    kept = (event.c.id == event_id, event.c.deleted_at.is_not(None))
    return conn.execute(update(event).where(*kept).values(deleted_at=None)).rowcount == 1
