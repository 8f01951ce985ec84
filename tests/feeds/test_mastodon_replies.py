"""Replies by a Mastodon account, against servers that speak the real bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.world.mastodon import TOKEN, FakeMastodon
from tests.world.mastodon_api import Answer, Status
from tests.world.mastodon_posting import Posting, posting
from wall.feeds.base import Replier, ReplyLater, ReplyRefused, open_replier
from wall.feeds.common.told import fingerprint
from wall.feeds.kin.cursor import Place
from wall.model import Author, Post


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon(2) as world:
        yield world


@pytest_asyncio.fixture
async def front(world: FakeMastodon) -> AsyncIterator[Posting]:
    async with posting(world.instances[0]) as front:
        yield front


def config(world: FakeMastodon, **more: Any) -> dict[str, Any]:
    host = f"http://{world.instances[0].host}"
    return {"instances": [{"host": host, "token": TOKEN}], "hashtags": ["smsummit"], **more}


def account(world: FakeMastodon, cursor: str | None = None) -> Replier:
    found = open_replier("mastodon", config(world), cursor)
    assert found is not None
    return found


def said(status: Status) -> Post:
    author = Author(key=status.user, handle=status.user)
    return Post(
        network="mastodon", key=status.uri, author=author, text="Said", created_at=status.created_at
    )


async def test_a_reply_names_its_author_and_hangs_on_their_post(
    world: FakeMastodon, front: Posting
) -> None:
    status = await world.publish("How do we credit reviewers?")
    posted = await account(world).reply(said(status), "It was discussed.", "key-1", "en")
    (reply,) = front.replies.values()
    assert reply.fields == {
        "status": "@ada It was discussed.",
        "in_reply_to_id": world.instances[0].ids[status.uri],
        "visibility": "unlisted",
        "language": "en",
    }
    assert posted.url == f"http://{world.instances[0].host}/@summit/1"


async def test_the_same_reply_sent_again_is_posted_once(world: FakeMastodon, front: Posting) -> None:
    status = await world.publish("Said")
    first = await account(world).reply(said(status), "Yes.", "key-1")
    again = await account(world).reply(said(status), "Yes.", "key-1")
    assert first == again
    assert [reply.times for reply in front.replies.values()] == [2]


async def test_a_post_of_another_server_is_found_by_its_cursor_or_by_asking(
    world: FakeMastodon, front: Posting
) -> None:
    known = await world.publish("Far away", home=1, user="bo")
    host = world.instances[0].host
    place = Place(None)
    local_id = world.instances[0].ids[known.uri]
    place.reached(host, "smsummit", local_id, {fingerprint(known.uri): local_id})
    await account(world, str(place)).reply(said(known), "Heard.", "key-1")
    unknown = await world.publish("Never came here", home=1, user="bo", unknown_to=[0])
    await account(world).reply(said(unknown), "Heard too.", "key-2")
    there = world.instances[1].host
    assert front.said == [f"@bo@{there} Heard.", f"@bo@{there} Heard too."]


async def test_what_the_server_will_not_have_is_refused_with_its_reason(
    world: FakeMastodon, front: Posting
) -> None:
    status = await world.publish("Said")
    one = said(status)

    async def refused(words: str = "Yes.") -> str:
        with pytest.raises(ReplyRefused) as problem:
            await account(world).reply(one, words, "key")
        return problem.value.code

    assert await refused("x" * 501) == "not_taken"
    front.failing = lambda: Answer(403, {"error": "This action is not allowed"})
    assert await refused() == "scope_missing"
    front.failing = lambda: None
    await world.delete(status)
    assert await refused() == "post_gone"
    world.instances[0].tokens.clear()
    assert await refused() == "token_refused"
    assert front.replies == {}


async def test_a_token_that_may_only_read_cannot_reply(world: FakeMastodon) -> None:
    async with posting(world.instances[0], frozenset({"read:statuses"})):
        status = await world.publish("Said")
        with pytest.raises(ReplyRefused) as problem:
            await account(world).reply(said(status), "Yes.", "key")
    assert problem.value.code == "scope_missing"


async def test_what_may_pass_is_for_later(world: FakeMastodon, front: Posting) -> None:
    status = await world.publish("Said")
    for answer, code in (
        (Answer(503, {"error": "busy"}), "server_error"),
        (Answer(429, {"error": "Too many requests"}, {"Retry-After": "7"}), "rate_limited"),
        (Answer(200, b"<html>a proxy</html>"), "not_json"),
    ):
        front.failing = lambda answer=answer: answer  # type: ignore[misc]
        with pytest.raises(ReplyLater) as problem:
            await account(world).reply(said(status), "Yes.", "key")
        assert problem.value.code == code
    assert problem.value.wait is None


async def test_a_server_that_is_not_there_is_for_later(world: FakeMastodon) -> None:
    async with posting(world.instances[0]):
        status = await world.publish("Said")
        replier = account(world)
    with pytest.raises(ReplyLater) as problem:
        await replier.reply(said(status), "Yes.", "key")
    assert problem.value.code == "unreachable"


def test_there_is_no_account_without_a_token_or_on_a_network_that_takes_no_replies() -> None:
    config = {"instances": ["mastodon.example"], "hashtags": ["smsummit"]}
    assert open_replier("mastodon", config, None) is None
    assert open_replier("replay", {}, None) is None
