"""What a recheck of Bluesky says and tells: what is gone, what may come back, and what changed since."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from tests.feeds.bluesky_reading import FAST, Reading, config_of, reading
from tests.feeds.kit_door import Door, door
from tests.support.waiting import PATIENCE, eventually
from tests.world.bluesky import FakeBluesky
from tests.world.bluesky_api import HTML_502, Answer
from wall.feeds import bluesky
from wall.feeds.atproto.memory import place_of
from wall.feeds.base import Arrived, Edited, Rechecked
from wall.model import PostState, StoredPost
from wall.wishes import wish_of

__all__ = ["door"]

NO_REWIND = replace(FAST, apart=0.0, rewind=0.0)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeBluesky]:
    async with FakeBluesky() as world:
        yield world


@dataclass
class Driven:
    """What `Door.fed_by` runs."""

    config: dict[str, Any]
    network: str = "bluesky"
    network_of_posts: str = "bluesky"
    ends: bool = False


def driven(world: FakeBluesky) -> Any:
    """The part of a driver that a feed without faults needs."""
    return Driven(config_of(world))


def present(*keys: str) -> Rechecked:
    return Rechecked(present=frozenset(keys))


def gone(*keys: str) -> Rechecked:
    return Rechecked(gone=frozenset(keys))


async def is_unknown_later(read: Reading, key: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await read.source.recheck([key]) != Rechecked():  # noqa: ASYNC110  it asks
            await asyncio.sleep(0.02)


async def test_a_post_that_the_appview_never_had_is_not_gone_and_not_after_a_restart(
    world: FakeBluesky,
) -> None:
    async with reading(world) as read:
        post = await world.publish("never indexed", indexed=False)
        await read.has(post.uri)
        assert await read.source.recheck([post.uri]) == Rechecked()
        await eventually(lambda: place_of(read.cursor).known)
        cursor = read.cursor
    async with reading(world, cursor=cursor, apart=0.0, rewind=0.0) as read:
        await read.has((await world.publish("after")).uri)
        assert await read.source.recheck([post.uri]) == Rechecked()
        post.indexed = True
        assert await read.source.recheck([post.uri]) == present(post.uri)
        post.indexed = False
        for _ in range(2):
            assert await read.source.recheck([post.uri]) == gone(post.uri)


async def test_a_post_that_was_there_before_a_restart_is_gone_after_it(world: FakeBluesky) -> None:
    async with reading(world) as read:
        post = await world.publish("post")
        await read.has(post.uri)
        assert await read.source.recheck([post.uri]) == present(post.uri)
        await eventually(lambda: any(one[-1] & 1 for one in place_of(read.cursor).known))
        cursor = read.cursor
    post.indexed = False
    async with reading(world, cursor=cursor, apart=0.0) as read:
        await read.has((await world.publish("after")).uri)
        assert await read.source.recheck([post.uri]) == gone(post.uri)


@pytest.mark.parametrize("status", ["takendown", "suspended", "deactivated"])
async def test_an_account_that_may_come_back_is_hidden_and_then_unknown(
    world: FakeBluesky, status: str
) -> None:
    async with reading(world, hiding=0.5) as read:
        post = await world.publish("post", by="bo")
        await read.has(post.uri)
        await world.become("bo", status)
        assert await read.source.recheck([post.uri]) == gone(post.uri)
        await is_unknown_later(read, post.uri)
        await world.become("bo", None)
        assert await read.source.recheck([post.uri]) == present(post.uri)
        assert read.withdrawn == []
        await world.become("bo", status)
        assert await read.source.recheck([post.uri]) == gone(post.uri)
        await is_unknown_later(read, post.uri)
        last = await world.publish("last")
        await read.has(last.uri)
        await eventually(lambda: not any(one[-1] & 1 for one in place_of(read.cursor).known))
        cursor = read.cursor
    async with reading(world, cursor=cursor, apart=0.0, hiding=60.0) as read:
        await read.has((await world.publish("after")).uri)
        assert await read.source.recheck([post.uri]) == Rechecked()


async def test_posts_of_a_deleted_account_are_gone_for_good_after_a_restart(world: FakeBluesky) -> None:
    async with reading(world) as read:
        post = await world.publish("post", by="bo")
        await read.has(post.uri)
        await eventually(lambda: place_of(read.cursor).known)
        cursor = read.cursor
    await world.become("bo", "deleted")
    async with reading(world, cursor=cursor, apart=0.0, hiding=0.0) as read:
        await read.has((await world.publish("after")).uri)
        for _ in range(2):
            assert await read.source.recheck([post.uri]) == gone(post.uri)


async def test_a_deletion_of_what_a_recheck_asked_about_is_told_at_once(world: FakeBluesky) -> None:
    post = await world.publish("on display since long ago", told=False)
    async with reading(world) as read:
        await read.source.recheck([post.uri])
        await world.delete(post)
        await eventually(lambda: read.withdrawn == [post.uri])


async def test_a_deleted_account_takes_back_what_a_recheck_asked_about_at_once(world: FakeBluesky) -> None:
    """After a restart, posts are known by what is on display."""
    post = await world.publish("on display since long ago", by="bo", told=False)
    async with reading(world) as read:
        await read.source.recheck([post.uri])
        await world.become("bo", "deleted")
        await eventually(lambda: read.withdrawn == [post.uri])


@pytest.mark.parametrize("how", ["post", "account"])
async def test_what_was_deleted_before_it_was_known_to_be_ours_is_withdrawn_by_the_first_recheck(
    world: FakeBluesky, how: str
) -> None:
    """A cursor that was lost, or an older post than it remembers: the stream is read again from before."""
    post = await world.publish("on display since long ago", by="bo", told=False)
    async with reading(world) as read:
        await (world.delete(post) if how == "post" else world.become("bo", "deleted"))
        await read.has((await world.publish("after")).uri)
        assert read.withdrawn == []
        assert await read.source.recheck([post.uri]) == gone(post.uri)
        await eventually(lambda: read.withdrawn == [post.uri])


async def test_nothing_is_learnt_of_absent_posts_while_authors_cannot_be_asked_for(
    world: FakeBluesky,
) -> None:
    async with reading(world) as read:
        post = await world.publish("post")
        await read.has(post.uri)
        await read.source.recheck([post.uri])
        post.indexed = False
        world.failing = lambda path: Answer(502, HTML_502) if path.endswith("getProfiles") else None
        assert await read.source.recheck([post.uri]) == Rechecked()


async def test_a_label_that_the_network_sets_later_is_told_once_with_the_quote(world: FakeBluesky) -> None:
    said = await world.publish("Said before", None, by="bo")
    embed = {"$type": "app.bsky.embed.record", "record": {"uri": said.uri, "cid": said.cid}}
    async with reading(world) as read:
        post = await world.publish("As bo said", embed=embed)
        await read.has(post.uri)
        await read.source.recheck([post.uri])
        assert not read.posts[post.uri].sensitive
        post.labels.append({"val": "graphic-media", "src": "did:plc:labels"})
        for _ in range(2):
            assert await read.source.recheck([post.uri]) == present(post.uri)
        await eventually(lambda: read.posts[post.uri].sensitive)
        first, second = [item.post for item in read.items if hasattr(item, "post")]
        assert [type(item) for item in read.items if hasattr(item, "post")] == [Arrived, Edited]
        changed = {"labels": ("graphic-media",), "sensitive": True}
        assert second == first.model_copy(update=changed)


async def test_a_label_does_not_bring_the_words_from_before_an_edit_back(world: FakeBluesky) -> None:
    async with reading(world) as read:
        post = await world.publish("first")
        await read.has(post.uri)
        await world.edit(post, "second")
        await eventually(lambda: read.posts[post.uri].text == "second")
        post.labels.append({"val": "porn"})
        await read.source.recheck([post.uri])
        await read.has((await world.publish("after")).uri)
        assert read.posts[post.uri].text == "second"


class TestAtTheDoor:
    """What is told again, as intake takes it."""

    @pytest.fixture(autouse=True)
    def _times(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bluesky, "TIMES", NO_REWIND)

    @staticmethod
    def stored(door: Door, key: str) -> StoredPost:
        found = door.post(key, "bluesky")
        assert found is not None
        return found

    async def test_a_label_that_comes_later_holds_a_post(self, world: FakeBluesky, door: Door) -> None:
        async with door.fed_by(driven(world)):
            post = await world.publish("post")
            await door.has(post.uri)
            assert self.stored(door, post.uri).state is PostState.APPROVED
            post.labels.append({"val": "porn"})
            await (await door.running()).recheck([post.uri])
            await eventually(lambda: self.stored(door, post.uri).state is PostState.HELD)

    async def test_a_restart_does_not_judge_again_what_was_told_already(
        self, world: FakeBluesky, door: Door
    ) -> None:
        said = await world.publish("Said before", None, by="bo")
        embed = {"$type": "app.bsky.embed.record", "record": {"uri": said.uri, "cid": said.cid}}
        async with door.fed_by(driven(world)):
            post = await world.publish("As bo said", embed=embed)
            labelled = await world.publish("labelled")
            await door.has(post.uri, labelled.uri)
            post.embed = {"record": {"$type": "app.bsky.embed.record#viewDetached", "uri": said.uri}}
            labelled.labels.append({"val": "porn"})
            await (await door.running()).recheck([post.uri, labelled.uri])
            await eventually(lambda: self.stored(door, post.uri).post.quote is None)
            await eventually(lambda: self.stored(door, labelled.uri).post.sensitive)
            cursor = door.now().cursor
        before = [self.stored(door, one.uri) for one in (post, labelled)]
        assert [one.edits for one in before] == [1, 1]
        world.account("ada").name = "Ada of Bath"
        door.source = None
        async with door.fed_by(driven(world), cursor=cursor):
            await world.publish("after")
            await (await door.running()).recheck([post.uri, labelled.uri])
            last = await world.publish("last")
            await eventually(lambda: door.post(last.uri, "bluesky"))
        assert [self.stored(door, one.uri) for one in (post, labelled)] == before

    async def test_a_wish_that_comes_after_a_restart_counts_for_an_edited_post(
        self, world: FakeBluesky, door: Door
    ) -> None:
        async with door.fed_by(driven(world)):
            post = await world.publish("first")
            await door.has(post.uri)
            await world.edit(post, "second")
            await eventually(lambda: door.text(post.uri, "bluesky") == "second")
            other = await world.publish("other")
            await eventually(lambda: door.post(other.uri, "bluesky"))
            cursor = door.now().cursor
        door.source = None
        async with door.fed_by(driven(world), cursor=cursor):
            await world.publish("after", by="bo")
            source = await door.running()
            world.account("ada").labels.append({"val": "!no-unauthenticated"})
            await source.recheck([post.uri])
            await eventually(lambda: wish_of(self.stored(door, post.uri).post))
        found = self.stored(door, post.uri)
        assert found.state is not PostState.APPROVED
        assert (found.post.text, found.post.edited_at is not None) == ("second", True)
