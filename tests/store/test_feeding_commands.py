"""Feeds that a person pauses, resumes and removes while a supervisor runs them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.store.feeding import (  # noqa: F401  fixtures
    Scripted,
    arrivals,
    feed,
    intake,
    is_now,
    now,
    running,
    source,
    summit,
    take,
    told,
)
from tests.support.summit import Summit
from tests.support.waiting import eventually
from wall.errors import NotFound, Refused
from wall.feeds.base import Checkpoint
from wall.intake import Intake, feeding
from wall.model import Feed, FeedState
from wall.store import feeds
from wall.store import tables as t
from wall.store.sealing import unsealed


async def test_a_stopped_feed_that_is_resumed_goes_on_from_its_cursor(
    summit: Summit,  # noqa: F811
    feed: Feed,  # noqa: F811
    source: Scripted,  # noqa: F811
    intake: Intake,  # noqa: F811
) -> None:
    source.scripts = [[*arrivals("a"), Checkpoint("1")], [*arrivals("b"), Checkpoint("2")]]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    with summit.store.writing() as conn:
        feeds.move(conn, feed.id, state=FeedState.STOPPED.value, problem="Its token was revoked.")
    summit.do(lambda tx: feeding.resume(tx, feed.id))
    assert now(summit, feed).problem is None
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert source.cursors == [None, "1"]
    assert now(summit, feed).accepted == 2


async def test_a_paused_feed_is_cut_off_from_whoever_runs_it_and_not_started_again(
    summit: Summit,  # noqa: F811
    feed: Feed,  # noqa: F811
    source: Scripted,  # noqa: F811
    intake: Intake,  # noqa: F811
) -> None:
    fence = take(summit.store, feed)
    assert fence is not None
    with summit.store.writing() as conn:
        feeds.move(conn, feed.id, state=FeedState.RUNNING.value, problem=None)
    summit.do(lambda tx: feeding.pause(tx, feed.id))
    with summit.store.reading() as conn:
        assert not feeds.holds_lease(conn, feed.id, fence)
    assert told(summit)[-1] == ("stopped", "paused")
    with pytest.raises(Refused):
        summit.do(lambda tx: feeding.pause(tx, feed.id))
    async with running(intake) as task:
        looked = 0

        def several_looks() -> bool:
            nonlocal looked
            looked += 1
            return looked > 5 and not task.done()

        await eventually(several_looks, what="looks of the supervisor")
    assert source.cursors == []
    assert now(summit, feed).state is FeedState.STOPPED


async def test_a_removed_feed_is_in_no_list_and_its_settings_are_gone(
    summit: Summit,  # noqa: F811
    feed: Feed,  # noqa: F811
) -> None:
    with summit.store.writing() as conn:
        feeds.configure(conn, feed.id, {"token": "hush"}, "7")
    summit.do(lambda tx: feeding.remove(tx, feed.id))
    with summit.store.reading() as conn:
        assert feeds.listed(conn) == []
        assert feeds.by_ids(conn, feed.event_id, {feed.id}) == {}
        (kept,) = conn.execute(select(t.feed.c.config, t.feed.c.cursor)).all()
        assert (unsealed(conn, kept.config), kept.cursor) == ("{}", None)
    with pytest.raises(NotFound):
        summit.do(lambda tx: feeding.resume(tx, feed.id))
    with pytest.raises(NotFound):
        summit.do(lambda tx: feeding.remove(tx, feed.id))


def test_only_a_stopped_feed_is_resumed(summit: Summit, feed: Feed) -> None:  # noqa: F811
    with pytest.raises(Refused):
        summit.do(lambda tx: feeding.resume(tx, feed.id))
