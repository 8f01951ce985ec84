"""Asking Mastodon servers what they still have: gone is only what one of them had."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.feeds.mastodon_reading import Reading, reading
from tests.support.waiting import eventually
from tests.world.mastodon import FakeInstance, FakeMastodon
from tests.world.mastodon_api import HTML_502, Answer, Status
from wall.feeds.base import Rechecked
from wall.feeds.common.problems import Passing
from wall.feeds.kin import recheck

GONE = "https://far.example/users/eve/statuses/1"


@pytest.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon(2) as made:
        yield made


async def seen(read: Reading, world: FakeMastodon, *statuses: Status) -> list[str]:
    """Wait until every server told of these posts; their keys."""
    await read.has(*(one.uri for one in statuses))
    for instance in read.source._instances:
        await eventually(lambda known=instance: all(known.ids.id_of(one.uri) for one in statuses))
    return [one.uri for one in statuses]


def forget(server: FakeInstance, status: Status) -> None:
    """Remove a server's copy without telling anybody."""
    server.removed.add(status.uri)


async def test_what_nobody_had_is_unknown(world: FakeMastodon) -> None:
    async with reading(world) as read:
        assert await read.source.recheck([]) == Rechecked()
        assert await read.source.recheck([GONE, "x", "http://["]) == Rechecked()


async def test_where_a_post_was_written_decides(world: FakeMastodon) -> None:
    at_home, elsewhere = await world.publish("one"), await world.publish("two")
    async with reading(world) as read:
        keys = await seen(read, world, at_home, elsewhere)
        forget(world.instances[0], at_home)
        forget(world.instances[1], elsewhere)
        said = await read.source.recheck(keys)
        assert said == Rechecked(frozenset({at_home.uri}), frozenset({elsewhere.uri}))


async def test_of_strangers_posts_any_server_that_had_it_is_believed(world: FakeMastodon) -> None:
    status = await world.publish("one")
    config = {"instances": [f"http://{world.instances[1].host}"], "hashtags": ["smsummit"]}
    async with reading(world, config=config) as read:
        await read.has(status.uri)
        assert (await read.source.recheck([status.uri])).present == {status.uri}
        forget(world.instances[1], status)
        assert (await read.source.recheck([status.uri])).gone == {status.uri}


async def test_an_author_whom_a_list_leaves_out_is_not_gone(
    world: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = await world.publish("of somebody muted")
    for server in world.instances:
        server.failing = lambda path: Answer(200, []) if path == "/api/v1/statuses" else None
    async with reading(world) as read:
        keys = await seen(read, world, status)
        assert await read.source.recheck(keys) == Rechecked(present=frozenset(keys))


async def test_many_whom_a_list_leaves_out_are_not_gone_either(world: FakeMastodon) -> None:
    statuses = [await world.publish(f"of somebody muted {number}") for number in range(recheck.SINGLY + 5)]
    for server in world.instances:
        server.failing = lambda path: Answer(200, []) if path == "/api/v1/statuses" else None
    async with reading(world) as read:
        keys = await seen(read, world, *statuses)
        said = await read.source.recheck(keys)
        assert not said.gone
        assert len(said.present) >= recheck.SINGLY


async def test_a_server_that_does_not_answer_says_nothing(world: FakeMastodon) -> None:
    status = await world.publish("one")
    async with reading(world) as read:
        keys = await seen(read, world, status)
        for server in world.instances:
            forget(server, status)
        assert await read.source.recheck(keys) == Rechecked(frozenset(keys))
        for server in world.instances:
            server.failing = lambda _: Answer(502, HTML_502)
        with pytest.raises(Passing):
            await read.source.recheck(keys)
        world.instances[1].failing = lambda _: None
        assert await read.source.recheck(keys) == Rechecked(frozenset(keys))


async def test_of_what_was_gone_nothing_is_known_while_its_server_is_away(world: FakeMastodon) -> None:
    status = await world.publish("only there", unknown_to=[1])
    async with reading(world) as read:
        await read.has(status.uri)
        forget(world.instances[0], status)
        assert (await read.source.recheck([status.uri])).gone == {status.uri}
        world.instances[0].failing = lambda _: Answer(502, HTML_502)
        assert await read.source.recheck([status.uri]) == Rechecked()
        world.instances[0].failing = lambda _: None
        world.instances[0].removed.clear()
        assert (await read.source.recheck([status.uri])).present == {status.uri}


async def test_a_page_in_place_of_an_answer_is_no_proof(world: FakeMastodon) -> None:
    status = await world.publish("one")
    async with reading(world) as read:
        keys = await seen(read, world, status)
        for server in world.instances:
            server.failing = lambda path: Answer(404, HTML_502) if "statuses" in path else None
        with pytest.raises(Passing):
            await read.source.recheck(keys)


@pytest.mark.parametrize("version", ["4.2.0", "4.5.0"])
async def test_many_are_asked_for_within_the_limits(world: FakeMastodon, version: str) -> None:
    statuses = [await world.publish(f"post {number}") for number in range(50)]
    for server in world.instances:
        server.version = version
    async with reading(world) as read:
        keys = await seen(read, world, *statuses)
        for status in statuses[:3]:
            for server in world.instances:
                forget(server, status)
        for server in world.instances:
            server.asked.clear()
        gone, rounds = set[str](), 0
        while gone != set(keys[:3]) and rounds < 20:
            said = await read.source.recheck(keys)
            gone, rounds = gone | said.gone, rounds + 1
            assert len(said.gone | said.present) >= (50 if version == "4.5.0" else recheck.SINGLY)
        assert gone == set(keys[:3])
        assert (await read.source.recheck(keys)).gone == gone
        asked = [one for one in world.instances[0].asked if "statuses" in one.path]
        assert len(asked) <= (rounds + 1) * (1 + recheck.SINGLY)
        assert all(len(one.query.get("id[]", [])) <= recheck.AT_ONCE for one in asked)


async def test_deletions_during_a_restart_are_found(world: FakeMastodon) -> None:
    """The other server's post has another id here: the cursor remembers it."""
    status = await world.publish("one", home=1)
    config = {"instances": [f"http://{world.instances[0].host}"], "hashtags": ["smsummit"]}
    async with reading(world, config=config) as read:
        await read.has(status.uri)
        await eventually(lambda: read.cursor is not None)
    forget(world.instances[0], status)
    async with reading(world, config=config, cursor=read.cursor) as again:
        await again.has((await world.publish("two")).uri)
        assert (await again.source.recheck([status.uri])).gone == {status.uri}


async def test_an_edit_that_no_stream_told_is_told_by_a_recheck(world: FakeMastodon) -> None:
    """An edit that takes the hashtag away is told to nobody."""
    status = await world.publish("one")
    async with reading(world) as read:
        keys = await seen(read, world, status)
        await world.edit(status, "without the hashtag", tags=["other"])
        assert (await read.source.recheck(keys)).gone == set()
        await eventually(lambda: read.posts[status.uri].text == "without the hashtag")


@pytest.mark.parametrize(
    ("uri", "local_id"),
    [
        ("https://a.example/users/ada/statuses/17", "17"),
        ("https://a.example/ap/users/5/statuses/17", "17"),
        ("https://a.example/users/ada/statuses/01JABCDEFGHJKMNPQRSTVWXYZ0", "01JABCDEFGHJKMNPQRSTVWXYZ0"),
        ("https://a.example/users/ada/statuses/not-an-id", None),
        ("https://a.example/@ada@a.example/posts/17/", "17"),
        ("https://a.example/objects/17", None),
        ("https://b.example/users/ada/statuses/17", None),
        ("https://a.example/notes/17", None),
        ("https://a.example.evil/users/ada/statuses/17", None),
        ("nonsense", None),
        ("http://[", None),
    ],
)
def test_the_id_in_a_uri_counts_only_at_home(uri: str, local_id: str | None) -> None:
    assert recheck.own_id(uri, "a.example") == local_id
