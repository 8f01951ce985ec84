"""What is wrong with rooms, tokens and homeservers, and what is said and done about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.feeds.matrix_reading import key, reading
from tests.support.waiting import eventually
from tests.world.mastodon_api import Answer
from tests.world.matrix import ME, FakeMatrix, error
from wall.errors import FeedFatal


@pytest.fixture
async def world() -> AsyncIterator[FakeMatrix]:
    async with FakeMatrix() as made:
        yield made


async def test_a_room_is_joined_if_it_is_open(world: FakeMatrix) -> None:
    world.first.joined = False
    said = await world.publish("before")
    async with reading(world) as read:
        await read.has(key(said))
    assert world.first.joined


async def test_a_closed_room_is_said_and_entered_once_the_account_is_invited(world: FakeMatrix) -> None:
    closed = world.room("#closed:fake.example", joined=False, open_to="nobody")
    said = await world.publish("hidden", room=closed)
    async with reading(world) as read:
        await read.has(key(await world.publish("open")))
        trouble = await read.troubled("not_in_room")
        assert trouble.where == f"{world.server.host} #closed:fake.example"
        assert ME in trouble.message
        assert "invite" in trouble.message
        closed.open_to = "public"
        await read.has(key(said, closed.id), key(await world.publish("go on")))
        await eventually(lambda: not read.troubled_now)


async def test_a_feed_without_any_open_room_is_in_trouble_as_a_whole(world: FakeMatrix) -> None:
    world.first.joined, world.first.open_to = False, "nobody"
    async with reading(world, rooms=["#summit:fake.example", "#nowhere:fake.example"]) as read:
        await eventually(lambda: world.server.host in read.troubled_now)
        said = read.troubled_now[world.server.host].message
        assert "#summit:fake.example" in said
        assert "#nowhere:fake.example" in said


async def test_being_removed_from_a_room_is_said(world: FakeMatrix) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        await world.leave(world.first)
        trouble = await read.troubled("not_in_room")
        assert "#summit:fake.example" in f"{trouble.where} {trouble.message}"
        world.first.open_to = "public"
        await eventually(lambda: world.first.joined)
        after = await world.publish("back again")
        await read.has(key(after))


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_an_encrypted_room_is_said_to_be_unreadable(world: FakeMatrix, when: str) -> None:
    if when == "before":
        await world.send("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}, state_key="")
    async with reading(world) as read:
        if when == "meanwhile":
            await read.has(key(await world.publish("before")))
            await world.send("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "A"})
        trouble = await read.troubled("encrypted")
        assert trouble.where == world.server.host or "#summit" in trouble.where
        assert "encrypt" in trouble.message


async def test_a_room_that_was_replaced_is_said(world: FakeMatrix) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        await world.send("m.room.tombstone", {"replacement_room": "!new:fake.example"}, state_key="")
        assert "new room" in (await read.troubled("room_replaced")).message


async def test_ignored_people_are_warned_of(world: FakeMatrix) -> None:
    world.ignored = ["@eve:fake.example"]
    async with reading(world) as read:
        said = await read.troubled("ignored_users")
        assert said.where == f"{world.server.host} account"
        assert "eve" not in said.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error(401, "M_UNKNOWN_TOKEN"), "token was revoked or is wrong"),
        (error(401, "M_UNKNOWN_TOKEN", soft_logout=True), "token has run out"),
        (error(401, "M_USER_LOCKED", soft_logout=True), "account of its token is locked"),
        (error(403, "M_USER_SUSPENDED"), "account of its token is locked"),
    ],
)
async def test_what_an_organiser_must_change_stops_it(
    world: FakeMatrix, answer: Answer, words: str
) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        world.failing = lambda _path: answer
        await world.wake()
        problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert words in problem.message
        assert read.source.retry_after(problem, 1) is None


@pytest.mark.parametrize(
    "answer",
    [Answer(404, b"<html>"), error(404, "M_UNRECOGNIZED"), Answer(200, {"hello": 1}), Answer(200, b"x")],
)
async def test_a_host_without_matrix_is_said(world: FakeMatrix, answer: Answer) -> None:
    world.failing = lambda _path: answer
    async with reading(world) as read:
        problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert "no Matrix server" in problem.message
        assert "base_url" in problem.remedy


@pytest.mark.parametrize(
    ("answer", "code", "wait"),
    [
        (error(429, "M_LIMIT_EXCEEDED", retry_after_ms=70), "rate_limited", 0.07),
        (error(429, "M_LIMIT_EXCEEDED", retry_after_ms=1e300), "rate_limited", 900),
        (Answer(429, b"<html>", {"Retry-After": "2"}), "rate_limited", 2),
        (error(429, "M_LIMIT_EXCEEDED", retry_after_ms="x"), "rate_limited", 60),
        (Answer(302, b"", {"Location": "http://10.0.0.1/"}), "moved", None),
        (Answer(403, b"<html>"), "no_data", None),
        (error(403, "M_FORBIDDEN"), "server_error", None),
    ],
)
async def test_what_passes_is_said_with_its_wait(
    world: FakeMatrix, answer: Answer, code: str, wait: float | None
) -> None:
    async with reading(world) as read:
        await read.has(key(await world.publish("before")))
        world.failing = lambda path: answer if path.endswith("/sync") else None
        await world.wake()
        trouble = await read.troubled(code)
        assert trouble.where == world.server.host
        assert wait is None or trouble.retry_seconds == pytest.approx(wait)
