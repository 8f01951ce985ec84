"""The contract kit for YouTube: the chat of one live stream, looked at again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import door
from tests.feeds.kit_proxied import Proxied
from tests.feeds.youtube_reading import FAST, IMPATIENT, config_of
from tests.support.waiting import eventually
from tests.world.mastodon_api import HTML_502, Answer
from tests.world.youtube import FakeYouTube, error
from wall.feeds import youtube

__all__ = ["door"]


class YouTubeDriver(Proxied):
    """A fake YouTube behind a proxy that cuts and stalls."""

    network = "youtube"
    network_of_posts = "youtube"
    ends = False
    edits = False
    forgets = False

    def __init__(self, world: FakeYouTube) -> None:
        self.world = world
        super().__init__()
        self._messages: dict[str, dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        await self.stack.enter_async_context(self.world)
        self.host = await self.stand_before(self.world.server.port)
        return self

    @property
    def config(self) -> dict[str, Any]:
        return config_of(self.world, service=f"http://{self.host}")

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        by = self.world.random.choice(("ada", "bo", "cy"))
        message = await self.world.publish(text, at=created_at, by=by)
        self._messages[message["id"]] = message
        return str(message["id"])

    async def edit(self, key: str, text: str) -> None:
        raise NotImplementedError("nothing in a chat can be changed")

    async def delete(self, key: str) -> None:
        await self.world.delete(self._messages[key])

    async def repeat(self, key: str) -> None:
        await self.world.add(self._messages[key])

    async def delete_unseen(self) -> str:
        await self.listening()
        self.world.shuffled, held = 10**9, self.world.shuffled
        key = await self.publish("never to be seen")
        message = self.world.said.pop()
        self.world.shuffled = held
        await self.delete(key)
        await self.world.add(message)
        return key

    async def revive(self, key: str) -> None:
        self.world.deleted.discard(key)
        await self.repeat(key)

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self.world.doubled, self.world.shuffled = doubled, shuffled

    async def settle(self) -> None:
        self.world.settle()

    async def listening(self) -> None:
        before = self.world.polls
        await eventually(lambda: self.world.polls > before + 1, what="two looks")

    async def cut(self, how: str) -> None:
        if how == "mid":
            self.world.server.breaking = True
            await eventually(lambda: not self.world.server.breaking, what="half an answer")
        else:
            self.break_off(how)

    def answer(self, status: int | None) -> None:
        limited = Answer(429, error(429, "rateLimitExceeded").body, {"Retry-After": "0.05"})
        refused = Answer(status, HTML_502) if status else None
        self.world.failing = self.refusing(limited if status == 429 else refused)

    async def revoke(self) -> None:
        self.world.keys.clear()

    def lose(self) -> None:
        self.world.said.clear()


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube, "TIMES", FAST)


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube, "TIMES", IMPATIENT)


class TestYouTube(FeedContract, LiveContract):
    """Nobody can change what they wrote in a chat. Nor can a message be asked for again, so that a recheck
    knows nothing of an upstream that lost everything; deletions are told in the chat."""

    test_an_edit_replaces_and_an_older_version_does_not_come_back = None  # type: ignore[assignment]
    test_an_upstream_that_loses_everything_is_reported_and_nothing_is_withdrawn = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[YouTubeDriver]:
        async with YouTubeDriver(FakeYouTube()) as made:
            yield made
