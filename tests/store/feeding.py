"""A feed of a scripted source, and how it is stored. Test modules import the fixtures that they use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.summit import Summit, post
from tests.support.waiting import eventually
from wall.bus import InProcessBus
from wall.entries import kinds
from wall.errors import FeedFatal
from wall.feeds.base import Arrived, Item, Rechecked
from wall.intake import Intake, Supervisor, supervisor
from wall.intake.intake import new_feed
from wall.journal import Journal, Tx
from wall.model import Feed, FeedState
from wall.store import Store, feeds
from wall.store import tables as t

SECRET = b"a secret of the tests"
Step = Item | BaseException | Callable[[], Any]


class Scripted:
    """A source whose n-th stream plays the n-th script; cursors are numbers of what was yielded."""

    network = "scripted"
    places: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.scripts: list[list[Step]] = []
        self.cursors: list[str | None] = []
        self.attempts: list[int] = []
        self.delay: float | None = 0.0
        self.closed = 0
        self.rechecked: Callable[[Sequence[str]], Rechecked] = lambda _: Rechecked()

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        self.cursors.append(cursor)
        for step in self.scripts.pop(0) if self.scripts else []:
            if isinstance(step, BaseException):
                raise step
            if callable(step):
                await step()
            else:
                yield step

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        return self.rechecked(keys)

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        self.attempts.append(attempt)
        return None if isinstance(problem, FeedFatal) else self.delay

    async def aclose(self) -> None:
        self.closed += 1


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    made = Scripted()
    monkeypatch.setattr(supervisor, "open_source", lambda _network, _config: made)
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(supervisor, "STORE_RETRY_SECONDS", 0.01)
    return made


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


@pytest.fixture
def feed(summit: Summit) -> Feed:
    made = new_feed(summit.event_id, "scripted", {})

    def add(tx: Tx) -> None:
        feeds.add(tx.conn, made)
        tx.append(kinds.FeedAdded(network="scripted"), ("feed", made.id))

    summit.do(add)
    return made


@pytest.fixture
async def intake(summit: Summit) -> AsyncIterator[Intake]:
    made = Intake(Journal(summit.store, InProcessBus()), SECRET)
    yield made
    await made.close()


@pytest.fixture
def beside(store_url: str) -> Iterator[Store]:
    other = Store(store_url)
    yield other
    other.close()


def now(summit: Summit, feed: Feed) -> Feed:
    with summit.store.reading() as conn:
        return feeds.by_ids(conn, feed.event_id, {feed.id})[feed.id]


def holder(summit: Summit) -> str | None:
    with summit.store.reading() as conn:
        owner: str | None = conn.execute(select(t.feed.c.lease_owner)).scalar_one()
    return owner


def take(store: Store, feed: Feed, owner: str = "one", seconds: float = 60) -> int | None:
    with store.writing() as conn:
        return feeds.take_lease(conn, feed.id, owner, seconds)


def told(summit: Summit) -> list[tuple[str, str | None]]:
    """State and code of every entry about how the feed is."""
    with summit.store.reading() as conn:
        moved = select(t.entry.c.body).where(t.entry.c.kind == "feed.moved").order_by(t.entry.c.seq)
        bodies = conn.execute(moved).scalars()
        data = [json.loads(body)["data"] for body in bodies]
    return [(one["state"], one.get("problem")) for one in data]


def states(summit: Summit) -> list[str]:
    return [state for state, _ in told(summit)]


def arrivals(*keys: str) -> list[Step]:
    return [Arrived(post(key)) for key in keys]


@asynccontextmanager
async def running(intake: Intake, owner: str = "one") -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(Supervisor(intake, owner).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def is_now(summit: Summit, feed: Feed, state: FeedState) -> None:
    await eventually(lambda: now(summit, feed).state is state, what=f"state {state}")
