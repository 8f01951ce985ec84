"""Feeds of sites are asked politely, and followed only to where anybody may go."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.feeds.rss_reading import failing, looked, reading
from tests.support.waiting import eventually
from tests.world.syndication import Answer, FakeFeed, FakeSite
from wall.feeds.syndication.memory import SAVED


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as made:
        yield made


@pytest.fixture
def feed(site: FakeSite) -> FakeFeed:
    return site.feed()


class TestAsking:
    @pytest.mark.parametrize("validator", ["etag", "last-modified"])
    async def test_it_asks_only_for_what_changed(self, feed: FakeFeed, validator: str) -> None:
        feed.validators = frozenset({validator})
        first = feed.publish("first")
        async with reading(feed.url) as read:
            await read.has(first.key)
            await looked(feed, 3)
            second = feed.publish("second")
            await read.has(second.key)
        conditional = {"etag": "if-none-match", "last-modified": "if-modified-since"}[validator]
        assert all(conditional in asked.headers for asked in list(feed.site.asked)[1:])
        assert read.told == [first.key, second.key]

    async def test_without_a_validator_each_version_is_told_once_too(self, feed: FakeFeed) -> None:
        feed.validators = frozenset()
        key = feed.publish("words").key
        async with reading(feed.url) as read:
            await read.has(key)
            await looked(feed, 3)
        assert read.told == [key]

    async def test_it_goes_on_from_a_cursor_and_asks_what_changed_since(self, feed: FakeFeed) -> None:
        key = feed.publish("words").key
        async with reading(feed.url) as read:
            await read.has(key)
            await eventually(lambda: read.cursor)
        feed.site.asked.clear()
        async with reading(feed.url, cursor=read.cursor) as again:
            await eventually(lambda: again.cursor)
            late = feed.publish("late").key
            await again.has(late)
        assert "if-none-match" in feed.site.asked[0].headers
        assert again.told == [late]

    async def test_every_cursor_covers_what_was_told_before_it_and_no_more(self, site: FakeSite) -> None:
        feeds = [site.feed(f"/{number}") for number in range(3)]
        keys = {feed.publish(f"{number}").key for feed in feeds for number in range(5)}
        urls = [feed.url for feed in feeds]
        async with reading(*urls) as read:
            await read.has(*keys)
            await eventually(lambda: read.cursor and len(json.loads(read.cursor)["feeds"]) == 3)
            await looked(feeds[0])
        seen: set[str] = set()
        for item in read.items:
            if hasattr(item, "post"):
                seen.add(item.post.key)
            elif hasattr(item, "cursor"):
                async with reading(*urls, cursor=item.cursor) as again:
                    await again.has(*keys - seen)
                assert not seen & set(again.told)

    @pytest.mark.parametrize(
        "cursor", ["", "x", "[]", "{}", '{"feeds":7}', '{"feeds":{"URL":{"known":"x","etag":7}}}']
    )
    async def test_a_cursor_that_is_not_ours_is_none(self, feed: FakeFeed, cursor: str) -> None:
        key = feed.publish("words").key
        async with reading(feed.url, cursor=cursor.replace("URL", feed.url)) as read:
            await read.has(key)

    async def test_a_cursor_is_bounded(self, feed: FakeFeed) -> None:
        feed.window = 3_000
        keys = [feed.publish(f"post {number}").key for number in range(1_500)]
        async with reading(feed.url) as read:
            await read.has(*keys)
            await eventually(lambda: read.cursor)
        assert len(read.cursor or "") < 45 * SAVED
        async with reading(feed.url, cursor=read.cursor) as again:
            feed.edit(keys[-1], "edited meanwhile")
            await eventually(lambda: keys[-1] in again.posts)
        assert set(keys[500:-1]).isdisjoint(again.told)

    @pytest.mark.parametrize(
        "said", [{"more": "<ttl>60</ttl>"}, {"headers": {"cache-control": "public, max-age=3600"}}]
    )
    async def test_it_asks_no_more_often_than_the_feed_wants(
        self, site: FakeSite, said: dict[str, object]
    ) -> None:
        slow, quick = site.feed("/slow", "rss"), site.feed("/quick", "rss")
        for name, value in said.items():
            setattr(slow.listing if name == "more" else slow, name, value)
        async with reading(slow.url, quick.url, longest_pace=600.0) as read:
            await looked(quick, 10)
            assert len(site.asked_for("/slow")) == 1
            await eventually(lambda: read.cursor and "pace" in read.cursor)
        async with reading(slow.url, quick.url, cursor=read.cursor, longest_pace=600.0):
            await looked(quick, 10)
            assert len(site.asked_for("/slow")) == 2

    async def test_for_longer_than_within_reason_nobody_waits(self, feed: FakeFeed) -> None:
        feed.headers = {"cache-control": "max-age=31536000"}
        async with reading(feed.url):
            await looked(feed, 3)

    async def test_a_document_that_is_packed_is_read(self, feed: FakeFeed) -> None:
        feed.packed = True
        async with reading(feed.url) as read:
            await read.has(feed.publish("words").key)

    async def test_no_cookie_is_sent_back(self, feed: FakeFeed) -> None:
        feed.headers = {"set-cookie": "id=7"}
        async with reading(feed.url):
            await looked(feed, 3)
        assert not any("cookie" in asked.headers for asked in feed.site.asked)


class TestRedirects:
    async def test_one_for_good_is_remembered_over_restarts(self, site: FakeSite) -> None:
        new = site.feed("/new")
        first = new.publish("first").id
        site.failing = failing("/old", Answer(301, b"", {"location": "/new"}))
        old = f"http://{site.host}/old"
        async with reading(old) as read:
            await read.has(f"{old}#{first}")
            await looked(new, 2)
            await eventually(lambda: read.cursor)
        async with reading(old, cursor=read.cursor) as again:
            await again.has(f"{old}#{new.publish('second').id}")
        assert len(site.asked_for("/old")) == 1

    async def test_one_for_now_is_followed_anew_each_time(self, site: FakeSite) -> None:
        new = site.feed("/new")
        site.failing = failing("/old", Answer(302, b"", {"location": f"http://{site.host}/new"}))
        old = f"http://{site.host}/old"
        async with reading(old) as read:
            await read.has(f"{old}#{new.publish('words').id}")
            await looked(new, 2)
        assert len(site.asked_for("/old")) >= 3
        assert any("if-none-match" in asked.headers for asked in site.asked_for("/new"))

    async def test_after_one_for_now_none_is_for_good(self, site: FakeSite) -> None:
        new = site.feed("/new")
        answers = {"/a": (302, "/b"), "/b": (301, "/new")}
        site.failing = lambda path: (
            Answer(answers[path][0], b"", {"location": answers[path][1]}) if path in answers else None
        )
        old = f"http://{site.host}/a"
        async with reading(old) as read:
            await read.has(f"{old}#{new.publish('words').id}")
            await looked(new, 2)
        assert len(site.asked_for("/a")) >= 3

    async def test_where_it_moved_to_and_is_lost_the_address_that_was_given_is_tried_again(
        self, site: FakeSite
    ) -> None:
        old, new = site.feed("/old"), site.feed("/new")
        site.failing = failing("/old", Answer(308, b"", {"location": "/new"}))
        async with reading(old.url) as read:
            await read.has(f"{old.url}#{new.publish('there').id}")
            await looked(new)
            site.failing = failing("/new", Answer(410))
            await read.has(old.publish("back").key)
            await eventually(lambda: not read.troubled_now)
            await eventually(lambda: read.cursor and "moved" not in read.cursor)

    async def test_where_it_moved_to_and_nobody_answers_any_more_it_is_given_up(
        self, site: FakeSite
    ) -> None:
        old, new = site.feed("/old"), site.feed("/new")
        site.failing = failing("/old", Answer(308, b"", {"location": "/new"}))
        async with reading(old.url) as read:
            await read.has(f"{old.url}#{new.publish('there').id}")
            await looked(new)
            site.failing = failing("/new", Answer(502))
            await read.has(old.publish("back").key)
            await eventually(lambda: read.cursor and "moved" not in read.cursor)

    @pytest.mark.parametrize(
        ("location", "code"),
        [
            ("/old", "redirects"),
            ("", "bad_redirect"),
            ("http://10.0.0.1/", "bad_redirect"),
            ("http://blog.example/", "bad_redirect"),
            ("https://169.254.169.254/latest", "bad_redirect"),
            ("https://user:pw@blog.example/", "bad_redirect"),
            ("file:///etc/passwd", "bad_redirect"),
            ("https://[::1/", "bad_redirect"),
        ],
    )
    async def test_where_nobody_may_be_sent_it_does_not_go(
        self, site: FakeSite, location: str, code: str
    ) -> None:
        site.failing = failing("/old", Answer(302, b"", {"location": location}))
        async with reading(f"http://{site.host}/old") as read:
            trouble = await read.troubled(code)
        assert trouble.where == f"{site.host}/old"
        assert trouble.message

    async def test_a_name_that_leads_inside_is_not_gone_to(
        self, site: FakeSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`inside.example` resolves to this machine: by https only public addresses are connected to."""
        site.failing = failing(
            "/old", Answer(302, b"", {"location": f"https://localhost.example:{site.port}/x"})
        )

        async def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(2, 1, 6, "", ("127.0.0.1", site.port))]

        monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)
        async with reading(f"http://{site.host}/old") as read:
            await read.troubled("address_refused")
        assert not site.asked_for("/x")
