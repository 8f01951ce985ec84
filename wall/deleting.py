"""Deleting an event: gone from every face and page at once, kept for 30 days, erased after them.

While it is kept nothing finds it by its name: readers hear that it is gone, commands are refused, its
feeds stop. Its name stays taken, so that it can come back to its old addresses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from wall.entries import kinds
from wall.errors import BackchannelError, BadInput, NotFound
from wall.journal import Journal, Tx
from wall.model import Event, utc_now
from wall.store import deleted, feeds
from wall.store.erasing import erase_event

log = structlog.get_logger(__name__)

KEPT = timedelta(days=30)
"""For so long a deleted event can be brought back."""
LOOK_SECONDS = 3_600.0


def delete(tx: Tx, typed: str) -> dict[str, str]:
    """Command: delete this event, whose short name somebody `typed` to say that they mean it.

    Raises BadInput for another name.
    """
    if typed.strip().casefold() != tx.event.slug:
        raise BadInput(
            "The short name that was typed is not this event's.",
            remedy=f"Type {tx.event.slug} to delete this event.",
            field="slug",
        )
    tx.append(kinds.EventDeleted(), ("event", tx.event.id))
    feeds.end_leases(tx.conn, tx.event.id)
    tx.change_event(deleted_at=tx.now)
    return {"event": tx.event.id, "until": until(tx.now).isoformat()}


def until(deleted_at: datetime) -> datetime:
    """Until when an event that was deleted then can be brought back."""
    return deleted_at + KEPT


async def bring_back(journal: Journal, event_id: str, actor: str) -> Event:
    """Let a deleted event be there again, as it was. Raises NotFound when there is none to bring back."""
    if not await journal.store.write(lambda conn: deleted.bring_back(conn, event_id)):
        raise NotFound(
            "There is no deleted event of this id.", remedy="It was brought back already, or is erased."
        )
    await journal.command(
        event_id, actor, lambda tx: tx.append(kinds.EventBroughtBack(), ("event", event_id))
    )
    return await journal.event(event_id)


def _erased(conn: Connection, event_id: str, before: datetime) -> bool:
    """Erase an event and its rehearsals, unless somebody brought it back meanwhile."""
    if not deleted.is_over(conn, event_id, before):
        return False
    for one in (*deleted.rehearsals(conn, event_id), event_id):
        erase_event(conn, one)
    return True


class Erasing:
    """Erases deleted events whose time is over. Any number of processes may run it."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = journal.store
        self._clock = clock

    async def run(self) -> None:
        """Look every hour, until cancelled. What fails is tried again at the next look."""
        while True:
            try:
                await self.look()
            except BackchannelError as problem:
                log.warning("deleted_events_not_erased", code=problem.code)
            except Exception:
                log.exception("deleted_events_not_erased")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Erase what was deleted more than KEPT ago, one event a transaction. Raises StoreUnavailable."""
        before = self._clock() - KEPT
        for event in await self._store.read(lambda conn: deleted.listed(conn, before)):
            try:
                if await self._store.write(partial(_erased, event_id=event.id, before=before)):
                    log.info("event_erased", event_id=event.id)
            except Exception:
                log.exception("deleted_event_not_erased", event_id=event.id)
