"""How feeds are, as the process that runs each wrote it last: text that `wall.intake.vitals` reads.

It is telemetry and not in the journal: one row for each feed, written every few seconds at most.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from wall.store import feeds
from wall.store.feed_tables import feed_vitals
from wall.store.tables import feed


@dataclass(frozen=True)
class Kept:
    """What is kept of a feed: `body` as it was written, `silent_since` while it is silent for longer than
    its rhythm explains, `held`: a process runs it now, by the database's clock."""

    body: str | None
    silent_since: datetime | None
    held: bool


def of_feeds(conn: Connection, ids: Collection[str]) -> dict[str, Kept]:
    """What is kept of these feeds, by id."""
    query = (
        select(feed.c.id, feed_vitals.c.body, feed_vitals.c.silent_since, feed.c.lease_until)
        .join(feed_vitals, feed_vitals.c.feed_id == feed.c.id, isouter=True)
        .where(feed.c.id.in_(sorted(ids)))
    )
    now = feeds.database_now(conn)
    rows = conn.execute(query).all()
    return {row.id: Kept(row.body, row.silent_since, (row.lease_until or now) > now) for row in rows}


def save(conn: Connection, feed_id: str, fence: int, body: str) -> bool:
    """Write how a feed is. False, and nothing is written: the lease is not held under this number."""
    if not feeds.holds_lease(conn, feed_id, fence):
        return False
    _put(conn, feed_id, body=body)
    return True


def silence(conn: Connection, feed_id: str, since: datetime | None) -> bool:
    """Write since when a feed is silent, None for an end to that. False where it was so already."""
    known = conn.execute(
        select(feed_vitals.c.silent_since).where(feed_vitals.c.feed_id == feed_id)
    ).scalar_one_or_none()
    if (known is None) == (since is None):
        return False
    _put(conn, feed_id, silent_since=since)
    return True


def silent(conn: Connection, event_id: str) -> tuple[datetime, int] | None:
    """Since when the first of an event's silent feeds is, and how many are; None: none is."""
    query = (
        select(func.min(feed_vitals.c.silent_since, type_=feed_vitals.c.silent_since.type), func.count())
        .join(feed, feed.c.id == feed_vitals.c.feed_id)
        .where(feed.c.event_id == event_id, feed_vitals.c.silent_since.is_not(None))
    )
    since, count = conn.execute(query).one()
    return (since, count) if count else None


def forget(conn: Connection, feed_id: str) -> None:
    """Forget how a feed is: it is removed."""
    conn.execute(delete(feed_vitals).where(feed_vitals.c.feed_id == feed_id))


def _put(conn: Connection, feed_id: str, **columns: object) -> None:
    here = feed_vitals.c.feed_id == feed_id
    if conn.execute(update(feed_vitals).where(here).values(**columns)).rowcount == 0:
        conn.execute(insert(feed_vitals).values(**{"feed_id": feed_id, "body": "{}", **columns}))
