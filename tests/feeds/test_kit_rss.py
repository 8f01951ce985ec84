"""The contract kit for feeds of sites: Atom, which can tell of deletions, and RSS 2.0 and JSON Feed.

A feed lists its newest entries only. What is published between two looks must fit into that window: what
falls out of it unseen is in no answer any more, and no reader can know of it. The worlds here list 200.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door, door
from tests.feeds.rss_reading import FAST, IMPATIENT
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import eventually
from tests.world.syndication import HTML_502, Answer, FakeSite
from tests.world.syndication_writing import Kind
from wall.feeds import rss
from wall.feeds.base import Rechecked

__all__ = ["door"]


class RssDriver:
    """A fake site behind a proxy that cuts and stalls."""

    network = "rss"
    network_of_posts = "rss"
    ends = False
    edits = True
    forgets = False

    def __init__(self, kind: Kind) -> None:
        self.site = FakeSite()
        self.feed = self.site.feed(kind=kind)
        self._stack = AsyncExitStack()
        self._refusals = 0

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.site)
        proxy = FaultProxy(("127.0.0.1", self.site.port))
        self.proxy = await self._stack.enter_async_context(proxy)
        self.site.host = f"127.0.0.1:{proxy.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def config(self) -> dict[str, Any]:
        return {"feeds": [self.feed.url]}

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        return self.feed.publish(text, at=created_at).key

    async def edit(self, key: str, text: str) -> None:
        self.feed.edit(key, text)

    async def delete(self, key: str) -> None:
        self.feed.delete(key)

    async def repeat(self, key: str) -> None:
        self.feed.repeat(key)

    async def delete_unseen(self) -> str:
        key = self.feed.publish("never to be seen").key
        self.feed.delete(key)
        await self.listening()
        self.feed.revive(key)
        return key

    async def revive(self, key: str) -> None:
        self.feed.revive(key)

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self.feed.doubled, self.feed.shuffled = doubled, shuffled

    async def settle(self) -> None:
        """Nothing is held back: the next look has it all."""

    def connections(self) -> int:
        return self.proxy.connections

    def attempts(self) -> int:
        return self.proxy.accepted

    def tasks(self) -> set[asyncio.Task[Any]]:
        return {one for one in asyncio.all_tasks() if any(part in _code(one) for part in _OWN)}

    async def listening(self) -> None:
        """Wait for two looks: the first may have begun before."""
        before = self.site.answered
        await eventually(lambda: self.site.answered > before + 1, what="a look")

    async def cut(self, how: str) -> None:
        if how == "mid":
            self.site.cutting = 1
            self.feed.validators = frozenset()
            await eventually(lambda: not self.site.cutting, what="the cut")
            self.feed.validators = frozenset({"etag", "last-modified"})
        else:
            self.proxy.cut("reset" if how == "reset" else "fin")

    def stall(self, stalled: bool) -> None:
        self.proxy.stall() if stalled else self.proxy.resume()

    def answer(self, status: int | None) -> None:
        def failing(_path: str) -> Answer | None:
            if status is None:
                return None
            self._refusals += 1
            headers = {"retry-after": "0.05"} if status in (429, 503) else {}
            return Answer(status, HTML_502, headers)

        self.site.failing = failing

    def refusals(self) -> int:
        return self._refusals

    async def revoke(self) -> None:
        """There are no credentials."""

    def lose(self) -> None:
        self.feed.listing.entries.clear()


_OWN = ("fault_proxy", "tests/world")


def _code(task: asyncio.Task[Any]) -> str:
    coroutine = task.get_coro()
    return str(getattr(getattr(coroutine, "cr_code", None), "co_filename", ""))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rss, "TIMES", FAST)


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rss, "TIMES", IMPATIENT)


class TestAtom(FeedContract, LiveContract):
    """No credentials could be refused: feeds are public. A recheck learns nothing, as being listed no more
    is no deletion; so an upstream that loses everything is not noticed, and nothing is withdrawn."""

    test_credentials_that_are_refused_stop_it_in_words = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[RssDriver]:
        async with RssDriver("atom") as made:
            yield made

    async def test_an_upstream_that_loses_everything_is_reported_and_nothing_is_withdrawn(  # type: ignore[override]
        self, driver: RssDriver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            keys = [await driver.publish(f"post {number}") for number in range(30)]
            await door.has(*keys)
            driver.lose()
            await driver.listening()
            source = await door.running()
            assert await source.recheck([*keys, "never-seen"]) == Rechecked()
            assert door.keys() == set(keys)


class TestRss20(TestAtom):
    """RSS 2.0 has no word for a deletion: what is listed no more stays."""

    test_a_deleted_post_is_withdrawn_and_no_backfill_brings_it_back = None  # type: ignore[assignment]
    test_a_deletion_may_come_before_its_post = None  # type: ignore[assignment]
    test_300_posts_and_10_cuts = None  # type: ignore[assignment]
    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[RssDriver]:
        async with RssDriver("rss") as made:
            yield made


class TestJsonFeed(TestRss20):
    """JSON Feed has no word for a deletion either."""

    @pytest.fixture
    async def driver(self) -> AsyncIterator[RssDriver]:
        async with RssDriver("json") as made:
            yield made
