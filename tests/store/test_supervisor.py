"""Feeds run once, under a lease by the database's clock, and go on from the last stored cursor."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.store.feeding import (
    SECRET,
    Scripted,
    arrivals,
    beside,
    feed,
    holder,
    intake,
    is_now,
    now,
    running,
    source,
    states,
    summit,
    take,
)
from tests.support.summit import Summit
from tests.support.waiting import PATIENCE, eventually
from wall.bus import InProcessBus
from wall.errors import FeedFatal, StoreUnavailable
from wall.feeds.base import Checkpoint, Dropped
from wall.intake import Intake, run_feed, supervisor
from wall.journal import Journal
from wall.model import Feed, FeedState
from wall.store import Store, feeds
from wall.store import tables as t

__all__ = ["beside", "feed", "intake", "source", "summit"]


def test_one_process_at_a_time_holds_a_lease(summit: Summit, feed: Feed, beside: Store) -> None:
    first = take(summit.store, feed)
    assert first is not None
    assert take(beside, feed, "two") is None
    with summit.store.writing() as conn:
        assert feeds.renew_lease(conn, feed.id, first, 60)
        feeds.end_lease(conn, feed.id, first)
    assert take(beside, feed, "two") == first + 1


def test_a_lease_runs_out_by_the_clock_of_the_database(summit: Summit, feed: Feed, beside: Store) -> None:
    first = take(summit.store, feed, seconds=30)
    with summit.store.reading() as conn:
        until = conn.execute(select(t.feed.c.lease_until)).scalar_one()
        assert timedelta(seconds=20) < until - feeds.database_now(conn) <= timedelta(seconds=30)
    with summit.store.writing() as conn:
        conn.execute(update(t.feed).values(lease_until=feeds.database_now(conn) - timedelta(seconds=1)))
    assert first is not None
    assert take(beside, feed, "two") == first + 1


def test_a_former_holder_can_write_nothing_and_free_nothing(summit: Summit, feed: Feed) -> None:
    old = take(summit.store, feed, seconds=-1)
    new = take(summit.store, feed, "two")
    assert old is not None
    assert new is not None
    with summit.store.writing() as conn:
        assert not feeds.holds_lease(conn, feed.id, old)
        assert not feeds.renew_lease(conn, feed.id, old, 60)
        assert not feeds.save_progress(conn, feed.id, old, cursor="9", accepted=1, dropped=0)
        feeds.end_lease(conn, feed.id, old)
        assert feeds.save_progress(conn, feed.id, new, cursor="1", accepted=1, dropped=0)
    assert (holder(summit), now(summit, feed).cursor) == ("two", "1")


def test_progress_without_a_cursor_keeps_the_one_there_is(summit: Summit, feed: Feed) -> None:
    fence = take(summit.store, feed)
    assert fence is not None
    with summit.store.writing() as conn:
        for cursor in ("7", None):
            assert feeds.save_progress(conn, feed.id, fence, cursor=cursor, accepted=2, dropped=1)
    stored = now(summit, feed)
    assert (stored.cursor, stored.accepted, stored.dropped) == ("7", 4, 2)


async def test_a_feed_runs_to_its_end_and_is_done(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    source.scripts = [[*arrivals("a", "b"), Dropped("bad", "line 3"), Checkpoint("3"), *arrivals("c")]]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
        await eventually(lambda: holder(summit) is None)
    stored = now(summit, feed)
    assert (stored.cursor, stored.accepted, stored.dropped) == ("3", 3, 1)
    assert (states(summit), source.cursors, source.closed) == (["running", "done"], [None], 1)


async def test_trouble_is_tried_again_from_the_last_cursor_and_attempts_are_counted(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    trouble = OSError("the drive is away")
    source.scripts = [
        [*arrivals("a"), Checkpoint("1"), trouble],
        [trouble],
        [trouble],
        [*arrivals("a", "b"), Checkpoint("2"), trouble],
        [*arrivals("c"), Checkpoint("3")],
    ]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert source.cursors == [None, "1", "1", "1", "2"]
    assert source.attempts == [1, 2, 3, 1]
    assert summit.event.shown == 3
    assert set(states(summit)) == {"running", "retrying", "done"}


async def test_what_needs_an_organiser_stops_the_feed_with_words_and_is_not_tried_again(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    source.scripts = [[*arrivals("a"), Checkpoint("1"), FeedFatal("The token was refused.")]]
    async with running(intake):
        await is_now(summit, feed, FeedState.STOPPED)
        await eventually(lambda: holder(summit) is None)
        looks = itertools.count()
        await eventually(lambda: next(looks) > 10)
    assert now(summit, feed).problem == "The token was refused."
    assert (source.cursors, summit.event.shown) == ([None], 1)


async def test_a_fault_of_the_program_stops_the_feed_and_quotes_nobody(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    source.scripts, source.delay = [[ZeroDivisionError("Jane Doe wrote this")]], None
    async with running(intake):
        await is_now(summit, feed, FeedState.STOPPED)
    assert now(summit, feed).problem == "Stopped by ZeroDivisionError."


async def test_a_store_that_goes_away_in_mid_stream_loses_nothing(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = asyncio.Event()
    command = intake.journal.command
    refused = 0

    async def sometimes(*given: Any, **named: Any) -> Any:
        nonlocal refused
        if away.is_set():
            refused += 1
            raise StoreUnavailable("The database does not answer.")
        return await command(*given, **named)

    async def goes() -> None:
        await eventually(lambda: now(summit, feed).cursor == "1")
        away.set()

    monkeypatch.setattr(intake.journal, "command", sometimes)
    rest = [*arrivals("b", "c"), Checkpoint("3")]
    source.scripts = [[*arrivals("a"), Checkpoint("1"), goes, *rest], *(rest for _ in range(200))]
    async with running(intake):
        await eventually(lambda: refused > 5)
        assert now(summit, feed).state is not FeedState.STOPPED
        away.clear()
        await is_now(summit, feed, FeedState.DONE)
    assert (summit.event.shown, now(summit, feed).cursor) == (3, "3")


async def test_a_feed_whose_holder_stalled_is_taken_over_and_the_old_one_writes_no_more(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, beside: Store
) -> None:
    stalled = asyncio.Event()
    source.scripts = [
        [*arrivals("a"), Checkpoint("1"), stalled.wait, *arrivals("b"), Checkpoint("2")],
        [*arrivals("c"), Checkpoint("9")],
    ]
    fence = take(summit.store, feed)
    assert fence is not None
    old = asyncio.create_task(run_feed(intake, feed, fence))
    await eventually(lambda: now(summit, feed).cursor == "1")
    with summit.store.writing() as conn:
        conn.execute(update(t.feed).values(lease_until=feeds.database_now(conn) - timedelta(seconds=1)))
    other = Intake(Journal(beside, InProcessBus()), SECRET)
    async with running(other, "two"):
        await is_now(summit, feed, FeedState.DONE)
    before, seq = now(summit, feed), summit.event.seq
    stalled.set()
    async with asyncio.timeout(PATIENCE):
        await old
    await other.close()
    assert source.cursors == [None, "1"]
    assert (now(summit, feed), summit.event.seq, before.cursor) == (before, seq, "9")


async def test_a_former_holder_does_not_say_how_the_feed_is(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    """It would call a feed done, or stopped, that another process is in the middle of."""
    stalled = asyncio.Event()
    for ending in ([], [FeedFatal("No.")]):
        stalled.clear()
        source.scripts = [[stalled.wait, *ending]]
        fence = take(summit.store, feed, "one", seconds=-1)
        assert fence is not None
        old = asyncio.create_task(run_feed(intake, feed, fence))
        await is_now(summit, feed, FeedState.RUNNING)
        assert take(summit.store, feed, "two", seconds=-1) is not None
        stalled.set()
        async with asyncio.timeout(PATIENCE):
            await old
        assert now(summit, feed).state is FeedState.RUNNING


async def test_the_cursor_is_read_under_the_lease(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who held it before may store more between the look and the lease."""
    look = feeds.listed

    def listed_before(conn: Any, event_id: str | None = None) -> list[Feed]:
        return [one.model_copy(update={"cursor": "old"}) for one in look(conn, event_id)]

    monkeypatch.setattr(supervisor.feeds, "listed", listed_before)
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert source.cursors[0] is None


async def test_stopping_gives_the_lease_back_and_keeps_what_was_stored(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    source.scripts = [[*arrivals("a"), Checkpoint("1"), asyncio.Event().wait]]
    async with running(intake):
        await eventually(lambda: now(summit, feed).cursor == "1")
        assert holder(summit) == "one"
    assert (holder(summit), source.closed) == (None, 1)
    assert now(summit, feed).state is FeedState.RUNNING


async def test_the_supervisor_outlives_what_goes_wrong_while_it_looks(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, troubles = feeds.listed, iter([StoreUnavailable("Away."), ZeroDivisionError("A bug.")])

    def listed(conn: Any, event_id: str | None = None) -> list[Feed]:
        if trouble := next(troubles, None):
            raise trouble
        return look(conn, event_id)

    monkeypatch.setattr(supervisor.feeds, "listed", listed)
    async with running(intake) as task:
        await is_now(summit, feed, FeedState.DONE)
        assert not task.done()


async def test_a_burst_ends_where_the_source_pauses_and_is_never_larger_than_a_commit(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    sizes: list[int] = []
    fence = take(summit.store, feed)
    assert fence is not None
    source.scripts = [arrivals(*(f"k{n}" for n in range(1_200)))]
    await run_feed(intake, feed, fence, lambda tally, _: sizes.append(tally.accepted))
    assert sum(sizes) == summit.event.shown == 1_200
    assert max(sizes) <= 500
