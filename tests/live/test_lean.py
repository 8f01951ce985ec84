"""An idle connection keeps nothing of its handshake, and takes its messages in order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live.api import api_over
from tests.live.test_fanout import RAW, Endpoint, opened, served
from tests.support.reader import FoldingReader
from tests.support.waiting import eventually
from wall.live.fanout import EXTENSION, FanoutProtocol
from wall.live.frames import Frame
from wall.live.lean import Inbox


async def test_messages_are_taken_in_order_also_by_one_who_waits() -> None:
    inbox = Inbox()
    assert inbox.empty()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    for number in range(3):
        inbox.put_nowait(number)
    assert [await waiting, await inbox.get(), await inbox.get()] == [0, 1, 2]
    assert inbox.empty()


async def test_who_stops_waiting_takes_no_message_along() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    waiting.cancel()
    inbox.put_nowait("for the next")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await inbox.get() == "for the next"


def at(address: str, path: str, **options: Any) -> connect:
    """A client at one path of a server, without an Origin unless it is given."""
    return connect(f"ws://{address}{path}", compression=None, proxy=None, ping_interval=None, **options)


class Settling(Endpoint):
    """Keeps its writer and its scope, and lets go of the handshake."""

    scope: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, raw = scope, scope["extensions"][EXTENSION]["raw"]

        async def settle(_receive: Any, _send: Any) -> None:
            raw.settle()

        self._then = settle
        await super().__call__(scope, receive, send)


async def test_an_open_connection_keeps_nothing_of_its_handshake_and_still_works() -> None:
    endpoint = Settling()
    async with served(endpoint, RAW) as address, opened(address) as client:
        await eventually(lambda: endpoint.open and not endpoint.scope)
        assert endpoint.raw is not None
        connection = endpoint.raw._connection
        assert not hasattr(connection, "request")
        assert not hasattr(connection, "response")
        endpoint.raw.write(Frame(b"hello"))
        assert await client.recv() == "hello"
        await (await client.ping())
        await client.send("painted")
        await client.close()
        await eventually(lambda: not endpoint.open)


async def test_a_connection_that_settled_is_closed_in_order_by_us() -> None:
    endpoint = Settling()
    async with served(endpoint, RAW) as address, opened(address) as client:
        await eventually(lambda: endpoint.open and not endpoint.scope)
        assert endpoint.raw is not None
        await endpoint.raw.close(4408, "slow")
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (4408, "slow")


async def test_every_name_that_uvicorn_gives_a_connection_has_a_slot() -> None:
    """One that is missing costs each socket a dictionary: add it to LeanProtocol."""
    endpoint = Endpoint()
    async with served(endpoint, RAW) as address, opened(address):
        await eventually(lambda: endpoint.open)
        assert endpoint.raw is not None
        own = {name for name, value in vars(FanoutProtocol).items() if not callable(value)}
        assert set(vars(endpoint.raw._connection)) <= own


async def test_a_socket_that_does_not_take_holds_up_nobody_else_s_sending() -> None:
    """Connections share one "writable" until they are told to pause."""
    endpoints = {"slow": Endpoint(), "quick": Endpoint()}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await endpoints[scope["query_string"].decode()](scope, receive, send)

    async with served(app, RAW) as address:
        slow_client, quick_client = at(address, "/?slow"), at(address, "/?quick")
        async with slow_client as slow, quick_client as quick:
            await eventually(lambda: all(one.open for one in endpoints.values()))
            mute, heard = (endpoints[name].raw for name in ("slow", "quick"))
            assert mute is not None
            assert heard is not None
            slow.transport.pause_reading()
            await eventually(lambda: mute.offer(Frame(b"x" * 1_000_000), 1_000_000) > 1_000_000)
            stuck = asyncio.create_task(
                mute._connection.send({"type": "websocket.send", "text": "to the slow one"})
            )
            await heard._connection.send({"type": "websocket.send", "text": "to the quick one"})
            assert await quick.recv() == "to the quick one"
            assert not stuck.done()
            slow.transport.abort()
            await asyncio.gather(stuck, return_exceptions=True)


@pytest.mark.parametrize("path", ["/", "/live", "/live/", "/live/a/b", "/join/a", "/live/summit/"])
async def test_a_websocket_elsewhere_is_refused(sqlite_url: str, tmp_path: Any, path: str) -> None:
    async with api_over(sqlite_url, tmp_path) as api, served(api.app, RAW) as address:
        with pytest.raises(InvalidStatus) as refusal:
            async with at(address, path, origin=f"http://{address}"):
                pass
        assert refusal.value.response.status_code == 403


async def test_a_websocket_under_a_foreign_name_is_refused(sqlite_url: str, tmp_path: Any) -> None:
    """DNS rebinding: a page of another site has its own name point here."""
    async with api_over(sqlite_url, tmp_path) as api, served(api.app, RAW) as address:
        host, _, port = address.partition(":")
        named = f"rebound.example:{port}"
        with pytest.raises(InvalidStatus) as refusal:
            async with at(named, "/live/summit?face=wall", host=host, port=int(port)):
                pass
        assert refusal.value.response.status_code == 403


async def test_a_wall_is_served_in_front_of_the_middleware(sqlite_url: str, tmp_path: Any) -> None:
    async with (
        api_over(sqlite_url, tmp_path) as api,
        served(api.app, RAW) as address,
        FoldingReader(f"http://{address}", "summit") as reader,
    ):
        await reader.wait_for_seq(1)
