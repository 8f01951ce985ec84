"""An HTTP client that costs next to nothing: one kept-alive connection, JSON in and out."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """An answer: `headers` with names in lower case, `body` as bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Client:
    """One connection to a server on loopback. `packed`: answers may be compressed, and stay so. `cookie`:
    name=value."""

    def __init__(
        self, port: int, token: str | None = None, *, packed: bool = False, cookie: str | None = None
    ) -> None:
        self._port = port
        self._always = f"Host: 127.0.0.1:{port}\r\n"
        if packed:
            self._always += "Accept-Encoding: gzip\r\n"
        if cookie:
            self._always += f"Cookie: {cookie}\r\n"
        if token:
            self._always += f"Authorization: Bearer {token}\r\n"
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        """GET; raises AssertionError for an answer that is not 2xx."""
        return _good(await self._ask(f"GET {path} HTTP/1.1\r\n{self._always}\r\n".encode()))

    async def post(self, path: str, value: Any, **headers: str) -> Answer:
        """POST JSON; `headers` with underscores for dashes. AssertionError unless it is 2xx."""
        body = json.dumps(value).encode()
        return _good(await self.post_bytes(path, body, "application/json", **headers))

    async def post_bytes(self, path: str, body: bytes, kind: str, **headers: str) -> Answer:
        """POST bytes of a content type; the answer, whatever it is."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\n{self._always}{more}Content-Type: {kind}\r\n"
        return await self._ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    async def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()

    async def _ask(self, request: bytes) -> Answer:
        # Servers close a connection that was idle for some seconds.
        if self._writer is None or self._reader.at_eof():
            await self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if headers.get("transfer-encoding") == "chunked":
            body = await self._chunks()
        else:
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(first.split()[1]), headers, body)

    async def _chunks(self) -> bytes:
        chunks = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            chunks.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readexactly(2)
        return b"".join(chunks)


def _good(answer: Answer) -> Answer:
    assert 200 <= answer.status < 300, f"{answer.status}: {answer.body[:500]!r}"
    return answer
