"""What is left of rate limits: read from headers of two kinds, and told when it moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx2
import pytest

from tests.feeds import bluesky_reading, mastodon_reading
from tests.support.waiting import eventually
from tests.world.bluesky import HANDLE, PASSWORD, FakeBluesky
from tests.world.bluesky_posting import serving
from tests.world.mastodon import FakeMastodon
from wall.feeds.base import BUDGETS, Budget
from wall.feeds.common.budgets import Budgets, requests_left

DATE = {"date": "Mon, 04 May 2026 09:00:00 GMT"}


@pytest.mark.parametrize(
    "headers",
    [
        {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "17",
            "X-RateLimit-Reset": "2026-05-04T09:05:00.5Z",
        },
        {"RateLimit-Limit": "300", "RateLimit-Remaining": "17", "RateLimit-Reset": "1777885500"},
    ],
    ids=["mastodon", "atproto"],
)
def test_both_kinds_of_headers_name_a_limit_by_the_servers_clock(headers: dict[str, str]) -> None:
    before = datetime.now(UTC)
    left = requests_left("a.example", httpx2.Headers(DATE | headers))
    assert left is not None
    assert (left.where, left.what, left.left, left.most) == ("a.example", "requests", 17, 300)
    assert left.renews_at is not None
    assert timedelta(seconds=299) < left.renews_at - before < timedelta(seconds=310)


@pytest.mark.parametrize(
    ("most", "left"),
    [
        ("", ""),
        ("300", ""),
        ("", "3"),
        ("0", "0"),
        ("many", "3"),
        ("9" * 400, "3"),
        ("-3", "3"),
        ("²", "3"),
    ],
)
def test_a_limit_that_makes_no_sense_is_none(most: str, left: str) -> None:
    headers = {"x-ratelimit-limit": most, "x-ratelimit-remaining": left}
    assert requests_left("a.example", headers) is None


def test_more_left_than_there_is_counts_as_all_of_it() -> None:
    left = requests_left("a", {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "12"})
    assert left == Budget("a", "requests", 10, 10, None)


def test_it_is_told_when_it_moved_by_a_hundredth() -> None:
    budgets, full = Budgets(), Budget("a", "requests", 300, 300)
    told = [left for left in range(300, 280, -1) if budgets.is_news(replace(full, left=left))]
    assert told == [300, 297, 294, 291, 288, 285, 282]
    assert budgets.is_news(full)
    assert not budgets.is_news(full)
    assert budgets.is_news(replace(full, where="b"))
    assert budgets.is_news(replace(full, most=1_500))


async def test_a_mastodon_feed_tells_what_is_left_at_each_server() -> None:
    async with FakeMastodon(2) as world:
        first, second = world.instances
        first.allowance = 200
        async with mastodon_reading.reading(world, None) as read:
            await eventually(lambda: len([one for one in read.budgets if one.where == first.host]) > 2)
            theirs = [one for one in read.budgets if one.where == second.host]
        ours = [one for one in read.budgets if one.where == first.host]
        assert [one.left for one in theirs] == [299]
        assert {(one.what, one.most) for one in ours} == {("requests", 300.0)}
        assert all(b.left <= a.left - 3 for a, b in pairwise(ours))
        assert all(one.what in BUDGETS and one.renews_at for one in read.budgets)


async def test_a_bluesky_feed_tells_what_is_left_at_the_appview_and_at_its_service() -> None:
    async with FakeBluesky() as world, serving(world) as service:
        world.allowance = 2_000
        account = {"handle": HANDLE, "app_password": PASSWORD, "service": f"http://{service.host}"}
        config = bluesky_reading.config_of(world, **account)
        async with bluesky_reading.reading(world, config=config) as read:
            await read.has((await world.publish("words")).uri)
            await eventually(lambda: {one.where for one in read.budgets} >= {"Bluesky authors"})
            assert all(one.most == 3_000 and 1_000 < one.left < 2_000 for one in read.budgets)
            world.allowance = 500
            await read.source.recheck(list(read.posts))
            await eventually(lambda: read.budgets[-1].left < 500)


async def test_a_server_without_limits_is_not_spoken_of() -> None:
    async with FakeBluesky() as world, bluesky_reading.reading(world) as read:
        await read.has((await world.publish("words")).uri)
        assert read.budgets == []
