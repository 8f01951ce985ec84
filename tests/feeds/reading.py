"""A source that is being read: what it told so far, and waiting for what it will tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.waiting import PATIENCE, eventually
from wall.feeds.base import Arrived, Budget, Checkpoint, Dropped, Edited, Item, Source, Trouble, Withdrawn
from wall.model import Post


class Reading:
    """What came out of a source so far, whichever network's it is."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.items: list[Item] = []
        self.task: asyncio.Task[None] | None = None

    async def read(self, cursor: str | None) -> None:
        """Take items until the source ends."""
        async for item in self.source.stream(cursor):
            self.items.append(item)

    @property
    def posts(self) -> dict[str, Post]:
        """The newest version of each post, by key."""
        return {item.post.key: item.post for item in self.items if isinstance(item, Arrived | Edited)}

    @property
    def told(self) -> list[str]:
        """The key of every post, each time that it was told."""
        return [item.post.key for item in self.items if isinstance(item, Arrived | Edited)]

    @property
    def withdrawn(self) -> list[str]:
        """Keys that were taken back."""
        return [item.key for item in self.items if isinstance(item, Withdrawn)]

    @property
    def dropped(self) -> list[str]:
        """Codes of what could not be used."""
        return [item.code for item in self.items if isinstance(item, Dropped)]

    @property
    def cursor(self) -> str | None:
        """The newest cursor."""
        return next((item.cursor for item in reversed(self.items) if isinstance(item, Checkpoint)), None)

    @property
    def troubles(self) -> list[Trouble]:
        """Everything that was said of how connections are."""
        return [item for item in self.items if isinstance(item, Trouble)]

    @property
    def budgets(self) -> list[Budget]:
        """Everything that was said of limits."""
        return [item for item in self.items if isinstance(item, Budget)]

    @property
    def troubled_now(self) -> dict[str, Trouble]:
        """What is wrong at the end of it, by connection."""
        newest = {trouble.where: trouble for trouble in self.troubles}
        return {where: trouble for where, trouble in newest.items() if trouble.code is not None}

    @property
    def codes(self) -> set[str | None]:
        """Every trouble that there was."""
        return {trouble.code for trouble in self.troubles}

    async def has(self, *keys: str, within: float = PATIENCE) -> None:
        """Wait until these posts came."""
        await eventually(lambda: set(keys) <= self.posts.keys(), within, "the posts")

    async def troubled(self, code: str | None, within: float = PATIENCE) -> Trouble:
        """Wait for a trouble, or the end of one."""
        await eventually(lambda: code in self.codes, within, f"the trouble {code}")
        return next(trouble for trouble in self.troubles if trouble.code == code)

    async def failed(self) -> BaseException:
        """Wait for the end of the stream; what it raised."""
        assert self.task is not None
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([self.task])
        problem = self.task.exception()
        assert problem is not None
        return problem


@asynccontextmanager
async def read_until_the_end(started: Reading, cursor: str | None) -> AsyncIterator[Reading]:
    """Read a source until the end of the block."""
    started.task = asyncio.create_task(started.read(cursor))
    try:
        yield started
    finally:
        await started.source.aclose()
        started.task.cancel()
        await asyncio.gather(started.task, return_exceptions=True)
