"""Public replies: what a person sent, until it stands in its network or was refused there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, literal, select, update

from wall.parallel import Receipt, ReceiptState
from wall.replies import PublicReply, PublicReplyState
from wall.store.chunks import ids_in_chunks
from wall.store.feeds import database_now
from wall.store.reply_tables import public_reply
from wall.store.tables import UtcTime, event, receipt

_COLUMNS = [column for column in public_reply.c if column.name not in {"due_at", "tried_at"}]
_IDS: Any = bindparam("ids", expanding=True)
_IN_EVENT = select(*_COLUMNS).where(public_reply.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(public_reply.c.id.in_(_IDS))
_OF_POSTS = _IN_EVENT.where(public_reply.c.post_id.in_(_IDS)).order_by(
    public_reply.c.sent_at, public_reply.c.id
)
_STANDING = select(public_reply.c.author).where(
    public_reply.c.event_id == bindparam("event"),
    public_reply.c.session_id == bindparam("session"),
    public_reply.c.state != PublicReplyState.REFUSED.value,
)
_RECEIPTS = (
    select(receipt)
    .where(
        receipt.c.event_id == bindparam("event"), receipt.c.state.in_(bindparam("states", expanding=True))
    )
    .order_by(receipt.c.relay_id, receipt.c.post_id)
)
_SENDING = public_reply.c.state == PublicReplyState.SENDING.value
_DUE = (
    select(public_reply.c.id)
    .join(event, event.c.id == public_reply.c.event_id)
    .where(_SENDING, event.c.deleted_at.is_(None))
)


class Due(NamedTuple):
    """A reply that is to be posted now. `since`: seconds since it was tried first; 0.0 at the first try."""

    reply: PublicReply
    since: float


def add(conn: Connection, new: PublicReply) -> None:
    """Store a reply that shall be posted, at once."""
    conn.execute(insert(public_reply).values(**new.model_dump(), due_at=database_now(conn)))


def save(conn: Connection, changed: PublicReply, wait_seconds: float | None = None) -> None:
    """Write a reply as it is now; with `wait_seconds` it is due again then."""
    values = changed.model_dump(exclude={"id"})
    if wait_seconds is not None:
        values["due_at"] = database_now(conn) + timedelta(seconds=wait_seconds)
    conn.execute(update(public_reply).where(public_reply.c.id == changed.id).values(**values))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, PublicReply]:
    """Replies of an event by id."""
    return {
        row.id: _reply(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def newest_of_posts(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, PublicReply]:
    """The newest reply to each of these posts that has one, by post."""
    return {
        row.post_id: _reply(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_OF_POSTS, {"event": event_id, "ids": some})
    }


def receipts(conn: Connection, event_id: str, states: Collection[ReceiptState]) -> list[Receipt]:
    """The receipts of an event that are in these states, by the order in which their points were raised."""
    asked = {"event": event_id, "states": [state.value for state in states]}
    return [Receipt(**row._asdict()) for row in conn.execute(_RECEIPTS, asked)]


def answered_authors(conn: Connection, event_id: str, session_id: str) -> set[str]:
    """The authors who have, or are about to have, a public reply about this session."""
    return set(conn.execute(_STANDING, {"event": event_id, "session": session_id}).scalars())


def any_due(conn: Connection) -> bool:
    """Whether a reply is to be posted now."""
    due = _DUE.where(public_reply.c.due_at <= database_now(conn)).limit(1)
    return conn.execute(due).first() is not None


def take_due(conn: Connection, most: int, claim_seconds: float) -> list[Due]:
    """Replies that are to be posted now, oldest first. Nobody else takes them for so long: by the
    database's clock, so that of several processes one posts each. Each is counted as tried: whoever took
    it may not live to say what came of it."""
    now = database_now(conn)
    due = _DUE.where(public_reply.c.due_at <= now)
    ids = list(conn.execute(due.order_by(public_reply.c.due_at).limit(most)).scalars())
    return [one for reply_id in ids if (one := _taken(conn, reply_id, now, claim_seconds))]


def _taken(conn: Connection, reply_id: str, now: datetime, claim_seconds: float) -> Due | None:
    claimed = (
        update(public_reply)
        .where(public_reply.c.id == reply_id, _SENDING, public_reply.c.due_at <= now)
        .values(
            due_at=now + timedelta(seconds=claim_seconds),
            attempts=public_reply.c.attempts + 1,
            tried_at=func.coalesce(public_reply.c.tried_at, literal(now, UtcTime)),
        )
    )
    if conn.execute(claimed).rowcount == 0:
        return None
    tried = conn.execute(select(public_reply.c.tried_at).where(public_reply.c.id == reply_id)).scalar_one()
    row = conn.execute(select(*_COLUMNS).where(public_reply.c.id == reply_id)).one()
    return Due(_reply(row), (now - tried).total_seconds())


def _reply(row: Row[Any]) -> PublicReply:
    return PublicReply(**row._asdict())
