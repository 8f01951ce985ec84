"""Runs feeds: one process a feed at a time, under a lease, from the cursor that was last stored.

A feed that stops for a reason that passes is tried again with the network's own back-off; one that
needs an organiser is stopped with words. A process that dies leaves its leases to run out, and the
next one goes on from the same cursor.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from sqlalchemy import Connection

from wall.entries import kinds
from wall.errors import BackchannelError, FeedFatal, LeaseLost, StoreFull, StoreUnavailable
from wall.feeds.base import Arrived, Edited, Source, Trouble, open_source
from wall.intake import feed_metrics, metrics
from wall.intake.bursts import Burst, bursts_of
from wall.intake.commits import Progress
from wall.intake.door import Tally
from wall.intake.health import Health, Standing, code_of, said_of
from wall.intake.intake import Intake
from wall.intake.recheck import recheck
from wall.intake.watching import Watching
from wall.journal import Tx
from wall.model import Feed, FeedState
from wall.store import feeds

log = structlog.get_logger(__name__)

LEASE_SECONDS = 12.0
RENEWALS = 3
"""Times that a lease is renewed while it would last."""
LOOK_SECONDS = 1.0
RECHECK_SECONDS = 60.0
STORE_RETRY_SECONDS = 1.0
_ENDED = (FeedState.STOPPED, FeedState.DONE)

Heard = Callable[[Tally, Source], None]


class Supervisor:
    """Keeps every feed of this store running in one of its processes."""

    def __init__(self, intake: Intake, owner: str, *, lease_seconds: float = LEASE_SECONDS) -> None:
        """`owner` names this process; its feeds are free `lease_seconds` after it died."""
        self._intake = intake
        self._owner = owner
        self._lease_seconds = lease_seconds
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Look for feeds that nobody runs, and run them, until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _look(self) -> None:
        self._running = {feed_id: task for feed_id, task in self._running.items() if not task.done()}
        try:
            listed = await self._intake.store.read(feeds.listed)
            metrics.looked(listed)
            feed_metrics.looked(listed)
            for feed in listed:
                if feed.id not in self._running and feed.state not in _ENDED:
                    await self._start(feed)
        except BackchannelError as problem:
            log.warning("feeds.store_problem", code=problem.code)
        except Exception:
            log.exception("feeds.look_failed")

    async def _start(self, listed: Feed) -> None:
        leased = await self._intake.store.write(lambda conn: self._leased(conn, listed))
        if leased is not None:
            feed, fence = leased
            task = asyncio.create_task(self._supervise(feed, fence), name=f"feed:{feed.id}")
            self._running[feed.id] = task

    def _leased(self, conn: Connection, listed: Feed) -> tuple[Feed, int] | None:
        """A feed as it is under its lease: who held it before may have stored more meanwhile."""
        fence = feeds.take_lease(conn, listed.id, self._owner, self._lease_seconds)
        if fence is None:
            return None
        feed = feeds.by_ids(conn, listed.event_id, {listed.id}).get(listed.id)
        if feed is None or feed.state in _ENDED:  # paused or removed since it was listed
            feeds.end_lease(conn, listed.id, fence)
            return None
        return feed, fence

    async def _supervise(self, feed: Feed, fence: int) -> None:
        work = run_feed(self._intake, feed, fence)
        await keep_lease_while(self._intake, feed.id, fence, work, self._lease_seconds)


async def keep_lease_while(
    intake: Intake,
    feed_id: str,
    fence: int,
    work: Coroutine[Any, Any, None],
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Do work that needs a lease: it is renewed meanwhile, given back at the end, and when it is
    lost the work is cancelled."""
    running = asyncio.create_task(work)
    renewing = asyncio.create_task(_keep_lease(intake, feed_id, fence, lease_seconds))
    try:
        await asyncio.wait([running, renewing], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (running, renewing):
            task.cancel()
        for ended in await asyncio.gather(running, renewing, return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("feed.failed", feed_id=feed_id, exc_info=ended)
        with contextlib.suppress(BackchannelError):
            await intake.store.write(lambda conn: feeds.end_lease(conn, feed_id, fence))


async def run_feed(intake: Intake, feed: Feed, fence: int, heard: Heard | None = None) -> None:
    """Run a leased feed until it ends: DONE, STOPPED with the reason, or the lease is lost.

    `heard` is told of each burst that is on disk.
    """
    run = _Run(intake, feed, fence, heard)
    try:
        await _run_on(run, feed)
    finally:
        await run.close()


async def _run_on(run: _Run, feed: Feed) -> None:
    while True:
        try:
            await run.stream()
        except LeaseLost:
            log.info("feed.lease_lost", feed_id=feed.id)
            return
        except Exception as problem:  # noqa: BLE001  a feed's trouble is judged by the feed
            delay = await run.trouble(problem)
            if delay is None:
                return
            await asyncio.sleep(delay)
        else:
            return


class _Run:
    """One holding of a feed's lease: where it is, how it is, and how often it failed in a row."""

    def __init__(self, intake: Intake, feed: Feed, fence: int, heard: Heard | None) -> None:
        self._intake = intake
        self._feed = feed
        self._fence = fence
        self._heard = heard
        self._cursor = feed.cursor
        self._attempt = 0
        self._source: Source | None = None
        self._health = Health(feed.state, feed.problem)
        self._told: Standing | None = None
        self._telling = asyncio.Lock()
        self._watching = Watching(intake, feed, fence)

    async def stream(self) -> None:
        """Commit what the source yields, burst by burst, each with its cursor, until it has no more."""
        await self._watching.load()
        self._source = source = opened(self._feed)
        self._health.began(source.places)
        self._watching.began(source.places)
        working = [asyncio.create_task(work) for work in (self._watch(source), self._watching.run())]
        try:
            await self._tell()
            async with contextlib.aclosing(bursts_of(source.stream(self._cursor))) as bursts:
                async for burst in bursts:
                    await self._take(burst, source)
            self._health.ended()
            await self._tell()
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await source.aclose()

    async def close(self) -> None:
        """Keep what was measured."""
        await self._watching.close()

    async def _take(self, burst: Burst, source: Source) -> None:
        if burst.has_progress:
            tally = await self._commit(burst)
            self._works()
            given = (one.post for one in burst.items if isinstance(one, Arrived | Edited))
            self._watching.came(given, tally.made, burst.dropped)
            if self._heard:
                self._heard(tally, source)
        for trouble in burst.troubles:
            log.info("feed.place", feed_id=self._feed.id, code=trouble.code)
            self._heard_of(trouble)
        for budget in burst.budgets:
            self._watching.budget(budget)
        await self._tell()

    async def _watch(self, source: Source) -> None:
        """Ask every minute what the source still has. A recheck that fails is tried at the next."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            self._works()
            try:
                await self._tell()
                await self._recheck(source)
            except Exception as problem:  # noqa: BLE001  a recheck must not end what it watches over
                log.warning("feed.recheck_failed", feed_id=self._feed.id, problem=type(problem).__name__)

    def _works(self) -> None:
        self._health.works()
        self._watching.works()

    def _heard_of(self, trouble: Trouble) -> None:
        self._health.heard(trouble)
        self._watching.trouble(trouble)

    async def _recheck(self, source: Source) -> None:
        journal, actor = self._intake.journal, f"feed:{self._feed.id}"
        done = await recheck(journal, self._feed.event_id, source, actor, self._intake.graves)
        self._health.rechecked(much_gone=done.fault)
        if done.fault:
            log.warning("feed.much_gone", feed_id=self._feed.id, asked=done.asked, unknown=done.unknown)
        await self._tell()

    async def _commit(self, burst: Burst) -> Tally:
        feed = self._feed
        progress = Progress(feed.id, self._fence, burst.cursor, burst.dropped, feed.network)
        tally = await self._intake.submit(feed.event_id, burst.items, f"feed:{feed.id}", progress)
        self._cursor = burst.cursor if burst.cursor is not None else self._cursor
        self._attempt = 0
        return tally

    async def trouble(self, problem: Exception) -> float | None:
        """Say what is wrong where an organiser will look; seconds to the next try, or None: over."""
        self._attempt += 1
        delay = self._delay(problem)
        log.warning("feed.trouble", feed_id=self._feed.id, code=code_of(problem), retry_seconds=delay)
        self._health.failed(problem, delay)
        with contextlib.suppress(BackchannelError):
            await self._watching.failed(code_of(problem), said_of(problem), delay)
        with contextlib.suppress(BackchannelError):
            await self._tell()
        return delay

    def _delay(self, problem: Exception) -> float | None:
        if isinstance(problem, StoreUnavailable | StoreFull):
            return STORE_RETRY_SECONDS
        return self._source.retry_after(problem, self._attempt) if self._source else None

    async def _tell(self) -> None:
        """Write how the feed is, where that changed. Raises LeaseLost: it is another's to say."""
        async with self._telling:
            standing = self._health.now()
            if standing != self._told:
                feed = self._feed
                await self._intake.journal.command(
                    feed.event_id,
                    f"feed:{feed.id}",
                    lambda tx: tell_standing(tx, feed.id, self._fence, standing),
                )
                self._told = standing
                await self._watching.save()


def opened(feed: Feed) -> Source:
    """The source of a feed. Raises FeedFatal where its settings cannot be read, BadInput."""
    if feed.lost:
        raise FeedFatal(
            "The settings of this feed were saved with another secret key.",
            remedy="Put that key back, or enter the settings again.",
        )
    return open_source(feed.network, feed.config)


def tell_standing(tx: Tx, feed_id: str, fence: int, standing: Standing) -> None:
    """Store how a feed is, with an entry, if it is not stored so already.

    Raises LeaseLost when the feed's lease is not held under this number.
    """
    if not feeds.holds_lease(tx.conn, feed_id, fence):
        raise LeaseLost("Another process runs this feed.", feed=feed_id)
    present = feeds.by_ids(tx.conn, tx.event.id, {feed_id})[feed_id]
    if (present.state, present.problem) != (standing.state, standing.problem):
        feeds.move(tx.conn, feed_id, state=standing.state.value, problem=standing.problem)
        tx.append(kinds.FeedMoved(state=standing.state, problem=standing.code), ("feed", feed_id))


async def _keep_lease(intake: Intake, feed_id: str, fence: int, lease_seconds: float) -> None:
    """Renew a lease until it is lost. A database that does not answer is waited for."""
    while True:
        await asyncio.sleep(lease_seconds / RENEWALS)
        try:
            if not await intake.store.write(
                lambda conn: feeds.renew_lease(conn, feed_id, fence, lease_seconds)
            ):
                return
        except BackchannelError as problem:
            log.warning("feed.lease_not_renewed", feed_id=feed_id, code=problem.code)
