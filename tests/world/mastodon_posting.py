"""A fake Mastodon server that also takes posts: what `websockets` cannot serve, put in front of it.

Requests with a body, and searches, are answered here as 4.x does; everything else passes to the server
behind. Replies are kept as they came, by their idempotency key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.world.mastodon import TOKEN, FakeInstance
from tests.world.mastodon_api import Answer, as_json

WRITING = frozenset({"read:statuses", "read:search", "write:statuses"})


@dataclass
class Reply:
    """A status that somebody posted here."""

    key: str
    fields: dict[str, str]
    times: int = 1


@dataclass
class Posting:
    """The front of one server. `failing` is asked before each post; its answer is sent in its place."""

    instance: FakeInstance
    limit: int = 500
    failing: Callable[[], Answer | None] = lambda: None
    replies: dict[str, Reply] = field(default_factory=dict)

    @property
    def said(self) -> list[str]:
        """What was posted, in its order."""
        return [reply.fields["status"] for reply in self.replies.values()]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection, or hand it on."""
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._served(reader, writer)
        finally:
            await _closed(writer)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if method == "POST" or target.startswith("/api/v2/search"):
            headers = BytesParser().parsebytes(head.partition(b"\r\n")[2])
            body = await reader.readexactly(int(headers.get("content-length") or 0))
            await self._send(writer, self._answer(method, target, headers, body))
        else:
            await self._passed_on(head, reader, writer)

    def _answer(self, method: str, target: str, headers: Any, body: bytes) -> Answer:
        parts = urlsplit(target)
        token = (headers.get("authorization") or "").removeprefix("Bearer ")
        scopes = self.instance.tokens.get(token)
        if scopes is None:
            return Answer(401, {"error": "The access token is invalid"})
        if method == "GET":
            return self._found(parse_qs(parts.query), scopes)
        if parts.path != "/api/v1/statuses":
            return Answer(404, {"error": "Not Found"})
        return self._posted(headers.get("idempotency-key") or "", body, scopes)

    def _found(self, query: dict[str, list[str]], scopes: frozenset[str]) -> Answer:
        if not {"read", "read:search"} & scopes:
            return Answer(403, {"error": "This action is outside the authorized scopes"})
        status = self.instance.world.statuses.get(query["q"][0])
        gone = status is None or status.uri in self.instance.removed
        if gone or status is None:
            return Answer(200, {"accounts": [], "statuses": [], "hashtags": []})
        self.instance.ids.setdefault(status.uri, str(90_000 + len(self.instance.ids)))
        found = [self.instance._api.status(status)]
        return Answer(200, {"accounts": [], "statuses": found, "hashtags": []})

    def _posted(self, key: str, body: bytes, scopes: frozenset[str]) -> Answer:
        if not {"write", "write:statuses"} & scopes:
            return Answer(403, {"error": "This action is outside the authorized scopes"})
        wanted = self.failing()
        if wanted is not None:
            return wanted
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if key in self.replies:
            self.replies[key].times += 1
        elif len(fields.get("status", "")) > self.limit:
            said = f"Validation failed: Text character limit of {self.limit} exceeded"
            return Answer(422, {"error": said})
        elif not self._is_there(fields.get("in_reply_to_id", "")):
            return Answer(404, {"error": "Record not found"})
        else:
            self.replies[key] = Reply(key, fields)
        number = list(self.replies).index(key) + 1
        url = f"http://{self.instance.host}/@summit/{number}"
        return Answer(200, {"id": str(number), "uri": url, "url": url, "content": fields["status"]})

    def _is_there(self, local_id: str) -> bool:
        return any(
            known == local_id and uri not in self.instance.removed
            for uri, known in self.instance.ids.items()
        )

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else as_json(answer.body).encode()
        head = [f"HTTP/1.1 {answer.status} Said", "content-type: application/json; charset=utf-8"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head += [f"content-length: {len(body)}", "connection: close", "", ""]
        writer.write("\r\n".join(head).encode() + body)
        await writer.drain()

    async def _passed_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", self.instance.port)
        to.write(head)
        forth = asyncio.create_task(_piped(reader, to))
        try:
            await _piped(there, writer)
        finally:
            forth.cancel()
            await asyncio.gather(forth, return_exceptions=True)
            await _closed(to)


async def _piped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await source.read(1 << 16):
            sink.write(some)
            await sink.drain()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(2):
            await writer.wait_closed()


@asynccontextmanager
async def posting(instance: FakeInstance, scopes: frozenset[str] = WRITING) -> AsyncIterator[Posting]:
    """Put a front before a server, which is known by its address from then on; its token may write."""
    front = Posting(instance)
    instance.tokens[TOKEN] = scopes
    open_now: set[asyncio.Task[None]] = set()

    def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(front.serve(reader, writer))
        open_now.add(task)
        task.add_done_callback(open_now.discard)

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    instance.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield front
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        await server.wait_closed()
