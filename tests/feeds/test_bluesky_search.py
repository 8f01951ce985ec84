"""What lies under the stream of a Bluesky source: searches with an account, and rechecks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.feeds.bluesky_reading import config_of, reading
from tests.support.waiting import eventually
from tests.world.bluesky import HANDLE, PASSWORD, FakeBluesky
from tests.world.bluesky_api import HTML_502, Answer
from tests.world.bluesky_posting import Service, serving
from wall.feeds.base import Rechecked
from wall.feeds.common.problems import Passing
from wall.wishes import wish_of


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeBluesky]:
    async with FakeBluesky() as world:
        yield world


@pytest_asyncio.fixture
async def service(world: FakeBluesky) -> AsyncIterator[Service]:
    async with serving(world) as service:
        yield service


def account_at(service: Service) -> dict[str, Any]:
    return {"handle": HANDLE, "app_password": PASSWORD, "service": f"http://{service.host}"}


async def test_a_search_brings_what_the_stream_never_had(world: FakeBluesky, service: Service) -> None:
    old = [(await world.publish(f"post {number}", told=False)).uri for number in range(230)]
    word = await world.publish("smsummit as a word", "lunch", told=False)
    config = config_of(world, **account_at(service))
    async with reading(world, config=config) as read:
        await read.has(*old)
        assert word.uri not in read.posts
        missed = await world.publish("missed by the stream", told=False)
        world.cut()
        await read.has(missed.uri)
        assert len(read.told) == len(set(read.told))
    assert service.signed_in == 1


async def test_a_token_that_expired_is_renewed_and_the_password_is_not_sent_again(
    world: FakeBluesky, service: Service
) -> None:
    config = config_of(world, **account_at(service))
    async with reading(world, config=config) as read:
        await eventually(lambda: service.signed_in)
        await eventually(lambda: world.streams)
        world.tokens.clear()
        missed = await world.publish("missed", told=False)
        world.cut()
        await read.has(missed.uri)
    assert (service.signed_in, service.renewed) == (1, 1)


async def test_without_an_account_nothing_is_searched(world: FakeBluesky) -> None:
    async with reading(world) as read:
        await read.has((await world.publish("post")).uri)
    assert not any(path.endswith("searchPosts") for path, _ in world.asked)


async def test_an_edit_is_not_undone_by_a_search_that_shows_it_as_it_was(
    world: FakeBluesky, service: Service
) -> None:
    config = config_of(world, **account_at(service))
    async with reading(world, config=config) as read:
        post = await world.publish("first")
        await read.has(post.uri)
        await world.edit(post, "second")
        await eventually(lambda: read.posts[post.uri].text == "second")
        marker = await world.publish("found by a search", told=False)
        world.cut()
        await read.has(marker.uri)
        assert read.posts[post.uri].text == "second"


async def test_who_asks_later_not_to_be_shown_is_found_by_the_recheck(world: FakeBluesky) -> None:
    async with reading(world) as read:
        post = await world.publish("post")
        await read.has(post.uri)
        world.account("ada").labels.append({"val": "!no-unauthenticated"})
        for _ in range(2):
            assert await read.source.recheck([post.uri]) == Rechecked(present=frozenset({post.uri}))
        await eventually(lambda: wish_of(read.posts[post.uri]))
        assert read.told == [post.uri, post.uri]


async def test_words_that_a_quoted_author_withholds_go_with_the_recheck(world: FakeBluesky) -> None:
    said = await world.publish("Said before", None, by="bo")
    embed = {"$type": "app.bsky.embed.record", "record": {"uri": said.uri, "cid": said.cid}}
    async with reading(world) as read:
        post = await world.publish("As bo said", embed=embed)
        await read.has(post.uri)
        quote = read.posts[post.uri].quote
        assert quote is not None
        assert (quote.key, quote.text, quote.author.name) == (said.uri, "Said before", "Bo")
        post.embed = {"record": {"$type": "app.bsky.embed.record#viewDetached", "uri": said.uri}}
        for _ in range(2):
            await read.source.recheck([post.uri])
        await eventually(lambda: read.posts[post.uri].quote is None)
        assert (read.told, read.posts[post.uri].quote_of) == ([post.uri, post.uri], said.uri)


async def test_what_could_not_be_asked_is_unknown(world: FakeBluesky) -> None:
    keys = [(await world.publish(f"post {number}")).uri for number in range(60)]
    async with reading(world) as read:
        await read.has(*keys)
        answers = iter([None, Answer(502, HTML_502)])

        def failing(path: str) -> Answer | None:
            return next(answers, None) if path.endswith("getPosts") else None

        world.failing = failing
        said = await read.source.recheck(keys)
        assert len(said.present) in (35, 50)
        assert not said.gone
        world.failing = lambda _path: Answer(502, HTML_502)
        with pytest.raises(Passing):
            await read.source.recheck(keys)
