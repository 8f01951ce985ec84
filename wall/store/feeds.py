"""Feeds: their settings (sealed), health and cursor, and the lease that lets one process run one feed.

The lease is timed by the database's clock, so that processes with wrong clocks agree, and carries
a fencing number that rises with every new holder: whoever stores a cursor must hold the newest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal_column, or_, select, update

from wall.model import Feed
from wall.store.codec import to_json
from wall.store.sealing import is_sealed, sealed, unsealed
from wall.store.tables import event, feed

_REMOVED = "removed"
"""The state of a row that only stays because replies refer to it: no feed any more, and no credentials."""
_SHOWN = [column for column in feed.c if column.name not in {"lease_owner", "lease_until", "fence"}]


def add(conn: Connection, new: Feed) -> None:
    """Store a new feed, unleased."""
    values = new.model_dump(exclude={"lost"}) | {"config": sealed(conn, to_json(new.config)), "fence": 0}
    conn.execute(insert(feed).values(**values))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Feed]:
    """Feeds of an event by id."""
    mine = (feed.c.event_id == event_id, feed.c.id.in_(sorted(ids)), feed.c.state != _REMOVED)
    query = select(*_SHOWN).where(*mine)
    return {row.id: _feed(conn, row) for row in conn.execute(query)}


def listed(conn: Connection, event_id: str | None = None) -> list[Feed]:
    """Feeds of one event, or of all that are there, oldest first."""
    query = select(*_SHOWN).where(feed.c.state != _REMOVED).order_by(feed.c.id)
    if event_id is not None:
        query = query.where(feed.c.event_id == event_id)
    else:
        query = query.join(event, event.c.id == feed.c.event_id).where(event.c.deleted_at.is_(None))
    return [_feed(conn, row) for row in conn.execute(query)]


def take_lease(conn: Connection, feed_id: str, owner: str, seconds: float) -> int | None:
    """Take or take over a free lease: the fencing number to write with, or None if it is held."""
    now = database_now(conn)
    free = or_(feed.c.lease_owner.is_(None), feed.c.lease_until < now, feed.c.lease_owner == owner)
    taken = conn.execute(
        update(feed)
        .where(feed.c.id == feed_id, free)
        .values(lease_owner=owner, lease_until=now + timedelta(seconds=seconds), fence=feed.c.fence + 1)
        .returning(feed.c.fence)
    ).first()
    return taken.fence if taken else None


def renew_lease(conn: Connection, feed_id: str, fence: int, seconds: float) -> bool:
    """Keep a lease. False: somebody else has it; stop without writing."""
    until = database_now(conn) + timedelta(seconds=seconds)
    kept = conn.execute(
        update(feed).where(feed.c.id == feed_id, feed.c.fence == fence).values(lease_until=until)
    )
    return kept.rowcount == 1


def holds_lease(conn: Connection, feed_id: str, fence: int) -> bool:
    """Whether nobody took the lease since it was taken under this number."""
    query = select(feed.c.id).where(feed.c.id == feed_id, feed.c.fence == fence)
    return conn.execute(query).first() is not None


def end_lease(conn: Connection, feed_id: str, fence: int) -> None:
    """Give a lease back, if it is still held under this number."""
    conn.execute(
        update(feed)
        .where(feed.c.id == feed_id, feed.c.fence == fence)
        .values(lease_owner=None, lease_until=None)
    )


def cut_off(conn: Connection, feed_id: str) -> None:
    """End a feed's lease, whoever holds it: they can store nothing more, and hear of it within a third of
    the lease's time."""
    conn.execute(
        update(feed)
        .where(feed.c.id == feed_id)
        .values(fence=feed.c.fence + 1, lease_owner=None, lease_until=None)
    )


def remove(conn: Connection, feed_id: str) -> None:
    """Forget a feed: its credentials, its cursor, its place in every list. Cut it off first."""
    conn.execute(
        update(feed)
        .where(feed.c.id == feed_id)
        .values(
            state=_REMOVED,
            config=sealed(conn, to_json({})),
            cursor=None,
            problem=None,
            replies=False,
            version=feed.c.version + 1,
        )
    )


def end_leases(conn: Connection, event_id: str) -> None:
    """Take away the leases of an event's feeds: whoever runs one stops at its next write."""
    taken = {"lease_owner": None, "lease_until": None, "fence": feed.c.fence + 1}
    conn.execute(update(feed).where(feed.c.event_id == event_id).values(**taken))


def free_leases(conn: Connection, still_runs: Callable[[str], bool]) -> None:
    """End the leases of owners that do not run any more, without waiting until they are over."""
    held = select(feed.c.lease_owner).where(feed.c.lease_owner.is_not(None)).distinct()
    gone = [owner for owner in conn.execute(held).scalars() if not still_runs(owner)]
    conn.execute(
        update(feed).where(feed.c.lease_owner.in_(gone)).values(lease_owner=None, lease_until=None)
    )


def save_progress(
    conn: Connection, feed_id: str, fence: int, *, cursor: str | None, accepted: int, dropped: int
) -> bool:
    """Store what a feed brought, with its cursor (None: unchanged). False: the lease was lost."""
    values: dict[str, Any] = {
        "accepted": feed.c.accepted + accepted,
        "dropped": feed.c.dropped + dropped,
    }
    if cursor is not None:
        values["cursor"] = cursor
    kept = conn.execute(update(feed).where(feed.c.id == feed_id, feed.c.fence == fence).values(**values))
    return kept.rowcount == 1


def configure(conn: Connection, feed_id: str, config: dict[str, Any], cursor: str | None) -> None:
    """Give a feed other settings and a place to start from."""
    kept = sealed(conn, to_json(config))
    conn.execute(update(feed).where(feed.c.id == feed_id).values(config=kept, cursor=cursor))


def move(conn: Connection, feed_id: str, **columns: Any) -> None:
    """Write a feed's state and problem, and raise its version."""
    conn.execute(update(feed).where(feed.c.id == feed_id).values(version=feed.c.version + 1, **columns))


def database_now(conn: Connection) -> datetime:
    """The database's clock, in UTC."""
    if conn.dialect.name == "sqlite":
        text: str = conn.execute(
            select(literal_column("strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
        ).scalar_one()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    now: datetime = conn.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


def seal_all(conn: Connection) -> None:
    """Seal settings that were stored before there was a seal."""
    for row in conn.execute(select(feed.c.id, feed.c.config)).all():
        if not is_sealed(row.config):
            conn.execute(update(feed).where(feed.c.id == row.id).values(config=sealed(conn, row.config)))


def _feed(conn: Connection, row: Row[Any]) -> Feed:
    config = unsealed(conn, row.config)
    read = {"config": json.loads(config or "{}"), "replies": bool(row.replies), "lost": config is None}
    return Feed(**row._asdict() | read)
