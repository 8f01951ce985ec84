"""Readers who never read, and readers who send what no reader should: they harm themselves alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tests.live.rough import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    Bare,
    bare,
    bare_reader,
    close_code,
    frame,
    upgrade,
)
from tests.live.running import Running
from tests.live.test_fanout import RAW, Endpoint, served
from tests.support.waiting import PATIENCE, eventually
from wall.live import fanout
from wall.live.frames import Frame

BIG = "An answer of many words. " * 180
LOOKS = "backchannel_loop_lag_seconds_count"
CUT_OFF, UNSENT, SLOW = "backchannel_cut_off_total", "backchannel_unsent_bytes", "backchannel_slow_readers"
MEMORY = "process_resident_memory_bytes"
MANY = 150

MISBEHAVING: dict[str, tuple[bytes, int]] = {
    "unmasked": (frame(TEXT, b"hello", masked=False), 1002),
    "no such opcode": (frame(5, b"hello"), 1002),
    "reserved bits": (b"\xf1\x80\0\0\0\0", 1002),
    "a long control frame": (frame(PING, b"x" * 126), 1002),
    "a ping in parts": (frame(PING, b"x", final=False), 1002),
    "a continuation of nothing": (frame(CONTINUATION, b"x"), 1002),
    "a message within a message": (frame(TEXT, b"x", final=False) + frame(TEXT, b"y"), 1002),
    "no UTF-8": (frame(TEXT, b"\xff\xfe"), 1007),
    "half a letter": (frame(TEXT, b"\xc3", final=False) + frame(CONTINUATION, b"\x28"), 1007),
    "a huge frame": (frame(TEXT, claimed=1 << 40), 1009),
    "an impossible length": (frame(BINARY, claimed=(1 << 63) + 1), 1009),
    "too long a message": (frame(TEXT, b"x" * 4_097), 1009),
    "too long in parts": (
        frame(TEXT, b"x" * 1_000, final=False) + frame(CONTINUATION, b"x" * 1_000, final=False) * 4,
        1009,
    ),
    "parts without end": (frame(TEXT, final=False) + frame(CONTINUATION, final=False) * 1_000, 1008),
    "pings without end": (frame(PING, b"?") * 10_000, 1008),
    "pongs without end": (frame(10, b"!") * 10_000, 1008),
    "chatter": (frame(TEXT, b'{"type":"painted","seq":1}') * 2_000, 1008),
    "a wrong close code": (frame(CLOSE, b"\0\1"), 1002),
    "noise": (bytes(range(255, 0, -1)) * 20, 1002),
}


@pytest.mark.parametrize("what", MISBEHAVING)
async def test_a_reader_who_breaks_the_rules_is_told_which_and_closed(running: Running, what: str) -> None:
    said, code = MISBEHAVING[what]
    event = await running.event()
    snapshot = await running.snapshot(event)
    async with running.reader(event) as other:
        await other.wait_until(lambda: other.connections == 1)
        async with bare_reader(running, event, snapshot["cursor"]) as client:
            await client.say(said)
            received = await client.answer(PATIENCE)
        assert close_code(received) in (code, None), received[-40:]  # None: it was reset before it read
        seq = (await running.staff.post(event.slug, "still here"))["seq"]
        await other.wait_for_seq(seq)
        assert (other.connections, other.gaps) == (1, 0), other.report()


async def test_what_a_reader_says_in_good_measure_is_put_up_with(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    acknowledged = frame(TEXT, b'{"type":"painted","seq":1}')
    async with bare_reader(running, event, snapshot["cursor"]) as client:
        for _ in range(60):
            await client.say(acknowledged + frame(PING, b"?"))
            await asyncio.sleep(1 / 60)
        pongs = b""
        async with asyncio.timeout(PATIENCE):
            while pongs.count(b"\x8a\x01?") < 60:
                pongs += await client.reader.read(4096)
    assert close_code(pongs) is None


async def test_frames_sent_before_the_handshake_was_answered_harm_nobody(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    handshake = upgrade(running.url, event, snapshot["cursor"])
    async with running.reader(event) as other:
        await other.wait_until(lambda: other.connections == 1)
        for said in (
            b"\xff" * 50,
            frame(TEXT, b"early"),
            frame(PING) * 5_000,
            frame(TEXT, claimed=1 << 40),
        ):
            async with bare(running.server.port) as client:
                await client.say(handshake + said)
                await client.say(said)
        seq = (await running.staff.post(event.slug, "still here"))["seq"]
        await other.wait_for_seq(seq)
        assert (other.connections, other.gaps) == (1, 0), other.report()
    assert "Fatal error" not in running.server.child.said()


async def deaf_readers(stack: AsyncExitStack, running: Running, event: Any, count: int) -> list[Bare]:
    """Readers with little room in their kernel, who do not read."""
    cursor = (await running.snapshot(event))["cursor"]
    readers = []
    for _ in range(count):
        one = await stack.enter_async_context(bare_reader(running, event, cursor, receive_buffer=4096))
        one.deaf()
        readers.append(one)
    return readers


async def looked_since(running: Running, looks: float) -> bool:
    return await running.metric(LOOKS) > looks


async def test_many_who_never_read_are_cut_off_and_nobody_else_notices(running: Running) -> None:
    event = await running.event()
    cut_off = await running.metric(CUT_OFF)
    async with running.reader(event) as other, AsyncExitStack() as stack:
        await other.wait_until(lambda: other.connections == 1)
        await deaf_readers(stack, running, event, MANY)
        memory = await running.metric(MEMORY)
        seen = {"unsent": 0.0, "slow": 0.0, "memory": 0.0}

        async def all_cut_off() -> bool:
            looks = await running.metric(LOOKS)
            await asyncio.to_thread(running.arrive, event, 10, BIG)
            # What is unsent is looked at once a second: posts wait for that, or all are gone by then.
            await eventually(lambda: looked_since(running, looks), what="a look at who is slow")
            for name, metric in (("unsent", UNSENT), ("slow", SLOW), ("memory", MEMORY)):
                seen[name] = max(seen[name], await running.metric(metric))
            return await running.metric(CUT_OFF) >= cut_off + MANY

        await eventually(all_cut_off, 3 * PATIENCE, f"the end of {MANY} who never read")
        await other.wait_for_seq(running.instance.head(event.id))
        assert (other.connections, other.gaps) == (1, 0), other.report()
        assert seen["memory"] - memory < 150e6, seen
        assert seen["slow"] > 0, seen
        assert seen["unsent"] > 0, seen

        async def taken_back() -> bool:
            return (await running.metric(UNSENT), await running.metric(SLOW)) == (0, 0)

        await eventually(taken_back, what="nothing unsent")


async def test_pings_of_who_does_not_read_are_not_answered_without_end() -> None:
    done = asyncio.Event()

    async def listen(receive: Any, _send: Any) -> None:
        while (await receive()).get("text") != "done":
            pass
        done.set()

    endpoint = Endpoint(listen)
    async with unread(endpoint) as client:
        assert endpoint.raw is not None
        held = 0
        while held != endpoint.raw.unsent():  # the kernel still takes some
            held = endpoint.raw.unsent()
            await asyncio.sleep(0.1)
        await client.say(frame(PING, b"x" * 125) * 100 + frame(TEXT, b"done"))
        async with asyncio.timeout(PATIENCE):
            await done.wait()
        assert endpoint.raw.unsent() == held


@pytest.mark.parametrize("said", [b"\xff" * 20, frame(CLOSE, b"\x03\xe8"), frame(PING) * 10_000])
async def test_who_is_closed_and_does_not_read_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(fanout, "CLOSING_SECONDS", 0.3)
    endpoint = Endpoint()
    async with unread(endpoint) as client:
        assert endpoint.raw is not None
        connections = endpoint.raw._connection.connections
        assert len(connections) == 1
        await client.say(said)
        await eventually(lambda: not connections, what="the end of the connection")


@asynccontextmanager
async def unread(endpoint: Endpoint) -> AsyncIterator[Bare]:
    """A client of an endpoint of its own, with a megabyte waiting for it that it does not read."""
    async with (
        served(endpoint, RAW, ws_max_size=4096) as address,
        bare(int(address.split(":")[1]), receive_buffer=4096) as client,
    ):
        key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        upgrading = b"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        await client.say(b"GET / HTTP/1.1\r\n" + upgrading + key + b"\r\n")
        await client.head()
        client.deaf()
        assert endpoint.raw is not None
        while endpoint.raw.unsent() < 1_000_000:
            endpoint.raw.write(Frame(b"x" * 100_000))
            await asyncio.sleep(0)
        yield client
