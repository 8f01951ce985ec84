"""A Mastodon source that is being read, at the pace of tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.support.waiting import PATIENCE, eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from wall.feeds.base import Arrived, Checkpoint, Dropped, Edited, Item, Trouble, Withdrawn
from wall.feeds.kin.config import Times, checked
from wall.feeds.mastodon import MastodonSource
from wall.model import Post

FAST = Times(
    poll=0.05,
    catch_up=0.5,
    overlap=0.5,
    long_overlap=3.0,
    first_wait=0.01,
    longest_wait=0.05,
    refused_wait=0.2,
)
"""Looks and tries again are quick. An answer and a sign of life are waited for as long as anywhere
(`Times`), so that a slow machine is not taken for a server that is silent."""
IMPATIENT = replace(FAST, ping=0.3, request=1.0)
"""For servers that really are: giving up on one that only is slow is then right, and loses nothing."""


class Reading:
    """What came out of a source so far."""

    def __init__(self, source: MastodonSource) -> None:
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


def config_of(world: FakeMastodon, token: str | None = TOKEN, **more: Any) -> dict[str, Any]:
    """A feed's configuration for every instance of a world."""
    instances = [{"host": f"http://{one.host}", "token": token} for one in world.instances]
    return {"instances": instances, "hashtags": ["smsummit"]} | more


@asynccontextmanager
async def reading(
    world: FakeMastodon,
    token: str | None = TOKEN,
    *,
    cursor: str | None = None,
    config: dict[str, Any] | None = None,
    **times: float,
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    checked_config = checked(config or config_of(world, token))
    started = Reading(MastodonSource(checked_config, times=replace(FAST, **times)))
    started.task = asyncio.create_task(started.read(cursor))
    try:
        yield started
    finally:
        await started.source.aclose()
        started.task.cancel()
        await asyncio.gather(started.task, return_exceptions=True)
