"""Readers who misbehave over a real server: they hurt themselves and nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.live.running import Running, closed, heard
from tests.support.fault_proxy import FaultProxy
from tests.support.reader import FoldingReader
from tests.support.waiting import eventually
from wall.model import Event

BIG = "An answer of many words. " * 180
"""A long post: some hundred of them fill what the kernel and the server hold for one reader."""
WITHHELD, CUT_OFF = "backchannel_withheld_total", "backchannel_cut_off_total"


async def say_big(socket: ClientConnection) -> None:
    await socket.send("x" * 4_097)


async def say_endless(socket: ClientConnection) -> None:
    async def parts() -> Any:
        for _ in range(64):
            yield "x" * 1_000

    with contextlib.suppress(ConnectionClosed):
        await socket.send(parts())


async def say_garbage(socket: ClientConnection) -> None:
    for words in (
        "",
        "[]",
        "7",
        "{",
        '{"type":"painted","seq":"x"}',
        '{"type":"painted","seq":1e999}',
        b"\0\xff",
    ):
        await socket.send(words)
    await socket.send('{"type":"painted","seq":' + "9" * 4_000 + "}")
    await socket.send("[" * 4_000)


async def say_no_frame(socket: ClientConnection) -> None:
    socket.transport.write(random.Random(1).randbytes(3_000))


async def vanish(socket: ClientConnection) -> None:
    socket.transport.abort()


@pytest.mark.parametrize("behave", [say_big, say_endless, say_garbage, say_no_frame, vanish])
async def test_a_reader_who_misbehaves_does_not_disturb_the_others(running: Running, behave: Any) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    async with (
        running.reader(event) as other,
        running.live(event.slug, snapshot["cursor"], close_timeout=1) as socket,
    ):
        await heard(socket)
        await other.wait_until(lambda: other.connections == 1)
        await behave(socket)
        seq = (await running.staff.post(event.slug, "still here"))["seq"]
        await other.wait_for_seq(seq)
        assert (other.connections, other.gaps) == (1, 0), other.report()


async def test_too_long_a_message_closes_the_socket_and_garbage_does_not(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    async with running.live(event.slug, snapshot["cursor"]) as socket:
        await say_garbage(socket)
        await heard(socket)
        assert (await heard(socket))["type"] == "changes"
        await say_big(socket)
        assert (await closed(socket))[0] == 1009


async def flood(running: Running, event: Event, posts: int) -> int:
    """A burst of long posts; the seq of the last."""
    return await asyncio.to_thread(running.arrive, event, posts, BIG)


async def until_withheld(running: Running, event: Event) -> None:
    """Flood until the server withholds a reader that does not read, in small bursts: one who is to
    read on in time has little of it left."""
    before = await running.metric(WITHHELD)

    async def withheld() -> bool:
        await running.reached(event, await flood(running, event, 40))
        return await running.metric(WITHHELD) > before

    await eventually(withheld, what="a withheld reader")


async def test_a_reader_who_stops_reading_is_cut_off_and_the_others_read_on(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    cut_off = await running.metric(CUT_OFF)
    async with (
        running.reader(event) as other,
        running.live(event.slug, snapshot["cursor"], max_size=None) as stuck,
    ):
        await heard(stuck)
        stuck.transport.pause_reading()
        await until_withheld(running, event)

        async def gone() -> bool:
            return await running.metric(CUT_OFF) > cut_off

        await eventually(gone, what="the end of the reader's patience")
        await other.wait_for_seq(running.instance.head(event.id))
        assert (other.connections, other.gaps) == (1, 0), other.report()
        stuck.transport.resume_reading()
        code, frames = await closed(stuck)
    assert code == 1006
    assert_continuous(snapshot["seq"], frames)


async def test_a_reader_who_reads_on_in_time_catches_up_without_a_gap(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    async with running.live(event.slug, snapshot["cursor"], max_size=None) as slow:
        await heard(slow)
        slow.transport.pause_reading()
        await until_withheld(running, event)
        slow.transport.resume_reading()
        head, frames = running.instance.head(event.id), []
        while not frames or frames[-1]["seq"] < head:
            frames.append(await heard(slow))
        assert_continuous(snapshot["seq"], frames)
        seq = (await running.staff.post(event.slug, "and on"))["seq"]
        while frames[-1]["seq"] < seq:
            frames.append(await heard(slow))
    assert_continuous(snapshot["seq"], frames)


def assert_continuous(seq: int, frames: list[dict[str, Any]]) -> None:
    """AssertionError unless each frame begins where the one before it ended."""
    for frame in frames:
        assert frame["after"] == seq
        seq = frame["seq"]


async def test_a_reader_on_a_slow_line_who_missed_much_arrives_while_posts_flow(running: Running) -> None:
    event = await running.event()
    async with FaultProxy(("127.0.0.1", running.server.port)) as proxy:
        here = f"http://127.0.0.1:{proxy.port}"
        async with FoldingReader(here, event.slug) as reader:
            await reader.wait_until(lambda: reader.connections == 1)
            proxy.refusing = True
            proxy.cut()
            await flood(running, event, 600)
            proxy.refusing, proxy.rate = False, 500_000
            for _ in range(20):
                running.arrive(event)
                await asyncio.sleep(0.2)
            await reader.wait_for_seq(running.instance.head(event.id))
            assert (reader.connections, reader.snapshots, reader.gaps) == (2, 1, 0), reader.report()
