"""The contract kit for Bluesky: by the stream alone, on both wires, and with an account that searches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.bluesky_reading import FAST, IMPATIENT
from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door, door
from tests.feeds.kit_proxied import Proxied
from tests.support.waiting import eventually
from tests.world.bluesky import HANDLE, PASSWORD, V2, FakeBluesky
from tests.world.bluesky_api import HTML_502, Answer, error
from tests.world.bluesky_posting import serving
from wall.feeds import bluesky
from wall.model import FeedState

__all__ = ["door"]


class BlueskyDriver(Proxied):
    """A fake Bluesky behind a proxy that cuts and stalls."""

    network = "bluesky"
    network_of_posts = "bluesky"
    ends = False
    edits = True
    forgets = True

    def __init__(self, world: FakeBluesky, *, account: bool = False) -> None:
        self.world = world
        self._account = account
        self._services = ""
        super().__init__()

    async def __aenter__(self) -> Self:
        await self.stack.enter_async_context(self.world)
        if self._account:
            self._services = (await self.stack.enter_async_context(serving(self.world))).host
        self.host = await self.stand_before(self.world.port)
        return self

    @property
    def config(self) -> dict[str, Any]:
        host = f"http://{self.host}"
        config = {"hashtags": ["#SMSummit"], "hosts": [host], "appviews": [host]}
        if self._account:
            config |= {"handle": HANDLE, "app_password": PASSWORD, "service": f"http://{self._services}"}
        return config

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        by = self.world.random.choice(("ada", "bo", "cy"))
        return (await self.world.publish(text, at=created_at, by=by)).uri

    async def edit(self, key: str, text: str) -> None:
        await self.world.edit(self.world.posts[key], text)

    async def delete(self, key: str) -> None:
        await self.world.delete(self.world.posts[key])

    async def repeat(self, key: str) -> None:
        await self.world.repeat(self.world.posts[key])

    async def delete_unseen(self) -> str:
        await self.listening()
        post = await self.world.publish("never to be seen", told=False)
        await self.world.delete(post)
        await self.world.repeat(post)
        return post.uri

    async def revive(self, key: str) -> None:
        self.world.reviving = True
        await self.world.repeat(self.world.deleted[key])

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self.world.doubled, self.world.shuffled = doubled, shuffled

    async def settle(self) -> None:
        await self.world.flush()

    async def listening(self) -> None:
        await eventually(lambda: self.world.streams, what="the stream")

    async def cut(self, how: str) -> None:
        if how == "mid":
            self.world.cut(mid_frame=True)
        else:
            self.break_off(how)

    def answer(self, status: int | None) -> None:
        limited = Answer(429, error(429, "RateLimitExceeded").body, {"Retry-After": "0.05"})
        refused = Answer(status, HTML_502) if status else None
        self.world.failing = self.refusing(limited if status == 429 else refused)

    async def revoke(self) -> None:
        self.world.revoke()

    def lose(self) -> None:
        self.world.lost = True


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky, "TIMES", FAST)
    monkeypatch.setattr("wall.feeds.atproto.problems.DEFAULT_LIMIT_WAIT", 0.05)


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky, "TIMES", IMPATIENT)


class TestTheStream(FeedContract, LiveContract):
    """Without an account there are no credentials that could be refused."""

    test_credentials_that_are_refused_stop_it_in_words = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[BlueskyDriver]:
        async with BlueskyDriver(FakeBluesky()) as made:
            yield made


class TestTheSecondWire(TestTheStream):
    """An instance that speaks v2 only is found out by itself."""

    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[BlueskyDriver]:
        async with BlueskyDriver(FakeBluesky(wires={V2})) as made:
            yield made


class TestWithAnAccount(TestTheStream):
    """Searches lie under the stream. The stream needs no account, so it goes on without one."""

    async def test_credentials_that_are_refused_stop_it_in_words(  # type: ignore[override]
        self, driver: BlueskyDriver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            key = await driver.publish("post")
            await driver.listening()
            await door.has(key)
            await driver.revoke()
            await driver.cut("reset")
            await eventually(lambda: "token" in (door.now().problem or ""))
            after = await driver.publish("after")
            await door.has(key, after)
            assert door.now().state is FeedState.RUNNING

    @pytest.fixture
    async def driver(self) -> AsyncIterator[BlueskyDriver]:
        async with BlueskyDriver(FakeBluesky(), account=True) as made:
            yield made
