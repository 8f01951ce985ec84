"""Answers: which prompt of which session a post was said to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from wall.sheet import Answer, StoredAnswer
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.sheet_tables import answer

_BY_IDS = select(answer).where(
    answer.c.event_id == bindparam("event"), answer.c.id.in_(bindparam("ids", expanding=True))
)


def put(conn: Connection, now: Sequence[Answer]) -> None:
    """Write what posts were said to, known before or not. However many there are, it takes as many
    statements."""
    if not now:
        return
    for some in ids_in_chunks([one.id for one in now]):
        conn.execute(delete(answer).where(answer.c.id.in_(some)))
    conn.execute(insert(answer), [one.model_dump(mode="json") for one in now])


def clear(conn: Connection, post_id: str) -> None:
    """Forget what a post was said to."""
    conn.execute(delete(answer).where(answer.c.id == post_id))


def plain(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Answer]:
    """Answers of an event by the ids of their posts."""
    return {
        row.id: _answer(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredAnswer]:
    """Answers of an event by the ids of their posts, with these posts."""
    found = plain(conn, event_id, ids)
    stored = posts.by_ids(conn, event_id, found.keys()) if found else {}
    return {one.id: StoredAnswer(answer=one, stored=stored[one.id]) for one in found.values()}


def _answer(row: Row[Any]) -> Answer:
    return Answer(**row._asdict())
