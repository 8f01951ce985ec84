"""Clients on bare sockets, who keep to no protocol."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.live.running import Running
from tests.support.instance import instance_at
from tests.support.ports import free_port
from tests.support.processes import serve_process
from tests.support.staff import Staff
from tests.support.waiting import PATIENCE
from wall.model import Event

TEXT, BINARY, CONTINUATION, CLOSE, PING = 1, 2, 0, 8, 9


@dataclass
class Bare:
    """A TCP connection and what it is told."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self, within: float = PATIENCE) -> bytes:
        """What comes until the other side closes."""
        async with asyncio.timeout(within):
            with contextlib.suppress(ConnectionError):
                return await self.reader.read()
        return b""

    async def head(self, within: float = PATIENCE) -> str:
        """The head of an HTTP answer."""
        async with asyncio.timeout(within):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def say(self, data: bytes) -> None:
        """Send bytes; it is no matter if nobody is there to take them."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    def deaf(self) -> None:
        """Read nothing from now on."""
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]


@asynccontextmanager
async def bare(port: int, *, receive_buffer: int | None = None) -> AsyncIterator[Bare]:
    """A connection to a server on loopback, which is reset at the end."""
    raw = socket.socket()
    raw.setblocking(False)
    if receive_buffer is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=4096)
    try:
        yield Bare(reader, writer)
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def upgrade(url: str, event: Event, cursor: str, more: str = "") -> bytes:
    """The handshake of a reader of a wall."""
    return (
        f"GET /live/{event.slug}?face=wall&cursor={quote(cursor)} HTTP/1.1\r\n"
        f"Host: {urlsplit(url).netloc}\r\nOrigin: {url}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    ).encode()


@asynccontextmanager
async def bare_reader(
    running: Running, event: Event, cursor: str, *, receive_buffer: int | None = None
) -> AsyncIterator[Bare]:
    """A websocket of a wall, after its handshake."""
    async with bare(running.server.port, receive_buffer=receive_buffer) as client:
        await client.say(upgrade(running.url, event, cursor))
        assert "101 Switching" in await client.head()
        yield client


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    masked: bool = True,
    claimed: int | None = None,
) -> bytes:
    """A frame as a client sends it; `claimed` is the length that it says it has."""
    size = len(payload) if claimed is None else claimed
    mask = 0x80 if masked else 0
    if size < 126:
        length = bytes((mask | size,))
    elif size < 1 << 16:
        length = bytes((mask | 126,)) + size.to_bytes(2)
    else:
        length = bytes((mask | 127,)) + size.to_bytes(8)
    return bytes((0x80 * final | opcode,)) + length + (b"\0\0\0\0" if masked else b"") + payload


def close_code(received: bytes) -> int | None:
    """The code of the close frame among a server's frames; None where there is none."""
    at = 0
    while at + 2 <= len(received):
        opcode, size, at = received[at] & 0x0F, received[at + 1], at + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            size, at = int.from_bytes(received[at : at + width]), at + width
        if opcode == CLOSE:
            return int.from_bytes(received[at : at + 2])
        at += size
    return None


@asynccontextmanager
async def a_serve(
    template: Path, directory: Path, wrapped_in: tuple[str, ...] = (), **settings: str
) -> AsyncIterator[Running]:
    """A `serve` of one's own, over a copy of a migrated database; started by the command `wrapped_in`."""
    database = shutil.copy(template, directory / "backchannel.db")
    given = {"beat_seconds": "0.3", "metrics_port": str(free_port()), **settings}
    with instance_at(f"sqlite:///{database}", directory, **given) as instance:
        server = serve_process(directory, instance.settings)
        server.child.command[:0] = wrapped_in
        try:
            await server.start()
            yield Running(instance, server, Staff(server.base_url, instance.store), itertools.count(1))
        finally:
            server.kill()
