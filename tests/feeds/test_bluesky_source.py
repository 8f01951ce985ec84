"""What a Bluesky source does while it is read: authors, labels, accounts, hosts, searches, rechecks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.feeds.bluesky_reading import FAST, Reading, config_of, reading
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import eventually
from tests.world.bluesky import EPOCH, V1, V2, FakeBluesky, tid_of
from tests.world.bluesky_api import HTML_502, Answer
from wall.feeds.atproto.config import checked
from wall.feeds.atproto.memory import Place, Remembered, place_of
from wall.feeds.base import Edited
from wall.feeds.bluesky import BlueskySource
from wall.wishes import wish_of

PROFILES = "/xrpc/app.bsky.actor.getProfiles"


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeBluesky]:
    async with FakeBluesky() as world:
        yield world


def asked(world: FakeBluesky, path: str) -> list[dict[str, list[str]]]:
    return [query for one, query in world.asked if one == path]


async def test_only_posts_with_the_hashtag_come_and_not_those_with_its_word(world: FakeBluesky) -> None:
    async with reading(world) as read:
        await world.publish("smsummit #smsummit in words", None)
        tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "SMSummit"}
        facet = {"index": {"byteStart": 0, "byteEnd": 9}, "features": [tag]}
        marked = await world.publish("#SMSummit", None, facets=[facet])
        beside = await world.publish("beside it", "ＳＭＳｕｍｍｉｔ")
        await read.has(marked.uri, beside.uri)
        assert set(read.posts) == {marked.uri, beside.uri}


async def test_authors_come_with_names_and_are_asked_for_together_and_once(world: FakeBluesky) -> None:
    names = [f"p{number}" for number in range(30)]
    for name in names:
        world.account(name)
    async with reading(world, gather=0.3) as read:
        await eventually(lambda: world.streams)
        keys = [(await world.publish(f"by {name}", by=name)).uri for name in [*names, *names]]
        await read.has(*keys)
        assert read.posts[keys[3]].author.name == "P3"
        wanted = [query["actors"] for query in asked(world, PROFILES)]
        assert max(map(len, wanted)) <= 25
        every = [did for some in wanted for did in some]
        assert len(every) == len(set(every)) == 30
        assert len(wanted) < 10


async def test_nobody_is_told_before_their_labels_are_known_and_nothing_is_lost(
    world: FakeBluesky,
) -> None:
    world.failing = lambda path: Answer(502, HTML_502) if path == PROFILES else None
    async with reading(world) as read:
        post = await world.publish("post")
        trouble = await read.troubled("server_error")
        assert trouble.where == "Bluesky authors"
        assert read.posts == {}
        at = (world.log[0][0] - 1) if read.cursor is None else place_of(read.cursor).at
        assert at is not None
        assert at <= world.log[0][0]
        world.failing = lambda _path: None
        await read.has(post.uri)
        await eventually(lambda: not read.troubled_now)


async def test_an_author_whom_the_appview_learns_of_late_is_waited_for(world: FakeBluesky) -> None:
    world.account("bo", shown=False)
    async with reading(world) as read:
        late = await world.publish("late", by="bo")
        other = await world.publish("not late")
        await read.has(other.uri)
        await eventually(lambda: len(asked(world, PROFILES)) > 1)
        assert late.uri not in read.posts
        world.account("bo").shown = True
        await read.has(late.uri)


async def test_an_author_who_is_never_shown_is_left_out_and_counted(world: FakeBluesky) -> None:
    world.account("bo", shown=False)
    async with reading(world) as read:
        await world.publish("by nobody", by="bo")
        await eventually(lambda: read.dropped == ["author_not_shown"])
        assert read.posts == {}


@pytest.mark.parametrize("answer", [Answer(502, HTML_502), Answer(414, b"too long")])
async def test_an_author_for_whom_the_appview_fails_does_not_keep_the_others_back(
    world: FakeBluesky, answer: Answer
) -> None:
    def failing(path: str) -> Answer | None:
        asked_for = world.asked[-1][1].get("actors", []) if path == PROFILES else []
        return answer if "did:plc:bo" in asked_for else None

    world.failing = failing
    async with reading(world, gather=0.3) as read:
        late = await world.publish("late", by="bo")
        other = await world.publish("not late")
        await read.has(other.uri)
        assert late.uri not in read.posts
        await eventually(lambda: not read.troubled_now)
        world.failing = lambda _path: None
        await read.has(late.uri)


async def test_the_other_appview_is_asked_when_one_is_nearly_used_up(world: FakeBluesky) -> None:
    async with FakeBluesky() as other:
        for name in ("bo", "cy"):
            other.account(name)
        world.allowance = 6
        config = config_of(world, appviews=[f"http://{world.host}", f"http://{other.host}"])
        async with reading(world, config=config) as read:
            await read.has((await world.publish("one")).uri)
            await read.has((await world.publish("two", by="bo")).uri)
            await read.has((await world.publish("three", by="cy")).uri)
            assert asked(other, PROFILES)
            assert read.troubles == []


async def test_a_rate_limit_that_is_nearly_used_up_is_said_with_its_wait(world: FakeBluesky) -> None:
    world.allowance = 3
    async with reading(world) as read:
        await read.has((await world.publish("one")).uri)
        await world.publish("two", by="bo")
        trouble = await read.troubled("rate_limited")
        assert "nearly" in trouble.message
        assert 0 < (trouble.retry_seconds or 0) <= 1


async def test_an_id_that_the_appview_takes_for_none_costs_the_others_nothing(world: FakeBluesky) -> None:
    async with reading(world, gather=0.3) as read:
        odd = {"did": "did:odd:one", "kind": "commit", "commit": {"rkey": "3k", "operation": "create"}}
        odd["commit"] |= {"collection": "app.bsky.feed.post", "rev": tid_of(7)}  # type: ignore[operator]
        odd["commit"] |= {"record": {"text": "a", "tags": ["smsummit"]}}  # type: ignore[operator]
        await eventually(lambda: world.streams)
        await world.tell(odd)
        post = await world.publish("post")
        await read.has(post.uri)
        await eventually(lambda: read.dropped == ["author_not_shown"])


async def test_a_cursor_is_never_ahead_of_a_post_that_waits(world: FakeBluesky) -> None:
    world.account("bo", shown=False)
    async with reading(world, author_tries=(0.1,) * 200) as read:
        late = await world.publish("late", by="bo")
        other = await world.publish("not late")
        await read.has(other.uri)
        told = len(read.items)
        await eventually(lambda: len(read.items) > told + 3)
        place = place_of(read.cursor).at
        assert place is not None
        assert place < next(at for at, event in world.log if event["commit"]["rkey"] == late.rkey)


async def test_somebody_who_is_not_for_strangers_carries_that_wish(world: FakeBluesky) -> None:
    world.account("bo", labels=[{"val": "!no-unauthenticated", "src": "did:plc:bo"}])
    async with reading(world) as read:
        post = await world.publish("among us", by="bo")
        await read.has(post.uri)
        assert wish_of(read.posts[post.uri]) == "signed_in_only"


async def test_a_deleted_account_takes_back_everything_at_once(world: FakeBluesky) -> None:
    async with reading(world) as read:
        mine = [(await world.publish(f"post {number}", by="bo")).uri for number in range(3)]
        other = await world.publish("by ada")
        await read.has(*mine, other.uri)
        await world.become("bo", "deleted")
        await eventually(lambda: sorted(read.withdrawn) == sorted(mine))


async def test_another_handle_is_the_same_author(world: FakeBluesky) -> None:
    async with reading(world) as read:
        first = await world.publish("before")
        await read.has(first.uri)
        await world.rename("ada", "lovelace.example")
        second = await world.publish("after")
        await read.has(second.uri)
        authors = [read.posts[one.uri].author for one in (first, second)]
        assert [author.key for author in authors] == ["did:plc:ada"] * 2
        assert [author.handle for author in authors] == ["ada.bsky.example", "lovelace.example"]


async def test_an_edit_that_takes_the_hashtag_away_is_told_and_is_dated_by_its_revision(
    world: FakeBluesky,
) -> None:
    async with reading(world) as read:
        post = await world.publish("first")
        await read.has(post.uri)
        await world.edit(post, "second", tags=[])
        await eventually(lambda: read.posts[post.uri].text == "second")
        edited = next(item for item in read.items if isinstance(item, Edited))
        assert edited.post.edited_at is not None
        assert abs(edited.post.edited_at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_what_strangers_delete_is_not_told(world: FakeBluesky) -> None:
    async with reading(world) as read:
        stranger = await world.publish("lunch", None, by="bo")
        await world.delete(stranger)
        post = await world.publish("post")
        await read.has(post.uri)
        assert read.withdrawn == []


async def test_a_deletion_is_understood_after_a_restart(world: FakeBluesky) -> None:
    async with reading(world) as read:
        post = await world.publish("post")
        await read.has(post.uri)
        await eventually(lambda: place_of(read.cursor).known)
        cursor = read.cursor
    await world.delete(post)
    async with reading(world, cursor=cursor) as read:
        await eventually(lambda: read.withdrawn == [post.uri])


async def test_a_deletion_is_understood_when_the_same_source_streams_again(world: FakeBluesky) -> None:
    source = BlueskySource(checked(config_of(world)), times=replace(FAST, apart=0.0))
    first, second = Reading(source), Reading(source)
    task = asyncio.create_task(first.read(None))
    try:
        post = await world.publish("post")
        await first.has(post.uri)
        await source._end()
        await task
        at = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)
        await world.delete(post)
        task = asyncio.create_task(second.read(json.dumps({"us": at})))
        await eventually(lambda: second.withdrawn == [post.uri])
    finally:
        await source.aclose()
        await task


def test_5000_posts_are_known_after_a_restart() -> None:
    remembered = Remembered()
    uris = [f"at://did:plc:ada/app.bsky.feed.post/{number}" for number in range(6_000)]
    remembered.learn(uris)
    remembered.see(uris[-1], there=True)
    cursor = str(Place(7, remembered.saved()))
    again = Remembered()
    again.restore(place_of(cursor))
    assert len(cursor) < 35_000
    assert [again.has(uri) for uri in uris] == [False] * 1_000 + [True] * 5_000
    assert [uri for uri in uris if again.was_there(uri)] == uris[-1:]


async def test_the_next_host_is_taken_when_one_fails_without_a_word(world: FakeBluesky) -> None:
    async with FaultProxy(("127.0.0.1", world.port)) as proxy:
        proxy.refusing = True
        hosts = [f"http://127.0.0.1:{proxy.port}", f"http://{world.host}"]
        async with reading(world, config=config_of(world, hosts=hosts)) as read:
            post = await world.publish("post")
            await read.has(post.uri)
            assert read.troubles == []


async def test_a_host_without_a_stream_is_said_in_words(world: FakeBluesky) -> None:
    world.wires = set()
    async with reading(world) as read:
        trouble = await read.troubled("no_jetstream")
        assert trouble.where == "Bluesky"
        assert "check the feed's hosts" in trouble.message
        assert world.host in trouble.message
        world.wires = {V2}
        post = await world.publish("post")
        await read.has(post.uri)
        await eventually(lambda: not read.troubled_now)


async def test_both_wires_ask_for_posts_from_before_the_place(world: FakeBluesky) -> None:
    at = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1) - 60_000_000
    for wire in (V1, V2):
        world.wires = {wire}
        async with reading(world, cursor=json.dumps({"us": at, "known": []})) as read:
            post = await world.publish("post")
            await read.has(post.uri)
        query = asked(world, wire)[-1]
        assert query["cursor"] == [str(at - 5_000_000)]
        kinds = query.get("wantedCollections") or query["collections"]
        assert "app.bsky.feed.post" in kinds


async def test_another_host_is_asked_from_further_back_than_the_one_that_was_read(
    world: FakeBluesky,
) -> None:
    async with FaultProxy(("127.0.0.1", world.port)) as proxy:
        hosts = [f"http://{world.host}", f"http://127.0.0.1:{proxy.port}"]
        config = config_of(world, hosts=hosts, look_back_hours=0)
        async with reading(world, config=config, rewind=1.0, apart=3_000.0) as read:
            await read.has((await world.publish("before")).uri)
            world.cut()
            await read.has((await world.publish("meanwhile")).uri)
            assert proxy.accepted == 1
    now = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)
    assert now - int(asked(world, V1)[-1]["cursor"][0]) >= 3_000_000_000


async def test_the_same_host_is_asked_from_a_little_before(world: FakeBluesky) -> None:
    async with reading(world, rewind=1.0, apart=3_000.0) as read:
        await read.has((await world.publish("before")).uri)
        world.cut()
        await read.has((await world.publish("meanwhile")).uri)
    now = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)
    assert now - int(asked(world, V1)[-1]["cursor"][0]) < 2_000_000_000


async def test_nothing_older_than_what_the_stream_keeps_is_asked_for(world: FakeBluesky) -> None:
    world.wires = {V2}
    async with reading(world, cursor='{"us":1500000000000000}') as read:
        await read.has((await world.publish("post")).uri)
    now = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)
    assert now - int(asked(world, V2)[-1]["cursor"][0]) < 36 * 3_600 * 1_000_000


async def test_silence_is_noticed_and_another_connection_made(world: FakeBluesky) -> None:
    async with reading(world, silence=0.3) as read:
        first = await world.publish("before")
        await read.has(first.uri)
        world.muted = True
        missed = await world.publish("meanwhile")
        await read.troubled("stream_silent")
        world.muted = False
        await read.has(missed.uri)


async def test_odd_frames_are_counted_and_the_stream_goes_on(world: FakeBluesky) -> None:
    async with reading(world) as read:
        await eventually(lambda: world.streams)
        for raw in ("{", "[]", '{"kind":"commit","did":7,"time_us":1,"commit":{}}'):
            await world.say(raw)
        await world.say('{"kind":"firework","did":"did:plc:ada","time_us":1}')
        post = await world.publish("post")
        await read.has(post.uri)
        await eventually(lambda: read.dropped == ["unusable_event"] * 3)


async def test_a_clock_in_the_future_does_not_move_the_cursor_there(world: FakeBluesky) -> None:
    async with reading(world) as read:
        await eventually(lambda: world.streams)
        ahead = {"kind": "identity", "did": "did:plc:ada", "time_us": 9_000_000_000_000_000, "identity": {}}
        await world.say(json.dumps(ahead))
        post = await world.publish("post")
        await read.has(post.uri)
        await eventually(lambda: read.cursor)
        at = place_of(read.cursor).at
        assert at is not None
        assert at <= (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)


async def test_a_cursor_older_than_the_stream_is_said_in_words(world: FakeBluesky) -> None:
    async with reading(world, cursor='{"us":1500000000000000}') as read:
        trouble = await read.troubled("away_too_long")
        assert "app password" in trouble.message
        assert trouble.retry_seconds is None


@pytest.mark.parametrize("cursor", ["", "7", "[]", "{", '{"us":"x"}', '{"us":true}', '{"us":1,"known":7}'])
def test_a_cursor_that_is_not_ours_is_none(cursor: str) -> None:
    assert place_of(cursor).at in (None, 1)
    assert place_of(cursor).known == ()


async def test_a_rate_limit_is_waited_for(world: FakeBluesky) -> None:
    world.allowance = 3
    async with reading(world) as read:
        first = await world.publish("one")
        await read.has(first.uri)
        for number in range(3):
            await world.publish(f"post {number}", by=f"q{number}")
        await eventually(lambda: len(asked(world, PROFILES)) >= 1)
        world.allowance = 1_000
        await eventually(lambda: len(read.posts) == 4)


async def test_an_answer_that_sends_us_elsewhere_is_not_followed(world: FakeBluesky) -> None:
    away = Answer(302, b"", {"Location": "http://169.254.169.254/latest/meta-data"})
    world.failing = lambda path: away if path in (PROFILES, V1, V2) else None
    async with reading(world) as read:
        assert (await read.troubled("moved")).where.startswith("Bluesky")
        world.failing = lambda path: away if path == PROFILES else None
        await world.publish("post")
        moved = ("Bluesky authors", "moved")
        await eventually(lambda: moved in {(one.where, one.code) for one in read.troubled_now.values()})
        world.failing = lambda _path: None
        await eventually(lambda: read.posts)
