"""The writer for servers that offer no raw one keeps order, counts, and ends when the client does."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.waiting import eventually
from wall.entries import Hello
from wall.live.fanout import PortableWriter, writer_for
from wall.live.frames import Frame

HELLO = Frame.of(Hello(build=1, resumed=True))


def test_without_the_extension_the_writer_is_the_portable_one() -> None:
    async def send(message: Any) -> None: ...

    assert isinstance(writer_for({"extensions": {}}, send), PortableWriter)
    assert isinstance(writer_for({}, send), PortableWriter)


class Sending:
    """An ASGI `send` that can be blocked, or broken."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False

    async def __call__(self, message: Any) -> None:
        await self.gate.wait()
        if self.broken:
            raise OSError("the client is gone")
        self.sent.append(message)

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent if message["type"] == "websocket.send"]


async def test_the_portable_writer_keeps_order_counts_and_closes_after_what_was_written() -> None:
    send = Sending()
    send.gate.clear()
    writer = PortableWriter(send)
    for number in range(3):
        writer.write(Frame(f"frame {number}".encode()))
    await asyncio.sleep(0)
    assert writer.unsent() == 3 * len("frame 0")
    closing = asyncio.create_task(writer.close(4403, "not_yours"))
    send.gate.set()
    await closing
    assert writer.unsent() == 0
    assert send.texts == ["frame 0", "frame 1", "frame 2"]
    assert send.sent[-1] == {"type": "websocket.close", "code": 4403, "reason": "not_yours"}
    writer.write(HELLO)
    await asyncio.sleep(0)
    assert len(send.sent) == 4


async def test_the_portable_writer_gives_up_when_the_client_is_gone() -> None:
    send = Sending()
    send.broken = True
    writer = PortableWriter(send)
    writer.write(HELLO)
    await eventually(lambda: writer._task is None)
    writer.write(HELLO)
    await writer.close(1000, "")
    assert (send.sent, writer.unsent()) == ([], 0)


async def test_the_portable_writer_sends_nothing_after_it_was_cut_off() -> None:
    send = Sending()
    send.gate.clear()
    writer = PortableWriter(send)
    writer.write(HELLO)
    await asyncio.sleep(0)
    writer.abort()
    assert writer.unsent() == 0
    send.gate.set()
    await writer.close(4408, "")
    assert send.texts == []


async def test_nothing_is_written_while_the_portable_writer_closes() -> None:
    send = Sending()
    send.gate.clear()
    writer = PortableWriter(send)
    writer.write(Frame(b"before"))
    closing = asyncio.create_task(writer.close(1000, ""))
    await asyncio.sleep(0)
    writer.write(Frame(b"after"))
    send.gate.set()
    await closing
    assert send.texts == ["before"]
