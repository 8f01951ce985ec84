"""Subscriptions of browsers to notifications, and what was told to them already."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from wall.store.chunks import in_chunks
from wall.store.push_tables import push_cursor, push_subscription, push_told
from wall.store.tables import event


@dataclass(frozen=True)
class Subscription:
    """A browser that wishes to be told. `reader` is a person's id or a participant's pseudonym; `endpoint`
    is as good as a password: who has it and the keys can tell this browser anything."""

    id: str
    event_id: str
    reader: str
    endpoint: str
    p256dh: str
    auth: str
    lang: str
    made_at: datetime
    failed: int


_COLUMNS = tuple(column for column in push_subscription.c if column.name != "endpoint_digest")


def put(conn: Connection, new: Subscription) -> None:
    """Subscribe a browser, in place of what it sent before with the same endpoint. Whoever was told there
    before is told nothing there any more, in any event: one browser is one reader's."""
    digest = _digest(new.endpoint)
    others = push_subscription.c.reader != new.reader
    conn.execute(delete(push_subscription).where(push_subscription.c.endpoint_digest == digest, others))
    drop(conn, new.event_id, new.endpoint)
    conn.execute(insert(push_subscription).values(**vars(new), endpoint_digest=digest))


def drop(conn: Connection, event_id: str, endpoint: str) -> bool:
    """Forget a browser in an event, whoever is told there; whether it was subscribed."""
    here = push_subscription.c.event_id == event_id
    digest = push_subscription.c.endpoint_digest == _digest(endpoint)
    return conn.execute(delete(push_subscription).where(here, digest)).rowcount > 0


def drop_id(conn: Connection, subscription_id: str) -> None:
    """Forget a subscription that its push service does not know any more."""
    conn.execute(delete(push_subscription).where(push_subscription.c.id == subscription_id))


def count_failure(conn: Connection, subscription_id: str, *, failed: bool) -> None:
    """Count one more failure in a row, or none any more."""
    number = push_subscription.c.failed + 1 if failed else 0
    here = push_subscription.c.id == subscription_id
    conn.execute(update(push_subscription).where(here).values(failed=number))


def of_readers(conn: Connection, event_id: str, readers: Collection[str]) -> list[Subscription]:
    """The subscriptions of these readers to an event, oldest first. Pseudonyms have letters that ids have
    not."""
    query = select(*_COLUMNS).where(push_subscription.c.event_id == event_id)
    return [
        Subscription(**row._asdict())
        for some in in_chunks(readers)
        for row in conn.execute(
            query.where(push_subscription.c.reader.in_(some)).order_by(push_subscription.c.id)
        )
    ]


def number(conn: Connection, event_id: str, reader: str | None = None) -> int:
    """How many browsers of a reader, or of everybody, are subscribed to an event."""
    query = (
        select(func.count()).select_from(push_subscription).where(push_subscription.c.event_id == event_id)
    )
    if reader is not None:
        query = query.where(push_subscription.c.reader == reader)
    return int(conn.execute(query).scalar_one())


def begin(conn: Connection, event_id: str) -> None:
    """Read an event's journal for its subscribers from here on, unless it is read already."""
    known = select(push_cursor.c.seq).where(push_cursor.c.event_id == event_id)
    if conn.execute(known).first() is None:
        head = select(event.c.id, event.c.epoch, event.c.seq).where(event.c.id == event_id)
        conn.execute(insert(push_cursor).from_select(["event_id", "epoch", "seq"], head))


@dataclass(frozen=True)
class Unread:
    """An event whose journal went on since its subscribers were told of it. `after` None: its history is
    another one now, of which nothing is told."""

    event_id: str
    epoch: str
    after: int | None
    seq: int


def unread(conn: Connection) -> list[Unread]:
    """The events with entries that were not looked at yet."""
    query = (
        select(
            event.c.id,
            event.c.epoch,
            event.c.seq,
            push_cursor.c.seq.label("at"),
            push_cursor.c.epoch.label("was"),
        )
        .join(push_cursor, push_cursor.c.event_id == event.c.id)
        .where(event.c.deleted_at.is_(None))
        .where(or_(event.c.seq != push_cursor.c.seq, event.c.epoch != push_cursor.c.epoch))
    )
    return [
        Unread(row.id, row.epoch, row.at if row.epoch == row.was and row.at < row.seq else None, row.seq)
        for row in conn.execute(query)
    ]


def claim(conn: Connection, found: Unread) -> bool:
    """Take these entries, so that no other process tells of them. False: another one has them. They are
    told at most once: what is lost with a process is not told at all."""
    here = push_cursor.c.event_id == found.event_id
    if found.after is not None:
        here = (here) & (push_cursor.c.seq == found.after) & (push_cursor.c.epoch == found.epoch)
    values = {"seq": found.seq, "epoch": found.epoch}
    return conn.execute(update(push_cursor).where(here).values(**values)).rowcount == 1


def told(conn: Connection, event_id: str, about: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Note that the authors of posts are told something, (post, what): those that were not told before."""
    fresh = []
    for post_id, what in about:
        here = (push_told.c.post_id == post_id, push_told.c.what == what)
        if conn.execute(select(push_told.c.what).where(*here)).first() is None:
            conn.execute(insert(push_told).values(event_id=event_id, post_id=post_id, what=what))
            fresh.append((post_id, what))
    return fresh


def _digest(endpoint: str) -> str:
    """What an endpoint is found by: it may be longer than an index holds."""
    return hashlib.sha256(endpoint.encode()).hexdigest()
