"""The raw writer is offered while a connection is open and taken away the moment it is not."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import re
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.live.api import api_over
from tests.support.reader import FoldingReader
from tests.support.summit import Summit, post
from tests.support.waiting import PATIENCE, eventually
from wall.entries import PUBLIC, Hello, Scope
from wall.live import fanout
from wall.live.fanout import (
    EXTENSION,
    FanoutProtocol,
    RawWriter,
    missing_internals,
)
from wall.live.frames import Frame
from wall.store import Store

RAW = fanout.websocket_protocol()
OTHERS = ["websockets-sansio", *(["wsproto"] if find_spec("wsproto") else [])]
HELLO = Frame.of(Hello(build=1, resumed=True))


@asynccontextmanager
async def served(app: Any, ws: str, **options: Any) -> AsyncIterator[str]:
    """The address of a uvicorn in this process, on a port of its own."""
    config = uvicorn.Config(
        app,
        port=0,
        ws=ws,  # type: ignore[arg-type]
        lifespan="off",
        log_config=None,
        access_log=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
        **options,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class Endpoint:
    """An ASGI application that accepts, keeps its writer, and then does as it is told."""

    def __init__(self, then: Callable[[Any, Any], Awaitable[None]] | None = None) -> None:
        self.raw: RawWriter | None = None
        self.ended = asyncio.Event()
        self._then = then

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        offered = scope["extensions"].pop(EXTENSION, None)
        self.raw = offered["raw"] if offered else None
        try:
            await send({"type": "websocket.accept"})
            if self._then:
                await self._then(receive, send)
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            self.ended.set()

    @property
    def open(self) -> bool:
        """Whether writing would reach a transport."""
        return self.raw is not None and self.raw._transport is not None


def opened(address: str, **options: Any) -> connect:
    return connect(f"ws://{address}/", compression=None, proxy=None, **{"ping_interval": None, **options})


async def close_in_order(client: ClientConnection) -> None:
    await client.close()


async def vanish(client: ClientConnection) -> None:
    client.transport.abort()


async def hang_up(client: ClientConnection) -> None:
    client.transport.write_eof()
    client.transport.close()


async def break_the_protocol(client: ClientConnection) -> None:
    client.transport.write(b"\xff\xff\xff\xff")


async def send_no_utf8(client: ClientConnection) -> None:
    await client.send(b"\xff\xfe", text=True)


async def send_too_much(client: ClientConnection) -> None:
    await client.send("x" * 5_000)


ENDINGS = [close_in_order, vanish, hang_up, break_the_protocol, send_no_utf8, send_too_much]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
async def test_the_raw_writer_is_taken_away_however_a_client_ends(end: Any) -> None:
    endpoint = Endpoint()
    async with served(endpoint, RAW, ws_max_size=4096) as address, opened(address) as client:
        await eventually(lambda: endpoint.open)
        await end(client)
        await eventually(lambda: not endpoint.open)
        await asyncio.wait_for(endpoint.ended.wait(), PATIENCE)
        assert endpoint.raw is not None
        endpoint.raw.write(HELLO)
        assert endpoint.raw.offer(HELLO, 0) == 0
        assert endpoint.raw.unsent() == 0
        endpoint.raw.abort()


async def test_it_is_taken_away_before_a_close_frame_of_ours_is_written() -> None:
    seen: list[bool] = []

    async def close(receive: Any, send: Any) -> None:
        await send({"type": "websocket.close", "code": 4408, "reason": ""})
        seen.append(endpoint.open)

    endpoint = Endpoint(close)
    async with served(endpoint, RAW) as address, opened(address) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 4408
        await asyncio.wait_for(endpoint.ended.wait(), PATIENCE)
    assert seen == [False]


async def test_it_is_taken_away_when_a_client_does_not_answer_pings() -> None:
    endpoint = Endpoint()
    async with served(endpoint, RAW, ws_ping_interval=0.1, ws_ping_timeout=0.1) as address:
        reader, writer = await asyncio.open_connection(*address.split(":"))
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        writer.write(
            f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        await eventually(lambda: endpoint.open)
        await eventually(lambda: not endpoint.open)
        writer.close()


async def test_it_is_taken_away_when_the_server_stops() -> None:
    endpoint = Endpoint()
    async with opened_on_stopping_server(endpoint) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1012
    assert not endpoint.open


@asynccontextmanager
async def opened_on_stopping_server(endpoint: Endpoint) -> AsyncIterator[ClientConnection]:
    async with served(endpoint, RAW) as address:
        client = await opened(address)
        await eventually(lambda: endpoint.open)
    yield client
    await client.close()


async def test_frames_of_the_raw_writer_and_of_the_server_are_read_in_order() -> None:
    async def speak(receive: Any, send: Any) -> None:
        assert endpoint.raw is not None
        writer = endpoint.raw
        writer.write(HELLO)
        await send({"type": "websocket.send", "text": "between"})
        writer.write(Frame(b"x" * 70_000))
        await writer.close(1000, "done")

    endpoint = Endpoint(speak)
    async with served(endpoint, RAW) as address, opened(address) as client:
        heard = [await client.recv() for _ in range(3)]
        assert heard == [HELLO.text.decode(), "between", "x" * 70_000]
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (1000, "done")


async def test_the_kernel_holds_little_for_a_reader_who_does_not_read() -> None:
    endpoint = Endpoint()
    async with served(endpoint, RAW) as address, opened(address, max_queue=1) as client:
        await eventually(lambda: endpoint.open)
        assert endpoint.raw is not None
        writer = endpoint.raw
        chunk, written = Frame(b"x" * 100_000), 0
        client.transport.pause_reading()
        while writer.unsent() < 1_000_000:
            writer.write(chunk)
            written += 100_000
            await asyncio.sleep(0)
        assert written - writer.unsent() < 8_000_000
        writer.abort()
        await eventually(lambda: not endpoint.open)
        client.transport.abort()


def test_the_installed_uvicorn_has_all_that_is_relied_on() -> None:
    assert missing_internals() == []
    assert RAW.endswith(":FanoutProtocol")


def test_uvicorn_ends_a_connection_nowhere_but_where_we_know() -> None:
    """A new one has to take the raw writer away before it acts: override it in FanoutProtocol."""
    ends = re.compile(r"transport\.(?:close|abort)\b|conn\.(?:send_close|fail|send_eof)\(")
    methods = vars(WebSocketsSansIOProtocol).items()
    found = {name for name, value in methods if callable(value) and ends.search(inspect.getsource(value))}
    before_it_is_open, once_the_endpoint_ended = {"connection_made", "handle_connect"}, {"run_asgi"}
    what_is_heard = {"data_received", "handle_ping", "handle_cont"}
    by_handle_parser_exception = {"send_receive_event_to_app"}
    overridden = {name for name in vars(FanoutProtocol) if name in vars(WebSocketsSansIOProtocol)}
    assert found - overridden == once_the_endpoint_ended | by_handle_parser_exception
    assert overridden - found <= before_it_is_open | what_is_heard | {"__module__", "__doc__"}


UNLOGGED = [end for end in ENDINGS if end is not send_no_utf8]
"""uvicorn logs that one with its traceback, and pytest keeps what is logged."""


@pytest.mark.parametrize("end", UNLOGGED, ids=lambda end: end.__name__)
async def test_a_connection_that_ended_is_freed_without_the_garbage_collector(end: Any) -> None:
    """Otherwise memory grows with every socket that comes and goes. It fails when uvicorn, httptools
    or websockets made another circle of references: break it in FanoutProtocol."""
    endpoint = Endpoint()
    async with served(endpoint, RAW, ws_max_size=4096) as address, opened(address) as client:
        await eventually(lambda: endpoint.open)
        assert endpoint.raw is not None
        protocol: Any = endpoint.raw._connection
        gone = [weakref.ref(protocol), weakref.ref(protocol.conn)]
        gc.collect()
        gc.disable()
        try:
            await end(client)
            await asyncio.wait_for(endpoint.ended.wait(), PATIENCE)
            endpoint.raw = protocol = None
            await eventually(lambda: not any(one() for one in gone))
        finally:
            gc.enable()


async def test_what_was_written_counts_as_unsent_until_the_kernel_has_it() -> None:
    """Withholding rests on this: `offer` must see what the same turn of the loop wrote before."""
    endpoint = Endpoint()
    async with served(endpoint, RAW) as address, opened(address, max_queue=1) as client:
        await eventually(lambda: endpoint.open)
        writer, frame = endpoint.raw, Frame(b"x" * 1_000_000)
        assert writer is not None
        client.transport.pause_reading()
        while (unsent := writer.offer(frame, 500_000)) <= 500_000:
            pass
        assert writer.unsent() == unsent
        writer.abort()
        client.transport.abort()


async def test_frames_offered_in_one_turn_are_joined_and_arrive_in_order() -> None:
    async def speak(_receive: Any, send: Any) -> None:
        assert endpoint.raw is not None
        for number in range(0, 300, 3):
            assert endpoint.raw.offer(Frame(str(number).encode()), 1_000_000) < 1_000_000
            endpoint.raw.write(Frame(str(number + 1).encode()))
            await send({"type": "websocket.send", "text": str(number + 2)})

    endpoint = Endpoint(speak)
    async with served(endpoint, RAW) as address, opened(address) as client:
        assert [int(await client.recv()) for _ in range(300)] == list(range(300))


OVERRIDDEN = [
    "handle_connect",
    "send",
    "handle_close",
    "handle_parser_exception",
    "keepalive_timeout",
    "shutdown",
]


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_a_method_that_is_gone_is_named_and_the_portable_path_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delattr(WebSocketsSansIOProtocol, name)
    assert name in missing_internals()
    assert fanout.websocket_protocol() == "websockets-sansio"


@pytest.mark.parametrize("name", ["response", "scope"])
def test_an_attribute_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def handle_connect(self: Any, event: Any) -> None:
        self.another_name = event

    monkeypatch.setattr(WebSocketsSansIOProtocol, "handle_connect", handle_connect)
    assert name in missing_internals()


@pytest.mark.parametrize("ws", [RAW, *OTHERS])
async def test_every_path_gives_the_same_fold(sqlite_store: Store, tmp_path: Any, ws: str) -> None:
    url = f"sqlite:///{sqlite_store.url.database}"
    async with api_over(url, tmp_path) as api, served(api.app, ws) as address:
        summit = Summit(sqlite_store)
        slug = summit.event.slug
        async with FoldingReader(f"http://{address}", slug) as reader:
            await reader.wait_for_seq(1)
            for number in range(20):
                summit.arrive(post(f"k{number}", "ä" * number * 40))
            await reader.wait_for_seq(summit.event.seq)
            assert reader.held.subjects == summit.held(PUBLIC).subjects
            assert (reader.gaps, reader.failures) == (0, [])


async def test_the_public_path_says_hello_and_closes_in_order_everywhere(
    sqlite_store: Store, tmp_path: Any
) -> None:
    url = f"sqlite:///{sqlite_store.url.database}"
    for ws in (RAW, *OTHERS):
        async with api_over(url, tmp_path, slug=f"s{len(ws)}") as api, served(api.app, ws) as address:
            cursor = f"elsewhere.{Scope().key}.1"
            path = f"ws://{address}/live/{api.event.slug}?face=wall&cursor={cursor}"
            async with connect(path, proxy=None, origin=f"http://{address}") as client:  # type: ignore[arg-type]
                assert json.loads(await client.recv())["resumed"] is False
                with pytest.raises(ConnectionClosed):
                    await client.recv()
                assert (client.close_code, client.close_reason) == (1000, "snapshot")
