"""An event's moderation rules: one JSON text with a version, apart from the event's row, because a
word list of 50,000 lines must not be read with every command."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from wall.store.tables import event_rules


def version(conn: Connection, event_id: str) -> int:
    """The version of an event's rules; 0 where none were ever set."""
    found = conn.execute(select(event_rules.c.version).where(event_rules.c.event_id == event_id)).first()
    return found.version if found else 0


def body(conn: Connection, event_id: str) -> str:
    """An event's rules as JSON; an empty object where none were ever set."""
    found = conn.execute(select(event_rules.c.body).where(event_rules.c.event_id == event_id)).first()
    return found.body if found else "{}"


def save(conn: Connection, event_id: str, new_version: int, text: str) -> None:
    """Store an event's rules under their new version."""
    values = {"version": new_version, "body": text}
    changed = conn.execute(update(event_rules).where(event_rules.c.event_id == event_id).values(values))
    if changed.rowcount == 0:
        conn.execute(insert(event_rules).values(event_id=event_id, **values))
