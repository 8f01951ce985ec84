"""Coverage is read once for all who ask within some seconds, and anew for who asks after that."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from facilitator.covering import OLDEST_SECONDS, Covering
from tests.support.summit import Summit, post
from wall.errors import BackchannelError, Refused
from wall.store import Store

T = TypeVar("T")


class Counting(Store):
    """A store that counts what is read from it, and fails where it is told to."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.reads = 0
        self.failing: BackchannelError | None = None

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """As the store's own."""
        self.reads += 1
        if self.failing is not None:
            raise self.failing
        return await super().read(fn)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def counting(sqlite_url: str) -> Iterator[Counting]:
    opened = Counting(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def summit(counting: Counting) -> Summit:
    return Summit(counting)


async def test_many_who_ask_at_once_share_one_reading(summit: Summit, counting: Counting) -> None:
    summit.arrive(post("1"))
    covering = Covering(counting)
    found = await asyncio.gather(*(covering.of(summit.event_id) for _ in range(20)))
    assert [one.coverage.asked for one in found] == [1] * 20
    assert counting.reads == 1


async def test_every_post_that_arrives_is_no_new_reading_and_none_is_older_than_some_seconds(
    summit: Summit, counting: Counting
) -> None:
    clock = Clock()
    covering = Covering(counting, clock)
    for number in range(5):
        summit.arrive(post(str(number)))
        assert (await covering.of(summit.event_id)).coverage.asked == 1
    assert counting.reads == 1
    clock.now = OLDEST_SECONDS
    assert (await covering.of(summit.event_id)).coverage.asked == 5


async def test_what_is_too_old_to_be_told_is_not_kept(summit: Summit, counting: Counting) -> None:
    clock = Clock()
    covering = Covering(counting, clock)
    kept = weakref.ref(await covering.of(summit.event_id))
    gc.collect()
    assert kept() is not None
    clock.now = OLDEST_SECONDS
    await covering.of("another event")
    gc.collect()
    assert kept() is None


async def test_a_reading_that_fails_is_told_to_who_waited_and_tried_again(
    summit: Summit, counting: Counting
) -> None:
    covering = Covering(counting)
    counting.failing = Refused("The database does not answer.")
    both = await asyncio.gather(*(covering.of(summit.event_id) for _ in range(2)), return_exceptions=True)
    assert both == [counting.failing] * 2
    counting.failing = None
    assert (await covering.of(summit.event_id)).coverage.asked == 0


async def test_who_goes_away_takes_nothing_from_who_still_waits(summit: Summit, counting: Counting) -> None:
    covering = Covering(counting)
    gone, waits = (asyncio.create_task(covering.of(summit.event_id)) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await waits).coverage.asked == 0
    assert counting.reads == 1
