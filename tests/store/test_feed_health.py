"""How a feed is said to be: by one place, once for each change, in words of what is wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from tests.store.feeding import (
    Scripted,
    arrivals,
    feed,
    intake,
    is_now,
    now,
    running,
    source,
    summit,
    told,
)
from tests.support.summit import Summit
from tests.support.waiting import eventually
from wall.feeds.base import Checkpoint, Dropped, Rechecked, Trouble
from wall.intake import Intake, supervisor
from wall.model import Feed, FeedState
from wall.store import feeds
from wall.store import tables as t

__all__ = ["feed", "intake", "source", "summit"]


def is_told(summit: Summit, feed: Feed, state: FeedState, *parts: str) -> Callable[[], Any]:
    """A step: wait until the feed is so, and its problem has these parts (none: it has no problem)."""

    def so() -> bool:
        stored = now(summit, feed)
        said = stored.problem or ""
        return stored.state is state and bool(said) == bool(parts) and all(one in said for one in parts)

    return lambda: eventually(so, what=f"{state}, {parts}")


async def test_a_feed_retries_only_when_none_of_its_places_works(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    source.places = ("a.example", "b.example")
    source.scripts = [
        [
            is_told(summit, feed, FeedState.RUNNING),
            Trouble("a.example", "tls", "Its certificate cannot be verified", 3.0),
            is_told(summit, feed, FeedState.RUNNING, "a.example: Its certificate"),
            Trouble("b.example", "unreachable", "It cannot be reached", 3.0),
            is_told(summit, feed, FeedState.RETRYING, "a.example", "b.example"),
            *arrivals("late"),
            Trouble("a.example", None),
            is_told(summit, feed, FeedState.RUNNING, "b.example: It cannot be reached."),
            Trouble("b.example", None),
            is_told(summit, feed, FeedState.RUNNING),
        ]
    ]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert told(summit) == [
        ("running", None),
        ("running", "tls"),
        ("retrying", "tls"),
        ("running", "unreachable"),
        ("running", None),
        ("done", None),
    ]


async def test_a_recheck_every_minute_writes_nothing_and_erases_nothing(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RECHECK_SECONDS", 0.01)
    asked = 0

    def rechecked(keys: Sequence[str]) -> Rechecked:
        nonlocal asked
        asked += 1
        return Rechecked(present=frozenset(keys))

    source.rechecked, source.network = rechecked, "x"
    trouble = Trouble("a.example", "unreachable", "It cannot be reached", 3.0)
    source.scripts = [[*arrivals("a"), trouble, lambda: eventually(lambda: asked > 5)]]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert told(summit) == [("running", None), ("running", "unreachable"), ("done", None)]


async def test_much_gone_at_once_is_said_until_it_is_back(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RECHECK_SECONDS", 0.01)
    lost = True
    source.network = "x"
    source.rechecked = lambda keys: (
        Rechecked(gone=frozenset(keys)) if lost else Rechecked(present=frozenset(keys))
    )

    async def comes_back() -> None:
        nonlocal lost
        lost = False

    source.scripts = [
        [
            *arrivals(*"abcde"),
            is_told(summit, feed, FeedState.RUNNING, "Much of what is shown"),
            comes_back,
            is_told(summit, feed, FeedState.RUNNING),
        ]
    ]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert told(summit) == [("running", None), ("running", "much_gone"), ("running", None), ("done", None)]
    assert summit.event.shown == 5


async def test_a_source_that_keeps_failing_is_told_of_once(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    trouble = OSError("the drive is away")
    source.scripts = [[trouble], [trouble], [trouble], [*arrivals("a"), Checkpoint("1")]]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert told(summit) == [("running", None), ("retrying", "OSError"), ("running", None), ("done", None)]


async def test_what_another_process_knew_holds_until_this_one_knows_better(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    with summit.store.writing() as conn:
        feeds.move(conn, feed.id, state="retrying", problem="a.example: It cannot be reached.")
    opened = asyncio.Event()
    source.scripts = [[opened.wait, *arrivals("a"), is_told(summit, feed, FeedState.RUNNING)]]
    async with running(intake):
        await eventually(lambda: source.cursors)
        assert now(summit, feed).state is FeedState.RETRYING
        opened.set()
        await is_now(summit, feed, FeedState.DONE)
    assert told(summit) == [("running", None), ("done", None)]


async def test_a_quiet_source_that_stays_open_is_well_though_its_recheck_fails(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RECHECK_SECONDS", 0.1)

    def rechecked(_keys: Sequence[str]) -> Rechecked:
        raise OSError("away")

    source.rechecked, source.network = rechecked, "x"
    quiet = is_told(summit, feed, FeedState.RUNNING)
    source.scripts = [[*arrivals("a"), Checkpoint("1"), OSError("away")], [quiet]]
    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert told(summit) == [("running", None), ("retrying", "OSError"), ("running", None), ("done", None)]


async def test_a_burst_of_nothing_usable_is_counted_and_says_nothing_of_health(
    summit: Summit, feed: Feed, source: Scripted, intake: Intake
) -> None:
    source.places = ("a.example",)
    trouble = Trouble("a.example", "tls", "Its certificate cannot be verified", 3.0)
    said = is_told(summit, feed, FeedState.RETRYING, "certificate")
    source.scripts = [[trouble, said, Dropped("bad", "1"), lambda: eventually(counted), said]]

    def counted() -> bool:
        with summit.store.reading() as conn:
            kind = t.entry.c.kind == "feed.dropped"
            bodies = conn.execute(select(t.entry.c.body).where(kind)).scalars()
            return [json.loads(body)["data"]["items"] for body in bodies] == [1]

    async with running(intake):
        await is_now(summit, feed, FeedState.DONE)
    assert now(summit, feed).dropped == 1
    assert told(summit) == [("running", None), ("retrying", "tls"), ("done", None)]
