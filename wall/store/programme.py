"""The programme: rooms and sessions."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wall.programme import Room, Session
from wall.store.codec import to_json
from wall.store.tables import room, session

_LISTS = ("speakers", "facilitators", "prompts")
_ROOMS = select(room).where(room.c.event_id == bindparam("event"))
_SESSIONS = select(session).where(session.c.event_id == bindparam("event"))
_ROOMS_BY_IDS = _ROOMS.where(room.c.id.in_(bindparam("ids", expanding=True)))
_SESSIONS_BY_IDS = _SESSIONS.where(session.c.id.in_(bindparam("ids", expanding=True)))
_ROOMS_LISTED = _ROOMS.order_by(room.c.position, room.c.id)
_SESSIONS_LISTED = _SESSIONS.order_by(session.c.starts_at, session.c.id)


def add_room(conn: Connection, new: Room) -> None:
    """Store a new room."""
    conn.execute(insert(room).values(**new.model_dump()))


def save_room(conn: Connection, changed: Room) -> None:
    """Write a room as it is now."""
    conn.execute(update(room).where(room.c.id == changed.id).values(**changed.model_dump(exclude={"id"})))


def rooms_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Room]:
    """Rooms of an event by id."""
    asked = {"event": event_id, "ids": sorted(ids)}
    return {row.id: Room(**row._asdict()) for row in conn.execute(_ROOMS_BY_IDS, asked)}


def rooms(conn: Connection, event_id: str) -> list[Room]:
    """All rooms of an event, in the order in which pages show them."""
    return [Room(**row._asdict()) for row in conn.execute(_ROOMS_LISTED, {"event": event_id})]


def add_session(conn: Connection, new: Session) -> None:
    """Store a new session."""
    conn.execute(insert(session).values(**_columns(new)))


def save_session(conn: Connection, changed: Session) -> None:
    """Write a session as it is now."""
    conn.execute(update(session).where(session.c.id == changed.id).values(**_columns(changed)))


def sessions_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Session]:
    """Sessions of an event by id."""
    asked = {"event": event_id, "ids": sorted(ids)}
    return {row.id: _session(row) for row in conn.execute(_SESSIONS_BY_IDS, asked)}


def sessions(conn: Connection, event_id: str) -> list[Session]:
    """All sessions of an event, by their planned beginning."""
    return [_session(row) for row in conn.execute(_SESSIONS_LISTED, {"event": event_id})]


def _columns(value: Session) -> dict[str, Any]:
    columns = value.model_dump()
    return columns | {name: to_json(columns[name]) for name in (*_LISTS, "hashtags")}


def _session(row: Row[Any]) -> Session:
    values = row._asdict()
    lists = {name: json.loads(values[name]) for name in _LISTS}
    return Session(**values | lists | {"hashtags": json.loads(values["hashtags"] or "[]")})
