"""Replay: pace, checkpoints, cancelling, and what its failures mean. The clock is driven by the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import PATIENCE
from wall.errors import FeedFatal
from wall.feeds.archive import BURST, read_archive
from wall.feeds.base import Arrived, Checkpoint, Dropped, Item, Rechecked, open_source
from wall.feeds.replay import Pace, Replay, ReplayConfig
from wall.model import utc_now

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
START = datetime(2026, 5, 12, 13, 0, tzinfo=UTC)


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


async def played(
    path: Path, clock: Clock, *, speed: float, cursor: str | None = None
) -> list[tuple[float, Item]]:
    """Every item with the seconds after the start at which it came."""
    source = Replay(ReplayConfig(path=str(path), speed=speed), now=clock.now, sleep=clock.sleep)
    return [(clock.time - 1_000, item) async for item in source.stream(cursor)]


def times_of_posts(items: list[tuple[float, Item]]) -> list[float]:
    return [round(when, 6) for when, item in items if isinstance(item, Arrived)]


async def test_gaps_follow_the_times_of_the_posts(conference: Make, write: Write) -> None:
    path = write([conference(n, created_at=at(s)) for n, s in enumerate([0, 60, 60, 90, 600])])
    assert times_of_posts(await played(path, Clock(), speed=60)) == [0, 1, 1, 1.5, 10]


async def test_going_on_starts_at_once(conference: Make, write: Write) -> None:
    path = write([conference(n, created_at=at(s)) for n, s in enumerate([0, 600, 660])])
    assert times_of_posts(await played(path, Clock(), speed=60, cursor="1")) == [0, 1]


async def test_a_checkpoint_comes_before_every_wait_and_at_the_end(conference: Make, write: Write) -> None:
    path = write([conference(n, created_at=at(s)) for n, s in enumerate([0, 0, 60, 60, 120])] + [b"{", b""])
    items = [item for _, item in await played(path, Clock(), speed=60)]
    order = [item.cursor if isinstance(item, Checkpoint) else type(item).__name__[0] for item in items]
    assert order == ["A", "A", "2", "A", "A", "4", "A", "D", "7"]


async def test_a_burst_has_a_checkpoint_every_hundred_lines(conference: Make, write: Write) -> None:
    path = write([conference(n, created_at=at(0)) for n in range(250)])
    items = [item for _, item in await played(path, Clock(), speed=1)]
    assert [item.cursor for item in items if isinstance(item, Checkpoint)] == ["100", "200", "250"]


async def test_a_wrong_clock_upstream_does_not_stop_the_show(conference: Make, write: Write) -> None:
    seconds = [0, 10, 7_200, 20, 10**9, 30, -(10**9), 40, 3_000_000_000]
    path = write([conference(n, created_at=at(s)) for n, s in enumerate(seconds)])
    clock = Clock()
    assert len(times_of_posts(await played(path, clock, speed=1))) == len(seconds)
    assert sum(clock.slept) <= 40


async def test_a_late_consumer_is_not_made_to_wait(conference: Make, write: Write) -> None:
    path = write([conference(n, created_at=at(s)) for n, s in enumerate([0, 10, 20])])
    clock = Clock()
    source = Replay(ReplayConfig(path=str(path), speed=1), now=clock.now, sleep=clock.sleep)
    async for _ in source.stream(None):
        clock.time += 30
    assert clock.slept == []


def test_moments_closer_than_a_hundredth_second_come_together() -> None:
    clock = Clock()
    pace = Pace(1_000, clock.now)
    assert pace.wait(START, None) == 0
    assert pace.wait(START + timedelta(seconds=9), None) == 0
    assert pace.wait(START + timedelta(seconds=11), None) == pytest.approx(0.011)
    assert pace.wait(None, None) == 0


async def test_max_waits_for_nothing(conference: Make, write: Write) -> None:
    path = write([conference(n, created_at=at(n * 3_600)) for n in range(600)])
    items = [item async for item in open_source("replay", {"path": str(path)}).stream(None)]
    assert sum(isinstance(item, Arrived) for item in items) == 600
    assert [item.cursor for item in items if isinstance(item, Checkpoint)] == ["500", "600"]


async def test_the_loop_is_free_while_the_archive_is_read(conference: Make, write: Write) -> None:
    path = write([conference(n) for n in range(20_000)])
    source = open_source("replay", {"path": str(path)})
    came, at_turns = 0, [0]

    async def take_turns() -> None:
        while True:
            at_turns.append(came)
            await asyncio.sleep(0)

    others = asyncio.create_task(take_turns())
    async for item in source.stream(None):
        came += isinstance(item, Arrived)
    others.cancel()
    assert came == 20_000
    assert max(later - before for before, later in pairwise([*at_turns, came])) <= BURST


async def test_progress_can_be_watched(conference: Make, write: Write) -> None:
    path = write([conference(n) for n in range(20)])
    source = Replay(ReplayConfig(path=str(path)))
    assert (source.consumed, source.read_bytes, source.total_bytes) == (0, 0, 0)
    assert [item async for item in source.stream("5")][-1] == Checkpoint("20")
    assert (source.consumed, source.read_bytes) == (20, path.stat().st_size)
    assert source.total_bytes == path.stat().st_size


async def test_a_stream_that_is_left_closes_its_file(conference: Make, write: Write) -> None:
    source = Replay(ReplayConfig(path=str(write([conference(n) for n in range(2_000)]))))
    stream = source.stream(None)
    assert isinstance(await anext(stream), Arrived)
    await stream.aclose()  # type: ignore[attr-defined]
    assert source._archive is not None
    assert source._archive.block(1) == []


async def test_a_stream_that_is_cancelled_while_it_waits_closes_its_file(
    conference: Make, write: Write
) -> None:
    asleep = asyncio.Event()

    async def sleep(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    path = write([conference(1, created_at=at(0)), conference(2, created_at=at(3_600))])
    source = Replay(ReplayConfig(path=str(path), speed=1), sleep=sleep)

    async def play() -> None:
        async for _ in source.stream(None):
            pass

    playing = asyncio.create_task(play())
    await asyncio.wait_for(asleep.wait(), PATIENCE)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert source._archive is not None
    assert source._archive.block(1) == []


async def test_closing_the_source_ends_its_stream(conference: Make, write: Write) -> None:
    source = Replay(ReplayConfig(path=str(write([conference(n) for n in range(2_000)]))))
    seen = 0
    async for _ in source.stream(None):
        seen += 1
        await source.aclose()
    assert seen <= 501


async def test_an_archive_does_not_know_what_became_of_its_posts(tmp_path: Path) -> None:
    assert await Replay(ReplayConfig(path=str(tmp_path))).recheck(["1", "2"]) == Rechecked()


async def test_a_missing_file_is_fatal_and_says_so(tmp_path: Path) -> None:
    source = Replay(ReplayConfig(path=str(tmp_path / "none.jsonl")))
    with pytest.raises(FeedFatal) as refused:
        await anext(source.stream(None))
    assert source.retry_after(refused.value, 1) is None


def test_a_drive_that_is_away_is_tried_again_and_faults_are_not(tmp_path: Path) -> None:
    source = Replay(ReplayConfig(path=str(tmp_path)))
    assert [source.retry_after(OSError(), attempt) for attempt in (1, 2, 3, 6, 5_000)] == [1, 2, 4, 30, 30]
    assert source.retry_after(KeyError(), 1) is None


async def test_bad_lines_are_counted_at_any_speed(conference: Make, write: Write) -> None:
    path = write([conference(1), b"{", conference(2)])
    items = [item for _, item in await played(path, Clock(), speed=1)]
    assert Dropped("unreadable_line", "line 2") in items


async def test_posts_may_be_dated_by_when_they_are_played(conference: Make, write: Write) -> None:
    path = write([conference(0), conference(1)])
    began = utc_now()
    source = Replay(ReplayConfig(path=str(path), dates="now"))
    played_now = [item.post async for item in source.stream(None) if isinstance(item, Arrived)]
    kept = [item.post for item in read_archive(path) if isinstance(item, Arrived)]
    assert all(began <= post.created_at <= utc_now() for post in played_now)
    assert [post.key for post in played_now] == [post.key for post in kept]
    assert all(post.created_at < began for post in kept)
