"""Two people who do the same at the same time, on both stores: one does it, the other hears so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.entries import Scope
from wall.journal import broken_link
from wall.model import Role
from wall.parallel import OPEN

DESK = Scope(frozenset({Role.FACILITATOR}))


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


async def at_once(channel: Channel, path: str, body: Any, cause: str = "") -> list[int]:
    """Three people send one command; the statuses, sorted."""
    people = [channel, channel.somebody(Role.FACILITATOR), channel.somebody(Role.ORGANISER)]
    answers = await asyncio.gather(*(one.ask(path, body, cause=cause) for one in people))
    return sorted(answer.status_code for answer in answers)


async def test_of_three_who_do_the_same_at_once_one_does_it(channel: Channel) -> None:
    room = await channel.room()
    session = await channel.session(room, running=False)
    rival = await channel.session(room, running=False)
    begun = await asyncio.gather(
        *(channel.ask(f"/sessions/{one}/begin", {"version": 1}) for one in (session, rival))
    )
    assert sorted(answer.status_code for answer in begun) == [200, 409]
    session = session if begun[0].status_code == 200 else rival
    post = await channel.post()
    assert await at_once(channel, f"/posts/{post}/raise", {"session": session}) == [200, 409, 409]
    (relay,) = await channel.held("relay", DESK)
    assert await at_once(channel, f"/relays/{relay}/take-up", {"version": 1}) == [200, 409, 409]
    closing = {"version": 2, "state": "answered", "outcome": "Yes."}
    assert await at_once(channel, f"/relays/{relay}/close", closing) == [200, 409, 409]
    (contribution,) = await channel.held("contribution", DESK)
    reply = f"/contributions/{contribution}/reply"
    assert await at_once(channel, reply, {"words": "Done."}) == [200, 409, 409]
    assert await at_once(channel, f"/sessions/{session}/end", {"version": 2}) == [200, 409, 409]


async def test_a_queue_that_everybody_moves_stays_whole(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    relays = [await channel.raised(session, f"Number {number}") for number in range(4)]
    people = [channel, channel.somebody(Role.FACILITATOR)]
    moves = [
        one.ask(f"/relays/{relay['relay']}/place", {"version": relay["version"], "before": before["relay"]})
        for one in people
        for relay, before in zip(relays, relays[1:] + relays[:1], strict=True)
    ]
    answers = await asyncio.gather(*moves, *(one.ask("/codebook/preset") for one in people))
    assert {answer.status_code for answer in answers} <= {200, 409}
    held = await channel.held("relay", DESK)
    assert {one["state"] for one in held.values()} == {"queued"}
    assert len({one["rank"] for one in held.values()}) == 4
    assert len(await channel.held("tag", DESK)) == 7
    advance = f"/sessions/{session}/advance"
    seen: dict[str, str | None] = {"floor": None, "next": None}
    while True:
        assert (await at_once(channel, advance, seen))[0] in {200, 409}
        now = await channel.held("relay", DESK)
        there = {one["state"]: key for key, one in now.items() if one["state"] in set(OPEN)}
        seen = {"floor": there.get("on_floor"), "next": there.get("next")}
        assert sum(one["state"] == "on_floor" for one in now.values()) <= 1
        assert sum(one["state"] == "next" for one in now.values()) <= 1
        if not there:
            break
    assert {one["state"] for one in now.values()} == {"discussed"}
    with channel.api.parts.store.reading() as conn:
        assert broken_link(conn, channel.api.event.id) is None


async def test_what_is_sent_again_at_once_with_its_cause_is_done_once(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    await channel.raised(session)
    body = {"floor": None, "next": None}
    path = f"/sessions/{session}/advance"
    asked = [channel.ask(path, body, cause="once") for _ in range(4)]
    answers = await asyncio.gather(*asked)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1
