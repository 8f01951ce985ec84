"""Connections that stop in the middle, never begin or take nothing: each is ended, and holds nothing."""

from __future__ import annotations

import asyncio
import json
import weakref
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.live.rough import a_serve, bare, bare_reader, upgrade
from tests.live.running import Running, heard
from tests.live.test_fanout import RAW, Endpoint, opened, served
from tests.support.waiting import PATIENCE, eventually
from wall.live.connections import HEAD_BYTES, HttpConnection, http_protocol

ENDED = "backchannel_connections_ended_total"
BEGIN = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /api/v1/events/x/posts HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-type: application/json\r\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A `serve` that waits for three seconds for a request, and as long for its answer to be taken."""
    patience = {"request_seconds": "3", "socket_stuck_seconds": "3"}
    async with a_serve(sqlite_template, tmp_path_factory.mktemp("strict"), **patience) as running:
        yield running


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def dribbled(running: Running, begin: bytes, piece: bytes) -> bytes:
    """What is answered to bytes that come one small piece after the other, for ever."""
    async with bare(running.server.port) as client:
        await client.say(begin)
        answer = asyncio.create_task(client.answer())
        while not answer.done():
            await client.say(piece)
            await asyncio.wait({answer}, timeout=0.1)
        return answer.result()


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (BEGIN, b"x-more: 1\r\n"),
        (b"GET /wall/ev", b"e"),
        (BEGIN + b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"x-more: 1\r\n"),
        (POST + b"content-length: 60000\r\n\r\n", b"x"),
        (POST + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["headers", "address", "handshake", "body", "chunks"],
)
async def test_a_request_that_is_dribbled_is_ended_in_words(
    strict: Running, begin: bytes, piece: bytes
) -> None:
    head, _, body = (await dribbled(strict, begin, piece)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout"), head
    error = json.loads(body)["error"]
    assert (error["code"], bool(error["remedy"])) == ("request_late", True)


async def test_who_says_nothing_or_empty_lines_is_ended_without_a_word(strict: Running) -> None:
    async with bare(strict.server.port) as client:
        assert await client.answer() == b""
    answer = await dribbled(strict, BEGIN + b"\r\n", b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1") <= 2


async def test_hundreds_of_half_requests_hold_nothing_and_disturb_nobody(strict: Running) -> None:
    event = await strict.event()
    ended = f'{ENDED}{{reason="request_late"}}'
    before = await strict.metric(ended)
    async with strict.reader(event) as reader, AsyncExitStack() as stack:
        await reader.wait_until(lambda: reader.connections == 1)
        files = await strict.metric("process_open_fds")
        clients = [await stack.enter_async_context(bare(strict.server.port)) for _ in range(300)]
        for client in clients:
            await client.say(BEGIN)
        seq = (await strict.staff.post(event.slug, "through all of them"))["seq"]
        await reader.wait_for_seq(seq)

        async def all_ended() -> bool:
            return await strict.metric(ended) >= before + 300

        await eventually(all_ended, what="the end of 300 half requests")

        async def nothing_held() -> bool:
            return await strict.metric("process_open_fds") < files + 20

        await eventually(nothing_held, what="the return of their descriptors")
        assert (reader.connections, reader.gaps) == (1, 0), reader.report()


@pytest.mark.parametrize(
    "said",
    [
        BEGIN + b"x-long: " + b"x" * (2 * HEAD_BYTES),
        BEGIN + b"x-more: 1\r\n" * (HEAD_BYTES // 8),
        b"GET /" + b"x" * (2 * HEAD_BYTES),
        POST + b"transfer-encoding: chunked\r\n\r\n0\r\n" + b"x-more: 1\r\n" * (HEAD_BYTES // 8),
    ],
    ids=["one header", "headers", "address", "trailers"],
)
async def test_a_head_without_end_is_not_read_on(strict: Running, said: bytes) -> None:
    ended = f'{ENDED}{{reason="head_too_large"}}'
    before = await strict.metric(ended)
    async with bare(strict.server.port) as client:
        await client.say(said)
        answer = await client.answer()
    assert answer == b"" or b"HTTP/1.1 431 " in answer  # the kernel may drop it with what was not read
    assert await strict.metric(ended) == before + 1


async def test_a_handshake_that_cannot_be_read_is_answered(strict: Running) -> None:
    event = await strict.event()
    for more in ("x-more: 1\r\n" * 200, f"x-long: {'x' * 10_000}\r\n"):
        async with bare(strict.server.port) as client:
            await client.say(upgrade(strict.url, event, "", more))
            answer = await client.answer()
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert b'"handshake"' in answer


async def test_who_does_not_take_an_answer_is_ended(strict: Running) -> None:
    event = await strict.event()
    await asyncio.to_thread(strict.arrive, event, 100, "An answer of many words. " * 100)
    path = f"/api/v1/events/{event.slug}/snapshot?face=wall".encode()
    request = b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    ended = f'{ENDED}{{reason="answer_stuck"}}'
    before = await strict.metric(ended)
    async with bare(strict.server.port, receive_buffer=4096) as client:
        client.deaf()
        await client.say(request * 40)

        async def gone() -> bool:
            return await strict.metric(ended) > before

        await eventually(gone, what="the end of who does not read")


async def test_an_answer_that_is_taken_slowly_is_given_whole(strict: Running) -> None:
    event = await strict.event()
    await asyncio.to_thread(strict.arrive, event, 100, "An answer of many words. " * 100)
    url = f"{strict.url}/api/v1/events/{event.slug}/snapshot?face=wall"
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        whole = (await client.get(url, headers={"accept-encoding": "identity"})).content
    async with bare(strict.server.port, receive_buffer=4096) as client:
        path = url.removeprefix(strict.url).encode()
        await client.say(b"GET " + path + b" HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        taken, began = b"", asyncio.get_running_loop().time()
        while piece := await client.reader.read(8_192):
            taken += piece
            if asyncio.get_running_loop().time() - began < 6:
                await asyncio.sleep(0.2)
    assert taken.partition(b"\r\n\r\n")[2] == whole


async def test_a_reader_who_hangs_up_on_one_side_leaves(strict: Running) -> None:
    event = await strict.event()
    snapshot = await strict.snapshot(event)
    walls = 'backchannel_sockets{face="wall"}'
    before = await strict.metric(walls)
    async with bare_reader(strict, event, snapshot["cursor"]) as client:

        async def joined() -> bool:
            return await strict.metric(walls) == before + 1

        await eventually(joined, what="a reader")
        client.writer.write_eof()

        async def left() -> bool:
            return await strict.metric(walls) == before

        await eventually(left, what="its leaving")


async def test_a_reader_outlives_the_patience_for_requests(strict: Running) -> None:
    event = await strict.event()
    snapshot = await strict.snapshot(event)
    async with strict.live(event.slug, snapshot["cursor"]) as socket:
        until = asyncio.get_running_loop().time() + 5
        while asyncio.get_running_loop().time() < until:
            await heard(socket, PATIENCE)


async def test_requests_behind_each_other_are_all_answered(strict: Running) -> None:
    async with bare(strict.server.port) as client:
        await client.say((BEGIN + b"\r\n") * 50 + BEGIN + b"connection: close\r\n\r\n")
        answer = await client.answer()
    assert answer.count(b"HTTP/1.1 200 OK") == 51


async def test_the_installed_uvicorn_has_all_that_is_relied_on() -> None:
    """Otherwise the limits are not kept, and nobody would notice."""
    parent = HttpConnection.__mro__[1]
    ours = {name for name, value in vars(HttpConnection).items() if callable(value)}
    assert {name for name in ours if not name.startswith("_") and not hasattr(parent, name)} == set()
    names = set(parent.__init__.__code__.co_names)
    assert {"connections", "cycle", "pipeline", "loop", "transport"} <= names


async def test_a_connection_with_limits_is_freed_without_the_garbage_collector() -> None:
    endpoint = Endpoint()
    seen: list[weakref.ref[HttpConnection]] = []

    class Seen(http_protocol(0.4, 0.4)):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            seen.append(weakref.ref(self))
            super().connection_made(transport)

    async with served(endpoint, RAW, http=Seen) as address, opened(address):
        await eventually(lambda: endpoint.open)
        await eventually(lambda: seen and seen[0]() is None, what="the end of an upgraded connection")
    async with served(answering, RAW, http=Seen) as address:
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            assert (await client.get(f"http://{address}/")).text == "here"
        await eventually(lambda: len(seen) == 2 and seen[1]() is None, what="the end of a closed one")


async def answering(scope: object, receive: object, send: object) -> None:
    """An ASGI application that says one word."""
    headers = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"here"})  # type: ignore[operator]
