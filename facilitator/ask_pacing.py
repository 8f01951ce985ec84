"""The pace of quick asks: what was answered is counted for everybody once a second at most, and asks close
when their time is over. Every process looks; whoever comes first does it, and the second finds nothing."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from facilitator import asks
from wall.asks import AskState
from wall.journal import Journal, Tx
from wall.model import utc_now
from wall.programme import SessionState
from wall.store import asks as stored

PACE_SECONDS = 1.0
"""Between two counts: fast enough to watch, and too slow to see who touched their phone just then."""
ACTOR = "system"

log = structlog.get_logger(__name__)


class Pacing:
    """Counts and closes the asks of every event for as long as it runs."""

    def __init__(self, journal: Journal, *, pace_seconds: float = PACE_SECONDS) -> None:
        self._journal = journal
        self._pace_seconds = pace_seconds

    async def run(self) -> None:
        """Look for what is due, for ever. A database that does not answer now may answer later."""
        while True:
            try:
                await self.settle_due()
            except Exception:
                log.exception("asks.look_failed")
            await asyncio.sleep(self._pace_seconds)

    async def settle_due(self) -> int:
        """Count and close what is due now; how many asks that were."""
        due = await self._journal.store.read(lambda conn: stored.due(conn, utc_now()))
        for event_id, ask_id in due:
            try:
                await self._journal.command(event_id, ACTOR, partial(settle, ask_id=ask_id))
            except Exception:
                log.exception("asks.not_settled", event_id=event_id, ask_id=ask_id)
        return len(due)


def settle(tx: Tx, ask_id: str) -> None:
    """Close an open ask whose time or session is over, or count what was answered since."""
    known = stored.by_ids(tx.conn, tx.event.id, {ask_id})[ask_id]
    if known.state is not AskState.OPEN:
        return
    session = asks.session_for(tx, known)
    over = known.closes_at is not None and tx.now >= known.closes_at
    if over or (session is not None and session.state is SessionState.ENDED):
        asks.closed(tx, known, by_person=True)
    elif known.uncounted:
        asks.counted(tx, known)
