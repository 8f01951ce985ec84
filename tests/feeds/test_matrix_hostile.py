"""What people in a room, and homeservers, send to stop a Matrix feed or to fill it up: it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.feeds.matrix_reading import key, reading
from tests.feeds.reading import Reading
from tests.support.waiting import eventually
from tests.world.mastodon_api import HTML_502, Answer
from tests.world.matrix import FakeMatrix, error
from wall.feeds.matrix_rooms.events import is_event_id, place_of_key
from wall.feeds.matrix_rooms.memory import place_of

LONG = "$" + "x" * 60_000


@pytest.fixture
async def world() -> AsyncIterator[FakeMatrix]:
    async with FakeMatrix() as made:
        yield made


def replacing(target: Any, kind: str = "m.replace") -> dict[str, Any]:
    """The content of an edit of this."""
    new = {"msgtype": "m.text", "body": "new words"}
    return {"m.new_content": new, "m.relates_to": {"rel_type": kind, "event_id": target}}


async def caught_up(world: FakeMatrix, read: Reading) -> str:
    """Wait for a cursor after everything that was said."""
    await eventually(lambda: place_of(read.cursor).since == f"s{len(world.events)}")
    assert read.cursor is not None
    return read.cursor


async def goes_on(world: FakeMatrix, read: Reading) -> None:
    """Wait for what is said now, and for a cursor after it: nothing before it is asked for again."""
    later = await world.publish("later")
    await read.has(key(later))
    assert not read.troubled_now


@pytest.mark.parametrize(
    "good",
    ["$h29iv0s8:example.com", "$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk", "$é", "$" + "x" * 254],
)
def test_an_id_of_an_event_may_be_of_any_room_version(good: str) -> None:
    assert is_event_id(good)
    assert place_of_key(f"!room:h/{good}") == ("!room:h", good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "$",
        "x",
        "$a b",
        "$a\n",
        "$a\x00",
        "$\ud800",
        "$" + "x" * 255,
        "$" + "é" * 128,
        "$a/../b",
        7,
        None,
    ],
)
def test_what_can_be_no_id_goes_into_no_address_and_no_memory(bad: Any) -> None:
    assert not is_event_id(bad)
    assert place_of_key(f"!room:h/{bad}") is None
    cursor = place_of('{"since": "s1", "edits": {"$edit": "$a b", "$x y": "$a", "$good": "$a"}}')
    assert cursor.edits == {"$good": "$a"}


@pytest.mark.parametrize("target", [LONG, "$a b", "$\ud800", "$/../../sync", "no id"])
async def test_an_edit_of_what_can_be_no_event_is_counted_and_nothing_is_asked(
    world: FakeMatrix, target: str
) -> None:
    asked: list[str] = []
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        world.failing = lambda path: asked.append(path) if "/event/" in path else None
        await world.publish("* x", content=replacing(target))
        await world.send("m.room.redaction", {}, redacts=target)
        await world.send("m.room.redaction", {"redacts": target})
        await goes_on(world, read)
    assert (read.dropped, asked) == (["unusable_post"], [])


async def test_an_answer_to_what_can_be_no_event_is_told_as_no_answer(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("x", content=replacing(LONG, "m.thread"))
        await read.has(key(said))
    assert read.posts[key(said)].reply_to is None


async def test_edits_of_edits_are_not_followed(world: FakeMatrix) -> None:
    asked: list[str] = []
    async with reading(world) as read:
        last = await world.publish("first")
        await read.has(key(last))
        cursor = await caught_up(world, read)
    world.shuffled = 10**9
    for number in range(300):
        last = await world.publish(f"* {number}", content=replacing(last["event_id"]))
    world.shuffled = 0
    world.failing = lambda path: asked.append(path) if "/event/" in path else None
    async with reading(world, cursor=cursor) as again:
        await goes_on(world, again)
    assert len(asked) <= 301


@pytest.mark.parametrize(
    "answer",
    [Answer(414, b"<html>"), Answer(404, b"<html>"), error(414, "M_UNKNOWN"), error(404, "M_UNRECOGNIZED")],
)
async def test_an_event_that_the_homeserver_cannot_be_asked_for_is_a_loss(
    world: FakeMatrix, answer: Answer
) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        world.failing = lambda path: answer if "/event/" in path else None
        await world.publish("* x", content=replacing("$never"))
        await goes_on(world, read)
    assert (read.dropped, read.codes) == (["unusable_post"], set())


@pytest.mark.parametrize("answer", [Answer(500, HTML_502), Answer(403, b"<html>"), Answer(200, b"x")])
async def test_an_event_that_fails_again_and_again_is_given_up(world: FakeMatrix, answer: Answer) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        world.failing = lambda path: answer if "/event/" in path else None
        await world.publish("* x", content=replacing("$never"))
        await read.has(key(await world.publish("later")))
        await eventually(lambda: not read.troubled_now)
    assert read.dropped == ["unusable_post"]


async def test_a_homeserver_that_is_away_as_a_whole_costs_no_edit(world: FakeMatrix) -> None:
    async with reading(world) as read:
        said = await world.publish("first")
        await read.has(key(said))
        cursor = await caught_up(world, read)
    away = Answer(404, b"<html>")
    await eventually(lambda: not world.waiting)
    async with reading(world, cursor=cursor) as again:
        await eventually(lambda: world.waiting)
        world.failing = lambda path: away if "/event/" in path or path.endswith("/versions") else None
        await world.edit(said, "second")
        await again.troubled("no_data")
        world.failing = lambda _path: None
        await eventually(lambda: key(said) in again.posts and again.posts[key(said)].text == "second")
    assert again.dropped == []


@pytest.mark.parametrize("kind", [[], {}, 7])
async def test_fields_of_any_kind_cost_their_message_alone(world: FakeMatrix, kind: Any) -> None:
    async with reading(world, hashtags=["summit"]) as read:
        await world.send("m.room.message", {"msgtype": kind, "body": "#summit"})
        said = await world.publish("#summit")
        await read.has(key(said))


async def test_a_redaction_in_one_room_takes_back_nothing_of_another(world: FakeMatrix) -> None:
    other = world.room("#other:fake.example")
    async with reading(world) as read:
        said, plain = await world.publish("first"), await world.publish("plain")
        edit = await world.edit(said, "second")
        await eventually(lambda: key(said) in read.posts and read.posts[key(said)].text == "second")
        for one in (plain, edit):
            await world.send("m.room.redaction", {}, redacts=one["event_id"], room=other)
        end = await world.publish("end", room=other)
        await read.has(key(plain), key(end, other.id))
        assert not read.withdrawn
        assert read.posts[key(said)].text == "second"
        await world.redact(plain)
        await world.redact(edit)
        await eventually(lambda: read.withdrawn == [key(plain)])
        await eventually(lambda: read.posts[key(said)].text == "first")


async def test_a_gap_that_takes_up_too_much_is_cut_at_its_oldest_and_said(
    world: FakeMatrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.matrix_rooms.backlog.MOST_BYTES", 20_000, raising=False)
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        cursor = await caught_up(world, read)
    said = []
    for number in range(120):
        noise = world.random.randbytes(300).hex()
        said.append(await world.publish(f"message {number}", content={"org.example.noise": noise}))
    world.longest_timeline = 5
    async with reading(world, cursor=cursor) as again:
        await again.has(*map(key, said[-20:]))
    assert again.dropped == ["gap_too_long"]
    assert 20 < len(again.told) < 80
    assert again.told == [key(one) for one in said[-len(again.told) :]]


async def test_a_message_that_is_nested_too_deep_costs_nothing_but_itself(world: FakeMatrix) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        cursor = await caught_up(world, read)
    deep: Any = []
    for _ in range(700):
        deep = [deep]
    world.longest_timeline = 1
    await world.publish("deep", content={"deep": deep})
    said = [await world.publish(f"message {number}") for number in range(3)]
    async with reading(world, cursor=cursor) as again:
        await again.has(*map(key, said))
