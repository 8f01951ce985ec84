"""What was confirmed before the doors open: one row an event and line, the newest word counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from wall.store.doors_tables import door


@dataclass(frozen=True)
class Confirmed:
    """Who confirmed a line, as the journal names them, and when."""

    actor: str
    at: datetime


def confirmed(conn: Connection, event_id: str) -> dict[str, Confirmed]:
    """What is confirmed of an event, by the code of the line."""
    query = select(door.c.item, door.c.actor, door.c.at).where(door.c.event_id == event_id)
    return {row.item: Confirmed(row.actor, row.at) for row in conn.execute(query)}


def confirm(conn: Connection, event_id: str, item: str, actor: str, at: datetime) -> None:
    """Write that a line is confirmed, in the place of what was said before."""
    take_back(conn, event_id, item)
    conn.execute(insert(door).values(event_id=event_id, item=item, actor=actor, at=at))


def take_back(conn: Connection, event_id: str, item: str) -> bool:
    """Forget a confirmation. False: there was none."""
    gone = conn.execute(delete(door).where(door.c.event_id == event_id, door.c.item == item))
    return gone.rowcount > 0
