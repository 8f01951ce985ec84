"""Where the items of one stream come out, in the order in which they were told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from wall.feeds.base import Item

WAITING = 1_000
"""Items that may wait to be taken; then whoever tells more waits."""


class Outlet:
    """One stream's items: put in by the tasks that read a network, taken out by who reads the stream."""

    def __init__(self) -> None:
        self._out: asyncio.Queue[Item | Exception | None] = asyncio.Queue(WAITING)

    async def tell(self, item: Item) -> None:
        """Give something out."""
        await self._out.put(item)

    async def failed(self, problem: Exception) -> None:
        """Tell that it cannot go on."""
        await self._out.put(problem)

    def end(self) -> None:
        """Give out nothing more. What still waits is left: its place was not told."""
        while not self._out.empty():
            self._out.get_nowait()
        self._out.put_nowait(None)

    async def items(self) -> AsyncIterator[Item]:
        """What was told, in order. Raises what a part of the feed failed with."""
        while (item := await self._out.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
