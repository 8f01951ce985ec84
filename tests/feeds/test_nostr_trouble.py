"""Nostr relays that refuse, are silent or are none: what an organiser is told; the others go on."""

from __future__ import annotations

import json

import pytest

from tests.feeds.nostr_reading import ada, reading, relay, relays
from tests.support.waiting import eventually
from tests.world.nostr import FakeRelay, Person

__all__ = ["ada", "relay", "relays"]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("auth-required: we can't serve strangers", "account_wanted", "sign in with a key"),
        ("restricted: members only", "account_wanted", "members only"),
        ("blocked: no", "blocked", "does not let us"),
        ("unsupported: filter", "unsupported", "hashtag"),
        ("rate-limited: slow down", "rate_limited", "too often"),
        ("error: out of <b>order</b>", "relay_error", "out of <b>order</b>"),
        ("", "relay_error", "error"),
    ],
)
async def test_a_relay_that_refuses_is_said_to_and_does_not_stop_the_others(
    relays: list[FakeRelay],
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    code: str,
    words: str,
) -> None:
    monkeypatch.setattr("wall.feeds.nips.problems.DEFAULT_LIMIT_WAIT", 0.05)
    monkeypatch.setattr("wall.feeds.nips.problems.REFUSED_WAIT", 0.05)
    relays[0].greeting = [["AUTH", "a challenge"]]
    relays[0].closing = lambda _name: said
    async with reading(*relays) as told:
        trouble = await told.troubled(code)
        await relays[1].take(note := ada.note("Words"))
        await told.has(note["id"])
        relays[0].closing = lambda _name: None
        await eventually(lambda: not told.troubled_now)
    assert words in trouble.message
    assert trouble.where == relays[0].address.removeprefix("ws://")


async def test_a_relay_that_refuses_to_tell_of_deletions_still_brings_posts(
    relay: FakeRelay, ada: Person
) -> None:
    relay.closing = lambda name: "error: too many" if name.startswith("watch") else None
    async with reading(relay) as told:
        await relay.take(note := ada.note("Words"))
        await told.has(note["id"])
        trouble = await told.troubled("relay_error")
        relay.closing = lambda _name: None
        await relay.take(ada.deletion(note["id"]))
        await eventually(lambda: told.withdrawn and not told.troubled_now)
    assert trouble.where.endswith(" deletions")


async def test_a_relay_that_does_not_answer_is_quoted_with_its_notice(relay: FakeRelay) -> None:
    relay.silent, relay.greeting = True, [["NOTICE", "closed for\nrepairs"]]
    async with reading(relay, answer=0.3) as told:
        trouble = await told.troubled("timeout")
    assert "closed for repairs" in trouble.message


@pytest.mark.parametrize(
    ("status", "code"), [(401, "account_wanted"), (404, "no_relay"), (200, "no_relay")]
)
async def test_what_is_no_relay_is_said_to_be_none(relay: FakeRelay, status: int, code: str) -> None:
    relay.answering = status
    async with reading(relay) as told:
        await told.troubled(code)


async def test_a_message_that_is_too_large_is_said_to_be(relay: FakeRelay) -> None:
    async with reading(relay) as told:
        await eventually(lambda: relay.listeners)
        await relay.say(json.dumps(["NOTICE", "x" * (5 << 20)]))
        await told.troubled("too_large")
