"""HTTP/1.1 as the fake X speaks it: kept connections, answers with a length, and a stream in chunks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.utils import formatdate
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

HTML_502 = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body></body></html>"


@dataclass(frozen=True)
class Answer:
    """An answer: bytes, or something to be sent as JSON."""

    status: int
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request, read."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    body: Any = None


class Chunks:
    """The body of a stream that is open."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.query: dict[str, str] = {}
        """What the stream was asked for."""

    async def send(self, data: bytes) -> None:
        """Send one chunk; nothing where nobody listens any more."""
        self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(5):
                await self.writer.drain()

    def break_off(self, part: bytes = b"") -> None:
        """Send a part of a chunk, and then nothing more for ever."""
        if part:
            self.writer.write(f"{len(part) + 500:x}\r\n".encode() + part)
        self.writer.transport.abort()

    def end(self) -> None:
        """End it as HTTP says."""
        self.writer.write(b"0\r\n\r\n")
        self.writer.close()


class Site(Protocol):
    """What answers."""

    async def answered(self, asked: Asked) -> Answer | None:
        """The answer to a request; None: it is streamed to."""
        ...

    async def streamed(self, asked: Asked, chunks: Chunks, ended: asyncio.Event) -> None:
        """Stream until the other side ended."""
        ...

    def stream_headers(self) -> Mapping[str, str]:
        """What the head of a stream says."""
        ...


async def serve(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    try:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                asked = await _read(reader)
                answer = await site.answered(asked)
                if answer is None:
                    await _stream(site, asked, reader, writer)
                    return
                writer.write(_bytes(answer))
                await writer.drain()
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = await reader.readuntil(b"\r\n\r\n")
    headers = BytesParser().parsebytes(head.partition(b"\r\n")[2])
    raw = await reader.readexactly(int(headers.get("content-length") or 0))
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    token = (headers.get("authorization") or "").removeprefix("Bearer ")
    return Asked(method, parts.path, query, token, json.loads(raw) if raw else None)


async def _stream(
    site: Site, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    told = "".join(f"{name}: {value}\r\n" for name, value in site.stream_headers().items())
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        + f"Date: {formatdate(usegmt=True)}\r\n{told}\r\n".encode()
    )
    ended = asyncio.Event()
    streaming = asyncio.create_task(site.streamed(asked, Chunks(writer), ended))
    try:
        with suppress(OSError):
            await reader.read(1)
    finally:
        ended.set()
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)


def _bytes(answer: Answer) -> bytes:
    html = isinstance(answer.body, bytes)
    body = answer.body if html else json.dumps(answer.body).encode()
    headers = {
        "Content-Type": "text/html" if html else "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Date": formatdate(usegmt=True),
        **answer.headers,
    }
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status} So\r\n{told}\r\n".encode() + body
