"""The contract kit for feeds of sites: Atom, which can tell of deletions, and RSS 2.0 and JSON Feed.

A feed lists its newest entries only. What is published between two looks must fit into that window: what
falls out of it unseen is in no answer any more, and no reader can know of it. The worlds here list 200.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door, door
from tests.feeds.kit_proxied import Proxied
from tests.feeds.rss_reading import FAST, IMPATIENT
from tests.support.waiting import eventually
from tests.world.syndication import HTML_502, Answer, FakeSite
from tests.world.syndication_writing import Kind
from wall.feeds import rss
from wall.feeds.base import Rechecked

__all__ = ["door"]


class RssDriver(Proxied):
    """A fake site behind a proxy that cuts and stalls."""

    network = "rss"
    network_of_posts = "rss"
    ends = False
    edits = True
    forgets = False

    def __init__(self, kind: Kind) -> None:
        self.site = FakeSite()
        self.feed = self.site.feed(kind=kind)
        super().__init__()

    async def __aenter__(self) -> Self:
        await self.stack.enter_async_context(self.site)
        self.site.host = await self.stand_before(self.site.port)
        return self

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
            self.break_off(how)

    def answer(self, status: int | None) -> None:
        headers = {"retry-after": "0.05"} if status in (429, 503) else {}
        refused = Answer(status, HTML_502, headers) if status else None
        self.site.failing = self.refusing(refused)

    async def revoke(self) -> None:
        """There are no credentials."""

    def lose(self) -> None:
        self.feed.listing.entries.clear()


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
