"""A source of sites' feeds that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.feeds.reading import Reading, read_until_the_end
from tests.support.waiting import eventually
from tests.world.syndication import Answer, FakeFeed
from wall.feeds.rss import RssSource
from wall.feeds.syndication.config import Times, checked

FAST = Times(poll=0.05, longest_pace=0.05, first_wait=0.01, longest_wait=0.05, quiet=0.5)
"""Looks and tries again are quick. An answer is waited for as long as anywhere (`Times`), so that a slow
machine is not taken for a site that is silent."""
IMPATIENT = replace(FAST, request=1.0)
"""For sites that really are."""


@asynccontextmanager
async def reading(
    *feeds: str, cursor: str | None = None, config: dict[str, Any] | None = None, **times: float
) -> AsyncIterator[Reading]:
    """Read feeds until the end of the block."""
    made = checked({"feeds": list(feeds)} | (config or {}))
    started = Reading(RssSource(made, times=replace(FAST, **times)))
    async with read_until_the_end(started, cursor):
        yield started


async def looked(feed: FakeFeed, times: int = 2) -> None:
    """Wait for further looks at a feed."""
    before = len(feed.site.asked_for(feed.path))
    await eventually(lambda: len(feed.site.asked_for(feed.path)) >= before + times, what="looks")


def failing(path: str, answer: Answer) -> Callable[[str], Answer | None]:
    """Answers one path so."""
    return lambda asked: answer if asked == path else None
