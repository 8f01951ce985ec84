"""Group commit: items that arrive together share one transaction, and none waits for long.

Each submission is answered only when it is on disk. One that cannot be stored does not take its
neighbours with it: the batch is tried again in halves until the bad item stands alone, and that one
is dropped and counted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from wall.entries import Subject, kinds
from wall.errors import BackchannelError, LeaseLost, StoreUnavailable
from wall.intake import metrics
from wall.intake.door import Given, Graves, Tally, admit
from wall.journal import Journal, Tx
from wall.store import feeds

log = structlog.get_logger(__name__)

COMMIT_AFTER_SECONDS = 0.010
COMMIT_AT_ITEMS = 500


@dataclass(frozen=True)
class Progress:
    """How far a feed has come, stored with its items: `fence` proves that it holds the lease."""

    feed_id: str
    fence: int
    cursor: str | None
    dropped: int = 0
    network: str | None = None
    """The feed's, for those who measure."""


@dataclass(frozen=True)
class _Submission:
    items: Sequence[Given]
    actor: str
    progress: Progress | None
    answer: asyncio.Future[Tally]


class GroupCommit:
    """Gathers the submissions of one event for up to 10 ms or 500 items, then commits them."""

    def __init__(self, journal: Journal, graves: Graves, event_id: str) -> None:
        self._journal = journal
        self._graves = graves
        self._event_id = event_id
        self._waiting: list[_Submission] = []
        self._ready = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run(), name=f"intake:{event_id}")

    async def submit(self, items: Sequence[Given], actor: str, progress: Progress | None) -> Tally:
        """Store items; what became of them, once they are on disk.

        Raises StoreUnavailable or StoreFull (submit it again: what was stored is known then) and
        LeaseLost.
        """
        if self._closing:
            raise StoreUnavailable("This process is about to end.")
        answer: asyncio.Future[Tally] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Submission(items, actor, progress, answer))
        if len(self._waiting) == 1 or self._gathered() >= COMMIT_AT_ITEMS:
            self._ready.set()
        return await answer

    async def close(self) -> None:
        """Commit what waits, and end when it and what was being committed are answered."""
        self._closing = True
        self._ready.set()
        await self._task

    def _gathered(self) -> int:
        return sum(len(waiting.items) for waiting in self._waiting)

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            await self._ready.wait()
            self._ready.clear()
            if self._gathered() < COMMIT_AT_ITEMS and not self._closing:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(COMMIT_AFTER_SECONDS):
                        await self._ready.wait()
            batch, self._waiting = self._waiting, []
            self._ready.clear()
            if batch:
                await self._commit(batch)

    async def _commit(self, batch: list[_Submission]) -> None:
        try:
            with metrics.commit_seconds.time():
                done = await self._journal.command(
                    self._event_id, "intake", lambda tx: self._store(tx, batch)
                )
        except BackchannelError as problem:
            await self._failed(batch, problem)
        except Exception as problem:  # noqa: BLE001  whatever an item does, it must not cost the others
            await self._isolate(batch, problem)
        else:
            for submission, tally in zip(batch, done.result, strict=True):
                _answer(submission, tally)
                _count(submission, tally)

    def _store(self, tx: Tx, batch: list[_Submission]) -> list[Tally]:
        return [self._store_one(tx, submission) for submission in batch]

    def _store_one(self, tx: Tx, submission: _Submission) -> Tally:
        tx.actor = submission.actor
        tally = admit(tx, submission.items, self._graves)
        progress = submission.progress
        if progress and not feeds.save_progress(
            tx.conn,
            progress.feed_id,
            progress.fence,
            cursor=progress.cursor,
            accepted=tally.accepted,
            dropped=progress.dropped,
        ):
            raise LeaseLost("Another process runs this feed.", feed=progress.feed_id)
        if progress and (tally.accepted or progress.dropped):
            _tell_readers(tx, ("feed", progress.feed_id), progress.dropped)
        return tally

    async def _failed(self, batch: list[_Submission], problem: BackchannelError) -> None:
        """A lost lease concerns one feed only; any other trouble concerns everybody."""
        if isinstance(problem, LeaseLost) and len(batch) > 1:
            for submission in batch:
                await self._commit([submission])
        else:
            _refuse(batch, problem)

    async def _isolate(self, batch: list[_Submission], problem: Exception) -> None:
        """Something in here cannot be stored: find it, so that it alone is lost."""
        if len(batch) > 1:
            for submission in batch:
                await self._commit([submission])
        elif len(batch[0].items) > 1:
            await self._split(batch[0])
        elif batch[0].items:
            said = type(getattr(problem, "orig", problem)).__name__
            log.error("intake.item_dropped", event_id=self._event_id, problem=said)
            await self._commit([_without_items(batch[0])])
        else:
            _refuse(batch, problem)

    async def _split(self, whole: _Submission) -> None:
        """Store a submission in two halves. Its cursor moves only with the second, and that is not
        tried when the first failed: a cursor must never be past what is not stored."""
        middle = len(whole.items) // 2
        halves = (whole.items[:middle], _staying(whole.progress)), (whole.items[middle:], whole.progress)
        tallies = []
        for items, progress in halves:
            answer: asyncio.Future[Tally] = asyncio.get_running_loop().create_future()
            await self._commit([_Submission(items, whole.actor, progress, answer)])
            if problem := answer.exception():
                _refuse([whole], problem)
                return
            tallies.append(answer.result())
        _answer(whole, _sum(*tallies))


def _tell_readers(tx: Tx, feed: Subject, dropped: int) -> None:
    """A feed's counts are shown on desks. A burst of nothing but dropped items has no entry yet."""
    if tx.seq > tx.event.seq:
        tx.touch(feed)
    else:
        tx.append(kinds.FeedDropped(items=dropped), feed)


def _staying(progress: Progress | None) -> Progress | None:
    return replace(progress, cursor=None, dropped=0) if progress else None


def _without_items(submission: _Submission) -> _Submission:
    progress = submission.progress
    if progress:
        progress = replace(progress, dropped=progress.dropped + 1)
    return _Submission([], submission.actor, progress, submission.answer)


def _sum(first: Tally, second: Tally) -> Tally:
    return Tally(
        accepted=first.accepted + second.accepted,
        reposts=first.reposts + second.reposts,
        edited=first.edited + second.edited,
        known=first.known + second.known,
        withdrawn=first.withdrawn + second.withdrawn,
        ids=first.ids + second.ids,
        made=first.made + second.made,
    )


def _answer(submission: _Submission, tally: Tally) -> None:
    if not submission.answer.done():  # whoever asked may have been cancelled
        submission.answer.set_result(tally)


def _count(submission: _Submission, tally: Tally) -> None:
    progress = submission.progress
    metrics.stored(tally, progress.dropped if progress else 0, progress.network if progress else None)


def _refuse(batch: list[_Submission], problem: BaseException) -> None:
    for submission in batch:
        if not submission.answer.done():
            submission.answer.set_exception(problem)
