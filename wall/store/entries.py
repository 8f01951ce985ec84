"""The journal's own rows: entries and the commands that made them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, insert, or_, select

from wall.store.tables import command, entry

# Built once: every command runs these, and to build a statement costs more than to run it.
_APPEND = insert(entry)
_REMEMBER = insert(command)
_ANSWERED = select(command.c.digest, command.c.result, command.c.seq).where(
    command.c.event_id == bindparam("event"),
    command.c.actor == bindparam("by"),
    command.c.cause == bindparam("why"),
)


class Line(NamedTuple):
    """One stored entry: `body` is its canonical JSON, and what the hash chain is made over."""

    seq: int
    kind: str
    body: str


class Answered(NamedTuple):
    """What a command that was already done answered."""

    digest: str
    result: str
    seq: int


def append(conn: Connection, event_id: str, lines: Iterable[Line]) -> None:
    """Write entries. The caller holds the event's lock and numbered them."""
    rows = [{"event_id": event_id, "seq": line.seq, "kind": line.kind, "body": line.body} for line in lines]
    if rows:
        conn.execute(_APPEND, rows)


def after(
    conn: Connection, event_id: str, seq: int, limit: int, until: int | None = None
) -> Sequence[Line]:
    """The entries that follow `seq`, in order, at most `limit`, none beyond `until`."""
    query = (
        select(entry.c.seq, entry.c.kind, entry.c.body)
        .where(entry.c.event_id == event_id, entry.c.seq > seq)
        .order_by(entry.c.seq)
        .limit(limit)
    )
    if until is not None:
        query = query.where(entry.c.seq <= until)
    return [Line(*row) for row in conn.execute(query)]


def before(
    conn: Connection,
    event_id: str,
    seq: int | None,
    limit: int,
    *,
    kinds: Mapping[str, Collection[str]] | None = None,
    actor: str | None = None,
) -> Sequence[Line]:
    """The entries before `seq` (None: the newest), newest first, at most `limit`; those of `kinds` of which
    the stored JSON has one of the pieces given (none: any of that kind), and those of one `actor`
    ("person:…"), where asked."""
    query = select(entry.c.seq, entry.c.kind, entry.c.body).where(entry.c.event_id == event_id)
    if seq is not None:
        query = query.where(entry.c.seq < seq)
    if kinds is not None:
        query = query.where(or_(false(), *(_of(kind, pieces) for kind, pieces in kinds.items())))
    if actor is not None:
        query = query.where(entry.c.body.contains(f'"actor":"{actor}"', autoescape=True))
    return [Line(*row) for row in conn.execute(query.order_by(entry.c.seq.desc()).limit(limit))]


def _of(kind: str, pieces: Collection[str]) -> ColumnElement[bool]:
    said = (entry.c.body.contains(piece, autoescape=True) for piece in pieces)
    return and_(entry.c.kind == kind, or_(*said)) if pieces else entry.c.kind == kind


def actors(conn: Connection, event_id: str) -> set[str]:
    """Those who gave commands that were remembered: people at desks and screens."""
    query = select(command.c.actor).where(command.c.event_id == event_id).distinct()
    return set(conn.execute(query).scalars())


def answered(conn: Connection, event_id: str, actor: str, cause: str) -> Answered | None:
    """The answer given to this actor's command of this cause, if it was done before."""
    row = conn.execute(_ANSWERED, {"event": event_id, "by": actor, "why": cause}).first()
    return Answered(*row) if row else None


def remember(conn: Connection, event_id: str, actor: str, cause: str, at: datetime, done: Answered) -> None:
    """Keep a command's answer beside its entries."""
    values: dict[str, Any] = {"event_id": event_id, "actor": actor, "cause": cause, "at": at}
    conn.execute(_REMEMBER, {**values, **done._asdict()})
