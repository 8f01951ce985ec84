"""The journals of all events over one store, for the asynchronous edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from wall.bus import Bell, Bus
from wall.entries import Put, Scope, Snapshot
from wall.journal.commands import (
    Arrival,
    Consequence,
    Done,
    Reservation,
    Tx,
    create_event,
    no_such_event,
    run_command,
)
from wall.journal.reading import Reading, own, read_after, snapshot
from wall.model import Event, Post, utc_now
from wall.store import Store, events

T = TypeVar("T")

OnGone = Callable[[Sequence[Post]], Awaitable[None]]
"""Told of the posts that a command withdrew, as they were, when the withdrawal is on disk."""


class Journal:
    """The journals of all events over one store. The bus is rung after each commit.

    `on_gone` hears of withdrawn posts after that; nothing it does can undo the command.
    `consequences` run within the transaction when posts leave public view, `arrivals` when they come
    through the door; `reservations` are asked before they are judged.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Callable[[], datetime] = utc_now,
        on_gone: OnGone | None = None,
        consequences: tuple[Consequence, ...] = (),
        arrivals: tuple[Arrival, ...] = (),
        reservations: tuple[Reservation, ...] = (),
    ) -> None:
        self.store = store
        self.bus = bus
        self._clock = clock
        self._on_gone = on_gone
        self._consequences = consequences
        self._arrivals = arrivals
        self._reservations = reservations

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
            lambda conn: run_command(
                conn,
                event_id,
                actor,
                fn,
                cause,
                body,
                self._clock(),
                self._consequences,
                self._arrivals,
                self._reservations,
            )
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

    async def own(self, event_id: str, scope: Scope) -> tuple[Put, ...]:
        """What this scope's person holds besides what others of their audience hold."""
        return await self.store.read(lambda conn: own(conn, event_id, scope))

    async def head(self, event_id: str) -> tuple[str, int]:
        """(epoch, seq) of an event. Raises NotFound."""
        found = await self.store.read(lambda conn: events.head(conn, event_id))
        if found is None:
            raise no_such_event()
        return found

    async def event(self, name: str) -> Event:
        """The event with this slug or id. Raises NotFound."""
        found = await self.store.read(lambda conn: events.named(conn, name))
        if found is None:
            raise no_such_event()
        return found
