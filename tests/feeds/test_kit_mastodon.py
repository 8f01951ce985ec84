"""The contract kit for Mastodon, old and new, its kin, two servers that know the same posts, polling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door, door
from tests.feeds.kit_proxied import Proxied
from tests.feeds.mastodon_reading import FAST, IMPATIENT
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from tests.world.mastodon_api import HTML_502, Answer, Status
from tests.world.mastodon_kin import GOTOSOCIAL, OLD_PLEROMA, TAKAHE, Flavour
from wall.feeds import mastodon
from wall.feeds.kin import recheck
from wall.model import FeedState

__all__ = ["door"]


class MastodonDriver(Proxied):
    """A fake Mastodon behind proxies that cut and stall."""

    network = "mastodon"
    network_of_posts = "mastodon"
    ends = False
    edits = True
    forgets = True

    def __init__(self, world: FakeMastodon, *, token: str | None = TOKEN) -> None:
        self.world = world
        self._token = token
        super().__init__()
        self._own: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        await self.stack.enter_async_context(self.world)
        for instance in self.world.instances:
            instance.host = await self.stand_before(instance.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        for instance in self.world.instances:
            instance.hanging = False
        await super().__aexit__()

    @property
    def config(self) -> dict[str, Any]:
        instances = [{"host": f"http://{one.host}", "token": self._token} for one in self.world.instances]
        return {"instances": instances, "hashtags": ["#SMSummit"]}

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        home = self.world.random.randrange(len(self.world.instances))
        return (await self.world.publish(text, at=created_at, home=home)).uri

    async def edit(self, key: str, text: str) -> None:
        await self.world.edit(self._status(key), text)

    async def delete(self, key: str) -> None:
        await self.world.delete(self._status(key))

    async def repeat(self, key: str) -> None:
        now = self._status(key)
        old = Status(now.uri, now.home, now.user, "<p>first words</p>", now.tags, now.created_at)
        for instance in self.world.instances:
            await instance.broadcast("update", old, old.tags)

    async def delete_unseen(self) -> str:
        """As a page that was asked for before the deletion and comes after it."""
        await self.listening()
        for instance in self.world.instances:
            instance.muted = True
        status = await self.world.publish("never to be seen")
        for instance in self.world.instances:
            instance.muted = False
        await self.world.delete(status)
        await self.revive(status.uri)
        return status.uri

    async def revive(self, key: str) -> None:
        for instance in self.world.instances:
            instance.reviving = True

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        for instance in self.world.instances:
            instance.doubled, instance.shuffled = doubled, shuffled

    async def settle(self) -> None:
        for instance in self.world.instances:
            await instance.flush()

    async def listening(self) -> None:
        await eventually(lambda: all(one.listens() for one in self.world.instances), what="the streams")

    async def cut(self, how: str) -> None:
        if how == "mid":
            for instance in self.world.instances:
                instance.cut(mid_frame=True)
        else:
            self.break_off(how)

    def answer(self, status: int | None) -> None:
        limited = Answer(429, {"error": "Too many requests"})
        refused = Answer(status, HTML_502) if status else None
        failing = self.refusing(limited if status == 429 else refused)
        for instance in self.world.instances:
            instance.failing = failing
            instance.reset_in = 0.05

    async def revoke(self) -> None:
        for instance in self.world.instances:
            await instance.revoke()

    def lose(self) -> None:
        for instance in self.world.instances:
            instance.lost = True

    def _status(self, key: str) -> Status:
        return self.world.statuses[key]


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon, "TIMES", FAST)


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon, "TIMES", IMPATIENT)


class TestOneInstance(FeedContract, LiveContract):
    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon()) as made:
            yield made


class TestTwoInstances(FeedContract, LiveContract):
    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon(2)) as made:
            yield made


class TestPolling(FeedContract):
    """Without a token nothing streams; deletions are found by rechecking and by nothing else."""

    test_a_deleted_post_is_withdrawn_and_no_backfill_brings_it_back = None  # type: ignore[assignment]
    test_a_deletion_may_come_before_its_post = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon(), token=None) as made:
            yield made


class TestOldMastodon(TestOneInstance):
    """4.2: no list of statuses by id, so each is asked for by itself. Its stream is that of 4.5."""

    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture(autouse=True)
    def _patient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recheck, "SINGLY", 10_000)

    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon(version="4.2.13")) as made:
            yield made


class TestMastodon44(TestOneInstance):
    """4.4: a list of statuses, and not a word of what strangers may read. Its stream is that of 4.5."""

    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon(version="4.4.3")) as made:
            yield made


class _Kin(FeedContract, LiveContract):
    """Another software that streams, and has no list of statuses by id, or asks for it otherwise."""

    flavour: Flavour

    @pytest.fixture(autouse=True)
    def _patient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recheck, "SINGLY", 10_000)

    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon(flavour=self.flavour)) as made:
            yield made


class TestGoToSocial(_Kin):
    """A websocket for each hashtag, ULIDs, edits by polling."""

    flavour = GOTOSOCIAL


class TestPleroma(_Kin):
    """A websocket for each hashtag with the token as its protocol, flakes, no second page of the instance.

    Strangers may read it, and a wrong token counts as none: only the stream is refused.
    """

    flavour = OLD_PLEROMA

    async def test_credentials_that_are_refused_stop_it_in_words(  # type: ignore[override]
        self, driver: MastodonDriver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            key = await driver.publish("post")
            await driver.listening()
            await door.has(key)
            await driver.revoke()
            await eventually(lambda: "token" in (door.now().problem or ""))
            after = await driver.publish("after")
            await door.has(key, after)
            assert door.now().state is FeedState.RUNNING


class TestTakahe(TestPolling):
    """It has no stream, and shows hashtags to a token alone."""

    @pytest.fixture
    async def driver(self) -> AsyncIterator[MastodonDriver]:
        async with MastodonDriver(FakeMastodon(flavour=TAKAHE)) as made:
            yield made
