"""Hosts of images as they are out there, and name servers that lie: real bytes over loopback.

Nothing in the product makes an exception for tests: the names resolve to public addresses, and
`Dial`, which stands where connections are opened, takes each of them to the loopback server.
"""

from __future__ import annotations

import asyncio
import io
import ssl
import struct
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpcore2
from PIL import Image

PUBLIC = "93.184.215.14"
"""An address that passes for public; nothing is ever sent to it."""

Writer = asyncio.StreamWriter
Answer = Callable[[Writer, str], Awaitable[None]]


def image(
    image_format: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: Any
) -> bytes:
    """An image: left half red, right half blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    picture.convert(mode).save(out, image_format, **more)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel: a few kilobytes that say how large they are."""
    row = zlib.compressobj(9)
    data = b"".join(row.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)) + row.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def animation(frames: int, size: tuple[int, int] = (60, 40)) -> bytes:
    """An animated GIF whose first frame is red."""
    first, *others = [Image.new("RGB", size, "red" if not n else (0, n % 256, 255)) for n in range(frames)]
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=others, loop=0)
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@dataclass
class Names:
    """A resolver: for each name its answers in turn, the last one for ever."""

    known: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def says(self, host: str, *answers: Sequence[str]) -> None:
        """What this name resolves to the first time, the second time, and so on."""
        self.known[host] = list(answers)

    async def resolve(self, host: str, port: int) -> list[str]:
        """Resolve as `wall.media.fetch` asks for it; names that nobody set are public."""
        self.asked.append(host)
        answers = self.known.get(host, [[PUBLIC]])
        return list(answers.pop(0) if len(answers) > 1 else answers[0])


@dataclass
class Dial(httpcore2.AsyncNetworkBackend):
    """Opens connections: notes the address asked for, and goes to the loopback server in its place."""

    port: int = 0
    tls_port: int = 0
    dialled: list[tuple[str, int]] = field(default_factory=list)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the server of this test."""
        self.dialled.append((host, port))
        here = self.tls_port if port == 443 else self.port
        return await httpcore2.AnyIOBackend().connect_tcp("127.0.0.1", here, timeout)


@dataclass
class Hosts:
    """A server of pictures, good and bad, by path. `asked` counts paths, `most` connections at once."""

    port: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    heads: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """Take one connection."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    self.heads.append(head)
                    await self._one(head, writer)
        finally:
            writer.transport.abort()

    async def _one(self, head: str, writer: Writer) -> None:
        path = head.split()[1]
        host = head.lower().partition("\r\nhost: ")[2].partition("\r\n")[0]
        self.asked[path] += 1
        for name in (host, ""):
            self.busy[name] += 1
            self.most[name] = max(self.most[name], self.busy[name])
        try:
            await self._by_path(path)(writer, path)
        finally:
            self.busy.subtract([host, ""])

    def _by_path(self, path: str) -> Answer:
        for prefix, answer in self._odd().items():
            if path.startswith(prefix):
                return answer
        return self._picture

    def _odd(self) -> dict[str, Answer]:
        return {
            "/to/": self._redirect,
            "/drip": self._drip,
            "/silent": self._silent,
            "/held": self._held,
            "/endless": self._endless,
            "/cut": self._cut,
            "/gzip": self._gzip,
            "/status/": self._status,
            "/garbage": self._garbage,
        }

    async def _picture(self, writer: Writer, path: str) -> None:
        if path not in self.pictures:
            await _send(writer, 404, b"no")
            return
        await _send(writer, 200, self.pictures[path], "image/png")

    async def _redirect(self, writer: Writer, path: str) -> None:
        await _send(writer, 302, b"", location=unquote(path.removeprefix("/to/")))

    async def _status(self, writer: Writer, path: str) -> None:
        await _send(writer, int(path.removeprefix("/status/")), image())

    async def _drip(self, writer: Writer, path: str) -> None:
        """One byte a second (here: ten), for ever; with `/drip-head` in the head of the answer."""
        writer.write(b"HTTP/1.1 200 OK\r\n")
        if path == "/drip":
            writer.write(b"content-length: 100000\r\n\r\n" + image()[:40])
        while True:
            writer.write(b"x")
            await writer.drain()
            self.sent[path] += 1
            await asyncio.sleep(0.1)

    async def _silent(self, writer: Writer, path: str) -> None:
        await asyncio.sleep(60)

    async def _held(self, writer: Writer, path: str) -> None:
        """Answers when the test says so."""
        await self.hold.wait()
        await _send(writer, 200, image(size=(30, 30)))

    async def _endless(self, writer: Writer, path: str) -> None:
        """An animation without end that announces no length, or with `/endless-announced` 60 MB."""
        announced = path == "/endless-announced.gif"
        length = b"content-length: 62914560" if announced else b"transfer-encoding: chunked"
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/gif\r\n" + length + b"\r\n\r\n")
        some = animation(3).ljust(65_536, b"\0")
        while self.sent[path] < 62_914_560:
            writer.write(some if announced else b"10000\r\n" + some + b"\r\n")
            await writer.drain()
            self.sent[path] += len(some)

    async def _cut(self, writer: Writer, path: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + image()[:60])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        raise ConnectionError

    async def _gzip(self, writer: Writer, path: str) -> None:
        await _send(writer, 200, zlib.compress(bytes(10_000_000)), **{"content-encoding": "gzip"})

    async def _garbage(self, writer: Writer, path: str) -> None:
        writer.write(b"\x00\xff garbage\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        raise ConnectionError


async def _send(
    writer: Writer, status: int, body: bytes, content_type: str = "image/png", **headers: str
) -> None:
    lines = [f"HTTP/1.1 {status} Said", f"content-type: {content_type}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


@asynccontextmanager
async def serving(hosts: Hosts, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[int]:
    """Serve these hosts on a loopback port, on any free one if none is given; its number."""
    open_now: set[asyncio.Task[None]] = set()

    def taken(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.create_task(hosts.answer(reader, writer))
        open_now.add(task)
        task.add_done_callback(open_now.discard)

    server = await asyncio.start_server(taken, "127.0.0.1", port, ssl=tls)
    try:
        hosts.port = server.sockets[0].getsockname()[1]
        yield hosts.port
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        await server.wait_closed()
