"""A plain HTTP server for fakes: requests one after the other on a connection, answers that may be held
back, and connections that break in the middle of one."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.world.mastodon_api import Answer, as_json


@dataclass(frozen=True)
class Asked:
    """A request. `parts` are those of its path, decoded; `query` has the first value of each name;
    `token` is what follows `Bearer`, `key` that of Google's header."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    key: str
    body: bytes

    @property
    def parts(self) -> list[str]:
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def said(self) -> Any:
        return json.loads(self.body or b"{}")


_HALF = b'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{"next_batch": "s'
"""The head of an answer of 5,000 bytes, and the first few of them."""

Handler = Callable[[Asked], Awaitable[Answer]]


@dataclass
class Server:
    """What serves a handler. `asked` are the newest requests."""

    handler: Handler
    port: int = 0
    breaking: bool = False
    """The next answer ends in its middle."""
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=20_000))
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cut(self, *, mid_answer: bool = False) -> int:
        """Break every connection, with half an answer written to it if wanted; how many there were."""
        open_now = list(self._open.values())
        for writer in open_now:
            if mid_answer:
                writer.write(_HALF)
            writer.transport.abort() if not mid_answer else writer.close()
        return len(open_now)

    def taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task of its own."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._open[task] = writer
        task.add_done_callback(lambda done: self._open.pop(done, None))

    async def end(self) -> None:
        """Let go of every connection."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                while asked := await self._read(reader):
                    self.asked.append(asked)
                    answer = await self._answered(asked, reader)
                    if answer is None:
                        return
                    if self.breaking:
                        self.breaking = False
                        writer.write(_HALF)
                        return
                    await _send(writer, answer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answered(self, asked: Asked, reader: asyncio.StreamReader) -> Answer | None:
        """The answer, or None if who asked hung up before it."""
        answering = asyncio.ensure_future(self.handler(asked))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait([answering, gone], return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            for one in (answering, gone):
                one.cancel()
            await asyncio.gather(answering, gone, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        headers = BytesParser().parsebytes(head.partition(b"\r\n")[2])
        body = await reader.readexactly(int(headers.get("content-length") or 0))
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        token = (headers.get("authorization") or "").removeprefix("Bearer ")
        return Asked(method, parts.path, query, token, headers.get("x-goog-api-key") or "", body)


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    is_page = isinstance(answer.body, bytes)
    body = answer.body if is_page else as_json(answer.body).encode()
    head = [
        f"HTTP/1.1 {answer.status} Said",
        f"content-type: {'text/html' if is_page else 'application/json'}",
    ]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    head += [f"content-length: {len(body)}", "", ""]
    writer.write("\r\n".join(head).encode() + body)
    await writer.drain()


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Server]:
    """Serve a handler on loopback until the end of the block."""
    server = Server(handler)
    listening = await asyncio.start_server(server.taken, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.end()
        await listening.wait_closed()
