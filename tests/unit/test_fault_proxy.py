"""The fault proxy does to connections what it says, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.fault_proxy import Cut, FaultProxy
from tests.support.waiting import eventually

Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A server that sends back what it gets, and counts it."""

    def __init__(self) -> None:
        self.got = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._echo(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _echo(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                self.got += len(data)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[FaultProxy]:
    server = await asyncio.start_server(echo.accept, "127.0.0.1", 0)
    async with FaultProxy(server.sockets[0].getsockname()[:2]) as running:
        yield running
    server.close()
    await eventually(lambda: not echo.tasks, what="the end of every connection at the server")
    await server.wait_closed()


async def dial(proxy: FaultProxy) -> Pipe:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    await eventually(lambda: proxy.connections > 0)
    return reader, writer


async def echoed(pipe: Pipe, data: bytes) -> bytes:
    pipe[1].write(data)
    return await pipe[0].readexactly(len(data))


async def read_to_the_end(pipe: Pipe) -> bytes:
    got = b""
    while data := await pipe[0].read(65_536):
        got += data
    return got


async def hang_up(pipe: Pipe) -> None:
    pipe[1].close()
    try:
        await pipe[1].wait_closed()
    except ConnectionError:
        return


async def test_bytes_pass_unchanged_in_both_directions(proxy: FaultProxy) -> None:
    pipe = await dial(proxy)
    data = random.Random(1).randbytes(300_000)
    assert await echoed(pipe, data) == data
    await hang_up(pipe)
    await eventually(lambda: proxy.connections == 0)
    assert (proxy.accepted, proxy.cuts) == (1, 0)


async def test_a_reset_is_seen_as_a_reset_and_a_fin_as_an_end(proxy: FaultProxy) -> None:
    pipe = await dial(proxy)
    await echoed(pipe, b"hello")
    assert proxy.cut("reset") == 1
    with pytest.raises(ConnectionResetError):
        await pipe[0].read()
    await hang_up(pipe)

    pipe = await dial(proxy)
    await echoed(pipe, b"hello")
    assert proxy.cut("fin") == 1
    assert await pipe[0].read() == b""
    await hang_up(pipe)
    assert proxy.cuts == 2


@pytest.mark.parametrize("count", [1, 7, 50_000])
async def test_a_cut_in_mid_frame_lets_exactly_that_many_bytes_pass(proxy: FaultProxy, count: int) -> None:
    pipe = await dial(proxy)
    proxy.cut_after(count)
    pipe[1].write(b"x" * 100_000)
    assert len(await read_to_the_end(pipe)) == count
    await hang_up(pipe)


async def test_a_stalled_direction_keeps_its_bytes_until_it_is_resumed(
    proxy: FaultProxy, echo: Echo
) -> None:
    pipe = await dial(proxy)
    proxy.stall("client")
    pipe[1].write(b"held")
    await eventually(lambda: echo.got == 4, what="the server's receipt")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pipe[0].read(1), 0.05)
    proxy.resume()
    assert await pipe[0].readexactly(4) == b"held"
    await hang_up(pipe)


async def test_a_stalled_reader_is_felt_by_its_server_as_back_pressure(
    proxy: FaultProxy, echo: Echo
) -> None:
    pipe = await dial(proxy)
    proxy.stall("server")
    for _ in range(400):
        pipe[1].write(b"x" * 65_536)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pipe[1].drain(), 0.2)
    assert echo.got == 0
    pipe[1].transport.abort()
    proxy.cut()
    proxy.resume()


async def test_latency_is_added_in_each_direction_and_keeps_the_order(proxy: FaultProxy) -> None:
    pipe = await dial(proxy)
    proxy.latency = 0.1
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await echoed(pipe, b"one") == b"one"
    assert loop.time() - began >= 0.19
    proxy.latency = 0.0
    assert await echoed(pipe, b"two") == b"two"
    await hang_up(pipe)


async def test_a_slow_line_carries_no_more_than_its_rate(proxy: FaultProxy) -> None:
    pipe = await dial(proxy)
    proxy.rate = 20_000
    loop = asyncio.get_running_loop()
    began = loop.time()
    await echoed(pipe, b"x" * 4_000)
    assert loop.time() - began >= 0.19
    await hang_up(pipe)


async def test_a_refusing_proxy_resets_new_connections_and_leaves_old_ones(proxy: FaultProxy) -> None:
    old = await dial(proxy)
    proxy.refusing = True
    with pytest.raises(ConnectionResetError):
        await echoed(await asyncio.open_connection("127.0.0.1", proxy.port), b"new")
    assert await echoed(old, b"old") == b"old"
    await hang_up(old)


@pytest.mark.parametrize("how", ["reset", "fin"])
async def test_random_cuts_hit_open_and_new_connections_until_calm(proxy: FaultProxy, how: Cut) -> None:
    proxy.random_cuts(random.Random(how), mean_bytes=2_000)
    for _ in range(5):
        pipe = await dial(proxy)
        pipe[1].write(b"x" * 200_000)
        with contextlib.suppress(ConnectionResetError):
            assert len(await read_to_the_end(pipe)) < 200_000
        await hang_up(pipe)
        await eventually(lambda: proxy.connections == 0)
    assert proxy.cuts == 5
    proxy.calm()
    pipe = await dial(proxy)
    assert await echoed(pipe, b"x" * 200_000) == b"x" * 200_000
    await hang_up(pipe)


async def test_an_upstream_that_is_not_there_resets_the_client(tmp_path: Path) -> None:
    async with FaultProxy(str(tmp_path / "nobody")) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        assert proxy.accepted == 0
