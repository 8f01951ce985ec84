"""What a source yields, gathered into bursts that are stored together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from wall.feeds.base import Budget, Checkpoint, Dropped, Item, Trouble
from wall.intake.commits import COMMIT_AT_ITEMS
from wall.intake.door import Given


@dataclass
class Burst:
    """Items since the last commit, with the newest cursor among them, and what was told besides."""

    items: list[Given] = field(default_factory=list)
    cursor: str | None = None
    dropped: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)

    def take(self, item: Item) -> None:
        match item:
            case Checkpoint(cursor):
                self.cursor = cursor
            case Dropped():
                self.dropped += 1
            case Trouble():
                self.troubles.append(item)
            case Budget():
                self.budgets.append(item)
            case _:
                self.items.append(item)

    @property
    def full(self) -> bool:
        return len(self.items) >= COMMIT_AT_ITEMS

    @property
    def has_progress(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.items or self.dropped or self.cursor is not None)

    def __bool__(self) -> bool:
        return self.has_progress or bool(self.troubles or self.budgets)


async def bursts_of(items: AsyncIterator[Item]) -> AsyncGenerator[Burst]:
    """Gather items up to a full burst, or as long as the source does not pause."""
    queue: asyncio.Queue[Item | BaseException | None] = asyncio.Queue(2 * COMMIT_AT_ITEMS)
    reading = asyncio.create_task(_read(items, queue))
    try:
        ended = False
        while not ended:
            burst, item = Burst(), await queue.get()
            while True:
                if item is None or isinstance(item, BaseException):
                    ended = True
                    break
                burst.take(item)
                if burst.full or queue.empty():
                    break
                item = queue.get_nowait()
            if burst:
                yield burst
            if isinstance(item, BaseException):
                raise item
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(items: AsyncIterator[Item], queue: asyncio.Queue[Item | BaseException | None]) -> None:
    try:
        async for item in items:
            await queue.put(item)
        await queue.put(None)
    except Exception as problem:  # noqa: BLE001  handed over to who reads the queue
        await queue.put(problem)
