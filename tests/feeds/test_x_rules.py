"""Rules of the stream: ours are used again and cleaned up, a stranger's and another feed's are never
touched."""

from __future__ import annotations

import json

import pytest

from tests.feeds.x_reading import config_of, reading
from tests.support.waiting import eventually
from tests.world.x import FakeX
from tests.world.x_api import RULES, STREAM
from wall.feeds.xapi.rules import TAG, tag_of

OURS = "(#smsummit) -is:retweet"


def changes(world: FakeX) -> int:
    """How often rules were changed."""
    return sum(one.method == "POST" for one in world.asked)


async def test_a_rule_is_made_once_and_used_again_after_a_restart() -> None:
    async with FakeX() as world:
        cursor: str | None = None
        for _ in range(3):
            async with reading(world, cursor=cursor) as read:
                await eventually(lambda: world.open, what="the stream")
                if cursor is None:
                    await eventually(lambda: read.cursor, what="a place that is kept")
                    cursor = read.cursor
            await eventually(lambda: not world.open, what="the end of the stream")
        mark = json.loads(cursor or "")["mark"]
        assert [(one["value"], one["tag"]) for one in world.rules.values()] == [(OURS, tag_of(mark))]
        assert changes(world) == 1


async def test_stale_rules_of_ours_go_and_those_of_strangers_stay() -> None:
    async with FakeX() as world:
        world.rule("(#yesterday) -is:retweet", tag_of("me"))
        world.rule(OURS, tag_of("me"))
        strange = [world.rule("cats", "a stranger's"), world.rule("(#lastyear) -is:retweet", "")]
        async with reading(world, cursor='{"mark":"me"}'):
            await eventually(lambda: world.open, what="the stream")
        left = {one["id"]: one["value"] for one in world.rules.values()}
        assert set(left) >= {one["id"] for one in strange}
        assert sorted(left.values()) == sorted(["cats", "(#lastyear) -is:retweet", OURS])


async def test_two_feeds_with_one_token_leave_each_others_rules_alone() -> None:
    async with FakeX() as world:
        other = config_of(world, hashtags=["another"])
        async with reading(world), reading(world, config=other):
            await eventually(lambda: world.requests[RULES] >= 12, what="both to look again and again")
        assert sorted(one["value"] for one in world.rules.values()) == ["(#another) -is:retweet", OURS]
        assert len({one["tag"] for one in world.rules.values()}) == 2
        assert all(one["tag"].startswith(f"{TAG}:") for one in world.rules.values())
        assert changes(world) == 2


@pytest.mark.parametrize("mark", [None, "", 7, "m" * 65])
async def test_a_cursor_without_a_mark_that_is_ours_gets_one_that_is_kept(mark: object) -> None:
    async with FakeX() as world:
        async with reading(world, cursor=json.dumps({"mark": mark})) as read:
            await eventually(lambda: world.rules, what="the rule")
            await eventually(lambda: read.cursor, what="a place that is kept")
        kept = json.loads(read.cursor or "")["mark"]
        assert kept != mark
        assert [one["tag"] for one in world.rules.values()] == [tag_of(kept)]


async def test_posts_for_the_rules_of_strangers_are_not_ours_and_are_billed_to_us() -> None:
    async with FakeX(delay=0.0, keepalive=0.05) as world:
        world.rule("(#cats)", "a stranger's")
        async with reading(world) as read:
            await eventually(lambda: world.open, what="the stream")
            strange = await world.publish("a cat", "cats")
            ours = await world.publish("ours")
            await read.has(ours.key)
            await eventually(lambda: f'"spent":{world.spent}' in (read.cursor or ""), what="the meter")
        assert strange.key not in read.posts


async def test_a_rule_that_a_stranger_has_word_for_word_is_shared() -> None:
    async with FakeX() as world:
        world.rule(OURS, "a stranger's")
        async with reading(world) as read:
            await eventually(lambda: world.open, what="the stream")
            await read.has((await world.publish("ours too")).key)
        assert len(world.rules) == 1


async def test_rules_that_vanish_are_made_anew() -> None:
    async with FakeX() as world:
        async with reading(world) as read:
            await eventually(lambda: world.open, what="the stream")
            world.rules.clear()
            await eventually(lambda: world.rules, what="the rule")
            await read.has((await world.publish("again")).key)
        assert world.requests[STREAM] == 1


async def test_a_stream_without_rules_makes_them_and_connects_again() -> None:
    async with FakeX() as world:
        world.failing = lambda path: (
            world.rules.clear() if path == STREAM and world.requests[STREAM] == 1 else None
        )  # type: ignore[func-returns-value]
        async with reading(world) as read:
            await eventually(lambda: world.open, what="the stream")
            await read.has((await world.publish("post")).key)
        assert world.requests[STREAM] == 2


async def test_a_hashtag_that_x_does_not_take_stops_it_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wall.feeds.xapi.rules._NO_REPOSTS", " !")
    async with FakeX() as world, reading(world) as read:
        problem = await read.failed()
        assert "hashtags" in str(problem)


async def test_searching_alone_makes_no_rules() -> None:
    async with FakeX(delay=0.0) as world, reading(world, config=config_of(world, way="search")) as read:
        await read.has((await world.publish("post")).key)
        assert world.requests[RULES] == 0
