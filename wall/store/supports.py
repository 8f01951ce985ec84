"""Who thinks so too: rows that name nobody, and how many there were when they were last counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from wall.points import StoredSupport, Support
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.point_tables import support, support_count
from wall.store.tables import event

_IDS: Any = bindparam("ids", expanding=True)
_COLUMNS = [support_count.c[name] for name in Support.model_fields]
_BY_IDS = select(*_COLUMNS).where(
    support_count.c.event_id == bindparam("event"), support_count.c.id.in_(_IDS)
)
_DUE = (
    select(support_count.c.event_id)
    .join(event, event.c.id == support_count.c.event_id)
    .where(support_count.c.due.is_(True), event.c.deleted_at.is_(None))
    .distinct()
)
_DUE_OF = (
    select(*_COLUMNS)
    .where(support_count.c.event_id == bindparam("event"), support_count.c.due.is_(True))
    .order_by(support_count.c.id)
    .limit(bindparam("most"))
)
_COUNTED = (
    select(support.c.post_id, func.count().label("people"))
    .where(support.c.post_id.in_(_IDS))
    .group_by(support.c.post_id)
)
_HELD = select(support.c.post_id).where(
    support.c.post_id.in_(_IDS), support.c.digest.in_(bindparam("digests", expanding=True))
)


def add(conn: Connection, event_id: str, post_id: str, digest: str) -> None:
    """Keep that this phone thinks so too; that it did before changes nothing. It is counted later."""
    if _insert(conn, support, post_id=post_id, digest=digest):
        _due(conn, event_id, post_id)


def take_back(conn: Connection, event_id: str, post_id: str, digest: str) -> None:
    """Forget that this phone thinks so too; that it did not changes nothing."""
    here = (support.c.post_id == post_id, support.c.digest == digest)
    if conn.execute(delete(support).where(*here)).rowcount:
        _due(conn, event_id, post_id)


def given(conn: Connection, digests: Mapping[str, str]) -> frozenset[str]:
    """Those of some posts (post id → digest) of which this digest is kept."""
    return frozenset(
        post_id
        for some in ids_in_chunks(digests.keys())
        for post_id in conn.execute(
            _HELD, {"ids": some, "digests": [digests[one] for one in some]}
        ).scalars()
    )


def due(conn: Connection) -> list[str]:
    """The events of which something is to be counted."""
    return list(conn.execute(_DUE).scalars())


def count_due(conn: Connection, event_id: str, most: int) -> list[Support]:
    """Count anew what changed, at most so many posts; those whose count is another now."""
    waiting = [Support(**row._asdict()) for row in conn.execute(_DUE_OF, {"event": event_id, "most": most})]
    changed = []
    for some in ids_in_chunks({one.id for one in waiting}):
        # First the mark, then the count: who comes in between is due again.
        conn.execute(update(support_count).where(support_count.c.id.in_(some)).values(due=False))
        people = {row.post_id: row.people for row in conn.execute(_COUNTED, {"ids": some})}
        changed += [
            one.model_copy(update={"people": people.get(one.id, 0), "version": one.version + 1})
            for one in waiting
            if one.id in some and one.people != people.get(one.id, 0)
        ]
    for now in changed:
        values = {"people": now.people, "version": now.version}
        conn.execute(update(support_count).where(support_count.c.id == now.id).values(**values))
    return changed


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredSupport]:
    """What was counted of these posts of an event, by their ids; nothing of those nobody supported."""
    found = [
        Support(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    ]
    there = posts.by_ids(conn, event_id, {one.id for one in found}) if found else {}
    return {one.id: StoredSupport(support=one, stored=there[one.id]) for one in found}


def purge(conn: Connection, post_id: str) -> None:
    """Forget who thinks so too. The empty count stays: readers who held it hear that it is gone."""
    conn.execute(delete(support).where(support.c.post_id == post_id))
    gone = {"people": 0, "due": False, "version": support_count.c.version + 1}
    conn.execute(update(support_count).where(support_count.c.id == post_id).values(**gone))


def _due(conn: Connection, event_id: str, post_id: str) -> None:
    _insert(conn, support_count, id=post_id, event_id=event_id, people=0, due=True, version=1)
    conn.execute(update(support_count).where(support_count.c.id == post_id).values(due=True))


def _insert(conn: Connection, table: Any, **values: Any) -> bool:
    """Whether there was no such row."""
    try:
        with conn.begin_nested():
            conn.execute(insert(table).values(**values))
    except IntegrityError:
        return False
    return True
