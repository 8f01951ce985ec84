"""A Bluesky source that is being read, at the pace of tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.support.waiting import PATIENCE, eventually
from tests.world.bluesky import FakeBluesky
from wall.feeds.atproto.config import Times, checked
from wall.feeds.base import Arrived, Checkpoint, Dropped, Edited, Item, Trouble, Withdrawn
from wall.feeds.bluesky import BlueskySource
from wall.model import Post

FAST = Times(
    rewind=3.0,
    apart=5.0,
    checkpoint=0.02,
    quiet=0.05,
    gather=0.01,
    first_wait=0.01,
    longest_wait=0.05,
    author_tries=(0.05, 0.1, 0.2, 0.3),
    search=0.2,
    overlap=3.0,
)
"""Everything is tried again soon. An answer and a sign of life are waited for as long as anywhere."""
IMPATIENT = replace(FAST, silence=0.5, request=1.0)
"""For servers that really are silent: giving up on one that only is slow then loses nothing."""


def config_of(world: FakeBluesky, **more: Any) -> dict[str, Any]:
    """A feed's configuration for a world."""
    host = f"http://{world.host}"
    return {"hashtags": ["#SMSummit"], "hosts": [host], "appviews": [host]} | more


class Reading:
    """What came out of a source so far."""

    def __init__(self, source: BlueskySource) -> None:
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
    def troubled_now(self) -> dict[str, str | None]:
        """What is wrong at the end of it, by connection."""
        newest = {trouble.where: trouble.code for trouble in self.troubles}
        return {where: code for where, code in newest.items() if code is not None}

    async def has(self, *keys: str, within: float = PATIENCE) -> None:
        """Wait until these posts came."""
        await eventually(lambda: set(keys) <= self.posts.keys(), within, "the posts")

    async def troubled(self, code: str | None) -> Trouble:
        """Wait for a trouble, or the end of one."""
        await eventually(lambda: code in {one.code for one in self.troubles}, what=f"the trouble {code}")
        return next(trouble for trouble in self.troubles if trouble.code == code)


@asynccontextmanager
async def reading(
    world: FakeBluesky,
    *,
    cursor: str | None = None,
    config: dict[str, Any] | None = None,
    **times: Any,
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    started = Reading(BlueskySource(checked(config or config_of(world)), times=replace(FAST, **times)))
    started.task = asyncio.create_task(started.read(cursor))
    try:
        yield started
    finally:
        await started.source.aclose()
        started.task.cancel()
        await asyncio.gather(started.task, return_exceptions=True)
