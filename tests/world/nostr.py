"""A fake Nostr relay on loopback: real signed events over a real websocket, and faults on demand.

It answers as NIP-01 wants: EVENT, EOSE, CLOSED, NOTICE, AUTH; stored events newest first, and no more than
it likes. It honours deletions (NIP-09) and requests to vanish (NIP-62), and gives nothing that is over
(NIP-40).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from nostr_sdk import Keys
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

SignedEvent = dict[str, Any]
Filter = dict[str, Any]
_CUT_FRAME = b'\x81\x7e\x10\x00["EVENT","posts",{"id":'
"""The head of a text frame of 4,096 bytes, and the first few of them."""
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class Person:
    """Somebody with a key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keys = Keys.generate()
        self.pubkey: str = self.keys.public_key().to_hex()
        self.npub: str = self.keys.public_key().to_bech32()
        self.secret: str = self.keys.secret_key().to_bech32()

    def signed(
        self, kind: int, content: str = "", tags: Iterable[list[str]] = (), at: float | None = None
    ) -> SignedEvent:
        """An event of theirs, dated now or `at` (seconds since 1970). A lone surrogate, which no text can
        have, is signed as if it could."""
        made = int(time.time() if at is None else at)
        tagged = list(tags)
        plain = json.dumps(
            [0, self.pubkey, made, kind, tagged, content], separators=(",", ":"), ensure_ascii=False
        )
        digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
        return {
            "id": digest.hex(),
            "pubkey": self.pubkey,
            "created_at": made,
            "kind": kind,
            "tags": tagged,
            "content": content,
            "sig": self.keys.sign_schnorr(digest),
        }

    def profile(self, *, at: float | None = None, **said: Any) -> SignedEvent:
        """What they say of themselves."""
        return self.signed(0, json.dumps({"name": self.name} | said), at=at)

    def note(
        self,
        text: str,
        *more: list[str],
        tag: str | None = "smsummit",
        at: datetime | float | None = None,
    ) -> SignedEvent:
        """A post with a hashtag (None: without), and tags besides."""
        seconds = at.timestamp() if isinstance(at, datetime) else at
        return self.signed(1, text, [*([["t", tag]] if tag else []), *more], seconds)

    def deletion(self, *ids: str, at: float | None = None) -> SignedEvent:
        """Their wish that these be deleted, whosever they are."""
        return self.signed(5, "", [["e", one] for one in ids], at)

    def farewell(self, *relays: str, at: float | None = None) -> SignedEvent:
        """Their wish that all of theirs be deleted; from everywhere where no relay is named."""
        return self.signed(62, "", [["relay", one] for one in relays or ("ALL_RELAYS",)], at)


class FakeRelay:
    """One relay. The attributes may be changed at any time and act on the next request or event."""

    def __init__(self, *, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.stored: dict[str, SignedEvent] = {}
        self.most = 500
        """Events that one filter is answered with at most."""
        self.honours = True
        """Deletions, requests to vanish and ends are honoured."""
        self.doubled = False
        self.shuffled = 0
        self.muted = False
        """Subscriptions stay open and bring nothing; requests are answered."""
        self.silent = False
        """No request is answered."""
        self.closing: Callable[[str], str | None] = lambda _name: None
        """Asked with the name of each subscription; it is refused with the answer."""
        self.answering: int | None = None
        """HTTP status of every new connection; None: a websocket."""
        self.greeting: list[list[str]] = []
        """Frames that every new connection begins with."""
        self.refused = 0
        self.opened = 0
        self.asked: deque[tuple[str, list[Filter]]] = deque(maxlen=10_000)
        self.port = 0
        self._subscriptions: dict[ServerConnection, dict[str, list[Filter]]] = {}
        self._held: list[SignedEvent] = []
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._talk, "127.0.0.1", self.port, process_request=self._request, max_size=None
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close(close_connections=False)
        self.cut()
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def listeners(self) -> int:
        """Connections that are subscribed to posts."""
        return sum("posts" in wanted for wanted in self._subscriptions.values())

    async def take(self, event: SignedEvent, *, told: bool = True) -> None:
        """Store an event, and send it to whoever is subscribed to such."""
        if self.honours and event["kind"] in (5, 62):
            self._forget(event)
        self.stored[event["id"]] = event
        if told:
            await self.tell(event)

    async def tell(self, event: SignedEvent) -> None:
        """Send an event to whoever is subscribed to such, stored or not."""
        self._held.append(event)
        if len(self._held) >= max(1, self.shuffled):
            await self.flush()

    async def flush(self) -> None:
        """Send what is held back."""
        held, self._held = self._held, []
        if self.shuffled:
            self.random.shuffle(held)
        for event in held * (2 if self.doubled else 1):
            await self._send_to_all(event)

    async def say(self, raw: str) -> None:
        """Send a frame as it is to every connection."""
        for socket in list(self._subscriptions):
            await _sent(socket, raw)

    def cut(self, *, mid_frame: bool = False) -> None:
        """Break every connection."""
        for socket in list(self._subscriptions):
            if mid_frame:
                socket.transport.write(_CUT_FRAME)
            socket.transport.abort()

    async def _send_to_all(self, event: SignedEvent) -> None:
        if self.muted:
            return
        for socket, subscriptions in list(self._subscriptions.items()):
            for name, filters in list(subscriptions.items()):
                if any(_matches(event, one) for one in filters):
                    await _sent(socket, json.dumps(["EVENT", name, event]))

    def _forget(self, wish: SignedEvent) -> None:
        named = {tag[1] for tag in wish["tags"] if tag[0] == "e"}
        for one, event in list(self.stored.items()):
            if event["pubkey"] != wish["pubkey"] or event["kind"] in (5, 62):
                continue
            if one in named if wish["kind"] == 5 else event["created_at"] <= wish["created_at"]:
                del self.stored[one]

    def _given(self, wanted: Filter) -> list[SignedEvent]:
        """Stored events, newest first, as many as a relay likes to give."""
        fitting = [event for event in self.stored.values() if _matches(event, wanted)]
        if self.honours:
            fitting = [event for event in fitting if not _is_over(event)]
        fitting.sort(key=lambda event: (-event["created_at"], event["id"]))
        return fitting[: min(self.most, wanted.get("limit", self.most))]

    async def _talk(self, socket: ServerConnection) -> None:
        self.opened += 1
        self._subscriptions[socket] = {}
        try:
            for frame in self.greeting:
                await _sent(socket, json.dumps(frame))
            with contextlib.suppress(ConnectionClosed):
                async for text in socket:
                    await self._answer(socket, json.loads(text))
        finally:
            del self._subscriptions[socket]

    async def _answer(self, socket: ServerConnection, frame: list[Any]) -> None:
        kind, name, *filters = frame
        assert kind in ("REQ", "CLOSE"), "a feed publishes nothing"
        if kind == "CLOSE":
            self._subscriptions[socket].pop(name, None)
            return
        self.asked.append((name, filters))
        if self.silent:
            return
        if (why := self.closing(name)) is not None:
            self.refused += 1
            await _sent(socket, json.dumps(["CLOSED", name, why]))
            return
        self._subscriptions[socket][name] = filters
        given = {event["id"]: event for one in filters for event in self._given(one)}
        for event in given.values():
            await _sent(socket, json.dumps(["EVENT", name, event]))
        await _sent(socket, json.dumps(["EOSE", name]))

    def _request(self, _socket: ServerConnection, _request: Request) -> Response | None:
        if self.answering is None:
            return None
        self.refused += 1
        return Response(self.answering, "no", Headers({"Content-Type": "text/html"}), HTML)


def _matches(event: SignedEvent, wanted: Mapping[str, Any]) -> bool:
    """Whether an event passes a filter (NIP-01)."""
    named = {"ids": "id", "authors": "pubkey", "kinds": "kind"}
    if not wanted.get("since", 0) <= event["created_at"] <= wanted.get("until", math.inf):
        return False
    if not all(event[field] in wanted[name] for name, field in named.items() if name in wanted):
        return False
    tags = {(tag[0], tag[1]) for tag in event["tags"] if len(tag) > 1}
    asked = ((name[1:], values) for name, values in wanted.items() if name.startswith("#"))
    return all(any((name, value) in tags for value in values) for name, values in asked)


def _is_over(event: SignedEvent) -> bool:
    return any(tag[0] == "expiration" and int(tag[1]) <= time.time() for tag in event["tags"])


async def _sent(socket: ServerConnection, text: str) -> None:
    try:
        async with asyncio.timeout(5):
            await socket.send(text)
    except (ConnectionClosed, TimeoutError):  # a reader that is cut off, or too slow
        socket.transport.abort()
