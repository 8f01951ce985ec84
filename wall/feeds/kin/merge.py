"""Several instances as one stream: each post once, and a cursor that is never ahead of its items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from wall.errors import FeedFatal
from wall.feeds.base import Arrived, Budget, Checkpoint, Dropped, Edited, Item, Trouble, Withdrawn
from wall.feeds.common.budgets import Budgets
from wall.feeds.common.told import Told
from wall.feeds.kin.cursor import Place
from wall.feeds.kin.memory import LocalIds

WAITING = 1_000
"""Items that may wait to be taken; then the instances wait."""


@dataclass(frozen=True, slots=True)
class _Reached:
    host: str
    tag: str
    min_id: str
    ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Ended:
    host: str
    problem: Exception


class Merge:
    """Where the instances of one stream put what they have, and where it comes out in that order."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._told = Told()
        self._budgets = Budgets()
        self._queue: asyncio.Queue[Item | _Reached | _Ended | None] = asyncio.Queue(WAITING)
        self._turn = asyncio.Lock()
        """What is judged to be news is also put in line before anything else is judged: otherwise one
        task could note a place that covers what another is about to put."""

    async def post(self, item: Arrived | Edited) -> bool:
        """Tell of a post, if this version of it is news. Whether it was."""
        async with self._turn:
            if not self._told.is_news(item):
                return False
            await self._queue.put(item)
            return True

    async def farewell(self, network: str, uri: str) -> None:
        """Tell that a post was deleted, once."""
        async with self._turn:
            if self._told.is_first_farewell(uri):
                await self._queue.put(Withdrawn(network, uri))

    async def loss(self, item: Dropped, name: str = "") -> None:
        """Tell that something could not be used; where it has a name, once."""
        async with self._turn:
            if not name or self._told.is_new_loss(item, name):
                await self._queue.put(item)

    async def reached(self, host: str, tag: str, min_id: str, ids: LocalIds) -> None:
        """Tell that everything of a hashtag up to this id was told."""
        async with self._turn:
            await self._queue.put(_Reached(host, tag, min_id, ids.saved()))

    async def trouble(self, trouble: Trouble) -> None:
        """Tell how a connection is."""
        await self._queue.put(trouble)

    async def budget(self, left: Budget | None) -> None:
        """Tell what is left of a limit, where it is known and moved."""
        if left is not None and self._budgets.is_news(left):
            await self._queue.put(left)

    async def ended(self, host: str, problem: Exception) -> None:
        """Tell that an instance cannot go on."""
        await self._queue.put(_Ended(host, problem))

    def end(self) -> None:
        """Give out nothing more. What still waits is left: its place was not noted."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def items(self, instances: int) -> AsyncIterator[Item]:
        """What was told, in order, with a checkpoint where a place was reached.

        Raises FeedFatal when none of the instances is left, and any other problem at once.
        """
        ended: dict[str, FeedFatal] = {}
        while True:
            match await self._queue.get():
                case None:
                    return
                case _Reached(host, tag, min_id, ids):
                    if self.place.reached(host, tag, min_id, ids):
                        yield Checkpoint(str(self.place))
                case _Ended() as end:
                    _note_end(end, ended, instances)
                case item:
                    yield item


def _note_end(end: _Ended, ended: dict[str, FeedFatal], instances: int) -> None:
    """One instance the fewer. Raises what ends the stream: the last one's end, or a program's fault."""
    if not isinstance(end.problem, FeedFatal):
        raise end.problem
    ended[end.host] = end.problem
    if len(ended) == instances:
        raise _all_of(ended)


def _all_of(ended: dict[str, FeedFatal]) -> FeedFatal:
    said = " ".join(f"{host}: {problem.message}" for host, problem in ended.items())
    first = next(iter(ended.values()))
    return FeedFatal(said, remedy=first.remedy, **first.details)
