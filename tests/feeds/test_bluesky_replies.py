"""Replies by a Bluesky account, against a service that speaks the real bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.world.bluesky import HANDLE, PASSWORD, FakeBluesky, Record
from tests.world.bluesky_api import HTML_502, Answer, error
from tests.world.bluesky_posting import Service, serving
from wall.feeds.base import Replier, ReplyLater, ReplyRefused, open_replier
from wall.model import Author, Post, utc_now


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeBluesky]:
    async with FakeBluesky() as world:
        yield world


@pytest_asyncio.fixture
async def service(world: FakeBluesky) -> AsyncIterator[Service]:
    async with serving(world) as service:
        yield service


def account(service: Service, **changes: Any) -> Replier:
    config = {"hashtags": ["smsummit"], "handle": HANDLE, "app_password": PASSWORD}
    found = open_replier("bluesky", config | {"service": f"http://{service.host}"} | changes, None)
    assert found is not None
    return found


def said(record: Record) -> Post:
    author = Author(key=record.did, handle="ada.bsky.example")
    return Post(network="bluesky", key=record.uri, author=author, text="Said", created_at=utc_now())


async def test_a_reply_hangs_on_the_post_and_its_addresses_are_links(
    world: FakeBluesky, service: Service
) -> None:
    first = await world.publish("How do we credit reviewers?")
    words = "Heard – see https://e.example/point."
    posted = await account(service).reply(said(first), words, "key-1", "en")
    (put,) = service.put
    record, parent = put["record"], {"uri": first.uri, "cid": first.cid}
    assert (record["text"], record["langs"]) == (words, ["en"])
    assert record["reply"] == {"root": parent, "parent": parent}
    (facet,) = record["facets"]
    raw = words.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]]
    assert raw == b"https://e.example/point"
    assert posted.url == f"https://bsky.app/profile/{put['repo']}/post/{put['rkey']}"


async def test_a_reply_to_a_reply_stays_in_its_thread(world: FakeBluesky, service: Service) -> None:
    root = {"uri": "at://did:plc:bo/app.bsky.feed.post/3k", "cid": "c"}
    middle = await world.publish("I agree", reply={"root": root, "parent": root})
    await account(service).reply(said(middle), "Heard.", "key-1")
    assert service.put[0]["record"]["reply"]["root"] == root
    assert service.put[0]["record"]["reply"]["parent"]["uri"] == middle.uri


async def test_the_same_reply_sent_again_is_posted_once(world: FakeBluesky, service: Service) -> None:
    post = said(await world.publish("Said"))
    first = await account(service).reply(post, "Yes.", "key-1")
    again = await account(service).reply(post, "Yes.", "key-1")
    other = await account(service).reply(post, "Yes.", "key-2")
    assert first == again != other
    assert len(service.put) == 2


async def test_what_the_service_will_not_have_is_refused_with_its_reason(
    world: FakeBluesky, service: Service
) -> None:
    record = await world.publish("Said")
    post = said(record)

    async def refused(to: Post, words: str = "Yes.") -> str:
        with pytest.raises(ReplyRefused) as problem:
            await account(service).reply(to, words, "key")
        return problem.value.code

    assert await refused(post, "x" * 301) == "not_taken"
    assert await refused(post.model_copy(update={"key": "https://a.example/1"})) == "post_gone"
    await world.delete(record)
    assert await refused(post) == "post_gone"
    world.revoke()
    assert await refused(post) == "token_refused"
    assert service.put == []


async def test_what_may_pass_is_for_later(world: FakeBluesky, service: Service) -> None:
    post = said(await world.publish("Said"))
    for answer, code, wait in (
        (Answer(503, HTML_502), "server_error", None),
        (Answer(429, error(429, "RateLimitExceeded").body, {"Retry-After": "7"}), "rate_limited", 7.0),
        (Answer(200, b"<html>a proxy</html>"), "not_json", None),
        (Answer(302, b"", {"Location": "http://10.0.0.1/"}), "moved", None),
    ):
        world.failing = lambda _path, answer=answer: answer  # type: ignore[misc]
        with pytest.raises(ReplyLater) as problem:
            await account(service).reply(post, "Yes.", "key")
        assert (problem.value.code, problem.value.wait) == (code, wait)


async def test_a_service_that_is_not_there_is_for_later(world: FakeBluesky) -> None:
    async with serving(world) as gone:
        replier = account(gone)
    with pytest.raises(ReplyLater) as problem:
        await replier.reply(said(await world.publish("Said")), "Yes.", "key")
    assert problem.value.code == "unreachable"
