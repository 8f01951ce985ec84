"""A Jetstream over one real PDS: its `subscribeRepos` frames as the lines that Jetstream sends.

Bluesky's own Jetstream cannot be installed from a registry. What it does with a frame is little: it takes
the records out of the blocks that a commit carries, and says them in JSON. Nothing is made up here: what a
PDS does not send, nobody is told.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import libipld
from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from tests.networks.appview import AppView

Line = dict[str, Any]
_CID = (b"\x01q\x12\x20", b"\x01U\x12\x20")
"""How CIDs begin: version 1, DAG-CBOR or raw, SHA-256, 32 bytes."""


def lines_of(frame: bytes) -> Iterator[Line]:
    """The lines that a frame of `com.atproto.sync.subscribeRepos` makes, without their time."""
    head, body = libipld.decode_dag_cbor_multi(frame)
    match head.get("t"):
        case "#commit":
            blocks = libipld.decode_car(body["blocks"])[1]
            for op in body["ops"]:
                yield {"did": body["repo"], "kind": "commit", "commit": _commit(op, body["rev"], blocks)}
        case "#identity" | "#account" as kind:
            name = kind.removeprefix("#")
            yield {"did": body["did"], "kind": name, name: body}


def _commit(op: Line, rev: str, blocks: dict[bytes, Any]) -> Line:
    collection, _, rkey = op["path"].partition("/")
    said = {"rev": rev, "operation": op["action"], "collection": collection, "rkey": rkey}
    if op["cid"] is None:
        return said
    return said | {"record": _as_json(blocks[op["cid"]]), "cid": libipld.encode_cid(op["cid"])}


def _as_json(value: Any) -> Any:
    """DAG-CBOR as the protocol writes it in JSON: links and bytes are objects."""
    match value:
        case dict():
            return {name: _as_json(part) for name, part in value.items()}
        case list():
            return [_as_json(part) for part in value]
        case bytes() if len(value) == 36 and value.startswith(_CID):
            return {"$link": libipld.encode_cid(value)}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode().rstrip("=")}
    return value


class JetstreamBridge:
    """A server that is a Jetstream at `/subscribe`, and an AppView at `/xrpc/`."""

    def __init__(self, pds: str) -> None:
        self.address = ""
        self._pds = pds
        self._appview = AppView(pds)
        self._log: list[tuple[int, Line]] = []
        self._more = asyncio.Condition()
        self._server: Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(self._stream, "127.0.0.1", 0, process_request=self._request)
        self.address = f"http://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}"
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._server.close()
        await self._server.wait_closed()
        await self._appview.aclose()

    async def _read(self) -> None:
        """Take every frame of the PDS, from the first there was."""
        url = f"{self._pds.replace('http', 'ws', 1)}/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
        async with connect(url, proxy=None, max_size=None) as socket:
            async for frame in socket:
                assert isinstance(frame, bytes)
                for line in lines_of(frame):
                    at = max(time.time_ns() // 1_000, self._log[-1][0] + 1 if self._log else 0)
                    self._log.append((at, line))
                async with self._more:
                    self._more.notify_all()

    async def _stream(self, socket: ServerConnection) -> None:
        sending = asyncio.create_task(self._send(socket))
        await socket.wait_closed()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket: ServerConnection) -> None:
        """Send what is wanted from the cursor on, and what comes after it."""
        assert socket.request is not None
        query = parse_qs(urlsplit(socket.request.path).query)
        cursor, wanted = int(query.get("cursor", ["0"])[0]), set(query.get("wantedCollections", []))
        for number in count():
            async with self._more:
                await self._more.wait_for(lambda number=number: number < len(self._log))  # type: ignore[misc]
            at, line = self._log[number]
            if at >= cursor and (line["kind"] != "commit" or line["commit"]["collection"] in wanted):
                await socket.send(json.dumps({"did": line["did"], "time_us": at} | line))

    async def _request(self, _socket: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        return None if parts.path == "/subscribe" else await self._appview.answer(parts.path, parts.query)
