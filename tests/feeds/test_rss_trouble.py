"""Sites that do not behave: what passes, what ends, and in which words."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from tests.feeds.reading import Reading
from tests.feeds.rss_reading import FAST, failing, looked, reading
from tests.support.waiting import eventually
from tests.world.syndication import HTML_502, Answer, FakeFeed, FakeSite
from wall.errors import FeedFatal
from wall.feeds import rss
from wall.feeds.base import open_source
from wall.feeds.common.client import LONGEST_LIMIT_WAIT, until_reset
from wall.feeds.probing import probe


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as made:
        yield made


@pytest.fixture
def feed(site: FakeSite) -> FakeFeed:
    return site.feed()


class TestTrouble:
    @pytest.mark.parametrize(
        ("answer", "code", "words"),
        [
            (Answer(404, HTML_502), "not_there", "404"),
            (Answer(401), "not_public", "strangers"),
            (Answer(403, HTML_502), "not_public", "strangers"),
            (Answer(502, HTML_502), "server_error", "502"),
            (Answer(418), "server_error", "418"),
            (Answer(304), "server_error", "304"),
            (Answer(200, b"<!doctype html><html></html>"), "not_a_feed", "a page in place of a feed"),
            (Answer(200, b"{}"), "not_a_feed", "no JSON Feed"),
            (Answer(200, b""), "not_a_feed", "something else"),
            (Answer(200, b"<rss><channel><item>"), "not_a_feed", "broke off"),
            (Answer(200, b" " * (9 << 20)), "too_large", "too large"),
            (
                Answer(200, gzip.compress(bytes(20 << 20), mtime=0), {"content-encoding": "gzip"}),
                "too_large",
                "large",
            ),
            (Answer(200, b"x", {"content-encoding": "gzip"}), "not_a_feed", "something else"),
            (Answer(200, b"x", {"content-encoding": "gzip, gzip"}), "packed", "packed"),
            (Answer(200, b"x", {"content-encoding": "br"}), "packed", "packed"),
            (Answer(429, b"", {"retry-after": "0.01"}), "rate_limited", "too often"),
            (Answer(503, b"", {"retry-after": "0.01"}), "server_error", "503"),
        ],
    )
    async def test_what_passes_is_said_in_words_and_waited_for(
        self, feed: FakeFeed, answer: Answer, code: str, words: str
    ) -> None:
        key = feed.publish("words").key
        feed.site.failing = lambda _path: answer
        async with reading(feed.url) as read:
            trouble = await read.troubled(code)
            assert words in trouble.message
            assert trouble.where in read.source.places
            feed.site.failing = lambda _path: None
            await read.has(key)
            await eventually(lambda: not read.troubled_now)
        assert len(read.troubles) == 2

    async def test_a_wait_that_a_site_asks_for_is_kept(self, feed: FakeFeed) -> None:
        feed.site.failing = lambda _path: Answer(429, b"", {"retry-after": "600"})
        async with reading(feed.url) as read:
            trouble = await read.troubled("rate_limited")
        assert trouble.retry_seconds == 600
        assert len(feed.site.asked) == 1

    def test_a_wait_may_be_a_date(self) -> None:
        now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        date = {"date": format_datetime(now, usegmt=True)}

        def wait(seconds: float) -> float | None:
            until = format_datetime(now + timedelta(seconds=seconds), usegmt=True)
            return until_reset(httpx2.Headers(date | {"retry-after": until}))

        assert (wait(90), wait(-5), wait(86_400)) == (90, 0, LONGEST_LIMIT_WAIT)

    async def test_a_feed_that_is_gone_stops_in_words_and_the_others_go_on(self, site: FakeSite) -> None:
        gone, other = site.feed("/gone"), site.feed("/other")
        site.failing = failing("/gone", Answer(410))
        async with reading(gone.url, other.url) as read:
            trouble = await read.troubled("gone")
            assert trouble.retry_seconds is None
            assert "new address" in trouble.message
            await read.has(other.publish("words").key)
            await looked(other)
        assert len(site.asked_for("/gone")) == 1

    async def test_when_every_feed_is_gone_it_stops(self, site: FakeSite) -> None:
        urls = [site.feed(f"/{number}").url for number in range(2)]
        site.failing = lambda _path: Answer(410)
        async with reading(*urls) as read:
            problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert all(url.removeprefix("http://") in problem.message for url in urls)
        assert read.source.retry_after(problem, 1) is None

    async def test_trouble_with_one_does_not_stop_the_others(self, site: FakeSite) -> None:
        bad, good = site.feed("/bad"), site.feed("/good")
        site.failing = failing("/bad", Answer(502, HTML_502))
        async with reading(bad.url, good.url) as read:
            await read.troubled("server_error")
            await read.has(good.publish("words").key)
        assert {trouble.where for trouble in read.troubles} == {bad.url.removeprefix("http://")}

    async def test_a_fault_of_the_program_is_not_waited_out(
        self, feed: FakeFeed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("wall.feeds.syndication.reader.told_of", broken)
        async with reading(feed.url) as read:
            problem = await read.failed()
        assert isinstance(problem, ZeroDivisionError)
        assert read.source.retry_after(problem, 1) is None


async def test_trying_a_feed_out_says_whether_anything_comes(
    feed: FakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rss, "TIMES", FAST)
    config = {"feeds": [feed.url]}
    assert (await probe("rss", config, 0.5)).outcome == "quiet"
    feed.publish("words")
    assert (await probe("rss", config)).outcome in ("matched", "quiet")
    feed.site.failing = lambda _path: Answer(200, b"<html></html>")
    said = await probe("rss", config)
    assert (said.outcome, "page in place" in said.said) == ("trouble", True)


async def test_a_source_that_is_closed_in_the_middle_of_a_document_tells_no_more(feed: FakeFeed) -> None:
    for number in range(50):
        feed.publish(f"post {number}")
    source = open_source("rss", {"feeds": [feed.url]})
    stream = source.stream(None)
    first = await anext(stream)
    await source.aclose()
    assert [item async for item in stream] == []
    assert first is not None


async def test_its_pace_is_polite() -> None:
    times = rss.TIMES
    assert times.poll >= 60
    assert times.longest_pace >= 600
    assert replace(times, poll=1.0) != times
    assert Reading(open_source("rss", {"feeds": ["blog.example"]})).source.places == ("blog.example",)
