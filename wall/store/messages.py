"""Messages between the desk and the chair of a session."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.sheet import Message
from wall.store.chunks import ids_in_chunks
from wall.store.sheet_tables import message

MESSAGE_WINDOW = 50
"""A snapshot holds the messages that nobody acknowledged, and this many of the newest."""

_IN_EVENT = select(message).where(message.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(message.c.id.in_(bindparam("ids", expanding=True)))
_OPEN = _IN_EVENT.where(message.c.ok_at.is_(None))
_NEWEST = _IN_EVENT.order_by(message.c.sent_at.desc(), message.c.id.desc()).limit(bindparam("most"))


def add(conn: Connection, new: Message) -> None:
    """Store a new message."""
    conn.execute(insert(message).values(**new.model_dump()))


def save(conn: Connection, now: Message) -> None:
    """Write a message as it is now."""
    conn.execute(update(message).where(message.c.id == now.id).values(**now.model_dump(exclude={"id"})))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Message]:
    """Messages of an event by id."""
    return {
        row.id: Message(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def unread(conn: Connection, event_id: str) -> list[Message]:
    """The messages of an event that nobody acknowledged."""
    return [Message(**row._asdict()) for row in conn.execute(_OPEN, {"event": event_id})]


def window(conn: Connection, event_id: str) -> list[Message]:
    """What a snapshot holds."""
    newest = conn.execute(_NEWEST, {"event": event_id, "most": MESSAGE_WINDOW})
    rows = [*newest, *conn.execute(_OPEN, {"event": event_id})]
    return list({row.id: Message(**row._asdict()) for row in rows}.values())
