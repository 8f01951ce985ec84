"""The limit of files and sockets: refused in words, and nobody who is there is harmed."""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.live.rough import Bare, a_serve, bare, bare_reader, upgrade
from tests.live.running import Running
from tests.support.waiting import PATIENCE, eventually
from wall.live.connections import OWN_DESCRIPTORS, REFUSALS, RETRY_SECONDS, room_within

DESCRIPTORS = 200
MOST = room_within(DESCRIPTORS)
REFUSED = "backchannel_connections_refused_total"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A `serve` that may open 200 files and sockets."""
    limited = ("sh", "-c", f'ulimit -n {DESCRIPTORS} && exec "$@"', "sh")
    async with a_serve(sqlite_template, tmp_path_factory.mktemp("small"), limited) as running:
        yield running


async def fill(stack: AsyncExitStack, running: Running, count: int) -> list[Bare]:
    """Connections that say nothing."""
    return [await stack.enter_async_context(bare(running.server.port)) for _ in range(count)]


async def test_one_connection_too_many_is_refused_in_words_and_the_others_go_on(small: Running) -> None:
    event = await small.event()
    snapshot = await small.snapshot(event)
    url = f"{small.url}/healthz"
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as kept, AsyncExitStack() as stack:
        assert (await kept.get(url)).status_code == 200
        reader = await stack.enter_async_context(small.reader(event))
        await reader.wait_until(lambda: reader.connections == 1)
        for _ in range(10):
            await stack.enter_async_context(bare_reader(small, event, snapshot["cursor"]))
        await fill(stack, small, MOST)
        before = await small.metric(REFUSED)
        for said in (b"GET /wall/x HTTP/1.1\r\n\r\n", upgrade(small.url, event, snapshot["cursor"])):
            async with bare(small.server.port) as client:
                await client.say(said)
                head, _, body = (await client.answer(PATIENCE)).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503 Service Unavailable"), head
            assert f"retry-after: {RETRY_SECONDS}".encode() in head
            assert json.loads(body)["error"]["code"] == "too_many_connections"
        assert await small.metric(REFUSED) >= before + 2
        seq = await asyncio.to_thread(small.arrive, event)
        await reader.wait_for_seq(seq)
        assert (reader.connections, reader.gaps) == (1, 0), reader.report()
    await let_in_again(small)


async def let_in_again(running: Running) -> None:
    """Wait until a newcomer is answered."""

    async def answered() -> bool:
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            try:
                return (await client.get(f"{running.url}/readyz")).status_code == 200
            except httpx2.TransportError:
                return False

    await eventually(answered, what="an answer to a newcomer")


async def test_a_crowd_past_the_limit_leaves_descriptors_for_the_server_and_no_spinning(
    small: Running,
) -> None:
    event = await small.event()
    async with AsyncExitStack() as stack:
        reader = await stack.enter_async_context(small.reader(event))
        await reader.wait_until(lambda: reader.connections == 1)
        crowd = await fill(stack, small, DESCRIPTORS + 2 * REFUSALS)
        for client in crowd:
            await client.say(b"GET / HTTP/1.1\r\n")
        files = await small.metric("process_open_fds")
        assert files <= DESCRIPTORS - OWN_DESCRIPTORS // 2, files
        seconds = await small.metric("process_cpu_seconds_total")
        await asyncio.sleep(1)
        assert await small.metric("process_cpu_seconds_total") - seconds < 0.8
        seq = await asyncio.to_thread(small.arrive, event, 5)
        await reader.wait_for_seq(seq)
        assert (reader.connections, reader.gaps) == (1, 0), reader.report()
    await let_in_again(small)
    assert "Traceback" not in small.server.child.said()
    with closing(sqlite3.connect(small.instance.settings["BACKCHANNEL_DATABASE_URL"][10:])) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_the_refusal_is_logged_once_and_not_for_each(small: Running) -> None:
    async with AsyncExitStack() as stack:
        await fill(stack, small, MOST + REFUSALS)
        await eventually(lambda: "connections.refused" in small.server.child.said(1 << 20))
    assert small.server.child.said(1 << 20).count("connections.refused") <= 2


async def test_serve_raises_its_soft_limit_to_the_hard_one(sqlite_template: Path, tmp_path: Path) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limited = ("sh", "-c", 'ulimit -Sn 256 && exec "$@"', "sh")
    async with a_serve(sqlite_template, tmp_path, limited) as running:
        assert await running.metric("process_max_fds") >= min(hard, 1 << 20)


async def test_there_is_room_for_the_server_itself_within_any_limit() -> None:
    assert [room_within(limit) for limit in (64, 256, 1024, 65_536)] == [32, 128, 896, 65_408]
