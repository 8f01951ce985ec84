"""A fake Bluesky on loopback that speaks the real bytes: Jetstream, AppView and PDS, and can be driven.

Jetstream's frames are modelled on lines recorded from production (v1) and on the lexicon of
`network.bsky.jetstream.subscribeEvents` (v2); strangers post all the time. All hosts are one server: the
websocket is answered by path, XRPC by what `tests.world.bluesky_api` says.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.world.bluesky_api import Answer, Api, as_json, response

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POST = "app.bsky.feed.post"
HANDLE, PASSWORD = "summit.bsky.example", "abcd-efgh-ijkl-mnop"
V1, V2 = "/subscribe", "/xrpc/network.bsky.jetstream.subscribeEvents"
_CUT_FRAME = b'\x81\x7e\x10\x00{"did":"did:plc:'
"""The head of a text frame of 4,096 bytes, and the first few of them."""
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


def tid_of(micros: int, clock: int = 0) -> str:
    """A TID, made without the code that is tested."""
    number, chars = micros << 10 | clock, ""
    for _ in range(13):
        number, rest = divmod(number, 32)
        chars = _LETTERS[rest] + chars
    return chars


@dataclass
class Record:
    """A post as its author's repository has it."""

    uri: str
    did: str
    rkey: str
    record: dict[str, Any]
    cid: str
    indexed: bool = True
    labels: list[dict[str, Any]] = field(default_factory=list)
    embed: dict[str, Any] | None = None
    tags: tuple[str, ...] = ()


@dataclass
class Account:
    """Somebody. `shown`: the AppView shows them."""

    did: str
    handle: str
    name: str
    labels: list[dict[str, Any]] = field(default_factory=list)
    shown: bool = True


class FakeBluesky:
    """The network. The attributes may be changed at any time and act on the next request or frame."""

    def __init__(self, *, seed: int = 7, **settings: Any) -> None:
        self.random = random.Random(seed)
        self.accounts: dict[str, Account] = {}
        self.posts: dict[str, Record] = {}
        self.deleted: dict[str, Record] = {}
        self.log: list[tuple[int, dict[str, Any]]] = []
        """Everything that Jetstream sent, with its time in microseconds."""
        self.wires = {V1, V2}
        self.noise = 0.02
        """Seconds between two posts of strangers; 0: silence."""
        self.muted = False
        """The stream stays open, answers pings and says nothing."""
        self.doubled = False
        self.shuffled = 0
        self.lost = False
        """The AppView has forgotten every post."""
        self.reviving = False
        """A search lists deleted posts again."""
        self.hanging = False
        self.failing: Callable[[str], Answer | None] = lambda _path: None
        """Asked before every request; its answer is sent in place of the right one."""
        self.passwords = {HANDLE: PASSWORD}
        self.tokens: set[str] = set()
        self.refreshing: set[str] = set()
        self.forgets = 0
        """Requests after which a token has expired; 0: never."""
        self.allowance: int | None = None
        self.asked: deque[tuple[str, dict[str, list[str]]]] = deque(maxlen=10_000)
        self.connected: Counter[str] = Counter()
        self.host, self.port = "", 0
        for name, value in settings.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        self._at = 0
        self._sockets: dict[ServerConnection, str] = {}
        self._held: list[tuple[int, dict[str, Any]]] = []
        self._server: Server | None = None
        self._noise: asyncio.Task[None] | None = None
        self._api = Api(self)
        self.account("ada")

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._stream, "127.0.0.1", self.port, process_request=self._request, ping_interval=None
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self.host = self.host or f"127.0.0.1:{self.port}"
        self._noise = asyncio.create_task(self._strangers())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._noise is not None
        self._noise.cancel()
        await asyncio.gather(self._noise, return_exceptions=True)
        self.hanging = False
        self._server.close(close_connections=False)
        for socket in list(self._sockets):
            socket.transport.abort()
        await self._server.wait_closed()

    def account(self, name: str, **changes: Any) -> Account:
        """Somebody by the first part of their handle."""
        did = f"did:plc:{name}"
        made = Account(did, f"{name}.bsky.example", name.capitalize(), **changes)
        return self.accounts.setdefault(did, made)

    async def publish(
        self,
        text: str,
        tag: str | None = "smsummit",
        *,
        by: str = "ada",
        at: datetime | None = None,
        indexed: bool = True,
        told: bool = True,
        **fields: Any,
    ) -> Record:
        """Post: `tag` is a hashtag beside the text (None: none); `fields` are of the record."""
        did, now = self.account(by).did, self._now()
        made = (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"$type": POST, "createdAt": made, "langs": ["en"], "text": text}
        record |= ({"tags": [tag]} if tag else {}) | fields
        rkey = tid_of(now, self.random.randrange(1024))
        uri = f"at://{did}/{POST}/{rkey}"
        post = Record(uri, did, rkey, record, f"bafyrei{rkey}", indexed)
        self.posts[uri] = post
        if told:
            await self.tell(self._commit(post, "create"))
        return post

    async def edit(self, post: Record, text: str, **fields: Any) -> None:
        """Change a record. The AppView goes on showing it as it was, as the real one does."""
        changed = Record(
            post.uri, post.did, post.rkey, post.record | {"text": text} | fields, f"{post.cid}2"
        )
        await self.tell(self._commit(changed, "update"))

    async def delete(self, post: Record) -> None:
        """Delete a post."""
        self.deleted[post.uri] = self.posts.pop(post.uri, post)
        await self.tell(self._commit(post, "delete"))

    async def repeat(self, post: Record) -> None:
        """Send the creation of a post once more."""
        await self.tell(self._commit(post, "create"))

    async def become(self, name: str, status: str | None) -> None:
        """Let an account be active (None), or not: deleted, deactivated, suspended, takendown."""
        who = self.account(name)
        who.shown = status is None
        said = {"active": status is None, "did": who.did, "seq": 1, "time": _iso(self._now())}
        said |= {"status": status} if status else {}
        await self.tell({"did": who.did, "kind": "account", "account": said})

    async def rename(self, name: str, handle: str) -> None:
        """Give somebody another handle."""
        who = self.account(name)
        who.handle = handle
        said = {"did": who.did, "handle": handle, "seq": 1, "time": _iso(self._now())}
        await self.tell({"did": who.did, "kind": "identity", "identity": said})

    async def tell(self, event: dict[str, Any]) -> None:
        """Send an event to every stream, and keep it for those that come back."""
        at = self._now()
        self.log.append((at, event))
        self._held.append((at, event))
        if len(self._held) >= max(1, self.shuffled):
            await self.flush()

    async def flush(self) -> None:
        """Send what is held back."""
        held, self._held = self._held, []
        if self.shuffled:
            self.random.shuffle(held)
        for at, event in held * (2 if self.doubled else 1):
            await self._send(at, event)

    async def say(self, raw: str) -> None:
        """Send a frame as it is to every stream."""
        for socket in list(self._sockets):
            await _sent(socket, raw)

    @property
    def streams(self) -> int:
        """Sockets open now."""
        return len(self._sockets)

    def cut(self, *, mid_frame: bool = False) -> None:
        """Break every stream."""
        for socket in list(self._sockets):
            if mid_frame:
                socket.transport.write(_CUT_FRAME)
            socket.transport.abort()

    def revoke(self) -> None:
        """Take the app password back: nothing that was signed in with it counts any more."""
        self.passwords.clear()
        self.tokens.clear()
        self.refreshing.clear()

    def _now(self) -> int:
        self._at = max(self._at + 1, (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1))
        return self._at

    def _commit(self, post: Record, operation: str) -> dict[str, Any]:
        commit = {"rev": tid_of(self._now()), "operation": operation, "collection": POST, "rkey": post.rkey}
        if operation != "delete":
            commit |= {"record": post.record, "cid": post.cid}
        return {"did": post.did, "kind": "commit", "commit": commit}

    async def _strangers(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self.noise or 0.02)
            number += 1
            if self.noise:
                said = {"$type": POST, "createdAt": _iso(self._now()), "text": f"lunch #{number} smsummit"}
                stranger = Record("", f"did:plc:s{number}", tid_of(self._now()), said, "bafyreis")
                await self._send(self._now(), self._commit(stranger, "create"))

    async def _stream(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        parts = urlsplit(socket.request.path)
        self.connected[parts.path] += 1
        cursor = int(parse_qs(parts.query).get("cursor", ["0"])[0])
        sent = 0
        with contextlib.suppress(ConnectionClosed):
            while sent < len(self.log):  # what is told meanwhile is read from here too
                at, event = self.log[sent]
                sent += 1
                if cursor and at >= cursor and not self.muted:
                    await _sent(socket, _frame(parts.path, at, event))
            self._sockets[socket] = parts.path
            try:
                async for _ in socket:
                    pass
            finally:
                del self._sockets[socket]

    async def _send(self, at: int, event: dict[str, Any]) -> None:
        if not self.muted:
            for socket, path in list(self._sockets.items()):
                await _sent(socket, _frame(path, at, event))

    async def _request(self, socket: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        self.asked.append((parts.path, query))
        if self.hanging:
            await socket.wait_closed()
            return None
        wanted = self.failing(parts.path)
        if wanted is None and parts.path in self.wires:
            return None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return response(wanted or self._api.answered(parts.path, query, token), self._api.limits())


def _frame(path: str, at: int, event: dict[str, Any]) -> str:
    """An event on the wire of this path."""
    if path == V1:
        return as_json({"did": event["did"], "time_us": at, **event})
    kind = event["kind"]
    payload = {"$type": f"network.bsky.jetstream.subscribeEvents#{kind}", "seq": at, "did": event["did"]}
    payload |= {"time": _iso(at), "witnessedAt": _iso(at)}
    payload |= event["commit"] if kind == "commit" else {kind: event[kind]}
    return as_json({"$type": "message", "payload": payload})


def _iso(micros: int) -> str:
    return (
        (EPOCH + timedelta(microseconds=micros)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    )


async def _sent(socket: ServerConnection, text: str) -> None:
    try:
        async with asyncio.timeout(5):
            await socket.send(text)
    except (ConnectionClosed, TimeoutError):  # a reader that is cut off, or too slow
        socket.transport.abort()
