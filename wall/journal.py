"""The journal: one ordered, durable line of entries per event, and nothing happens outside it.

`command` runs a change in one transaction: guards, state rows and entries together, or nothing.
`read_after` and `snapshot` are how every reader follows: changes are rendered from the rows as they
are now, so catching up and following live are the same code. Clients only ever fold `put` and
`drop`, and `fold(snapshot_n, changes n..head) == snapshot_head` holds for every audience.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from wall.bus import Bell, Bus
from wall.entries import (
    COUNTS,
    FAR_BEHIND,
    POST_WINDOW,
    Change,
    Cursor,
    Data,
    Drop,
    Put,
    Scope,
    Snapshot,
    State,
    Subject,
    kinds,
    owner,
    render,
    sees_held,
    subject_of,
)
from wall.errors import BadInput, CauseReused, NotFound, Refused
from wall.model import Event, Mode, Post, new_id, utc_now
from wall.store import Store, entries, events, feeds, members, posts
from wall.store.codec import to_json

T = TypeVar("T")

OnGone = Callable[[Sequence[Post]], Awaitable[None]]
"""Told of the posts that a command withdrew, as they were, when the withdrawal is on disk."""

_CAUSE = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_BEFORE_ANY = -(2**62)

_LOADERS: dict[str, Callable[[Connection, str, set[str]], dict[str, Any]]] = {
    "post": posts.by_ids,
    "feed": feeds.by_ids,
    "member": members.by_ids,
}


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

    def change_event(self, **columns: Any) -> None:
        """Change columns of the event's row."""
        self._changed.update(columns)

    def _flush(self, *more: Subject) -> None:
        if self._pending is None:
            return
        data, subjects, actor = self._pending
        self._pending = None
        before = _digest(self._lines[-1].body) if self._lines else self.event.tip
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
        counted = {name: more for name, more in self._counted.items() if more}
        self._flush(*([COUNTS] if counted else []), *self._touched)
        if not self._lines:
            if counted or self._changed or self._touched:
                raise AssertionError("a command changed the event without an entry")
            return
        entries.append(self.conn, self.event.id, self._lines)
        totals = {name: getattr(self.event, name) + more for name, more in counted.items()}
        head = {"seq": self._lines[-1].seq, "tip": _digest(self._lines[-1].body)}
        events.save(self.conn, self.event.id, self.now, **head, **totals, **self._changed)


@dataclass(frozen=True)
class Reading:
    """What happened to an event between two seqs: the touched subjects, as they are now."""

    event_id: str
    epoch: str
    after: int
    seq: int
    head: int
    states: tuple[tuple[Subject, State | None], ...]

    def changes(self, scope: Scope) -> tuple[Change, ...]:
        """The changes that a reader of this scope folds."""
        rendered = (_rendered(subject, state, scope) for subject, state in self.states)
        return tuple(change for change in rendered if change is not None)

    @property
    def owners(self) -> frozenset[str]:
        """The people who each see something in here that others of their roles do not."""
        owned = (owner(state) for _, state in self.states if state is not None)
        return frozenset(person for person in owned if person is not None)


class Journal:
    """The journals of all events over one store. The bus is rung after each commit.

    `on_gone` hears of withdrawn posts after that; nothing it does can undo the command.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Callable[[], datetime] = utc_now,
        on_gone: OnGone | None = None,
    ) -> None:
        self.store = store
        self.bus = bus
        self._clock = clock
        self._on_gone = on_gone

    async def create(self, *, slug: str, name: str, actor: str, **details: Any) -> Event:
        """Start an event and its journal. Raises Refused when the slug is taken."""
        return await self.store.write(
            lambda conn: create_event(conn, self._clock(), slug, name, actor, details)
        )

    async def command(
        self,
        event_id: str,
        actor: str,
        fn: Callable[[Tx], T],
        *,
        cause: str | None = None,
        body: bytes = b"",
    ) -> Done[T]:
        """Run `fn` as one transaction of this event and ring the bell when it is on disk.

        `actor` is an opaque id ("person:…", "feed:…", "system"). `cause` is the client's
        idempotency key: the same cause of this actor with the same `body` returns the first result
        (which must be JSON) and appends nothing. Raises CauseReused for another body, BadInput for
        a cause that is not 1-100 of [A-Za-z0-9._:-], NotFound for no such event, StoreUnavailable
        and StoreFull when nothing could be saved, and whatever `fn` raises.
        """
        epoch, done = await self.store.write(
            lambda conn: run_command(conn, event_id, actor, fn, cause, body, self._clock())
        )
        if done.seq > done.prev:
            await self.bus.ring(Bell(event=event_id, epoch=epoch, prev=done.prev, seq=done.seq))
        if done.gone and self._on_gone is not None:
            await self._on_gone(done.gone)
        return done

    async def read_after(self, event_id: str, seq: int, until: int | None = None) -> Reading:
        """What follows `seq`, at most FAR_BEHIND entries and none beyond `until`. Raises NotFound."""
        return await self.store.read(lambda conn: read_after(conn, event_id, seq, until))

    async def snapshot(self, event_id: str, scope: Scope) -> Snapshot:
        """Everything that a reader of this scope holds now. Raises NotFound for no such event."""
        return await self.store.read(lambda conn: snapshot(conn, event_id, scope))

    async def head(self, event_id: str) -> tuple[str, int]:
        """(epoch, seq) of an event. Raises NotFound."""
        found = await self.store.read(lambda conn: events.head(conn, event_id))
        if found is None:
            raise _no_such_event()
        return found

    async def event(self, name: str) -> Event:
        """The event with this slug or id. Raises NotFound."""
        found = await self.store.read(lambda conn: events.named(conn, name))
        if found is None:
            raise _no_such_event()
        return found


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
) -> tuple[str, Done[T]]:
    """`Journal.command` inside an open write transaction; (epoch, what was done)."""
    event = events.locked(conn, event_id)
    if event is None:
        raise _no_such_event()
    digest = _digest(body)
    if cause is not None and (earlier := _answered(conn, event_id, actor, cause, digest)) is not None:
        return event.epoch, earlier
    tx = Tx(conn, event, actor, cause, max(now, event.last_at))
    result = fn(tx)
    tx.save()
    if cause is not None:
        answer = entries.Answered(digest, to_json(result), tx.seq)
        entries.remember(conn, event_id, actor, cause, tx.now, answer)
    return event.epoch, Done(result, event.seq, tx.seq, gone=tuple(tx.gone))


def read_after(conn: Connection, event_id: str, seq: int, until: int | None = None) -> Reading:
    """`Journal.read_after` inside an open read transaction."""
    event = events.by_id(conn, event_id)
    if event is None:
        raise _no_such_event()
    until = event.seq if until is None else min(until, event.seq)
    lines = entries.after(conn, event_id, seq, FAR_BEHIND, until)
    touched: dict[Subject, None] = {}
    for line in lines:
        touched.update(((kind, subject_id), None) for kind, subject_id in json.loads(line.body)["subjects"])
    states = _load(conn, event, list(touched))
    reached = lines[-1].seq if lines else max(seq, 0)
    return Reading(event_id, event.epoch, seq, reached, event.seq, states)


def snapshot(conn: Connection, event_id: str, scope: Scope) -> Snapshot:
    """`Journal.snapshot` inside an open read transaction."""
    event = events.by_id(conn, event_id)
    if event is None:
        raise _no_such_event()
    window = posts.desk_window if sees_held(scope) else posts.shown_window
    states: list[State] = [event, event.counts, *window(conn, event_id, POST_WINDOW)]
    states += [*feeds.listed(conn, event_id), *members.listed(conn, event_id)]
    changes = (render(state, scope) for state in states)
    puts = tuple(change for change in changes if isinstance(change, Put))
    cursor = str(Cursor(event.epoch, scope.key, event.seq))
    return Snapshot(cursor=cursor, seq=event.seq, puts=puts)


def broken_link(conn: Connection, event_id: str) -> int | None:
    """Verify an event's hash chain: the seq of the first entry that is not as it was written.

    Every entry holds the hash of the stored bytes before it, and the event's row the hash of the
    last; None when all of them fit.
    """
    event = events.by_id(conn, event_id)
    if event is None:
        raise _no_such_event()
    before, seq, reached = "", 0, _BEFORE_ANY
    while lines := entries.after(conn, event_id, reached, FAR_BEHIND):
        for line in lines:
            body = _parsed(line.body)
            if (line.seq, body.get("seq"), body.get("kind")) != (seq + 1, seq + 1, line.kind):
                return seq + 1
            if body.get("before") != before:
                return max(seq, 1)
            before, seq = _digest(line.body), line.seq
        reached = seq
    return None if (seq, before) == (event.seq, event.tip) else max(seq, 1)


def _parsed(body: str) -> dict[str, Any]:
    """A stored body; nothing for what is no entry any more."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _load(
    conn: Connection, event: Event, touched: list[Subject]
) -> tuple[tuple[Subject, State | None], ...]:
    ids: dict[str, set[str]] = {}
    for kind, subject_id in touched:
        ids.setdefault(kind, set()).add(subject_id)
    found: dict[Subject, State] = {subject_of(event): event, COUNTS: event.counts}
    for kind, wanted in ids.items():
        if kind in _LOADERS:
            loaded = _LOADERS[kind](conn, event.id, wanted)
            found.update(((kind, subject_id), state) for subject_id, state in loaded.items())
    return tuple((subject, found.get(subject)) for subject in touched)


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


def _rendered(subject: Subject, state: State | None, scope: Scope) -> Change | None:
    if state is None:
        return Drop(type=subject[0], id=subject[1])
    return render(state, scope)


def _digest(body: str | bytes) -> str:
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()


def _no_such_event() -> NotFound:
    return NotFound("There is no such event.", remedy="Check the event's short name in the address.")
