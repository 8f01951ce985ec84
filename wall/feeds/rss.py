"""The `rss` network: RSS, Atom and JSON Feed, as sites publish them, polled.

Configuration: `feeds` (addresses), and if wanted `hashtags`, `poll_seconds` and `look_back_days`.
`docs/reference/networks/rss.md` has it all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from wall.confined.process import Pool
from wall.errors import FeedFatal
from wall.feeds.base import Checkpoint, Item, Rechecked, Trouble
from wall.feeds.common.matching import plain_fold
from wall.feeds.common.told import Told
from wall.feeds.syndication import problems, worker
from wall.feeds.syndication.config import RssConfig, Times, checked
from wall.feeds.syndication.fetching import Fetcher
from wall.feeds.syndication.memory import Memory
from wall.feeds.syndication.reader import Ended, Flow, Read, Reader, Shared

TIMES = Times()
"""The pace of every source that is opened by name."""
WAITING = 4
"""Documents and troubles that may wait to be told; then the feeds wait."""
_WORKER = Path(worker.__file__)
_PARSING_SECONDS = 30.0
"""By the clock, for one document: its share of processor time is far less (`wall.confined.limits`)."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults. Raises BadInput."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> RssSource:
    """A source for these addresses. Raises BadInput."""
    return RssSource(checked(config), times=TIMES)


@dataclass(slots=True)
class _Running:
    """One stream: where its feeds put what they have, the task of each, and whether it is over."""

    flow: Flow
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    over: bool = False

    async def end(self) -> None:
        """End it; whoever waits for its next item gets none. Safe to call twice."""
        self.over = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        while not self.flow.empty():
            self.flow.get_nowait()
        self.flow.put_nowait(None)


class _Telling:
    """What one stream makes of what its feeds say."""

    def __init__(self, config: RssConfig, times: Times, memory: Memory) -> None:
        self._config = config
        self._times = times
        self._memory = memory
        self._losses = Told()
        self._kept: dict[str, float] = {}
        self._ended: dict[str, FeedFatal] = {}

    def items(self, read: Read) -> Iterator[Item]:
        """What an answer has that is news, and a place where it is worth keeping: the first of a feed,
        with news in it, after a move, and every ten minutes."""
        since = read.read_at - timedelta(days=self._config.look_back_days)
        news = read.seen.moved != self._memory.seen(read.address).moved
        for item in self._memory.tell(read.address, read.told, read.deleted, read.read_at, since):
            news = True
            yield item
        for loss in read.losses:
            if self._losses.is_new_loss(loss.item, loss.name):
                news = True
                yield loss.item
        now = time.monotonic()
        if news or now - self._kept.get(read.address, float("-inf")) > self._times.quiet:
            self._kept[read.address] = now
            yield Checkpoint(self._memory.reached(read.address, read.seen))

    def ended(self, end: Ended) -> None:
        """One feed the fewer. Raises what ends the stream: the last one's end, or a program's fault."""
        if not isinstance(end.problem, FeedFatal):
            raise end.problem
        self._ended[end.name] = end.problem
        if len(self._ended) == len(self._config.feeds):
            said = " ".join(f"{name}: {problem.message}" for name, problem in self._ended.items())
            raise FeedFatal(said, remedy=end.problem.remedy, **end.problem.details)


class RssSource:
    """The feeds of several sites as one stream; one in trouble does not stop the others."""

    network = "rss"

    def __init__(self, config: RssConfig, *, times: Times) -> None:
        self.places = config.names
        self._config = config
        self._times = times
        self._fetcher = Fetcher(times)
        self._pool = Pool(_WORKER, workers=1, seconds=_PARSING_SECONDS)
        self._running: _Running | None = None

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Entries of all feeds, for ever. What passes is waited for and told of.

        Raises FeedFatal when every feed is gone for good.
        """
        await self._end()
        memory = Memory(self._config.feeds, cursor)
        telling = _Telling(self._config, self._times, memory)
        running = self._running = self._started(memory)
        try:
            while (item := await running.flow.get()) is not None:
                if isinstance(item, Trouble):
                    yield item
                elif isinstance(item, Ended):
                    telling.ended(item)
                else:
                    for one in telling.items(item):
                        yield one
                        if running.over:
                            return
        finally:
            await running.end()

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """Nothing: a feed lists its newest entries, and what it lists no more may still be there."""
        del keys
        return Rechecked()

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.syndication.problems`."""
        return problems.retry_after(problem, attempt)

    async def aclose(self) -> None:
        """End the stream and its worker, and close every connection."""
        await self._end()
        await self._fetcher.aclose()
        await self._pool.close()

    def _started(self, memory: Memory) -> _Running:
        running = _Running(asyncio.Queue(WAITING))
        poll = self._config.poll_seconds or self._times.poll
        wanted = frozenset(map(plain_fold, self._config.hashtags))
        shared = Shared(self._fetcher, self._pool, self._times, wanted, poll, running.flow)
        for address, name in zip(self._config.feeds, self._config.names, strict=True):
            reader = Reader(address, name, memory.seen(address), shared)
            running.tasks.append(asyncio.create_task(reader.run()))
        return running

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.end()
