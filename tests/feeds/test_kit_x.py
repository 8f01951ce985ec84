"""The contract kit for X: the stream with a search under it, in both vocabularies, and searching alone.

X tells nobody of deletions, so the driver asks as the supervisor does: `delete` runs the real recheck of
intake until the post that the door has is withdrawn. Only the five minutes between its two answers are left
out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door, door
from tests.feeds.kit_proxied import Proxied
from tests.feeds.x_reading import FAST, IMPATIENT, config_of
from tests.support.waiting import eventually
from tests.world.x import FakeX
from tests.world.x_api import LIMITS, SEARCH
from tests.world.x_http import HTML_502, Answer
from wall.feeds import x
from wall.intake.recheck import recheck
from wall.model import PostState

__all__ = ["door"]


class XDriver(Proxied):
    """A fake X behind a proxy that cuts and stalls."""

    network = "x"
    network_of_posts = "x"
    ends = False
    edits = True
    forgets = True

    def __init__(self, world: FakeX, door: Door, way: str = "stream") -> None:
        self.world = world
        self._door = door
        self._way = way
        super().__init__()
        world.allowances = dict.fromkeys(LIMITS, 1_000_000)
        world.delay, world.keepalive = 0.05, 0.1
        world.user("8", "bo")
        world.user("9", "cy")

    async def __aenter__(self) -> Self:
        await self.stack.enter_async_context(self.world)
        self.host = await self.stand_before(self.world.port)
        return self

    @property
    def config(self) -> dict[str, Any]:
        return config_of(self.world, way=self._way) | {"host": f"http://{self.host}"}

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        by = self.world.random.choice(("7", "8", "9"))
        return (await self.world.publish(text, by=by, at=created_at)).key

    async def edit(self, key: str, text: str) -> None:
        await self.world.edit(self.world.posts[key], text)

    async def delete(self, key: str) -> None:
        """Delete a post; where it is on display, it is rechecked until it is taken back."""
        self.world.delete(self.world.posts[key])
        if self._door.state(key, self.network) is PostState.APPROVED:
            source = await self._door.running()
            await eventually(lambda: self._taken_back(key, source), what="a deletion to be learnt")

    async def _taken_back(self, key: str, source: Any) -> bool:
        door = self._door
        try:
            await recheck(door.intake.journal, door.event.id, source, "feed:kit", door.intake.graves)
        except Exception:  # noqa: BLE001  as the supervisor: a connection that is cut is tried at the next
            return False
        return door.state(key, self.network) is PostState.WITHDRAWN

    async def repeat(self, key: str) -> None:
        post = self.world.posts[key]
        await self.world.tell(post, post.versions[0])

    async def revive(self, key: str) -> None:
        self.world.reviving = True
        await self.repeat(key)

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self.world.doubled, self.world.shuffled = doubled, shuffled

    async def settle(self) -> None:
        await self.world.flush()

    async def listening(self) -> None:
        searched = self.world.requests[SEARCH]
        if self._way == "stream":
            await eventually(lambda: self.world.open, what="the stream")
        else:
            await eventually(lambda: self.world.requests[SEARCH] > searched, what="a search")

    async def cut(self, how: str) -> None:
        if how == "mid":
            self.world.cut(mid_line=True)
        self.break_off("fin" if how == "fin" else "reset")

    def answer(self, status: int | None) -> None:
        limited = Answer(429, {"title": "Too Many Requests", "status": 429, "type": "about:blank"})
        refused = Answer(status, HTML_502) if status else None
        self.world.failing = self.refusing(limited if status == 429 else refused)

    async def revoke(self) -> None:
        self.world.revoke()

    def lose(self) -> None:
        self.world.lost = True


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x, "TIMES", FAST)
    monkeypatch.setattr("wall.intake.recheck.CERTAIN_AFTER", timedelta(0))


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x, "TIMES", IMPATIENT)


class TestTheStream(FeedContract, LiveContract):
    """No deletion is ever told, so none can come before its post: `test_x_recheck` has what becomes of
    one."""

    test_a_deletion_may_come_before_its_post = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self, door: Door) -> AsyncIterator[XDriver]:
        async with XDriver(FakeX(), door) as made:
            yield made


class TestTheWordsOfPosts(TestTheStream):
    """The same where the API says post for tweet."""

    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self, door: Door) -> AsyncIterator[XDriver]:
        async with XDriver(FakeX(vocabulary="post"), door) as made:
            yield made


class TestSearching(TestTheStream):
    """Without a stream nothing is open between two searches: a cut hits one, or none."""

    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self, door: Door) -> AsyncIterator[XDriver]:
        async with XDriver(FakeX(), door, way="search") as made:
            yield made
