"""The service of the fake Bluesky where accounts sign in and post: what `websockets` cannot serve.

It answers procedures (POST) itself as a PDS does, and queries as the world does for whoever is signed in.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.world.bluesky import POST, FakeBluesky, Record
from tests.world.bluesky_api import Answer, as_json, error

LETTERS = 300


@dataclass
class Service:
    """The front of the world. `signed_in` counts createSession, `renewed` refreshSession."""

    world: FakeBluesky
    host: str = ""
    signed_in: int = 0
    renewed: int = 0
    put: list[dict[str, Any]] = field(default_factory=list)
    """Records that were posted here, each try of them."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                head = await reader.readuntil(b"\r\n\r\n")
                headers = BytesParser().parsebytes(head.partition(b"\r\n")[2])
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
                token = (headers.get("authorization") or "").removeprefix("Bearer ")
                await self._send(writer, self._answer(method, target, token, body))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _answer(self, method: str, target: str, token: str, body: bytes) -> Answer:
        parts = urlsplit(target)
        wanted = self.world.failing(parts.path)
        if wanted is not None:
            return wanted
        name = parts.path.removeprefix("/xrpc/")
        if name == "com.atproto.server.createSession":
            return self._created(json.loads(body))
        if name == "com.atproto.server.refreshSession":
            return self._refreshed(token)
        if token not in self.world.tokens:
            return error(400, "ExpiredToken", "Token has expired")
        if method == "GET":
            return self.world._api.answered(parts.path, parse_qs(parts.query), token)
        return self._put(json.loads(body)) if name == "com.atproto.repo.putRecord" else error(501, "No")

    def _created(self, said: dict[str, str]) -> Answer:
        self.signed_in += 1
        if self.world.passwords.get(said["identifier"]) != said["password"]:
            return error(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session()

    def _refreshed(self, token: str) -> Answer:
        if token not in self.world.refreshing:
            return error(400, "ExpiredToken", "Token has been revoked")
        self.renewed += 1
        self.world.refreshing.discard(token)
        return self._session()

    def _session(self) -> Answer:
        number = next(self._numbers)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self.world.tokens.add(access)
        self.world.refreshing.add(refresh)
        said = {"accessJwt": access, "refreshJwt": refresh, "did": self.world.account("summit").did}
        return Answer(200, said | {"handle": "summit.bsky.example", "active": True})

    def _put(self, said: dict[str, Any]) -> Answer:
        record = said["record"]
        if len(record["text"]) > LETTERS:
            return error(400, "InvalidRequest", "Record/text must not be longer than 300 graphemes")
        uri = f"at://{said['repo']}/{POST}/{said['rkey']}"
        self.put.append(said)
        self.world.posts[uri] = Record(uri, said["repo"], said["rkey"], record, f"bafyrei{said['rkey']}")
        return Answer(200, {"uri": uri, "cid": self.world.posts[uri].cid})

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        raw = isinstance(answer.body, bytes)
        body = answer.body if raw else as_json(answer.body).encode()
        kind = "text/html" if raw else "application/json; charset=utf-8"
        head = [f"HTTP/1.1 {answer.status} Said", f"content-type: {kind}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head += [f"content-length: {len(body)}", "connection: close", "", ""]
        writer.write("\r\n".join(head).encode() + body)
        await writer.drain()


@asynccontextmanager
async def serving(world: FakeBluesky) -> AsyncIterator[Service]:
    """Serve the accounts of a world."""
    service = Service(world)
    open_now: set[asyncio.Task[None]] = set()

    def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(service.serve(reader, writer))
        open_now.add(task)
        task.add_done_callback(open_now.discard)

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    service.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        await server.wait_closed()
