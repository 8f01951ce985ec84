"""Events: the row whose lock orders an event's commands. A deleted event is not there (`deleted`)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from wall.model import Event
from wall.store.codec import to_json
from wall.store.tables import event

_NAME = re.compile(r"[A-Za-z0-9-]{1,63}")
_LISTS = ("hashtags", "languages")

# Built once: every command runs these, and to build a statement costs more than to run it.
_THERE = event.c.deleted_at.is_(None)
_BY_ID = select(event).where(event.c.id == bindparam("event"), _THERE)
_NAMED = select(event).where(
    or_(event.c.slug == bindparam("name"), event.c.id == bindparam("name")), _THERE
)
_LOCKED = _BY_ID.with_for_update()
_HEAD = select(event.c.epoch, event.c.seq).where(event.c.id == bindparam("event"), _THERE)
_SAVE = update(event).where(event.c.id == bindparam("event"))


def add(conn: Connection, new: Event) -> bool:
    """Store a new event. False when its slug is taken."""
    try:
        with conn.begin_nested():
            conn.execute(insert(event).values(**_columns(new.model_dump())))
    except IntegrityError:
        return False
    return True


def named(conn: Connection, name: str) -> Event | None:
    """The event with this slug or id. What can be neither is not asked for (NUL stops PostgreSQL)."""
    if not _NAME.fullmatch(name):
        return None
    row = conn.execute(_NAMED, {"name": name}).first()
    return from_row(row) if row else None


def is_free(conn: Connection, slug: str) -> bool:
    """Whether no event has this short name, deleted ones included."""
    return conn.execute(select(event.c.id).where(event.c.slug == slug)).first() is None


def listed(conn: Connection) -> list[Event]:
    """All events, newest first."""
    return [from_row(row) for row in conn.execute(select(event).where(_THERE).order_by(event.c.id.desc()))]


def by_id(conn: Connection, event_id: str) -> Event | None:
    """The event with this id."""
    row = conn.execute(_BY_ID, {"event": event_id}).first()
    return from_row(row) if row else None


def locked(conn: Connection, event_id: str) -> Event | None:
    """The event, with its row locked until the transaction ends: commands of an event queue here.

    SQLite has one writer for the whole file and needs no row lock.
    """
    row = conn.execute(_LOCKED, {"event": event_id}).first()
    return from_row(row) if row else None


def head(conn: Connection, event_id: str) -> tuple[str, int] | None:
    """(epoch, seq) of an event: the cheapest question that a reader can ask."""
    row = conn.execute(_HEAD, {"event": event_id}).first()
    return (row.epoch, row.seq) if row else None


def save(conn: Connection, event_id: str, last_at: datetime, **columns: Any) -> None:
    """Write the columns that a command changed."""
    conn.execute(_SAVE, {"event": event_id, "last_at": last_at, **_columns(columns)})


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) if name in _LISTS else value for name, value in values.items()}


def from_row(row: Row[Any]) -> Event:
    """An event as its row has it."""
    values = row._asdict()
    for name in _LISTS:
        values[name] = tuple(json.loads(values[name]))
    return Event(**values)
