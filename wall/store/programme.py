"""The programme: rooms and sessions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select, update

from wall.programme import Room, Session
from wall.store.codec import to_json
from wall.store.display_tables import control
from wall.store.tables import metadata, room, session

_LISTS = ("speakers", "facilitators", "prompts")
_LATER = ("stream", "captions", "recording", "source")
"""Texts that sessions of before them have none of."""
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


def holding(conn: Connection, of: Session | Room) -> tuple[str, ...]:
    """The names of the tables in which something refers to a session or a room, sorted."""
    found = {name for name, here in _referring(of) if conn.execute(select(1).where(here).limit(1)).first()}
    return tuple(sorted(found))


def remove_session(conn: Connection, gone: Session) -> None:
    """Forget a session that nothing refers to."""
    conn.execute(delete(session).where(session.c.id == gone.id))


def remove_room(conn: Connection, gone: Room) -> None:
    """Forget a room that nothing refers to, with how its walls were held."""
    conn.execute(delete(control).where(control.c.event_id == gone.event_id, control.c.id == gone.id))
    conn.execute(delete(room).where(room.c.id == gone.id))


def _referring(of: Session | Room) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """By the name of a table, which of its rows refer to such a thing."""
    target = session if isinstance(of, Session) else room
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            if key.column is target.c.id:
                yield table.name, key.parent == of.id


def _columns(value: Session) -> dict[str, Any]:
    columns = value.model_dump()
    return columns | {name: to_json(columns[name]) for name in (*_LISTS, "hashtags")}


def _session(row: Row[Any]) -> Session:
    values = row._asdict()
    lists = {name: json.loads(values[name]) for name in _LISTS}
    later = {name: values[name] or "" for name in _LATER} | {"delay_seconds": values["delay_seconds"] or 0}
    later |= {"walls": values["walls"] or "on", "slides_private": bool(values["slides_private"])}
    return Session(**values | lists | later | {"hashtags": json.loads(values["hashtags"] or "[]")})
