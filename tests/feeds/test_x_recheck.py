"""What becomes of posts on X that are deleted, hidden or changed: learnt by asking, and by nothing else."""

from __future__ import annotations

import pytest

from tests.feeds.x_reading import config_of, reading
from tests.support.waiting import eventually
from tests.world.x import FakeX
from tests.world.x_api import LOOKUP, NOT_ENROLLED
from tests.world.x_http import HTML_502, Answer
from wall.errors import FeedFatal
from wall.feeds.base import Rechecked
from wall.feeds.common.problems import Passing
from wall.feeds.xapi.config import Times


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
async def test_deleted_posts_and_those_of_accounts_that_hide_are_gone(vocabulary: str) -> None:
    async with FakeX(delay=0.0, vocabulary=vocabulary) as world, reading(world) as read:
        posts = [await world.publish(f"post {number}") for number in range(4)]
        keys = [post.key for post in posts]
        await read.has(*keys)
        world.delete(posts[0])
        posts[1].hidden = True
        posts[2].fields["withheld"] = {"copyright": True, "country_codes": ["XY"]}
        said = await read.source.recheck([*keys, "never-seen", "1"])
        assert said == Rechecked(gone=frozenset(keys[:3]), present=frozenset(keys[3:]))
        assert read.withdrawn == []


async def test_a_post_that_comes_after_its_deletion_is_gone_with_the_next_recheck() -> None:
    async with FakeX(delay=0.0) as world, reading(world) as read:
        await eventually(lambda: world.open, what="the stream")
        post = await world.publish("never to be seen", told=False)
        world.delete(post)
        await world.tell(post, post.newest)
        await read.has(post.key)
        assert (await read.source.recheck([post.key])).gone == {post.key}


async def test_a_recheck_asks_for_a_hundred_at_once_and_costs_posts_alone() -> None:
    async with FakeX(delay=0.0) as world, reading(world, config=config_of(world, way="search")) as read:
        keys = [(await world.publish(f"post {number}")).key for number in range(250)]
        await read.has(*keys)
        spent = world.spent
        assert (await read.source.recheck(keys)).present == set(keys)
        assert world.requests[LOOKUP] == 3
        assert world.spent == spent
        asked = [one.query for one in world.asked if one.path == LOOKUP]
        assert all("expansions" not in one for one in asked)


async def test_new_posts_are_not_asked_for_at_every_minute() -> None:
    usual = Times()
    pace = {"young": usual.young, "paid": usual.paid, "unpaid": usual.unpaid, "gone": usual.gone}
    async with FakeX(delay=0.0) as world, reading(world, **pace) as read:
        key = (await world.publish("post")).key
        await read.has(key)
        assert await read.source.recheck([key]) == Rechecked()
        assert world.requests[LOOKUP] == 0


async def test_an_edit_that_nothing_else_told_is_found() -> None:
    async with FakeX(delay=0.0) as world, reading(world) as read:
        post = await world.publish("first")
        await read.has(post.key)
        await world.edit(post, "without the hashtag", "another", told=False)
        assert (await read.source.recheck([post.key])).present == {post.key}
        await eventually(lambda: read.posts[post.key].text == "without the hashtag", what="the edit")
        assert read.posts[post.key].edited_at is not None
        asked = world.requests[LOOKUP]
        await read.source.recheck([post.key])
        assert world.requests[LOOKUP] == asked + 1


async def test_deleting_an_edited_post_takes_all_of_it() -> None:
    async with FakeX(delay=0.0) as world, reading(world) as read:
        post = await world.publish("first")
        await world.edit(post, "second")
        await eventually(
            lambda: post.key in read.posts and read.posts[post.key].text == "second", what="it"
        )
        world.delete(post)
        assert (await read.source.recheck([post.key])).gone == {post.key}


async def test_an_answer_that_says_nothing_of_a_post_teaches_nothing() -> None:
    async with FakeX(delay=0.0) as world, reading(world) as read:
        keys = [(await world.publish(f"post {number}")).key for number in range(3)]
        await read.has(*keys)
        real = world._api._missing
        world._api._missing = lambda one, kind, title: real(one, "something-new", title)  # type: ignore[method-assign]
        world.lost = True
        assert await read.source.recheck(keys) == Rechecked()


async def test_no_answer_at_all_is_raised() -> None:
    async with FakeX(delay=0.0, allowances={LOOKUP: 0}) as world, reading(world) as read:
        key = (await world.publish("post")).key
        await read.has(key)
        with pytest.raises(Passing):
            await read.source.recheck([key])


@pytest.mark.parametrize(
    ("refusal", "kind", "code"),
    [
        (NOT_ENROLLED, FeedFatal, "no_access"),
        (Answer(503, HTML_502), Passing, "server_error"),
        (Answer(429, {"title": "Too Many Requests"}), Passing, "rate_limited"),
    ],
)
async def test_a_recheck_that_fails_says_so_until_it_works(
    refusal: Answer, kind: type[Exception], code: str
) -> None:
    async with FakeX(delay=0.0) as world, reading(world) as read:
        key = (await world.publish("post")).key
        await read.has(key)
        world.failing = lambda path: refusal if path == LOOKUP else None
        for _ in range(3):
            with pytest.raises(kind):
                await read.source.recheck([key])
        trouble = await read.troubled(code)
        assert trouble.where == "X recheck"
        assert "deleted" in trouble.message
        world.failing = lambda _path: None
        assert (await read.source.recheck([key])).present == {key}
        await eventually(lambda: not read.troubled_now, what="the end of the trouble")
        assert len([one for one in read.troubles if one.where == "X recheck"]) == 2


@pytest.mark.parametrize("refusal", [None, NOT_ENROLLED])
async def test_what_was_learnt_before_a_request_failed_is_not_lost(refusal: Answer | None) -> None:
    """None: the connection is cut."""
    async with FakeX(delay=0.0) as world, reading(world, config=config_of(world, way="search")) as read:
        posts = [await world.publish(f"post {number}") for number in range(150)]
        await read.has(*(post.key for post in posts))
        for post in posts:
            world.delete(post)

        def failing(path: str) -> Answer | None:
            if path != LOOKUP or world.requests[LOOKUP] == 1:
                return None
            if refusal is None:
                raise ConnectionResetError
            return refusal

        world.failing = failing
        said = await read.source.recheck([post.key for post in posts])
        assert len(said.gone) == 100
        with pytest.raises((Passing, FeedFatal)):
            await read.source.recheck([post.key for post in posts[:50]])
        await eventually(lambda: "X recheck" in read.troubled_now, what="the trouble")


@pytest.mark.parametrize("refusal", [None, NOT_ENROLLED])
async def test_a_newer_version_that_cannot_be_read_costs_nothing_that_was_learnt(
    refusal: Answer | None,
) -> None:
    """None: the connection is cut."""
    async with FakeX(delay=0.0) as world, reading(world) as read:
        posts = [await world.publish(f"post {number}") for number in range(2)]
        await read.has(*(post.key for post in posts))
        world.delete(posts[0])
        await world.edit(posts[1], "changed", "another", told=False)

        def failing(path: str) -> Answer | None:
            if path != LOOKUP or world.requests[LOOKUP] == 1:
                return None
            if refusal is None:
                raise ConnectionResetError
            return refusal

        world.failing = failing
        said = await read.source.recheck([post.key for post in posts])
        assert (said.gone, said.present) == ({posts[0].key}, {posts[1].key})
        world.failing = lambda _path: None
        await read.source.recheck([posts[1].key])
        await eventually(lambda: read.posts[posts[1].key].text == "changed", what="the edit")
