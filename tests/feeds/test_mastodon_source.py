"""A Mastodon source against servers of several versions that behave, and that do not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.feeds.mastodon_reading import reading
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeInstance, FakeMastodon
from tests.world.mastodon_api import HTML_502, Answer
from wall.errors import FeedFatal
from wall.feeds.base import Edited


@pytest.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon() as made:
        yield made


@pytest.fixture
def server(world: FakeMastodon) -> FakeInstance:
    return world.instances[0]


@pytest.mark.parametrize("version", ["4.2.0", "4.4.1", "4.5.0", "4.6.4"])
async def test_every_version_streams_edits_and_deletes(
    world: FakeMastodon, server: FakeInstance, version: str
) -> None:
    server.version = version
    async with reading(world) as read:
        await eventually(server.listens)
        status = await world.publish("words")
        await read.has(status.uri)
        await world.edit(status, "better words")
        await eventually(lambda: read.posts[status.uri].text == "better words")
        assert any(isinstance(item, Edited) for item in read.items)
        assert (await read.source.recheck([status.uri])).present == {status.uri}
        await world.delete(status)
        await eventually(lambda: read.withdrawn == [status.uri])
        assert (await read.source.recheck([status.uri])).gone == {status.uri}


async def test_the_token_goes_in_a_header_and_nowhere_else(
    world: FakeMastodon, server: FakeInstance
) -> None:
    async with reading(world) as read:
        await eventually(server.listens)
        await read.has((await world.publish("words")).uri)
    assert {asked.token for asked in server.asked} == {TOKEN}
    assert not any(TOKEN in f"{asked.path}{asked.query}" for asked in server.asked)


async def test_where_only_users_may_read_a_stranger_is_told_what_to_do(
    world: FakeMastodon, server: FakeInstance
) -> None:
    for version in ("4.4.0", "4.5.0"):
        server.version, server.access = version, "authenticated"
        async with reading(world, None) as read:
            problem = await read.failed()
        assert isinstance(problem, FeedFatal)
        assert "Preferences → Development" in problem.message
        assert problem.details["problem"] == "token_needed"


async def test_a_server_that_shows_strangers_its_own_posts_only_is_read_so() -> None:
    async with FakeMastodon(2) as world:
        world.instances[0].remote_access = "authenticated"
        config = {"instances": [f"http://{world.instances[0].host}"], "hashtags": ["smsummit"]}
        ours, theirs = await world.publish("ours"), await world.publish("theirs", home=1)
        async with reading(world, config=config) as read:
            await read.has(ours.uri)
        assert theirs.uri not in read.posts
        asked = [one for one in world.instances[0].asked if "timelines" in one.path]
        assert all(one.query["local"] == ["true"] for one in asked)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"tokens": {}}, "token_refused", "revoked"),
        ({"tokens": {TOKEN: frozenset({"profile"})}}, "scope_missing", "read:statuses"),
        ({"access": "disabled"}, "hashtags_off", "another instance"),
        ({"failing": lambda _: Answer(404, {"error": "Not Found"})}, "no_api", "check the host"),
        ({"failing": lambda _: Answer(410, {"error": "Gone"})}, "no_api", "check the host"),
        (
            {"failing": lambda _: Answer(301, b"", {"Location": "https://evil.example/"})},
            "moved",
            "another host",
        ),
        (
            {"failing": lambda path: Answer(422, {"error": "no user"}) if "tag" in path else None},
            "token_refused",
            "application",
        ),
    ],
)
async def test_what_an_organiser_must_change_ends_it_in_words(
    world: FakeMastodon, server: FakeInstance, change: dict[str, object], code: str, words: str
) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    async with reading(world) as read:
        problem = await read.failed()
    assert isinstance(problem, FeedFatal)
    assert problem.details["problem"] == code
    assert words in problem.message
    assert server.host in problem.message
    assert TOKEN not in f"{problem.as_json()}"
    assert "evil" not in f"{problem.as_json()}"
    assert read.source.retry_after(problem, 1) is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(502, HTML_502), "server_error"),
        (Answer(503, {"error": "maintenance"}), "server_error"),
        (Answer(200, b"<html>captive portal</html>"), "not_json"),
        (Answer(200, b""), "not_json"),
        (Answer(200, b"[" * 100_000), "not_json"),
        (Answer(404, HTML_502), "not_json"),
        (Answer(403, HTML_502), "not_json"),
        (Answer(302, b"", {"Location": "http://portal.example/"}), "not_json"),
        (Answer(200, {"error": "?"}), "not_json"),
        (Answer(200, b'"' + b"x" * (9 << 20) + b'"'), "too_large"),
        (Answer(429, {"error": "Too many requests"}, {"X-RateLimit-Reset": "soon"}), "rate_limited"),
    ],
)
async def test_what_passes_is_reported_and_waited_for(
    world: FakeMastodon, server: FakeInstance, answer: Answer, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.feeds.kin.rest.DEFAULT_LIMIT_WAIT", 0.05)
    status = await world.publish("words")
    server.failing = lambda path: answer if "tag" in path else None
    async with reading(world, None) as read:
        trouble = await read.troubled(code)
        assert (trouble.where, trouble.retry_seconds is not None) == (server.host, True)
        assert read.troubled_now[server.host] == trouble
        server.failing = lambda _: None
        await read.has(status.uri)
        await read.troubled(None)
        assert read.troubled_now == {}


async def test_a_server_that_answers_nothing_is_given_up_in_time(
    world: FakeMastodon, server: FakeInstance
) -> None:
    server.hanging = True
    async with reading(world, request=0.5) as read:
        await read.troubled("timeout")
        server.hanging = False
        await read.has((await world.publish("words")).uri)


async def test_the_rate_limit_is_kept_by_the_servers_own_clock(
    world: FakeMastodon, server: FakeInstance
) -> None:
    server.allowance, server.reset_in = 8, 0.6
    began = asyncio.get_running_loop().time()
    async with reading(world, None) as read:
        await eventually(lambda: server.allowance in range(6))
        asked = len(server.asked)
        status = await world.publish("words")
        await read.has(status.uri)
        assert asyncio.get_running_loop().time() - began > 0.5
        assert len(server.asked) > asked
        assert read.codes == set()


async def test_after_a_429_it_waits_until_the_reset(world: FakeMastodon, server: FakeInstance) -> None:
    server.allowance, server.reset_in = 0, 0.4
    async with reading(world, None) as read:
        assert (
            0.1 < ((await read.troubled("rate_limited")).retry_seconds or 0) <= 1.4
        )  # Date has no fractions
        asked = len(server.asked)
        server.allowance = None
        await read.has((await world.publish("words")).uri)
        assert server.asked[asked].path == "/api/v2/instance"


async def test_without_a_stream_it_polls_and_says_so(world: FakeMastodon, server: FakeInstance) -> None:
    for refusal, code in ((Answer(401), "stream_refused"), (Answer(404), "stream_absent")):
        server.refused_streams = refusal
        async with reading(world) as read:
            await read.troubled(code)
            assert list(read.troubled_now) == [f"{server.host} stream"]
            await read.has((await world.publish("polled")).uri)
            server.refused_streams = None
            await eventually(server.listens)
            await read.troubled(None)


async def test_a_token_of_an_application_reads_but_does_not_stream(
    world: FakeMastodon, server: FakeInstance
) -> None:
    server.app_tokens = {TOKEN}
    async with reading(world) as read:
        assert "make a token" in (await read.troubled("stream_refused")).message
        await read.has((await world.publish("polled")).uri)


async def test_a_revoked_token_kills_the_stream_and_ends_the_feed(
    world: FakeMastodon, server: FakeInstance
) -> None:
    async with reading(world) as read:
        await eventually(server.listens)
        await server.revoke()
        assert isinstance(await read.failed(), FeedFatal)


async def test_a_stream_that_says_nothing_is_found_out_and_opened_anew(
    world: FakeMastodon, server: FakeInstance
) -> None:
    async with reading(world, catch_up=0.1) as read:
        await eventually(server.listens)
        first = await world.publish("heard")
        await read.has(first.uri)
        server.muted = True
        for number in range(3):
            await read.has((await world.publish(f"unheard {number}")).uri)
        await read.troubled("stream_silent")
        await eventually(lambda: server.connected["streams"] >= 2)
        server.muted = False
        await read.has((await world.publish("heard again")).uri)


async def test_a_dead_line_is_found_by_pings(world: FakeMastodon, server: FakeInstance) -> None:
    async with FaultProxy(("127.0.0.1", server.port)) as proxy:
        server.stream_url = f"ws://127.0.0.1:{proxy.port}"
        async with reading(world, ping=0.1) as read:
            await eventually(server.listens)
            proxy.stall()
            await read.troubled("stream_lost")
            proxy.resume()
            await read.has((await world.publish("words")).uri)


@pytest.mark.parametrize(
    "address",
    [
        "wss://127.0.0.1:1",
        "ws://user:pw@127.0.0.1",
        "ws://10.0.0.1",
        "http://[",
        "x",
        7,
        None,
        "file:///etc",
    ],
)
async def test_a_stream_is_looked_for_only_where_it_may_be(
    world: FakeMastodon, server: FakeInstance, address: str
) -> None:
    server.stream_url = address
    async with reading(world) as read:
        await read.has((await world.publish("words")).uri)
        await eventually(lambda: server.listens() or "address_refused" in read.codes)


async def test_one_server_in_trouble_does_not_stop_the_others() -> None:
    async with FakeMastodon(3) as world:
        world.instances[0].tokens = {}
        world.instances[1].failing = lambda _: Answer(502, HTML_502)
        async with reading(world) as read:
            await read.has((await world.publish("words", home=2)).uri)
            assert (await read.troubled("token_refused")).retry_seconds is None
            assert (await read.troubled("server_error")).retry_seconds is not None
            await eventually(world.instances[2].listens)
            await read.has((await world.publish("more words")).uri)


async def test_when_all_are_refused_each_is_named() -> None:
    async with FakeMastodon(2, access="disabled") as world, reading(world) as read:
        problem = await read.failed()
        assert all(one.host in str(problem) for one in world.instances)


async def test_two_servers_tell_of_a_post_once_with_whole_names() -> None:
    async with FakeMastodon(2) as world, reading(world) as read:
        await eventually(lambda: all(one.listens() for one in world.instances))
        status = await world.publish("words", home=1)
        await world.edit(status, "better words")
        last = await world.publish("last")
        await read.has(last.uri)
        await eventually(lambda: read.posts[status.uri].text == "better words")
        assert len([item for item in read.items if getattr(item, "post", None)]) <= 3
        assert read.posts[status.uri].author.handle == f"ada@{world.instances[1].host}"


async def test_a_post_that_comes_late_to_a_server_is_found_behind_the_cursor(world: FakeMastodon) -> None:
    server = world.instances[0]
    late = await world.publish("late", unknown_to=[0], at=datetime.now(UTC) - timedelta(seconds=1))
    async with reading(world, None) as read:
        await read.has((await world.publish("in time")).uri)
        await eventually(lambda: read.cursor is not None)
        await world.federate(late, server)
    async with reading(world, None, cursor=read.cursor, long_overlap=60) as again:
        await again.has(late.uri)


async def test_a_deletion_before_its_page_keeps_the_post_away(
    world: FakeMastodon, server: FakeInstance
) -> None:
    async with reading(world) as read:
        await eventually(server.listens)
        server.muted = True
        status = await world.publish("gone", at=datetime.now(UTC))
        await server.say(json.dumps({"event": "delete", "payload": server.ids[status.uri]}))
        server.muted = False
        await world.publish("last")
        await eventually(lambda: status.uri in read.withdrawn or status.uri in read.posts)
        await eventually(lambda: status.uri in read.withdrawn)


async def test_frames_that_make_no_sense_are_counted(world: FakeMastodon, server: FakeInstance) -> None:
    async with reading(world) as read:
        await eventually(server.listens)
        for frame in (
            "[]",
            "[" * 100_000,
            '{"event": "surprise"}',
            '{"event": "update", "payload": "{"}',
            '{"event": "update"}',
            '{"event": "delete", "payload": null}',
        ):
            await server.say(frame)
        await server.say('{"event": "notification", "payload": "{}"}')
        await read.has((await world.publish("words")).uri)
        assert sorted(set(read.dropped)) == ["unknown_event", "unusable_event", "unusable_post"]
        assert len(read.dropped) == 6


async def test_a_frame_that_is_too_large_costs_a_connection_and_no_neighbour(
    world: FakeMastodon, server: FakeInstance
) -> None:
    async with reading(world) as read:
        await eventually(server.listens)
        await server.say(json.dumps({"event": "update", "payload": "x" * (5 << 20)}))
        await read.troubled("stream_lost")
        await read.has((await world.publish("words")).uri)


async def test_only_public_posts_and_no_reblogs_come(world: FakeMastodon) -> None:
    hidden = [await world.publish("no", visibility=how) for how in ("unlisted", "private", "direct")]
    async with reading(world) as read:
        await read.has((await world.publish("yes")).uri)
        assert not {one.uri for one in hidden} & read.posts.keys()
