"""The contract kit for Matrix: one room, and two of which one takes hashtags only."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import door
from tests.feeds.kit_proxied import Proxied
from tests.feeds.matrix_reading import FAST, IMPATIENT
from tests.support.waiting import eventually
from tests.world.mastodon_api import HTML_502, Answer
from tests.world.matrix import TOKEN, FakeMatrix, error
from wall.feeds import matrix

__all__ = ["door"]


class MatrixDriver(Proxied):
    """A fake homeserver behind a proxy that cuts and stalls.

    `forgets` is False although a recheck finds what is gone: the homeserver also tells of every redaction,
    of long ago too, and so the kit waits for each of them.
    """

    network = "matrix"
    network_of_posts = "matrix"
    ends = False
    edits = True
    forgets = False

    def __init__(self, world: FakeMatrix) -> None:
        self.world = world
        super().__init__()
        self._events: dict[str, dict[str, Any]] = {}
        self._first: dict[str, dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        await self.stack.enter_async_context(self.world)
        self.host = await self.stand_before(self.world.server.port)
        return self

    @property
    def config(self) -> dict[str, Any]:
        rooms = [room.alias for room in self.world.rooms.values()]
        return {"homeserver": f"http://{self.host}", "token": TOKEN, "rooms": rooms}

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        room = self.world.random.choice(list(self.world.rooms.values()))
        by = self.world.random.choice(("ada", "bo", "cy"))
        event = await self.world.publish(text, at=created_at, room=room, by=by)
        return self._known(event, room.id)

    async def edit(self, key: str, text: str) -> None:
        await self.world.edit(self._events[key], text)

    async def delete(self, key: str) -> None:
        await self.world.redact(self._events[key])

    async def repeat(self, key: str) -> None:
        """As a timeline does that is read again: the event comes once more, without its edits."""
        room_id = key.partition("/")[0]
        self.world.events.append((room_id, self._first[key]))
        await self.world.settle()

    async def delete_unseen(self) -> str:
        """As a page that was asked for before the redaction and comes after it."""
        await self.listening()
        self.world.shuffled, held = 10**9, self.world.shuffled
        event = await self.world.publish("never to be seen")
        key = self._known(event, self.world.first.id)
        await self.world.redact(event)
        self.world.events[-2:] = [self.world.events[-1], (self.world.first.id, self._first[key])]
        self.world.shuffled = held
        await self.world.settle()
        return key

    async def revive(self, key: str) -> None:
        self.world.reviving[self._events[key]["event_id"]] = self._first[key]

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self.world.doubled, self.world.shuffled = doubled, shuffled

    async def settle(self) -> None:
        await self.world.settle()

    async def listening(self) -> None:
        await eventually(lambda: self.world.waiting, what="the long poll")

    async def cut(self, how: str) -> None:
        if how == "mid":
            self.world.server.cut(mid_answer=True)
        else:
            self.break_off(how)

    def answer(self, status: int | None) -> None:
        limited = error(429, "M_LIMIT_EXCEEDED", retry_after_ms=50)
        refused = Answer(status, HTML_502) if status else None
        self.world.failing = self.refusing(limited if status == 429 else refused)

    async def revoke(self) -> None:
        self.world.tokens.clear()
        await self.world.wake()

    def lose(self) -> None:
        self.world.lost = True

    def _known(self, event: dict[str, Any], room_id: str) -> str:
        key = f"{room_id}/{event['event_id']}"
        self._events[key], self._first[key] = event, copy.deepcopy(event)
        return key


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "TIMES", FAST)


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "TIMES", IMPATIENT)


class TestOneRoom(FeedContract, LiveContract):
    @pytest.fixture
    async def driver(self) -> AsyncIterator[MatrixDriver]:
        async with MatrixDriver(FakeMatrix()) as made:
            yield made


class TestTwoRooms(FeedContract, LiveContract):
    """Timelines are short, so that most of what comes in bursts is read from pages."""

    test_5000_posts_and_100_cuts = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(self) -> AsyncIterator[MatrixDriver]:
        world = FakeMatrix()
        world.room("#corridor:fake.example")
        world.longest_timeline = 3
        async with MatrixDriver(world) as made:
            yield made
