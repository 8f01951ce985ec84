"""Placements: which session each post belongs to, as far as a clue or a person told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.model import StoredPost
from wall.parallel import Placement, StoredPlacement
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.contributions_tables import placement

_BY_IDS = select(placement).where(placement.c.id.in_(bindparam("ids", expanding=True)))


def add(conn: Connection, new: Sequence[Placement]) -> None:
    """Store the placements of posts that have none yet."""
    if new:
        conn.execute(insert(placement), [one.model_dump() for one in new])


def save(conn: Connection, changed: Placement) -> None:
    """Write a placement, new or known."""
    values = changed.model_dump()
    if conn.execute(update(placement).where(placement.c.id == changed.id).values(**values)).rowcount == 0:
        conn.execute(insert(placement).values(**values))


def plain(conn: Connection, ids: Collection[str]) -> dict[str, Placement]:
    """Placements by the ids of their posts, without the posts; most may have none."""
    return {
        row.id: Placement(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"ids": some})
    }


def of_session(conn: Connection, event_id: str, session_id: str, most: int) -> list[str]:
    """The ids of the newest posts that belong to a session, at most so many."""
    here = (placement.c.event_id == event_id, placement.c.session_id == session_id)
    newest = select(placement.c.id).where(*here).order_by(placement.c.id.desc()).limit(most)
    return list(conn.execute(newest).scalars())


def of_posts(conn: Connection, placed: Iterable[StoredPost]) -> list[StoredPlacement]:
    """The placements of these posts that have one."""
    known = {stored.id: stored for stored in placed}
    found = plain(conn, known.keys())
    return [StoredPlacement(placement=one, stored=known[id_]) for id_, one in found.items()]


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredPlacement]:
    """Placements of an event by the ids of their posts."""
    found = plain(conn, ids)
    placed = posts.by_ids(conn, event_id, found.keys())
    return {
        id_: StoredPlacement(placement=one, stored=placed[id_])
        for id_, one in found.items()
        if id_ in placed
    }
