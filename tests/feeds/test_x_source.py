"""The X feed over connections: what comes, and everything that can happen to it on the way."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.feeds.x_reading import config_of, reading
from tests.support.waiting import eventually
from tests.world.x import TOKEN, FakeX
from tests.world.x_api import (
    CONNECTIONS,
    DISCONNECT,
    LOOKUP,
    NO_CREDITS,
    NOT_ENROLLED,
    RULES,
    SEARCH,
    STREAM,
)
from tests.world.x_http import HTML_502, Answer
from wall.errors import FeedFatal
from wall.feeds.base import Budget, Edited

QUICK: dict[str, Any] = {"delay": 0.0, "keepalive": 0.05}
LONG = "a long post & more of it <3 " * 40


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
@pytest.mark.parametrize("way", ["stream", "search"])
async def test_everything_of_a_post_comes_in_both_vocabularies(vocabulary: str, way: str) -> None:
    async with FakeX(**QUICK, vocabulary=vocabulary) as world:
        world.user("8", "bo", profile_image_url="https://i.example/bo.jpg")
        async with reading(world, config=config_of(world, way=way)) as read:
            first = await world.publish("a \u2028 & <b>", by="8")
            picture = {
                "media_key": "3_1",
                "type": "photo",
                "url": "https://i.example/1.jpg",
                "alt_text": "us",
            }
            quoted = {"referenced_tweets": [{"type": "quoted", "id": first.key}]}
            second = await world.publish(LONG, media=[picture], possibly_sensitive=True, **quoted)
            await read.has(first.key, second.key)
        one, two = read.posts[first.key], read.posts[second.key]
        assert (one.text, one.author.handle, one.author.avatar) == (
            "a \u2028 & <b>",
            "bo",
            "https://i.example/bo.jpg",
        )
        assert (two.text, two.sensitive, two.media[0].alt) == (LONG, True, "us")
        assert two.quote is not None
        assert (two.quote_of, two.quote.text, two.quote.author.handle) == (
            first.key,
            "a \u2028 & <b>",
            "bo",
        )
        assert two.hashtags == ("SMSummit",)


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
async def test_an_edit_is_one_of_the_post_it_was(vocabulary: str) -> None:
    async with FakeX(**QUICK, vocabulary=vocabulary) as world, reading(world) as read:
        post = await world.publish("first")
        await read.has(post.key)
        for words in ("second", "third"):
            await world.edit(post, words)
        await eventually(lambda: read.posts[post.key].text == "third", what="the edit")
        await world.tell(post, post.versions[1])
        later = await world.publish("later")
        await read.has(later.key)
        assert set(read.posts) == {post.key, later.key}
        assert read.posts[post.key].text == "third"
        assert any(isinstance(item, Edited) for item in read.items)


async def test_what_came_while_nothing_streamed_is_searched_for_after_the_delay_of_searches() -> None:
    async with FakeX(delay=0.3, keepalive=0.05) as world, reading(world, settle=0.5, net=3_600) as read:
        await eventually(lambda: world.open, what="the stream")
        missed = await world.publish("nobody heard this", told=False)
        world.cut()
        await read.has(missed.key)


async def test_a_search_reads_all_pages_and_the_feed_goes_on_from_its_place() -> None:
    async with FakeX(**QUICK) as world:
        keys = [(await world.publish(f"post {number}", told=False)).key for number in range(250)]
        async with reading(world, config=config_of(world, way="search")) as read:
            await read.has(*keys)
            await eventually(
                lambda: json.loads(read.cursor or "{}").get("since") == keys[-1], what="the place"
            )
            assert read.told == keys
        world.asked.clear()
        late = (await world.publish("late", told=False)).key
        config = config_of(world, way="search")
        async with reading(world, config=config, cursor=read.cursor, long_overlap=0.0) as again:
            await again.has(late)
            assert again.told == [late]
        assert all("since_id" in one.query for one in world.asked)


async def test_a_feed_that_starts_reads_back_as_far_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeX(**QUICK) as world:
        now = datetime.now(UTC)
        old = await world.publish("old", made=now - timedelta(hours=5), told=False)
        new = await world.publish("new", made=now - timedelta(hours=1), told=False)
        async with reading(world, config=config_of(world, look_back_hours=3)) as read:
            await read.has(new.key)
            assert old.key not in read.posts


async def test_a_place_older_than_searches_reach_is_read_from_where_they_do() -> None:
    async with FakeX(**QUICK) as world:
        ancient = await world.publish("ancient", made=datetime.now(UTC) - timedelta(days=9), told=False)
        known = await world.publish("six days", made=datetime.now(UTC) - timedelta(days=6), told=False)
        async with reading(world, cursor=json.dumps({"since": ancient.key})) as read:
            await read.has(known.key)
            assert not read.troubles


async def test_an_id_that_x_will_not_search_from_becomes_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where our clock is wrong."""
    monkeypatch.setattr("wall.feeds.xapi.search.SEARCH_HOURS", 200.0)
    async with FakeX(**QUICK) as world:
        ancient = await world.publish("ancient", made=datetime.now(UTC) - timedelta(days=8), told=False)
        async with reading(world, cursor=json.dumps({"since": ancient.key})) as read:
            await read.troubled("bad_request")
            monkeypatch.setattr("wall.feeds.xapi.search.SEARCH_HOURS", 167.0)
            await read.has((await world.publish("new")).key)
            await read.troubled(None)


async def test_a_stream_that_says_nothing_is_given_up_and_keepalives_hold_it() -> None:
    async with FakeX(**QUICK) as world, reading(world, silence=0.4) as read:
        await eventually(lambda: world.open, what="the stream")
        await read.has((await world.publish("post")).key)
        assert world.requests[STREAM] == 1
        world.muted = True
        await eventually(lambda: world.requests[STREAM] > 2, what="another connection")
        await eventually(lambda: "X stream" in read.troubled_now, what="a word")
        world.muted = False
        await eventually(lambda: not read.troubled_now, what="the end of the trouble")


@pytest.mark.parametrize(
    "line", [json.dumps(DISCONNECT).encode(), b'{"errors":[{"title":"something new"}]}']
)
async def test_a_disconnect_that_x_announces_is_followed_by_another_connection(line: bytes) -> None:
    async with FakeX(**QUICK) as world, reading(world) as read:
        await eventually(lambda: world.open, what="the stream")
        await world.say(line + b"\r\n")
        await eventually(lambda: world.requests[STREAM] > 1 and world.open, what="another connection")
        await read.has((await world.publish("post")).key)
        assert not read.troubled_now


async def test_lines_that_are_no_json_cost_nothing_but_themselves() -> None:
    async with FakeX(**QUICK) as world, reading(world) as read:
        await eventually(lambda: world.open, what="the stream")
        await world.say(b"<html>\r\n\r\n[1]\r\n{}\r\n" + b"x" * (5 << 20) + b"\n")
        await read.has((await world.publish("post")).key)
        assert sorted(read.dropped) == ["too_large", "unusable_event", "unusable_event"]
        assert world.requests[STREAM] == 1


async def test_a_connection_that_x_still_counts_is_ended_once() -> None:
    async with FakeX(**QUICK, lingering=1) as world, reading(world) as read:
        await eventually(lambda: world.open, what="the stream")
        await read.has((await world.publish("post")).key)
        assert world.requests[CONNECTIONS] == 1


async def test_another_program_that_reads_the_stream_is_not_thrown_out_again_and_again() -> None:
    async with FakeX(**QUICK) as world, reading(world, cleanup=3_600) as read:
        real = world.kill
        world.kill = lambda: real() if not world.lingering else 0  # type: ignore[method-assign]
        await eventually(lambda: world.open, what="the stream")
        world.lingering = 1
        world.cut()
        trouble = await read.troubled("too_many_connections")
        assert trouble.where == "X stream"
        assert "Another program" in trouble.message
        tries = world.requests[STREAM]
        await eventually(lambda: world.requests[STREAM] > tries + 2, what="more tries")
        assert world.requests[CONNECTIONS] == 1
        await read.has((await world.publish("searched for meanwhile")).key)


async def test_an_app_that_may_not_stream_is_searched() -> None:
    async with FakeX(**QUICK, refused_stream=NOT_ENROLLED) as world, reading(world) as read:
        trouble = await read.troubled("stream_refused")
        assert trouble.where == "X stream"
        await read.has((await world.publish("post")).key)
        assert not world.requests[STREAM], "its rules are asked for first"
        world.refused_stream = None
        await eventually(lambda: not read.troubled_now, what="the stream")


async def test_connections_that_cannot_be_ended_do_not_end_the_feed() -> None:
    async with FakeX(**QUICK, lingering=1) as world:
        world.failing = lambda path: NOT_ENROLLED if path == CONNECTIONS else None
        async with reading(world) as read:
            assert (await read.troubled("too_many_connections")).where == "X stream"
            await read.has((await world.publish("searched for")).key)
            world.lingering = 0
            await eventually(lambda: not read.troubled_now, what="the stream")


async def test_rules_that_cannot_be_looked_at_cut_no_stream() -> None:
    def cut(path: str) -> None:
        if path == RULES:
            raise ConnectionResetError

    async with FakeX(**QUICK) as world, reading(world, net=0.05) as read:
        await eventually(lambda: world.open, what="the stream")
        world.failing = cut
        asked = world.requests[RULES]
        await eventually(lambda: world.requests[RULES] > asked + 2, what="looks at the rules")
        await read.has((await world.publish("post")).key)
        assert world.requests[STREAM] == 1
        assert not read.troubles


async def test_searches_that_fail_beside_a_stream_are_the_trouble_of_one_way() -> None:
    async with FakeX(**QUICK) as world:
        world.failing = lambda path: Answer(503, HTML_502) if path == SEARCH else None
        async with reading(world) as read:
            await eventually(lambda: set(read.troubled_now) == {"X search"}, what="trouble of one way")
            await read.has((await world.publish("post")).key)
            world.refused_stream = Answer(503, HTML_502)
            world.cut()
            await eventually(lambda: "X" in read.troubled_now, what="trouble of all of it")
            world.refused_stream = None
            await eventually(lambda: set(read.troubled_now) == {"X search"}, what="the stream")
            world.failing = lambda _path: None
            await eventually(lambda: not read.troubled_now, what="the end of the trouble")


async def test_what_is_posted_before_the_first_search_ends_is_searched_for_after_a_restart() -> None:
    began = json.dumps({"from": f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"})
    async with FakeX(**QUICK) as world:
        config = config_of(world, look_back_hours=1)
        missed = await world.publish("missed", made=datetime.now(UTC) - timedelta(days=2), told=False)
        async with reading(world, config=config, cursor=began) as read:
            await read.has(missed.key)


async def test_where_it_began_is_kept_before_anything_was_found() -> None:
    async with FakeX(**QUICK) as world:
        world.failing = lambda _path: Answer(503, HTML_502)
        async with reading(world, config=config_of(world, look_back_hours=5)) as read:
            await eventually(lambda: read.cursor, what="a place")
        began = datetime.fromisoformat(json.loads(read.cursor or "")["from"])
        assert timedelta(hours=5) <= datetime.now(UTC) - began < timedelta(hours=6)


async def test_a_feed_that_looks_back_for_nothing_asks_for_what_x_takes() -> None:
    async with FakeX(**QUICK) as world:
        config = config_of(world, look_back_hours=0, way="search")
        async with reading(world, config=config) as read:
            await read.has((await world.publish("post")).key)
            assert not read.troubles


@pytest.mark.parametrize("way", ["stream", "search"])
async def test_a_token_that_is_revoked_stops_it_in_words(way: str) -> None:
    async with FakeX(**QUICK) as world, reading(world, config=config_of(world, way=way)) as read:
        await read.has((await world.publish("post")).key)
        world.revoke()
        problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert "token" in problem.message
        assert "console.x.com" in problem.message
        assert TOKEN not in f"{problem} {problem.details}"
        assert read.source.retry_after(problem, 1) is None


async def test_an_app_that_may_not_read_stops_it_in_words() -> None:
    async with FakeX() as world:
        world.failing = lambda _path: NOT_ENROLLED
        async with reading(world) as read:
            problem = await read.failed()
            assert isinstance(problem, FeedFatal)
            assert "may not read" in problem.message


@pytest.mark.parametrize("way", ["stream", "search"])
async def test_an_app_without_credits_waits_in_words_and_goes_on(way: str) -> None:
    async with FakeX(**QUICK) as world:
        world.failing = lambda _path: NO_CREDITS
        async with reading(world, config=config_of(world, way=way)) as read:
            trouble = await read.troubled("no_credits")
            assert "buy credits" in trouble.message
            await eventually(lambda: "X" in read.troubled_now, what="the trouble of all of it")
            world.failing = lambda _path: None
            await read.has((await world.publish("post")).key)
            await eventually(lambda: not read.troubled_now, what="the end of the trouble")


async def test_the_end_of_a_rate_limit_is_waited_for_without_asking() -> None:
    async with FakeX(**QUICK, allowances={SEARCH: 1}, reset_in=900.0) as world:
        async with reading(world, config=config_of(world, way="search")) as read:
            trouble = await read.troubled("rate_limited")
            assert trouble.retry_seconds is not None
            assert 800 < trouble.retry_seconds <= 900
            left = [one for one in read.items if isinstance(one, Budget) and one.what == "requests"]
            assert (left[0].where, left[0].left, left[0].most) == ("X search", 0, 450)
            assert left[0].renews_at is not None
        assert world.requests[SEARCH] == 1


@pytest.mark.parametrize(
    "unknown",
    [
        {"edit_history_tweet_ids"},
        {"withheld"},
        {"poll.fields"},
        {"tweet.fields"},
        {"referenced_tweets.id", "referenced_posts.id", "referenced_tweets", "note_tweet", "variants"},
    ],
)
@pytest.mark.parametrize("way", ["stream", "search"])
async def test_a_field_that_the_api_drops_or_renames_costs_no_post(unknown: set[str], way: str) -> None:
    async with (
        FakeX(**QUICK, unknown=unknown) as world,
        reading(world, config=config_of(world, way=way)) as read,
    ):
        key = (await world.publish("post")).key
        await read.has(key)
        assert (await read.source.recheck([key])).present == {key}
        assert not read.troubles


async def test_a_page_in_place_of_data_is_trouble_and_passes() -> None:
    async with FakeX(**QUICK) as world:
        world.failing = lambda path: Answer(200, HTML_502) if path != LOOKUP else None
        async with reading(world) as read:
            await read.troubled("not_json")
            world.failing = lambda _path: None
            await read.has((await world.publish("post")).key)


@pytest.mark.parametrize("posts", [False, True])
async def test_a_search_that_says_for_ever_that_there_is_more_ends_in_words(
    posts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.xapi.search.MOST_PAGES", 20)
    async with FakeX(**QUICK) as world:
        post = await world.publish("the only one")
        alone = {
            "id": post.key,
            "text": "the only one",
            "author_id": "7",
            "created_at": "2026-05-12T14:00:00.000Z",
        }
        pages = itertools.count()

        def endless(path: str) -> Answer | None:
            meta = {"result_count": int(posts), "next_token": f"t{next(pages)}"}
            said = {"data": [alone], "includes": {"users": [world.users["7"]]}} if posts else {}
            return Answer(200, {**said, "meta": meta}) if path == SEARCH else None

        world.failing = endless
        searching = config_of(world, way="search")
        async with reading(world, config=searching, http_first=30.0, http_longest=30.0) as read:
            await eventually(lambda: read.troubles, what="the trouble")
            assert read.troubles[0].code == "endless_search"
            assert (world.requests[SEARCH], post.key in read.posts) == ((20, True) if posts else (2, False))


async def test_an_empty_page_among_others_ends_no_search() -> None:
    async with FakeX(**QUICK) as world:
        post = await world.publish("behind it")

        def once(path: str) -> Answer | None:
            first = path == SEARCH and world.requests[SEARCH] == 1
            return (
                Answer(200, {"meta": {"result_count": 0, "next_token": "t9999999999999999999"}})
                if first
                else None
            )

        world.failing = once
        async with reading(world, config=config_of(world, way="search")) as read:
            await read.has(post.key)
            assert not read.troubles


async def test_reposts_are_not_asked_for() -> None:
    async with FakeX(**QUICK) as world, reading(world) as read:
        await read.has((await world.publish("post")).key)
        queries = [one.query["query"] for one in world.asked if one.path == SEARCH]
        assert all(
            "-is:retweet" in one for one in [*queries, *(rule["value"] for rule in world.rules.values())]
        )
