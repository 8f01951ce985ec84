"""A fake Mastodon: several servers on loopback that speak the real bytes and can be driven.

It is modelled on recorded exchanges with 4.6.4: payloads are JSON inside JSON, ids carry the author's
clock and differ from server to server, `Link` pages, rate limits reset at an ISO 8601 time, and a 429
has no Retry-After. A hashtag's stream says nothing when an edit takes the hashtag away.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.world.mastodon_api import Answer, Api, Status, as_json, folded, is_public, response
from tests.world.mastodon_kin import MASTODON
from tests.world.mastodon_owner import Owner

TOKEN = "a-token-of-a-user"
SCOPES = frozenset({"read:statuses"})

_CUT_FRAME = b'\x81\x7e\x10\x00{"stream":["hashtag","sms'
"""The head of a text frame of 4,096 bytes, and the first few of them."""


@dataclass(frozen=True)
class Asked:
    """A request that an instance got."""

    path: str
    query: dict[str, list[str]]
    token: str | None


class FakeMastodon:
    """A network of instances. What is posted at one is known to all, each under its own id."""

    def __init__(self, instances: int = 1, *, seed: int = 7, **settings: Any) -> None:
        """`settings` are attributes of every instance, such as `version`."""
        self.random = random.Random(seed)
        self.statuses: dict[str, Status] = {}
        self._ticks = 0
        self.instances = [FakeInstance(self, number, **settings) for number in range(instances)]

    async def __aenter__(self) -> Self:
        for instance in self.instances:
            await instance.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for instance in self.instances:
            await instance.stop()

    async def publish(
        self,
        text: str,
        *tags: str,
        home: int = 0,
        at: datetime | None = None,
        html: str | None = None,
        unknown_to: Iterable[int] = (),
        **more: Any,
    ) -> Status:
        """Post at an instance. `more` are fields of the status; `unknown_to` get it by `federate`."""
        self._ticks += 1
        moment = at or datetime.now(UTC) + timedelta(microseconds=self._ticks)
        content = html if html is not None else f"<p>{escape(text)}</p>"
        local_id = self.instances[home].new_id(moment)
        user = more.pop("user", "ada")
        uri = self.instances[home].flavour.uri.format(
            host=self.instances[home].host, user=user, id=local_id
        )
        status = Status(uri, home, user, content, tags or ("smsummit",), moment, more=more)
        self.statuses[uri] = status
        for instance in self.instances:
            if instance.number not in unknown_to:
                await self.federate(status, instance, local_id if instance.number == home else None)
        return status

    async def federate(self, status: Status, to: FakeInstance, local_id: str | None = None) -> None:
        """Let an instance learn of a post; its id there is by when it was written, not by now."""
        to.ids[status.uri] = local_id or to.new_id(status.created_at)
        await to.broadcast("update", status, status.tags)

    async def edit(self, status: Status, text: str, tags: Sequence[str] | None = None) -> None:
        """Change a post everywhere. Only the hashtags that it still has are told."""
        self._ticks += 1
        status.content = f"<p>{escape(text)}</p>"
        status.edited_at = datetime.now(UTC) + timedelta(microseconds=self._ticks)
        status.tags = tuple(tags) if tags is not None else status.tags
        for instance in self.instances:
            if instance.flavour.tells_edits:
                await instance.broadcast("status.update", status, status.tags)

    async def delete(self, status: Status, only: Iterable[int] | None = None) -> None:
        """Delete a post everywhere, or at some instances only (`only`), as their moderators can."""
        for instance in self.instances:
            if only is None or instance.number in only:
                await instance.remove(status)


class FakeInstance:
    """One server. The attributes may be changed at any time and act on the next request or frame."""

    def __init__(self, world: FakeMastodon, number: int, **settings: Any) -> None:
        self.world = world
        self.number = number
        self.flavour = MASTODON
        self.version = "4.5.0"
        """Of a Mastodon."""
        self.owner = Owner()
        """Whose every token is."""
        self.tokens: dict[str, frozenset[str]] = {TOKEN: SCOPES}
        self.app_tokens: set[str] = set()
        """Tokens of no user: read the timelines, are refused by streams."""
        self.access = "public"
        """Who may read hashtags: public, authenticated or disabled. Told to clients since 4.5."""
        self.remote_access: str | None = None
        """The same for posts of other servers, where it differs."""
        self.allowance: int | None = None
        """Requests left until `reset_in` seconds from now; None: 300, for ever."""
        self.reset_in = 300.0
        self.failing: Callable[[str], Answer | None] = lambda _path: None
        """Asked before every request; its answer is sent in place of the right one."""
        self.refused_streams: Answer | None = None
        self.uses: dict[str, int] = {}
        """Posts a day under hashtags, as it tells of them."""
        self.hanging = False
        """Requests are read and never answered."""
        self.muted = False
        """Streams stay open, answer pings and say nothing."""
        self.doubled = False
        """Every frame is sent twice."""
        self.shuffled = 0
        """Frames are held until there are so many, and sent in another order."""
        self.lost = False
        """The server has forgotten every post."""
        self.reviving = False
        """Timelines list deleted posts again, as a restored backup or a stale cache does."""
        self.stream_url: str | None = None
        self.ids: dict[str, str] = {}
        self.removed: set[str] = set()
        self.asked: deque[Asked] = deque(maxlen=10_000)
        self.connected: Counter[str] = Counter()
        self.host = ""
        """The name under which it is known; a proxy's where there is one before it."""
        self.port = 0
        for name, value in settings.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        self._sockets: dict[ServerConnection, set[tuple[str, str]]] = {}
        self._languages: dict[ServerConnection, frozenset[str]] = {}
        self._held: list[tuple[str, Status, Sequence[str]]] = []
        self._server: Server | None = None
        self._api = Api(self)

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await serve(
            self._stream,
            "127.0.0.1",
            self.port,
            process_request=self._request,
            select_subprotocol=self._protocol,
            ping_interval=None,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self.host = self.host or f"127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Close every connection and listen no more. Posts stay known."""
        if self._server is not None:
            self.hanging = False
            self._server.close(close_connections=False)
            for socket in list(self._sockets):
                socket.transport.abort()
            await self._server.wait_closed()
            self._server = None

    def new_id(self, moment: datetime) -> str:
        """An id for a post of this time, which is never of the future."""
        now = datetime.now(UTC)
        written, arrived = (int(one.timestamp() * 1000) for one in (min(moment, now), now))
        return self.flavour.new_id(written, arrived, self.world.random)

    @property
    def streams(self) -> int:
        """Sockets open now."""
        return len(self._sockets)

    def listens(self, tag: str = "smsummit") -> bool:
        """Whether anybody is subscribed to a hashtag."""
        return any(tag in {name for _, name in subscribed} for subscribed in self._sockets.values())

    def cut(self, *, mid_frame: bool = False) -> int:
        """Break every stream; how many there were."""
        sockets = list(self._sockets)
        for socket in sockets:
            if mid_frame:
                socket.transport.write(_CUT_FRAME)
            socket.transport.abort()
        return len(sockets)

    async def say(self, raw: str) -> None:
        """Send a frame as it is to every stream."""
        for socket in list(self._sockets):
            await _sent(socket, raw)

    async def revoke(self, token: str = TOKEN) -> None:
        """Take a token back: its streams are killed."""
        self.tokens.pop(token, None)
        for socket in [one for one in self._sockets if self._token_of(one.request) == token]:
            await socket.close()

    async def broadcast(self, event: str, status: Status, tags: Sequence[str]) -> None:
        """Send an event about a post to the streams of its hashtags."""
        if status.uri not in self.ids or self.muted or not is_public(status):
            return
        self._held.append((event, replace(status), tags))
        if len(self._held) >= max(1, self.shuffled):
            await self.flush()

    async def flush(self) -> None:
        """Send what is held back."""
        held, self._held = self._held, []
        if self.shuffled:
            self.world.random.shuffle(held)
        for event, status, tags in held * (2 if self.doubled else 1):
            local_id = self.ids.get(status.uri, "")
            payload = local_id if event == "delete" else as_json(self._api.status(status))
            await self._to_subscribers(event, payload, status, tags)

    async def remove(self, status: Status) -> None:
        """Delete this server's copy of a post."""
        self.removed.add(status.uri)
        await self.broadcast("delete", status, status.tags)

    async def _stream(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        query = parse_qs(urlsplit(socket.request.path).query)
        self._sockets[socket] = {
            (stream, folded(tag))
            for stream in query.get("stream", [])
            for tag in query.get("tag", [])
            if self.flavour.in_address
        }
        self._languages[socket] = self.owner.languages
        self.connected["streams"] += 1
        try:
            if self.flavour.keepalive:
                await socket.send("")
            async for message in socket:
                asked = json.loads(message)
                if self.flavour.in_address:  # a subscription that names a hashtag is not understood
                    continue
                if asked.get("type") == "subscribe" and asked.get("stream") in ("hashtag", "hashtag:local"):
                    self._sockets[socket].add((asked["stream"], folded(asked["tag"])))
                elif asked.get("type") == "subscribe":
                    await socket.send('{"error":"Unknown stream type","status":400}')
        except ConnectionClosed:  # in the middle of something
            pass
        finally:
            del self._sockets[socket], self._languages[socket]

    async def _to_subscribers(self, event: str, payload: str, status: Status, tags: Sequence[str]) -> None:
        for socket, subscribed in list(self._sockets.items()):
            if event != "delete" and not self._tells(status, socket):
                continue
            for stream, tag in sorted(subscribed):
                local = stream == "hashtag" or status.home == self.number
                if local and tag in {folded(one) for one in tags}:
                    frame = {"stream": [stream, tag], "event": event, "payload": payload}
                    await _sent(socket, as_json(frame))

    def _tells(self, status: Status, socket: ServerConnection) -> bool:
        """Whether a stream has a post for the owner of its token."""
        languages, language = self._languages[socket], status.more.get("language", "en")
        return self.owner.sees(status, self) and (not languages or language in languages)

    def _protocol(self, _: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return offered[0] if offered and self.flavour.in_protocol else None

    def _token_of(self, request: Request | None) -> str | None:
        """The token of a request, where this kind of server looks for it."""
        if request is None:
            return None
        if self.flavour.in_protocol and request.headers.get("Upgrade"):
            return request.headers.get("Sec-WebSocket-Protocol")
        given = request.headers.get("Authorization")
        return given.removeprefix("Bearer ") if given else None

    async def _request(self, socket: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        token = self._token_of(request)
        self.asked.append(Asked(parts.path, parse_qs(parts.query, keep_blank_values=True), token))
        if self.hanging:
            await socket.wait_closed()
            return None
        if parts.path.rstrip("/") == "/api/v1/streaming":
            refusal = self._api.refused_stream(token, self.asked[-1].query)
            return response(refusal, {}) if refusal else None
        return response(self._api.answered(parts.path, self.asked[-1].query, token), self._api.limits())


async def _sent(socket: ServerConnection, text: str) -> None:
    try:
        async with asyncio.timeout(5):
            await socket.send(text)
    except (ConnectionClosed, TimeoutError):  # a reader that is cut off, or too slow
        socket.transport.abort()
