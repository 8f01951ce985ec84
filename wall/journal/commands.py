"""Commands: one transaction each, with guards, state rows and entries together, or nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from wall.entries import COUNTS, Data, Subject, kinds
from wall.errors import BadInput, CauseReused, NotFound, Refused
from wall.model import Event, Mode, Post, StoredPost, new_id
from wall.store import entries, events
from wall.store.codec import to_json

T = TypeVar("T")

Consequence = Callable[["Tx", Sequence[str]], None]
"""Run at the end of a transaction in which posts left public view, with their ids."""


@dataclass(frozen=True)
class Came:
    """A post that came through the door in this transaction. `digest`: what look-alikes are found by;
    `session`: the session that it was written for, as far as whoever sent it said so."""

    stored: StoredPost
    digest: str | None = None
    session: str | None = None


Arrival = Callable[["Tx", Sequence[Came]], None]
"""Run at the end of a transaction in which posts came through the door, with them."""

Reservation = Callable[["Tx", Sequence[Post]], frozenset[tuple[str, str]]]
"""Asked before posts are judged: which of them, by network and key, show what a speaker keeps private."""

_CAUSE = re.compile(r"[A-Za-z0-9._:-]{1,100}")


@dataclass(frozen=True)
class Done(Generic[T]):
    """A command that is on disk: what it returned, and the journal before and after it.

    `replayed`: the same cause with the same body had been done before; nothing was appended.
    `gone`: posts that it withdrew, as they were; never part of `result`, which is stored.
    """

    result: T
    prev: int
    seq: int
    replayed: bool = False
    gone: tuple[Post, ...] = field(default=(), repr=False)


@dataclass
class Tx:
    """One command's transaction. The event's row is locked; entries are numbered as appended.

    `gone`: posts withdrawn in it, as they were, for what has to be purged outside of the store.
    """

    conn: Connection
    event: Event
    actor: str
    cause: str | None
    now: datetime
    gone: list[Post] = field(default_factory=list, repr=False)
    consequences: tuple[Consequence, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    _left: dict[str, None] = field(default_factory=dict)
    _came: dict[str, Came] = field(default_factory=dict)
    _lines: list[entries.Line] = field(default_factory=list)
    _pending: tuple[Data, tuple[Subject, ...], str] | None = None
    _changed: dict[str, Any] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=dict)
    _touched: dict[Subject, None] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        """The seq of the newest entry, appended ones included."""
        return self.event.seq + len(self._lines) + (self._pending is not None)

    def append(self, data: Data, *subjects: Subject) -> int:
        """Append an entry that touched these subjects, by the present `actor`; its seq."""
        self._flush()
        self._pending = (data, subjects, self.actor)
        return self.seq

    def count(self, **more: int) -> None:
        """Add to the event's counts (`shown`, `held`, `reposts`); readers hear it once."""
        for name, number in more.items():
            self._counted[name] = self._counted.get(name, 0) + number

    def touch(self, subject: Subject) -> None:
        """Let readers hear of a subject that changed, with the last entry of this command."""
        self._touched[subject] = None

    def left(self, post_id: str) -> None:
        """Say that a post is no longer shown."""
        self._left[post_id] = None

    def came(self, stored: StoredPost, digest: str | None) -> None:
        """Say that a post came through the door; its row is written before this command ends."""
        self._came[stored.id] = Came(stored, digest)

    def came_for(self, post_id: str, session: str) -> None:
        """Say for which session a post was written that came in this transaction; of any other post it
        changes nothing."""
        if post_id in self._came:
            self._came[post_id] = replace(self._came[post_id], session=session)

    def reserved(self, batch: Sequence[Post]) -> frozenset[tuple[str, str]]:
        """Which of these posts, by network and key, show what a speaker asked not to share."""
        return frozenset(name for asked in self.reservations for name in asked(self, batch))

    def change_event(self, **columns: Any) -> None:
        """Change columns of the event's row."""
        self._changed.update(columns)

    def _flush(self, *more: Subject) -> None:
        if self._pending is None:
            return
        data, subjects, actor = self._pending
        self._pending = None
        before = digest_of(self._lines[-1].body) if self._lines else self.event.tip
        seq = self.event.seq + len(self._lines) + 1
        body = {
            "seq": seq,
            "at": self.now.isoformat(),
            "kind": data.kind,
            "actor": actor,
            "cause": self.cause,
            "subjects": [*subjects, *more],
            "data": data.model_dump(mode="json", exclude={"kind"}, exclude_defaults=True),
            "before": before,
        }
        self._lines.append(entries.Line(seq, data.kind, to_json(body)))

    def save(self) -> None:
        """Write entries and the event's row. Called once, at the end of the transaction."""
        if self._came:
            for arrival in self.arrivals:
                arrival(self, tuple(self._came.values()))
        if self._left:
            for consequence in self.consequences:
                consequence(self, tuple(self._left))
        counted = {name: more for name, more in self._counted.items() if more}
        self._flush(*([COUNTS] if counted else []), *self._touched)
        if not self._lines:
            if counted or self._changed or self._touched:
                raise AssertionError("a command changed the event without an entry")
            return
        entries.append(self.conn, self.event.id, self._lines)
        totals = {name: getattr(self.event, name) + more for name, more in counted.items()}
        head = {"seq": self._lines[-1].seq, "tip": digest_of(self._lines[-1].body)}
        events.save(self.conn, self.event.id, self.now, **head, **totals, **self._changed)


def create_event(
    conn: Connection, now: datetime, slug: str, name: str, actor: str, details: dict[str, Any]
) -> Event:
    """Store a new event whose first entry says so. `details`: hashtags, zone, languages."""
    counts = {"seq": 0, "version": 1, "shown": 0, "held": 0, "reposts": 0}
    identity = {"id": new_id(), "slug": slug, "name": name, "epoch": new_id()[-12:], "tip": ""}
    defaults = {"hashtags": (), "zone": "UTC", "languages": ("en",), "mode": Mode.PRE}
    event = Event(**{**defaults, **details, **identity, **counts, "last_at": now})
    if not events.add(conn, event):
        raise Refused(
            "There is an event with this short name already.",
            remedy="Choose another short name.",
            slug=slug,
        )
    tx = Tx(conn, event, actor, None, now)
    tx.append(kinds.EventCreated(mode=event.mode), ("event", event.id))
    tx.save()
    return events.by_id(conn, event.id) or event


def run_command(
    conn: Connection,
    event_id: str,
    actor: str,
    fn: Callable[[Tx], T],
    cause: str | None,
    body: bytes,
    now: datetime,
    consequences: tuple[Consequence, ...] = (),
    arrivals: tuple[Arrival, ...] = (),
    reservations: tuple[Reservation, ...] = (),
) -> tuple[str, Done[T]]:
    """`Journal.command` inside an open write transaction; (epoch, what was done)."""
    event = events.locked(conn, event_id)
    if event is None:
        raise no_such_event()
    digest = digest_of(body)
    if cause is not None and (earlier := _answered(conn, event_id, actor, cause, digest)) is not None:
        return event.epoch, earlier
    at = max(now, event.last_at)
    tx = Tx(conn, event, actor, cause, at, [], consequences, arrivals, reservations)
    result = fn(tx)
    tx.save()
    if cause is not None:
        answer = entries.Answered(digest, to_json(result), tx.seq)
        entries.remember(conn, event_id, actor, cause, tx.now, answer)
    return event.epoch, Done(result, event.seq, tx.seq, gone=tuple(tx.gone))


def _answered(conn: Connection, event_id: str, actor: str, cause: str, digest: str) -> Done[Any] | None:
    """The first answer to this cause, looked up before any version check."""
    if not _CAUSE.fullmatch(cause):
        raise BadInput(
            "An Idempotency-Key is 1 to 100 letters, digits, dots, colons, dashes or underscores.",
            remedy="Send a random one, such as a UUID, for each command.",
        )
    earlier = entries.answered(conn, event_id, actor, cause)
    if earlier is None:
        return None
    if earlier.digest != digest:
        raise CauseReused("This Idempotency-Key was used for a command with another body.")
    return Done(json.loads(earlier.result), earlier.seq, earlier.seq, replayed=True)


def digest_of(body: str | bytes) -> str:
    """The hash with which entries are chained and commands compared: SHA-256, in hex."""
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()


def no_such_event() -> NotFound:
    """What whoever asks for an event that is not there is told."""
    return NotFound("There is no such event.", remedy="Check the event's short name in the address.")
