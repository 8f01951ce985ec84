"""An event's guidance: its versions as they were written."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from wall.model import Time
from wall.store.speaker_tables import guidance


def body(conn: Connection, event_id: str) -> tuple[int, str] | None:
    """The newest version and what it says, as JSON; None while nobody wrote any: then the defaults hold."""
    newest = (
        select(guidance.c.version, guidance.c.body)
        .where(guidance.c.event_id == event_id)
        .order_by(guidance.c.version.desc())
        .limit(1)
    )
    row = conn.execute(newest).first()
    return (row.version, row.body) if row else None


def add(conn: Connection, event_id: str, version: int, body: str, by: str, at: Time) -> None:
    """Store the next version; earlier ones stay."""
    values = {"version": version, "body": body, "written_by": by, "written_at": at}
    conn.execute(insert(guidance).values(event_id=event_id, **values))


def is_set(conn: Connection, event_id: str) -> bool:
    """Whether an organiser wrote or confirmed an event's guidance, its notice of what is kept included."""
    counted = select(func.count()).select_from(guidance).where(guidance.c.event_id == event_id)
    return int(conn.execute(counted).scalar_one()) > 0
