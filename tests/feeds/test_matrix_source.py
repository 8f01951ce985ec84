"""What a Matrix source tells of its rooms: messages, edits, redactions, and gaps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.feeds.matrix_reading import FAST, config_of, key, reading
from tests.feeds.reading import Reading
from tests.support.waiting import eventually
from tests.world.matrix import FakeMatrix, error
from wall.feeds.base import Edited, Rechecked
from wall.feeds.matrix import MatrixSource
from wall.feeds.matrix_rooms.config import checked
from wall.feeds.probing import probe
from wall.model import utc_now


@pytest.fixture
async def world() -> AsyncIterator[FakeMatrix]:
    async with FakeMatrix() as made:
        yield made


async def checkpointed(read: Reading) -> str:
    """Wait until everything so far is covered by a cursor; the cursor."""
    count = len(read.items)
    await eventually(lambda: read.cursor and len(read.items) >= count)
    assert read.cursor is not None
    return read.cursor


async def text_is(read: Reading, name: str, text: str) -> None:
    await eventually(lambda: name in read.posts and read.posts[name].text == text, what=text)


async def test_what_was_said_before_comes_first_and_in_order(world: FakeMatrix) -> None:
    old = utc_now() - timedelta(hours=30)
    await world.publish("too old", at=old)
    said = [await world.publish(f"message {number}") for number in range(250)]
    async with reading(world) as read:
        await read.has(*map(key, said))
        assert read.told == [key(event) for event in said]


async def test_names_come_with_messages_and_change_with_their_people(world: FakeMatrix) -> None:
    before = await world.publish("before")
    async with reading(world) as read:
        await read.has(key(before))
        await world.rename("ada", "Ada L.")
        after = await world.publish("after")
        await read.has(key(after))
        names = [read.posts[key(one)].author.name for one in (before, after)]
        assert names == ["Ada", "Ada L."]
        other = await world.publish("hello", by="bo")
        await read.has(key(other))
        assert read.posts[key(other)].author.name == "Bo"


async def test_names_are_known_after_a_restart(world: FakeMatrix) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        cursor = await checkpointed(read)
    after = await world.publish("after")
    async with reading(world, cursor=cursor) as again:
        await again.has(key(after))
        assert again.posts[key(after)].author.name == "Ada"


async def test_with_hashtags_only_messages_that_have_one_come(world: FakeMatrix) -> None:
    async with reading(world, hashtags=["SMSummit"]) as read:
        other = await world.publish("nothing for the wall")
        wanted = await world.publish("for the wall #ＳＭＳｕｍｍｉｔ")
        await read.has(key(wanted))
        assert key(other) not in read.posts
        await world.edit(other, "now for the wall too #smsummit")
        await text_is(read, key(other), "now for the wall too #smsummit")
        await world.edit(wanted, "no more")
        await text_is(read, key(wanted), "no more")


async def test_of_several_edits_the_newest_counts_whatever_the_order(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("first")
        await read.has(key(said))
        now = said["origin_server_ts"]
        await world.edit(said, "third", origin_server_ts=now + 2_000)
        await text_is(read, key(said), "third")
        await world.edit(said, "second", origin_server_ts=now + 1_000)
        await read.has(key(await world.publish("later")))
        assert read.posts[key(said)].text == "third"


async def test_somebody_elses_edit_changes_nothing_nor_does_an_edit_of_an_edit(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("first")
        await read.has(key(said))
        await world.edit(said, "vandalised", by="eve")
        edit = await world.edit(said, "second")
        await text_is(read, key(said), "second")
        world.edits.pop(edit["event_id"], None)
        await world.edit(edit, "an edit of an edit")
        await read.has(key(await world.publish("later")))
        assert read.posts[key(said)].text == "second"
        assert len(read.posts) == 2


@pytest.mark.parametrize("whole", [True, False])
async def test_an_edit_made_while_nobody_listened_is_there_at_once(world: FakeMatrix, whole: bool) -> None:
    world.whole_edits = whole
    said = await world.publish("first")
    await world.edit(said, "second")
    async with reading(world) as read:
        await read.has(key(said))
        await text_is(read, key(said), "second")


async def test_an_edit_of_a_message_that_nobody_remembers_is_understood(world: FakeMatrix) -> None:
    said = await world.publish("first", at=utc_now() - timedelta(hours=30))
    async with reading(world) as read:
        await read.has(key(await world.publish("to begin with")))
        await world.edit(said, "second")
        await text_is(read, key(said), "second")
        assert isinstance(read.items[-1], Edited) or read.cursor


@pytest.mark.parametrize("v11", [False, True])
async def test_a_redaction_withdraws_by_whomever_it_is(world: FakeMatrix, v11: bool) -> None:
    async with reading(world) as read:
        mine, theirs = await world.publish("mine"), await world.publish("theirs")
        await read.has(key(mine), key(theirs))
        await world.redact(mine, by="ada", v11=v11)
        await world.redact(theirs, by="mod", v11=v11)
        await eventually(lambda: read.withdrawn == [key(mine), key(theirs)])


async def test_an_edit_that_is_taken_back_brings_the_words_before_it(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("first")
        second = await world.edit(said, "second")
        third = await world.edit(said, "third")
        await text_is(read, key(said), "third")
        edited_at = read.posts[key(said)].edited_at
        await world.redact(third)
        await text_is(read, key(said), "second")
        assert edited_at
        assert (read.posts[key(said)].edited_at or edited_at) > edited_at
        await world.redact(second)
        await text_is(read, key(said), "first")
        assert not read.withdrawn


async def test_after_a_restart_too(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said, gone = await world.publish("first"), await world.publish("to go")
        edit = await world.edit(said, "second")
        await text_is(read, key(said), "second")
        await read.has(key(gone))
        await eventually(lambda: edit["event_id"] in json.loads(read.cursor or "{}").get("edits", {}))
        cursor, edited_at = read.cursor, read.posts[key(said)].edited_at
    await world.redact(edit)
    await world.redact(gone)
    async with reading(world, cursor=cursor) as again:
        await text_is(again, key(said), "first")
        await eventually(lambda: again.withdrawn == [key(gone)])
        last = [post for item in again.items if isinstance(item, Edited) and (post := item.post)][-1]
        assert edited_at
        assert (last.edited_at or edited_at) > edited_at


async def test_a_redaction_of_something_that_is_no_message_is_nobodys_business(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("hello")
        reaction = await world.send("m.reaction", {"m.relates_to": {"event_id": said["event_id"]}})
        await world.redact(reaction)
        await world.send("m.room.redaction", {}, redacts="$never")
        await world.send("m.room.redaction", {"redacts": 7})
        await read.has(key(said), key(await world.publish("later")))
        assert not read.withdrawn


async def test_a_gap_is_filled_from_pages_in_order(world: FakeMatrix) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        cursor = await checkpointed(read)
    said = [await world.publish(f"message {number}") for number in range(430)]
    await world.edit(said[3], "edited")
    await world.redact(said[5])
    world.longest_timeline = 7
    async with reading(world, cursor=cursor) as again:
        there = [key(event) for event in said if event is not said[5]]
        await again.has(*there)
        assert [one for one in again.told if one in there] == there
        assert again.posts[key(said[3])].text == "edited"
        assert key(said[5]) not in again.posts


async def test_strange_events_cost_nothing_but_themselves(world: FakeMatrix) -> None:
    async with reading(world) as read:
        await world.send("m.room.message", [])  # type: ignore[arg-type]
        await world.publish("x", content={"m.relates_to": []})
        await world.publish("x", content={"m.relates_to": {"rel_type": 7, "event_id": {}}})
        await world.publish("x", content={"m.relates_to": {"rel_type": "m.replace", "event_id": "$no"}})
        await world.publish("x" * 30_000)
        await world.send("m.room.message", {"msgtype": "m.text", "body": "who?"}, sender=None)
        await world.send("m.room.member", {"displayname": 7}, state_key="@x:h")
        await world.send("org.example.unknown", {"a": 1})
        await read.has(key(await world.publish("later")))
        assert read.dropped == ["unusable_post", "unusable_post"]


async def test_an_answer_that_is_too_large_is_asked_for_in_parts(
    world: FakeMatrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.common.client.BODY_LIMIT", 100_000)
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        cursor = await checkpointed(read)
    said = [await world.publish(f"{number} " + "x" * 9_000) for number in range(40)]
    async with reading(world, cursor=cursor) as again:
        await again.has(*map(key, said))
        await eventually(lambda: not again.troubled_now)


async def test_a_recheck_tells_what_is_gone_and_what_is_unknown(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = [await world.publish(f"message {number}") for number in range(120)]
        await read.has(*map(key, said))
        await world.redact(said[0], told=False)
        await world.redact(said[110], told=False)
        asked = [key(said[number]) for number in (0, 1, 110, 111)]
        others = ["!other:fake.example/$event1", key({"event_id": "$never"}), "rubbish"]
        found = await read.source.recheck([*asked, *others])
        assert found == Rechecked(frozenset({asked[0], asked[2]}), frozenset({asked[1], asked[3]}))


async def test_a_recheck_brings_an_edit_that_nobody_told(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("first")
        await read.has(key(said))
        world.shuffled = 1_000
        await world.edit(said, "second")
        await read.source.recheck([key(said)])
        world.shuffled = 0
        await world.publish("wakes the stream")
        await text_is(read, key(said), "second")


async def test_a_room_that_is_closed_tells_nothing_of_its_messages(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("hello")
        await read.has(key(said))
        world.failing = lambda path: error(403, "M_FORBIDDEN") if "/rooms/" in path else None
        assert await read.source.recheck([key(said)]) == Rechecked()


async def test_a_cursor_of_something_else_is_read_as_none(world: FakeMatrix) -> None:
    said = await world.publish("hello")
    for cursor in ("", "17", "[]", "{", '{"since": 7}', '{"since": "s0", "begun": 7, "edits": []}'):
        async with reading(world, cursor=cursor) as read:
            await read.has(key(said))


async def test_a_trial_says_what_is_wrong(world: FakeMatrix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wall.feeds.matrix.TIMES", FAST)
    await world.publish("hello")
    assert (await probe("matrix", config_of(world), 2)).outcome == "matched"
    world.tokens.clear()
    refused = await probe("matrix", config_of(world), 2)
    assert (refused.outcome, "token" in refused.said) == ("trouble", True)


async def test_a_second_stream_ends_the_first(world: FakeMatrix) -> None:
    source = MatrixSource(checked(config_of(world)), times=FAST)
    await world.publish("hello")
    first = source.stream(None)
    await anext(first)
    second = source.stream(None)
    await anext(second)
    async with asyncio.timeout(20):
        left: list[Any] = [item async for item in first]
    assert len(left) <= 1
    await source.aclose()
    async for _ in second:
        pass
