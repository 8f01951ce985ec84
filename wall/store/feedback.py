"""Feedback on sessions, under digests that name nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from wall.asks import Feedback
from wall.store.ask_tables import session_feedback as table
from wall.store.chunks import ids_in_chunks

_OF = (
    select(table)
    .where(table.c.session_id.in_(bindparam("ids", expanding=True)))
    .order_by(table.c.session_id, table.c.digest)
)


def keep(conn: Connection, session_id: str, digest: str, given: Feedback) -> None:
    """Keep what a participant says of a session, in place of what they said before."""
    here = (table.c.session_id == session_id, table.c.digest == digest)
    values = given.model_dump()
    if conn.execute(update(table).where(*here).values(**values)).rowcount == 0:
        conn.execute(insert(table).values(session_id=session_id, digest=digest, **values))


def withdraw(conn: Connection, session_id: str, digest: str) -> bool:
    """Forget what a participant said of a session; whether they had."""
    here = (table.c.session_id == session_id, table.c.digest == digest)
    return conn.execute(delete(table).where(*here)).rowcount > 0


def of(conn: Connection, session_id: str, digest: str) -> Feedback | None:
    """What this participant said of a session."""
    here = (table.c.session_id == session_id, table.c.digest == digest)
    row = conn.execute(select(table).where(*here)).one_or_none()
    return _feedback(row) if row else None


def of_sessions(conn: Connection, ids: Collection[str]) -> Iterator[tuple[str, Feedback]]:
    """(session, what somebody said of it), in an order that says nothing."""
    for some in ids_in_chunks(ids):
        for row in conn.execute(_OF, {"ids": some}):
            yield row.session_id, _feedback(row)


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(worth=row.worth, heard=row.heard, keep=row.keep, change=row.change)
