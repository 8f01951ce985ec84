"""Second looks that authors asked for, and what they were answered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.model import StoredPost
from wall.points import TURNED_DOWN, LookState, SecondLook, StoredSecondLook
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.point_tables import second_look
from wall.store.tables import post

_IN_EVENT = select(second_look).where(second_look.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(second_look.c.id.in_(bindparam("ids", expanding=True)))
_WAITS = (
    select(*posts.stored_columns())
    .join(second_look, second_look.c.id == post.c.id)
    .where(
        second_look.c.event_id == bindparam("event"),
        second_look.c.state == LookState.ASKED.value,
        post.c.state.in_([state.value for state in TURNED_DOWN]),
        post.c.received > bindparam("after"),
    )
    .order_by(post.c.received)
    .limit(bindparam("most"))
)
WINDOW = 200
"""A snapshot holds this many second looks that wait."""


def add(conn: Connection, new: SecondLook) -> None:
    """Store that an author asks for one."""
    conn.execute(insert(second_look).values(**new.model_dump()))


def save(conn: Connection, now: SecondLook) -> None:
    """Write a second look as it is now."""
    values = now.model_dump(exclude={"id"})
    conn.execute(update(second_look).where(second_look.c.id == now.id).values(**values))


def plain(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, SecondLook]:
    """The second looks at these posts of an event, by their ids."""
    return {
        row.id: SecondLook(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredSecondLook]:
    """The second looks at these posts, with them."""
    found = plain(conn, event_id, ids)
    there = posts.by_ids(conn, event_id, found) if found else {}
    return {id_: StoredSecondLook(look=look, stored=there[id_]) for id_, look in found.items()}


def waiting(conn: Connection, event_id: str, limit: int, after: int | None = None) -> list[StoredPost]:
    """Posts at which a person has yet to look again, in the order in which they arrived; `after` pages to
    those received after that seq."""
    asked: dict[str, Any] = {"event": event_id, "most": limit, "after": after or 0}
    return posts.stored_from(conn.execute(_WAITS, asked))


def window(conn: Connection, event_id: str) -> list[StoredSecondLook]:
    """What a snapshot holds."""
    return list(by_ids(conn, event_id, {one.id for one in waiting(conn, event_id, WINDOW)}).values())


def purge(conn: Connection, post_id: str) -> None:
    """Remove the words of a second look, and of its answer, with those of its post."""
    gone = {"words": "", "answer": "", "version": second_look.c.version + 1}
    conn.execute(update(second_look).where(second_look.c.id == post_id).values(**gone))
