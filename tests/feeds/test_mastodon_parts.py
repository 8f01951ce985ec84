"""Cursors, memory, limits and the table of what is retried; and the recorded exchanges."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.http11 import Response

from tests.feeds.feed_records import mastodon_status
from tests.feeds.mastodon_reading import FAST, reading
from tests.support.waiting import eventually
from tests.world.mastodon import FakeMastodon
from tests.world.mastodon_api import Answer
from wall.errors import FeedFatal
from wall.feeds.base import Arrived, Checkpoint, Dropped
from wall.feeds.common import told
from wall.feeds.common.client import LONGEST_LIMIT_WAIT, until_reset
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import Told
from wall.feeds.kin import memory
from wall.feeds.kin.config import checked
from wall.feeds.kin.cursor import Place
from wall.feeds.kin.ids import back, order
from wall.feeds.kin.instance import Instance
from wall.feeds.kin.memory import LocalIds
from wall.feeds.kin.merge import Merge
from wall.feeds.kin.problems import retry_after
from wall.feeds.shapes import Mastodon
from wall.model import Post


def test_a_place_only_goes_forward() -> None:
    place = Place(None)
    assert place.reached("a", "x", "99", {})
    assert not place.reached("a", "x", "98", {})
    assert place.reached("a", "x", "100", {"print": "100"})
    assert place.reached("a", "y", "5", {"print": "100"})
    again = Place(str(place))
    assert (again.min_id("a", "x"), again.min_id("a", "y"), again.min_id("b", "x")) == ("100", "5", None)
    assert again.ids("a") == {"print": "100"}
    assert str(again) == str(place)


@pytest.mark.parametrize(
    "cursor", ["", "17", "x", "[]", '{"at": 5}', '{"at": {"a": 5}}', '{"at": {"a": {"x": 5}}}']
)
def test_a_cursor_of_something_else_is_none(cursor: str) -> None:
    assert Place(cursor).min_id("a", "x") is None


def test_ids_go_back_in_time_where_they_have_one() -> None:
    now = int(datetime(2026, 5, 4, tzinfo=UTC).timestamp() * 1000)
    assert back(str(now << 16), 60) == str((now - 60_000) << 16)
    assert back("17", 60) == "17"
    assert back("01HXYZ", 60) == "01HXYZ"
    assert sorted(["100", "99", "98"], key=order) == ["98", "99", "100"]


def test_local_ids_survive_in_a_cursor() -> None:
    ids = LocalIds()
    for number in range(400):
        ids.keep(str(number), f"uri {number}")
    saved = ids.saved()
    assert len(saved) == memory.SAVED
    again = LocalIds()
    again.restore(json.loads(json.dumps(saved)))
    assert (again.id_of("uri 399"), again.id_of("uri 0")) == ("399", None)
    assert again.delete("399") is None


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "MEMORY", 2)
    ids = LocalIds()
    for number in range(3):
        ids.keep(str(number), f"uri {number}")
    assert (ids.id_of("uri 0"), ids.delete("0"), ids.delete("2")) == (None, None, "uri 2")


def test_news_is_told_once_in_its_newest_version() -> None:
    (item,) = Mastodon().parse(mastodon_status(1), "")
    assert isinstance(item, Arrived)
    told = Told()

    def version(at: datetime | None) -> Arrived:
        return Arrived(item.post.model_copy(update={"edited_at": at}))

    later = datetime(2026, 5, 12, 14, tzinfo=UTC)
    assert told.is_news(version(None))
    assert not told.is_news(version(None))
    assert told.is_news(version(later))
    assert not told.is_news(version(later - timedelta(minutes=1)))
    assert told.is_first_farewell(item.post.key)
    assert not told.is_first_farewell(item.post.key)
    assert not told.is_news(version(later + timedelta(minutes=1)))
    assert told.is_new_loss(Dropped("unusable_post", "x"), "uri")
    assert not told.is_new_loss(Dropped("unusable_post", "y"), "uri")


async def test_a_place_comes_out_after_what_it_covers() -> None:
    merge = Merge(Place(None))
    post: Post = Mastodon().parse(mastodon_status(1), "")[0].post  # type: ignore[union-attr]
    await merge.post(Arrived(post))
    await merge.reached("a", "x", "1", LocalIds())
    await merge.reached("a", "x", "1", LocalIds())
    merge_items = merge.items(1)
    assert isinstance(await anext(merge_items), Arrived)
    assert isinstance(await anext(merge_items), Checkpoint)
    merge.end()
    assert [item async for item in merge_items] == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-reset": "2026-05-04T09:05:00.223862Z"}, 300.223862),
        ({"x-ratelimit-reset": "2026-05-04T09:05:00"}, 300),
        ({"x-ratelimit-reset": str(int(datetime(2026, 5, 4, 9, 5, tzinfo=UTC).timestamp()))}, 300),
        ({"x-ratelimit-reset": "2026-05-04T08:00:00Z"}, 0),
        ({"x-ratelimit-reset": "2099-01-01T00:00:00Z"}, LONGEST_LIMIT_WAIT),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "inf"}, 60),
        ({"retry-after": "nan"}, 60),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "Mon, 04 May 2026"}, None),
        ({"x-ratelimit-reset": "9" * 400}, None),
        ({"x-ratelimit-reset": "soon"}, None),
        ({}, None),
    ],
)
def test_when_a_rate_limit_has_room_again(headers: Mapping[str, str], seconds: float | None) -> None:
    date = {"date": "Mon, 04 May 2026 09:00:00 GMT"}
    assert until_reset(httpx2.Headers({**date, **headers})) == pytest.approx(seconds)


def test_waits_grow_with_jitter_up_to_a_minute() -> None:
    for attempt, most in ((1, 2), (2, 4), (5, 32), (6, 60), (50, 60), (5_000, 60)):
        waits = [retry_after(OSError(), attempt) or 0.0 for _ in range(200)]
        assert min(waits) >= 1
        assert max(waits) <= most
        assert len(set(waits)) > 100


def _status(status: int) -> InvalidStatus:
    return InvalidStatus(Response(status, "-", Headers(), b""))


@pytest.mark.parametrize(
    ("problem", "retried"),
    [
        (Passing("x", "x"), True),
        (OSError(), True),
        (TimeoutError(), True),
        (ssl.SSLCertVerificationError(), True),
        (httpx2.ConnectError("x"), True),
        (httpx2.ReadTimeout("x"), True),
        (ConnectionClosedError(None, None), True),
        (_status(401), True),
        (_status(404), True),
        (_status(429), True),
        (_status(502), True),
        (FeedFatal("x"), False),
        (TypeError(), False),
        (AssertionError(), False),
    ],
)
def test_what_is_retried(problem: Exception, retried: bool) -> None:
    assert (retry_after(problem, 1) is not None) is retried


async def test_a_first_start_goes_back_some_days_and_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wall.feeds.kin.timeline.FIRST_PAGES", 3)
    async with FakeMastodon() as world:
        now = datetime.now(UTC)
        ages = [*range(100), 60 * 24 * 8, 60 * 24 * 9]
        statuses = [await world.publish(f"{age}", at=now - timedelta(minutes=age)) for age in ages]
        async with reading(world, None) as read:
            await read.has(*(one.uri for one in statuses[:100]))
            await eventually(lambda: read.cursor is not None)
            texts = [item.post.text for item in read.items if isinstance(item, Arrived)]
            assert texts[-100:] == [str(age) for age in reversed(range(100))]
        busy = [await world.publish(f"busy {number}") for number in range(130)]
        async with reading(world, None) as fresh:
            await fresh.has(*(one.uri for one in busy[10:]))
            await eventually(lambda: fresh.cursor is not None)
            first = next(at for at, item in enumerate(fresh.items) if isinstance(item, Checkpoint))
            assert first == 3 * 40


async def test_pages_that_are_too_large_are_asked_for_in_small_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wall.feeds.common.client.BODY_LIMIT", 20_000)
    async with FakeMastodon() as world:
        async with reading(world, None) as read:
            first = await world.publish("first")
            await read.has(first.uri)
            statuses = [await world.publish("x" * 2_500) for _ in range(30)]
            await read.has(*(one.uri for one in statuses))
        assert {one.query["limit"][0] for one in world.instances[0].asked if "tag" in one.path} == {
            "40",
            "5",
        }


async def test_pages_that_hold_no_posts_are_counted() -> None:
    async with FakeMastodon() as world:
        world.instances[0].failing = lambda path: Answer(200, [7, None, {}]) if "tag" in path else None
        async with reading(world, None) as read:
            await eventually(lambda: {"unusable_post"} == set(read.dropped))
            assert read.cursor is None


@pytest.fixture
def recorded(shared_data: Path) -> list[dict[str, Any]]:
    """Recorded requests with their answers."""
    yaml = pytest.importorskip("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = sorted((shared_data / "mastodon").glob("*.yaml"))
    return [one for path in found for one in yaml.load(path.read_text("utf-8"), loader)["interactions"]]


def _bodies(recorded: list[dict[str, Any]], part: str) -> list[Any]:
    return [
        json.loads(one["response"]["body"]["string"])
        for one in recorded
        if part in one["request"]["uri"] and one["request"]["method"] == "GET"
    ]


def test_recorded_servers_say_where_they_stream(recorded: list[dict[str, Any]]) -> None:
    config = checked({"instances": ["http://127.0.0.1:3000"], "hashtags": ["hoot"]})
    instance = Instance(config.instances[0], FAST)
    said = [instance._understood(body) for body in _bodies(recorded, "/instance/")]
    assert said
    assert all((one.streaming, one.local_only) == ("ws://localhost:4000", False) for one in said)


def test_recorded_limits_are_understood(recorded: list[dict[str, Any]]) -> None:
    headers = [{name: values[0] for name, values in one["response"]["headers"].items()} for one in recorded]
    resets = [one["x-ratelimit-reset"] for one in headers if "x-ratelimit-reset" in one]
    assert resets
    date = {"date": "Sat, 01 Aug 2026 13:55:00 GMT"}
    assert all(until_reset(httpx2.Headers(date | {"x-ratelimit-reset": one})) is not None for one in resets)


async def test_recorded_timelines_and_streams_come_out_of_a_source(recorded: list[dict[str, Any]]) -> None:
    (page,) = _bodies(recorded, "/timelines/tag/")
    streamed = next(one for one in recorded if one["request"]["uri"].endswith("streaming/user"))
    events = [
        dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        for block in streamed["response"]["body"]["string"].split("\n\n")
    ]
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.failing = lambda path: Answer(200, page) if "tag" in path else None
        async with reading(world) as read:
            await eventually(server.listens)
            for event in events:
                if "event" in event:
                    await server.say(json.dumps({"event": event["event"], "payload": event["data"]}))
            await eventually(lambda: read.withdrawn)
            texts = {post.text for post in read.posts.values()}
            assert {"#hoot (hashtag toot)", "only real animals respond."} <= texts
            assert set(read.dropped) <= {"not_public"}
