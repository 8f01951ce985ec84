"""What the owner of a token leaves out is found out, said in words, and unsaid when it is mended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.feeds.kit_door import Door, door
from tests.feeds.mastodon_reading import FAST, Reading, config_of, reading
from tests.support.waiting import eventually
from tests.world.mastodon import SCOPES, TOKEN, FakeInstance, FakeMastodon
from tests.world.mastodon_api import HTML_502, Answer
from tests.world.mastodon_kin import GOTOSOCIAL
from tests.world.mastodon_owner import FULL_SCOPES
from wall.feeds import mastodon
from wall.feeds.kin.hearing import SUSPECT, Hearing
from wall.feeds.kin.signals import Signals
from wall.model import FeedState

__all__ = ["door"]

SOON = {"owner_first": 0.05, "owner": 0.1}
"""The owner is asked for at once, and often."""


def open_to(server: FakeInstance, *scopes: str) -> None:
    server.tokens[TOKEN] = frozenset({*SCOPES, *scopes})


def warning(read: Reading, server: FakeInstance) -> str:
    trouble = read.troubled_now.get(f"{server.host} account")
    return trouble.message if trouble else ""


async def test_who_is_muted_and_blocked_is_counted_and_whose_account_it_is_named() -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.tokens[TOKEN] = FULL_SCOPES
        server.owner.mutes |= {"bo", "cy"}
        server.owner.blocks |= {"eve"}
        server.owner.servers |= {"spam.example"}
        async with reading(world, **SOON) as read:
            trouble = await read.troubled("owner_filters")
            assert (trouble.where, trouble.retry_seconds) == (f"{server.host} account", None)
            expected = "(@summit) mutes 2 accounts, blocks 1 account and blocks 1 whole server"
            assert expected in trouble.message
            assert "Give a token of an account that mutes, blocks and filters nothing" in trouble.message
            await read.has((await world.publish("posts come all the same")).uri)
            server.owner.mutes.clear()
            await eventually(lambda: "mutes 2" not in warning(read, server))
            server.owner.blocks.clear()
            server.owner.servers.clear()
            await eventually(lambda: warning(read, server) == "")


async def test_a_token_without_those_scopes_is_asked_once_and_nothing_is_said() -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.owner.mutes.add("bo")
        async with reading(world, **SOON) as read:
            pages = "/api/v1/timelines/tag/smsummit"
            await eventually(
                lambda: len([one for one in server.asked if one.path == pages and not one.token]) > 3
            )
            assert len([one for one in server.asked if one.path == "/api/v1/mutes"]) == 1
            assert read.troubles == []


async def test_what_strangers_see_and_the_token_does_not_is_counted() -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.owner.blocks.add("eve")
        hidden = [await world.publish(f"hidden {number}", user="eve") for number in range(2)]
        shown = await world.publish("shown")
        async with reading(world, **SOON) as read:
            await read.has(shown.uri)
            await read.troubled("owner_filters")
            assert "Strangers see 2 posts under #smsummit" in warning(read, server)
            assert not {one.uri for one in hidden} & read.posts.keys()
            server.owner.blocks.clear()
            await eventually(lambda: warning(read, server) == "")
            await read.has(*(one.uri for one in hidden))


async def test_a_post_that_strangers_see_no_more_either_is_no_sign() -> None:
    """Their page may be older than the token's: a cache keeps it for some seconds."""
    async with FakeMastodon() as world:
        server = world.instances[0]
        status = await world.publish("deleted since")
        stale = [server._api.status(status)]
        server.removed.add(status.uri)

        def failing(path: str) -> Answer | None:
            asked = server.asked[-1]
            return Answer(200, stale) if "/tag/" in path and asked.token is None else None

        server.failing = failing
        async with reading(world, **SOON) as read:
            single = f"/api/v1/statuses/{server.ids[status.uri]}"
            await eventually(lambda: len([one for one in server.asked if one.path == single]) > 1)
            assert read.troubles == []


async def test_where_strangers_may_not_read_nothing_is_learnt_from_them() -> None:
    async with FakeMastodon(access="authenticated") as world:
        server = world.instances[0]
        server.owner.blocks.add("eve")
        await world.publish("hidden", user="eve")
        async with reading(world, **SOON) as read:
            await read.has((await world.publish("shown")).uri)
            asked = len([one for one in server.asked if one.path == "/api/v1/accounts/verify_credentials"])
            assert asked <= 1
            await eventually(lambda: any(one.token is None for one in server.asked))
            assert read.troubles == []


async def test_phrases_count_only_where_they_leave_posts_out() -> None:
    for flavour in (None, GOTOSOCIAL):
        async with FakeMastodon(**({"flavour": flavour} if flavour else {})) as world:
            server = world.instances[0]
            server.tokens[TOKEN] = FULL_SCOPES
            server.owner.phrases.add("lunch")
            server.owner.mutes.add("bo")
            async with reading(world, **SOON) as read:
                said = (await read.troubled("owner_filters")).message
            assert ("filters posts by 1 phrase" in said) is (flavour is not None)


async def test_filters_of_the_first_api_are_read_where_there_is_no_second() -> None:
    async with FakeMastodon(flavour=GOTOSOCIAL) as world:
        server = world.instances[0]
        server.tokens[TOKEN] = FULL_SCOPES
        old: list[dict[str, Any]] = [
            {"phrase": "lunch", "context": ["public"], "irreversible": True},
            {"phrase": "only marked", "context": ["public"], "irreversible": False},
            {"phrase": "at home", "context": ["home"], "irreversible": True},
        ]
        answers = {"/api/v2/filters": Answer(404, {"error": "?"}), "/api/v1/filters": Answer(200, old)}
        server.failing = answers.get
        async with reading(world, **SOON) as read:
            assert "filters posts by 1 phrase" in (await read.troubled("owner_filters")).message


async def test_languages_that_a_stream_leaves_out_are_found_out_and_come_by_polling() -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.owner.languages = frozenset({"en"})
        async with reading(world, catch_up=0.1, **SOON) as read:
            await eventually(server.listens)
            for number in range(SUSPECT + 2):
                english = await world.publish(f"heard {number}")
                french = await world.publish(f"lu {number}", language="fr")
                await read.has(english.uri, french.uri)
            await read.troubled("owner_filters")
            assert "Its stream leaves out posts in fr, as if" in warning(read, server)
            server.owner.languages = frozenset()
            before = server.connected["streams"]
            await eventually(lambda: server.connected["streams"] > before, what="the stream opened anew")
            await eventually(server.listens)
            await read.has((await world.publish("entendu", language="fr")).uri)
            await eventually(lambda: warning(read, server) == "")


async def test_a_failing_server_leaves_what_was_said_of_the_owner_as_it_is() -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.tokens[TOKEN] = FULL_SCOPES
        server.owner.mutes.add("bo")
        async with reading(world, **SOON) as read:
            said = (await read.troubled("owner_filters")).message
            server.failing = lambda _: Answer(502, HTML_502)
            await read.troubled("server_error")
            assert warning(read, server) == said
            server.failing = lambda _: None
            await read.has((await world.publish("later")).uri)
            assert warning(read, server) == said


async def test_an_account_without_filters_is_not_spoken_of() -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.tokens[TOKEN] = FULL_SCOPES
        async with reading(world, **SOON) as read:
            await eventually(lambda: len([one for one in server.asked if one.path == "/api/v1/blocks"]) > 2)
            await read.has((await world.publish("words", language=None)).uri)
            assert read.troubles == []


@pytest.mark.parametrize("name", ["", "\u202enimda", "x" * 200, 7, None, "a b"])
async def test_a_name_that_is_none_is_left_out(name: object) -> None:
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.tokens[TOKEN] = FULL_SCOPES
        server.owner.mutes.add("bo")
        page = Answer(200, {"username": name})
        server.failing = lambda path: page if path.endswith("verify_credentials") else None
        async with reading(world, **SOON) as read:
            said = (await read.troubled("owner_filters")).message
        assert said.startswith("The account of its token mutes 1 account: ")


def status(uri: str, language: object = "fr", **more: Any) -> dict[str, Any]:
    return {"uri": uri, "language": language, "created_at": datetime.now(UTC).isoformat()} | more


def test_one_post_that_was_heard_clears_its_language() -> None:
    hearing = Hearing()
    for number in range(SUSPECT):
        hearing.read(status(f"{number}"))
        hearing.look()
    assert hearing.languages == ("fr",)
    assert hearing.changed.is_set()
    hearing.heard(status("other"))
    assert hearing.languages == ()


def test_what_is_heard_before_the_next_look_does_not_count() -> None:
    hearing = Hearing()
    for number in range(SUSPECT * 2):
        hearing.read(status(f"{number}"))
        hearing.heard(status(f"{number}"))
        hearing.look()
    assert hearing.languages == ()


def test_nothing_is_learnt_from_late_posts_and_while_the_stream_was_away() -> None:
    hearing = Hearing()
    old = (datetime.now(UTC) - timedelta(hours=7)).isoformat()
    for number in range(SUSPECT * 2):
        for created_at in (old, "soon", None, "2026-05-04T09:00:00"):
            hearing.read(status(f"{number} {created_at}", created_at=created_at))
        hearing.look()
        hearing.read(status(f"{number}"))
        hearing.forget()
    assert hearing.languages == ()


@pytest.mark.parametrize("language", [None, 7, "", "<script>", "und", "x" * 30])
def test_what_is_no_language_is_none(language: object) -> None:
    hearing = Hearing()
    for number in range(SUSPECT):
        hearing.read(status(f"{number}", language))
        hearing.look()
    assert hearing.languages == ("",)


def test_a_stream_that_leaves_out_languages_is_not_relied_on_and_is_not_taken_for_silent() -> None:
    signals = Signals()
    signals.opened("a stream")
    assert signals.trusted
    for number in range(SUSPECT):
        signals.hearing.read(status(f"{number}"))
        signals.looks(watched=True)
    assert not signals.trusted
    signals.judge()
    assert not signals.over.is_set()
    signals.brought(status("entendu"))
    assert signals.trusted
    signals.told = 0
    signals.judge()
    assert (signals.over.is_set(), signals.silent, signals.trusted) == (True, True, False)


def test_a_stream_of_several_websockets_is_open_when_all_of_them_are() -> None:
    signals = Signals(2)
    signals.opened("one")
    assert not signals.is_open
    signals.opened("two")
    assert signals.trusted
    signals.looks(watched=True)
    assert signals.watched
    signals.closed("one")
    assert not signals.is_open
    assert not signals.watched


@dataclass
class Driven:
    """What `Door.fed_by` runs."""

    config: dict[str, Any]
    network: str = "mastodon"
    network_of_posts: str = "mastodon"
    ends: bool = False


async def test_the_feed_runs_on_with_the_warning_beside_it_until_it_is_mended(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastodon, "TIMES", replace(FAST, **SOON))
    async with FakeMastodon() as world:
        server = world.instances[0]
        server.tokens[TOKEN] = FULL_SCOPES
        server.owner.mutes.add("bo")
        driven: Any = Driven(config_of(world))
        async with door.fed_by(driven):
            first = await world.publish("words")
            await door.has(first.uri)
            await eventually(lambda: "mutes 1 account" in (door.now().problem or ""))
            assert door.now().state is FeedState.RUNNING
            await door.has(first.uri, (await world.publish("more words")).uri)
            server.owner.mutes.clear()
            await eventually(lambda: door.now().problem is None)
