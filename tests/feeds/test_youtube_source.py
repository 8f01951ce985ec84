"""What a YouTube source tells of a chat: messages, deletions, bans, its end, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.feeds.reading import Reading
from tests.feeds.youtube_reading import FAST, config_of, reading
from tests.support.waiting import PATIENCE, eventually
from tests.world.mastodon_api import Answer
from tests.world.youtube import KEY, FakeYouTube, error
from wall.errors import FeedFatal
from wall.feeds.base import Budget, Rechecked
from wall.feeds.probing import probe
from wall.model import utc_now


@pytest.fixture
async def world() -> AsyncIterator[FakeYouTube]:
    async with FakeYouTube() as made:
        yield made


async def token_of(read: Reading, wanted: int) -> str:
    """Wait until a cursor covers so many resources; the cursor."""
    await eventually(lambda: json.loads(read.cursor or "{}").get("token") == f"t{wanted}", what="the place")
    assert read.cursor is not None
    return read.cursor


async def test_messages_come_with_what_was_said_lately_first(world: FakeYouTube) -> None:
    said = [(await world.publish(f"message {number}"))["id"] for number in range(5)]
    async with reading(world) as read:
        await read.has(*said)
        last = (await world.publish("now"))["id"]
        await read.has(last)
        assert read.told == [*said, last]


async def test_with_hashtags_only_messages_that_have_one_come(world: FakeYouTube) -> None:
    async with reading(world, hashtags=["SMSummit"]) as read:
        other = await world.publish("nothing for the wall")
        wanted = await world.publish("for the wall #smsummit")
        await read.has(wanted["id"])
        await world.delete(other)
        await world.delete(wanted)
        await eventually(lambda: read.withdrawn == [wanted["id"]])
        assert list(read.posts) == [wanted["id"]]


@pytest.mark.parametrize("kind", ["permanent", "temporary"])
async def test_all_messages_of_somebody_who_is_banned_are_withdrawn(world: FakeYouTube, kind: str) -> None:
    async with reading(world) as read:
        bad = [(await world.publish(f"spam {number}", by="eve"))["id"] for number in range(3)]
        good = (await world.publish("hello", by="ada"))["id"]
        await read.has(*bad, good)
        await world.ban("eve", kind)
        await eventually(lambda: read.withdrawn == bad)
        await world.ban("nobody")
        await read.has((await world.publish("later"))["id"])
        assert read.withdrawn == bad


async def test_whose_messages_were_whose_is_known_after_a_restart(world: FakeYouTube) -> None:
    async with reading(world) as read:
        bad = (await world.publish("spam", by="eve"))["id"]
        await read.has(bad)
        cursor = await token_of(read, 1)
    await world.ban("eve")
    async with reading(world, cursor=cursor) as again:
        await eventually(lambda: again.withdrawn == [bad])


async def test_a_message_that_was_deleted_while_nobody_read_is_withdrawn(world: FakeYouTube) -> None:
    async with reading(world) as read:
        said = await world.publish("hello")
        await read.has(said["id"])
        cursor = await token_of(read, 1)
    await world.delete(said, told=False)
    async with reading(world, cursor=cursor) as again:
        await eventually(lambda: again.withdrawn == [said["id"]])


async def test_a_long_gap_is_read_from_the_place_that_was_reached(world: FakeYouTube) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("before"))["id"])
        cursor = await token_of(read, 1)
    said = [(await world.publish(f"message {number}"))["id"] for number in range(40)]
    world.recent = 5
    async with reading(world, cursor=cursor) as again:
        await again.has(*said)
        assert not again.troubles


async def test_what_youtube_has_forgotten_is_said(world: FakeYouTube) -> None:
    old = utc_now() - timedelta(hours=3)
    async with reading(world) as read:
        await read.has((await world.publish("before", at=old))["id"])
        cursor = await token_of(read, 1)
    for number in range(40):
        await world.publish(f"lost {number}", at=old + timedelta(minutes=number))
    kept = [(await world.publish(f"kept {number}"))["id"] for number in range(5)]
    world.recent, world.first_kept = 5, 41
    async with reading(world, cursor=cursor) as again:
        await again.has(*kept)
        said = await again.troubled("history_gap")
        assert (said.where, said.retry_seconds) == ("YouTube history", None)
        await eventually(lambda: not again.troubled_now, what="the end of the warning")


async def test_a_place_that_is_refused_though_nothing_is_missing_is_no_trouble(world: FakeYouTube) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("before"))["id"])
        cursor = await token_of(read, 1)
    later = (await world.publish("later"))["id"]
    asked = []

    def failing(_path: str) -> Answer | None:
        query = world.server.asked[-1].query
        asked.append(query.get("pageToken"))
        return error(400, "pageTokenInvalid") if query.get("pageToken") == "t1" else None

    world.failing = failing
    async with reading(world, cursor=cursor) as again:
        await again.has(later)
        await eventually(lambda: "t1" in asked and json.loads(again.cursor or "{}").get("token") == "t2")
        assert not again.troubles


async def test_it_waits_in_words_until_the_stream_begins(world: FakeYouTube) -> None:
    world.chat, world.live = None, {"scheduledStartTime": "2999-05-04T09:00:00Z"}
    async with reading(world) as read:
        waiting = await read.troubled("no_chat")
        assert (waiting.where, "has not begun" in waiting.message) == ("YouTube", True)
        world.chat = "chat-2"
        said = (await world.publish("at last"))["id"]
        await read.has(said)
        assert not read.troubled_now


async def test_a_video_that_is_private_is_waited_for_in_words(world: FakeYouTube) -> None:
    world.exists = False
    async with reading(world) as read:
        assert "private" in (await read.troubled("no_video")).message
        world.exists = True
        await read.has((await world.publish("hello"))["id"])


@pytest.mark.parametrize("told", [True, False])
async def test_a_stream_that_has_ended_ends_the_feed(world: FakeYouTube, told: bool) -> None:
    async with reading(world) as read:
        said = (await world.publish("goodbye"))["id"]
        await read.has(said)
        if told:
            await world.end()
        else:
            world.chat, world.live = None, {"actualEndTime": "2026-05-04T10:00:00Z"}
        await eventually(lambda: read.task is not None and read.task.done(), what="the end")
        assert read.task is not None
        assert read.task.exception() is None
        assert read.posts.keys() == {said}


async def test_another_chat_of_the_same_video_is_gone_on_with(world: FakeYouTube) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("before"))["id"])
        cursor = await token_of(read, 1)
        world.chat = "chat-2"
        await read.has((await world.publish("after"))["id"])
    world.chat = "chat-3"
    last = (await world.publish("in the third"))["id"]
    async with reading(world, cursor=cursor) as again:
        await again.has(last)


async def test_an_ordinary_video_stops_it_in_words(world: FakeYouTube) -> None:
    world.live = None
    async with reading(world) as read:
        problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert "no live stream" in problem.message


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(400, "badRequest", details="API_KEY_INVALID"), "token_refused"),
        (error(400, "keyInvalid"), "token_refused"),
        (error(403, "forbidden", details="API_KEY_IP_ADDRESS_BLOCKED"), "key_restricted"),
        (error(403, "ipRefererBlocked"), "key_restricted"),
        (error(403, "accessNotConfigured", details="SERVICE_DISABLED"), "api_off"),
    ],
)
async def test_what_an_organiser_must_change_stops_it(
    world: FakeYouTube, answer: Answer, code: str
) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("before"))["id"])
        world.failing = lambda _path: answer
        problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert (problem.details["problem"], "token" in problem.message) == (code, True)
        assert KEY not in f"{problem.message} {problem.remedy}"
        assert read.source.retry_after(problem, 1) is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(403, "liveChatDisabled"), "no_chat"),
        (error(403, "forbidden"), "chat_closed"),
        (error(403, "rateLimitExceeded"), "rate_limited"),
        (error(403, "inventedReason"), "server_error"),
        (Answer(404, b"<html>"), "not_json"),
        (Answer(302, b"", {"Location": "http://10.0.0.1/"}), "moved"),
        (Answer(200, b"<html>"), "not_json"),
        (Answer(500, {"error": {"code": 500}}), "server_error"),
    ],
)
async def test_what_passes_is_said_and_waited_for(world: FakeYouTube, answer: Answer, code: str) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("before"))["id"])
        chat, world.chat = (world.chat, None) if code == "no_chat" else (world.chat, world.chat)
        world.failing = lambda path: answer if path.endswith("/messages") else None
        await read.troubled(code)
        world.failing, world.chat = (lambda _path: None), chat
        await read.has((await world.publish("after"))["id"])
        await eventually(lambda: not read.troubled_now)


async def test_units_are_counted_told_and_kept(world: FakeYouTube) -> None:
    async with reading(world, units_a_day=1_000) as read:
        await eventually(lambda: world.units >= 106)
        await eventually(lambda: len([one for one in read.items if isinstance(one, Budget)]) > 2)
        told = [one for one in read.items if isinstance(one, Budget)]
        assert {(one.where, one.what, one.most) for one in told} == {("YouTube", "units", 1_000)}
        assert told[0].left >= 1_000 - 1 - 5
        assert [one.left for one in told] == sorted((one.left for one in told), reverse=True)
        await eventually(lambda: read.cursor and json.loads(read.cursor)["units"][1] > 50)
        used = json.loads(read.cursor or "")["units"][1]
    before = world.units
    async with reading(world, units_a_day=1_000, cursor=read.cursor) as again:
        await eventually(lambda: any(isinstance(one, Budget) for one in again.items))
        first = next(one for one in again.items if isinstance(one, Budget))
        assert first.left <= 1_000 - used
        assert first.left >= 1_000 - used - (world.units - before)


async def test_with_no_units_left_it_waits_until_they_are_full_again(world: FakeYouTube) -> None:
    async with reading(world, units_a_day=100) as read:
        trouble = await read.troubled("quota_spent")
        assert (trouble.where, trouble.retry_seconds) == ("YouTube", None)
        assert world.units <= 100
        left = [one.left for one in read.items if isinstance(one, Budget)]
        assert left[-1] < 5


async def test_units_that_somebody_else_used_end_the_looks_too(world: FakeYouTube) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("before"))["id"])
        world.failing = lambda _path: error(403, "quotaExceeded")
        await read.troubled("quota_spent")
        asked = len(world.server.asked)
        await eventually(lambda: read.cursor and json.loads(read.cursor)["units"][1] > 10_000)
        assert len(world.server.asked) == asked


async def test_the_pace_is_youtubes_the_quotas_or_that_of_a_quiet_chat(world: FakeYouTube) -> None:
    world.interval = 400
    slow = replace(FAST, spread=4 * 3600.0)
    async with reading(world) as read:
        await read.has((await world.publish("hello"))["id"])
        polls, began = world.polls, utc_now()
        await eventually(lambda: world.polls >= polls + 3)
        assert utc_now() - began > timedelta(seconds=0.7)
    world.interval = 10
    idle = replace(FAST, idle=0.4, quiet_after=0.0)
    async with reading(world, times=idle) as read:
        await read.has(world.said[0]["id"])
        polls, began = world.polls, utc_now()
        await eventually(lambda: world.polls >= polls + 3)
        assert utc_now() - began > timedelta(seconds=0.7)
    async with reading(world, times=slow, units_a_day=100) as read:
        await read.has(world.said[0]["id"])
        polls = world.polls
        said = await world.publish("nobody looks for minutes")
        await eventually(lambda: read.cursor)
        assert (world.polls, said["id"] in read.posts) == (polls, False)


async def test_a_page_that_is_too_large_is_asked_for_in_parts(
    world: FakeYouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.common.client.BODY_LIMIT", 300_000)
    said = [(await world.publish(f"message {number} " + "x" * 300))["id"] for number in range(350)]
    async with reading(world) as read:
        await read.has(*said)
        await eventually(lambda: not read.troubled_now)


async def test_strange_resources_cost_nothing_but_themselves(world: FakeYouTube) -> None:
    async with reading(world) as read:
        for strange in (
            {},
            {"id": "a"},
            {"id": "b", "snippet": []},
            {"id": "c", "snippet": {"type": "textMessageEvent"}},
        ):
            await world.add(strange | {"id": strange.get("id", "d")})
        await world.add({"id": "e", "snippet": {"type": "messageDeletedEvent", "messageDeletedDetails": 7}})
        await world.add({"id": "f", "snippet": {"type": "userBannedEvent", "userBannedDetails": []}})
        await world.publish("x" * 30_000)
        await read.has((await world.publish("later"))["id"])
        assert read.dropped == ["unusable_post"]


async def test_the_key_is_in_no_address(world: FakeYouTube) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("hello"))["id"])
    assert {one.key for one in world.server.asked} == {KEY}
    assert all(KEY not in one.query.values() for one in world.server.asked)


async def test_a_recheck_knows_nothing_and_asks_nobody(world: FakeYouTube) -> None:
    async with reading(world) as read:
        said = (await world.publish("hello"))["id"]
        await read.has(said)
        assert await read.source.recheck([said]) == Rechecked()


async def test_a_cursor_of_something_else_is_read_as_none(world: FakeYouTube) -> None:
    said = (await world.publish("hello"))["id"]
    for cursor in ("", "17", "[]", "{", '{"token": 7, "chat": [], "at": "x", "units": 3}'):
        async with reading(world, cursor=cursor) as read:
            await read.has(said)


async def test_a_trial_says_what_is_wrong(world: FakeYouTube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wall.feeds.youtube.TIMES", FAST)
    await world.publish("hello")
    assert (await probe("youtube", config_of(world), 2)).outcome == "matched"
    world.keys.clear()
    refused = await probe("youtube", config_of(world), PATIENCE)
    assert (refused.outcome, "token" in refused.said) == ("trouble", True)
