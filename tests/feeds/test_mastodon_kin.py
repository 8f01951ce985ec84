"""What servers with Mastodon's API that are not Mastodon do otherwise, and how a feed lives with it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.feeds.mastodon_reading import config_of, reading
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from tests.world.mastodon_api import Answer
from tests.world.mastodon_kin import AKKOMA, GOTOSOCIAL, MASTODON, OLD_PLEROMA, PLEROMA, TAKAHE, Flavour
from wall.errors import FeedFatal
from wall.feeds.kin.ids import back, order
from wall.feeds.kin.software import software_of

NOW = 1_790_000_000_000
"""Milliseconds: a day in 2026."""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"version": "4.5.0"}, "mastodon"),
        ({"version": "4.3.0+glitch"}, "mastodon"),
        ({}, "mastodon"),
        ({"version": None}, "mastodon"),
        ({"version": ["x"], "source_url": 7}, "mastodon"),
        ({"version": "0.20.2+git-01e931d"}, "gotosocial"),
        (
            {"version": "x", "source_url": "https://codeberg.org/superseriousbusiness/gotosocial"},
            "gotosocial",
        ),
        ({"version": "2.7.2 (compatible; Pleroma 2.9.1)"}, "pleroma"),
        ({"version": "2.7.2 (compatible; Akkoma 3.13.2-0-gabc)"}, "akkoma"),
        ({"version": "takahe/0.11.0"}, "takahe"),
        ({"version": "4.0.0 (compatible; snac/2.53)"}, "snac"),
        ({"version": "2.8.0 (compatible; Friendica 2024.12)"}, "friendica"),
        ({"version": "4.2.1 (compatible; Iceshrimp.NET 2025)"}, "iceshrimp"),
    ],
)
def test_what_a_server_runs_is_understood_from_its_own_page(said: dict[str, Any], name: str) -> None:
    assert software_of(said).name == name


@pytest.mark.parametrize("flavour", [MASTODON, GOTOSOCIAL, PLEROMA, TAKAHE], ids=lambda one: one.name)
def test_ids_of_every_kind_sort_by_age_and_go_back_in_time(flavour: Flavour) -> None:
    chance = random.Random(5)
    ids = [flavour.new_id(NOW + at, NOW + at, chance) for at in range(0, 60_000, 500)]
    assert sorted(ids, key=order) == ids
    for earlier, later in zip(ids, ids[20:], strict=False):
        assert order(back(later, 10.6)) < order(earlier) < order(back(later, 9.4))
        assert len(back(later, 10)) == len(later)


@pytest.mark.parametrize("local_id", ["", "17", "01HXYZ", "8" * 26 + "U", "not an id at all", "é" * 18])
def test_an_id_without_a_time_is_left_as_it_is(local_id: str) -> None:
    assert back(local_id, 60) == local_id


def test_no_id_goes_back_before_its_time_began() -> None:
    assert back("0" * 26, 60) == "0" * 26
    assert back("0" * 17 + "A", 60) == "0" * 18
    assert back(str(1 << 40), 1e9) == "0"


@pytest.mark.parametrize("flavour", [GOTOSOCIAL, PLEROMA, OLD_PLEROMA, AKKOMA], ids=lambda one: one.version)
async def test_each_hashtag_has_its_own_websocket_with_its_name_in_the_address(flavour: Flavour) -> None:
    async with FakeMastodon(flavour=flavour) as world:
        server = world.instances[0]
        async with reading(world, config=config_of(world, hashtags=["smsummit", "méde"])) as read:
            await eventually(lambda: server.listens("smsummit") and server.listens("mede"))
            assert server.streams == 2
            one, two = await world.publish("one"), await world.publish("two", "mede")
            await read.has(one.uri, two.uri)
            await world.delete(one)
            await eventually(lambda: read.withdrawn == [one.uri])
            assert read.dropped == []
            assert read.troubled_now == {}
    asked = [one for one in server.asked if one.path == "/api/v1/streaming"]
    assert {one.query["tag"][0] for one in asked} == {"smsummit", "méde"}
    assert not any(TOKEN in f"{one.path}{one.query}" for one in server.asked)


async def test_no_parameter_is_ever_empty() -> None:
    async with FakeMastodon(flavour=PLEROMA) as world:
        async with reading(world) as read:
            status = await world.publish("words")
            await read.has(status.uri)
            await read.source.recheck([status.uri])
        every = [
            value for one in world.instances[0].asked for values in one.query.values() for value in values
        ]
    assert every
    assert "" not in every


async def test_one_websocket_in_trouble_is_named_and_the_other_goes_on() -> None:
    async with FakeMastodon(flavour=GOTOSOCIAL) as world:
        server = world.instances[0]
        async with reading(world, config=config_of(world, hashtags=["smsummit", "other"])) as read:
            await eventually(lambda: server.streams == 2)
            server.refused_streams = Answer(401, {"error": "Unauthorized"})
            server.cut()
            await read.troubled("stream_refused")
            names = {f"{server.host} stream #smsummit", f"{server.host} stream #other"}
            await eventually(lambda: set(read.troubled_now) == names)
            await read.has((await world.publish("polled")).uri)
            server.refused_streams = None
            await eventually(lambda: read.troubled_now == {} and server.streams == 2)


async def test_gotosocials_stream_is_relied_on_only_once_it_brought_something() -> None:
    """Its hashtags are polled until then, and the silence of its stream is no trouble."""
    async with FakeMastodon(flavour=GOTOSOCIAL) as world:
        server = world.instances[0]
        async with reading(world, catch_up=60.0) as read:
            await eventually(server.listens)
            server.muted = True
            for number in range(6):
                await read.has((await world.publish(f"polled {number}")).uri)
            looks = len(server.asked)
            await eventually(lambda: len(server.asked) > looks + 2)
            assert server.connected["streams"] == 1
            server.muted = False
            await read.has((await world.publish("heard")).uri)
            pages = [one for one in server.asked if "tag" in one.path]
            await read.has((await world.publish("heard too")).uri)
            assert len([one for one in server.asked if "tag" in one.path]) <= len(pages) + 1
            assert read.troubles == []


async def test_a_late_post_of_gotosocial_is_found_behind_the_cursor() -> None:
    """Its ids are made from the author's clock, as those of Mastodon."""
    async with FakeMastodon(2, flavour=GOTOSOCIAL) as world:
        config = config_of(world)
        config["instances"] = config["instances"][:1]
        late = await world.publish("late", home=1, unknown_to=[0])
        async with reading(world, config=config) as read:
            await read.has((await world.publish("in time")).uri)
            await eventually(lambda: read.cursor is not None)
        await world.federate(late, world.instances[0])
        async with reading(world, config=config, cursor=read.cursor, long_overlap=60) as again:
            await again.has(late.uri)


async def test_a_server_without_a_stream_is_polled_and_says_so() -> None:
    async with FakeMastodon(flavour=TAKAHE) as world:
        server = world.instances[0]
        async with reading(world) as read:
            trouble = await read.troubled("stream_absent")
            assert (trouble.where, trouble.retry_seconds) == (f"{server.host} stream", None)
            await read.has((await world.publish("polled")).uri)
        assert not any(one.path == "/api/v1/streaming" for one in server.asked)


@pytest.mark.parametrize(
    ("flavour", "words"),
    [(GOTOSOCIAL, "settings panel"), (TAKAHE, "its administrator knows how")],
    ids=["gotosocial", "takahe"],
)
async def test_who_shows_hashtags_to_users_alone_says_how_to_get_a_token(
    flavour: Flavour, words: str
) -> None:
    async with FakeMastodon(flavour=flavour) as world, reading(world, None) as read:
        problem = await read.failed()
    assert isinstance(problem, FeedFatal)
    assert problem.details["problem"] == "token_needed"
    assert words in problem.message
    assert "Preferences" not in problem.message


async def test_strangers_are_polled_for_where_the_server_lets_them() -> None:
    async with FakeMastodon(flavour=PLEROMA) as world, reading(world, None) as read:
        await read.has((await world.publish("public")).uri)
        assert read.troubles == []
        assert world.instances[0].streams == 0


@pytest.mark.parametrize("flavour", [GOTOSOCIAL, PLEROMA, TAKAHE], ids=lambda one: one.name)
async def test_a_recheck_learns_what_is_there_and_what_is_gone(flavour: Flavour) -> None:
    async with FakeMastodon(flavour=flavour) as world, reading(world) as read:
        kept, gone = await world.publish("kept"), await world.publish("gone")
        await read.has(kept.uri, gone.uri)
        world.instances[0].removed.add(gone.uri)
        said = await read.source.recheck([kept.uri, gone.uri, "http://far.example/objects/1"])
        assert (said.present, said.gone) == ({kept.uri}, {gone.uri})


async def test_a_list_that_is_not_understood_is_none_and_nothing_is_gone_by_it() -> None:
    async with FakeMastodon() as world, reading(world) as read:
        status = await world.publish("words")
        await read.has(status.uri)
        wrong = Answer(400, {"error": "Missing field: ids."})
        world.instances[0].failing = lambda path: wrong if path == "/api/v1/statuses" else None
        assert (await read.source.recheck([status.uri])).present == {status.uri}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Invalid access token", "of an application and not of a user"),
        ("Access token does not have the required scopes", 'lacks the scope "read:statuses"'),
        ("", "does not stream to this token, so it is polled"),
    ],
)
async def test_what_a_server_says_of_a_refused_stream_is_told(said: str, words: str) -> None:
    refusal = Answer(401, b"", {"X-Error-Message": said})
    async with FakeMastodon(refused_streams=refusal) as world, reading(world) as read:
        trouble = await read.troubled("stream_refused")
    assert words in trouble.message
    assert "make a token under Preferences" in trouble.message


async def test_a_scope_that_is_missing_may_be_said_in_the_stream() -> None:
    async with FakeMastodon() as world, reading(world) as read:
        await eventually(world.instances[0].listens)
        await world.instances[0].say(
            '{"error":"Access token does not have the required scopes","status":401}'
        )
        assert "lacks the scope" in (await read.troubled("stream_refused")).message
