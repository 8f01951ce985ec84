"""Nostr, against the relay of nostr-sdk: another implementation of every document than ours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from nostr_sdk import LocalRelayBuilder, RateLimit
from websockets.asyncio.client import connect

from tests.live.running import Running
from tests.networks.measuring import fed, measured, wall_of
from tests.support.ports import free_port
from tests.world.nostr import Person, SignedEvent

_UNLIMITED = RateLimit(max_reqs=1_000, notes_per_minute=100_000)


@pytest.fixture
async def relay() -> AsyncIterator[str]:
    """A relay that runs; its address."""
    port = free_port()
    made = LocalRelayBuilder().addr("127.0.0.1").port(port).rate_limit(_UNLIMITED).build()
    await made.run()
    yield f"ws://127.0.0.1:{port}"
    made.shutdown()


async def test_posts_and_deletions_reach_every_screen_in_time(running: Running, relay: str) -> None:
    event, ada = await running.event(), Person("Ada")
    async with connect(relay, proxy=None) as socket, wall_of(running, event) as wall:

        async def send(signed: SignedEvent) -> str:
            await socket.send(json.dumps(["EVENT", signed]))
            answer = json.loads(await socket.recv())
            assert answer[:3] == ["OK", signed["id"], True], answer
            return str(signed["id"])

        async def publish(text: str) -> str:
            return await send(ada.note(text))

        async def delete(key: str) -> None:
            await send(ada.deletion(key))

        await send(ada.profile(display_name="Ada L."))
        await fed(running, event, "nostr", {"relays": [relay], "hashtags": ["SMSummit"]})
        figures = await measured(wall, publish, delete)
        await publish("Who wrote this?")
        await wall.shows("Who wrote this?")
        assert wall.post("Who wrote this?")["author"]["name"] == "Ada L."
        figures.check("nostr")
