"""Keeps what one run of a feed measures where every process and the next run can read it, and says so once
when the feed is silent for longer than its rhythm explains."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from wall.entries.feed_kinds import FeedHeard, FeedSilent
from wall.errors import BackchannelError, LeaseLost
from wall.feeds.base import Budget, Trouble
from wall.intake import feed_metrics
from wall.intake.intake import Intake
from wall.intake.vitals import Measuring, Vitals, read, written
from wall.journal import Tx
from wall.model import Feed, Post, utc_now
from wall.store import feeds, programme, vitals

log = structlog.get_logger(__name__)

SAVE_SECONDS = 3.0
"""Between two times at which what is measured is written, if anything changed."""
AROUND = timedelta(minutes=15)
"""Before and after the sessions of a programme, in which posts are expected too."""


class Watching:
    """What is known of one run of a feed."""

    def __init__(
        self,
        intake: Intake,
        feed: Feed,
        fence: int,
        *,
        save_seconds: float | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._intake = intake
        self._feed = feed
        self._fence = fence
        self._save_seconds = SAVE_SECONDS if save_seconds is None else save_seconds
        self._clock = clock
        self._measuring = Measuring(Vitals())
        self._kept: Vitals | None = None
        self._silent = False
        self._is_first = True

    def began(self, places: Sequence[str]) -> None:
        """The source is opened."""
        self._measuring.began(places, self._clock(), first=self._is_first)
        self._is_first = False

    def came(self, posts: Iterable[Post], made: Iterable[datetime], dropped: int) -> None:
        """A burst is stored: its posts as they were given, when the new ones were written, and how much
        could not be read."""
        now, new = self._clock(), list(made)
        feed_metrics.brought(self._feed, len(new), dropped)
        self._measuring.saw(posts, now)
        self._measuring.came(new, now)

    def trouble(self, told: Trouble) -> None:
        """A place has a problem, or has it no more."""
        if told.code is not None:
            feed_metrics.trouble(self._feed, told.code)
        self._measuring.trouble(told, self._clock())

    def budget(self, told: Budget) -> None:
        """How much is left of a limit."""
        self._measuring.budget(told)

    def works(self) -> None:
        """Posts can come."""
        self._measuring.works(self._clock())

    async def failed(self, code: str, said: str, retry_seconds: float | None) -> None:
        """The source failed as a whole: kept at once, for a stopped feed has no later. Raises as `save`."""
        feed_metrics.trouble(self._feed, code)
        self._measuring.failed(code, said, retry_seconds, self._clock())
        await self.save()

    async def load(self) -> None:
        """Go on from what the run before left, once. Raises what the store raises."""
        if self._kept is not None:
            return
        known = (await self._intake.store.read(lambda conn: vitals.of_feeds(conn, {self._feed.id}))).get(
            self._feed.id
        )
        if known is not None:
            self._measuring = Measuring(read(known.body))
            self._silent = known.silent_since is not None
        self._kept = self._measuring.vitals

    async def run(self) -> None:
        """Write every few seconds what changed; for ever. What fails is tried again."""
        while True:
            await asyncio.sleep(self._save_seconds)
            try:
                await self.look()
            except LeaseLost:
                return
            except BackchannelError as problem:
                log.warning("feed.vitals_not_kept", feed_id=self._feed.id, code=problem.code)
            except Exception:
                log.exception("feed.vitals_not_kept", feed_id=self._feed.id)

    async def look(self) -> None:
        """Write what changed, and say when silence begins or ends. Raises LeaseLost: it is another's."""
        await self.save()
        await self._listen()

    async def save(self) -> None:
        """Write what changed. Raises LeaseLost, and what the store raises."""
        found = self._measuring.vitals
        feed_metrics.measured(self._feed, found)
        if self._kept is None or found == self._kept:
            return
        body, feed_id = written(found), self._feed.id
        if not await self._intake.store.write(lambda conn: vitals.save(conn, feed_id, self._fence, body)):
            raise LeaseLost("Another process runs this feed.", feed=feed_id)
        self._kept = found

    async def close(self) -> None:
        """Write what is known at the end of the run, if it can be."""
        with contextlib.suppress(BackchannelError):
            await self.save()
        feed_metrics.ended(self._feed)

    async def _listen(self) -> None:
        now, found = self._clock(), self._measuring.vitals
        if not (self._silent or found.is_quiet(now)):
            return
        zone = (await self._intake.journal.event(self._feed.event_id)).zone
        silent = found.is_silent(now, zone)
        if silent == self._silent:
            return
        if silent and not await self._intake.store.read(
            lambda conn: is_expected(conn, self._feed.event_id, now)
        ):
            return
        await self._intake.journal.command(
            self._feed.event_id,
            f"feed:{self._feed.id}",
            lambda tx: tell_silence(tx, self._feed.id, self._fence, found if silent else None),
        )
        self._silent = silent
        feed_metrics.silence(self._feed, is_silent=silent)


def is_expected(conn: Connection, event_id: str, now: datetime) -> bool:
    """Whether posts are expected: a session of the programme is about now, or there is no programme."""
    sessions = programme.sessions(conn, event_id)
    return not sessions or any(one.starts_at - AROUND <= now <= one.ends_at + AROUND for one in sessions)


def tell_silence(tx: Tx, feed_id: str, fence: int, silent: Vitals | None) -> None:
    """Command: a feed is silent for longer than its rhythm explains, or (None) no longer. Once for each.

    Raises LeaseLost when the feed's lease is not held under this number.
    """
    if not feeds.holds_lease(tx.conn, feed_id, fence):
        raise LeaseLost("Another process runs this feed.", feed=feed_id)
    last = silent.rhythm.last if silent else None
    since = None if last is None else min(tx.now, datetime.fromtimestamp(last, tx.now.tzinfo))
    if not vitals.silence(tx.conn, feed_id, since):
        return
    if silent is not None and since is not None:
        seconds = round((tx.now - since).total_seconds())
        tx.append(FeedSilent(seconds=seconds, usual=round(silent.rhythm.usual)), ("feed", feed_id))
    else:
        tx.append(FeedHeard(), ("feed", feed_id))
