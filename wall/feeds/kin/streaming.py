"""The websocket of an instance: the fast way, and never the only one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from wall.feeds.base import Dropped
from wall.feeds.common.addresses import address_of
from wall.feeds.common.client import USER_AGENT
from wall.feeds.common.problems import Passing
from wall.feeds.common.tasks import together
from wall.feeds.kin.instance import STREAMING, About, Health, Instance
from wall.feeds.kin.merge import Merge
from wall.feeds.kin.problems import StreamRefused, no_stream, refused_stream
from wall.feeds.kin.signals import Anew, Signals
from wall.feeds.kin.software import Software
from wall.feeds.shapes.common import Record, as_key

FRAME_LIMIT = 4 << 20
"""Longest frame that is read, in bytes: a remote post may have 1 MB, and is JSON inside JSON."""

_OF_OTHERS = frozenset(
    (
        "announcement",
        "announcement.delete",
        "announcement.reaction",
        "conversation",
        "encrypted_message",
        "filters_changed",
        "notification",
        "notifications_merged",
        "pleroma:chat_update",
        "pleroma:follow_relationships_update",
        "pleroma:respond",
    )
)
"""Events that are not about a public status: passed over."""


def sockets(software: Software, tags: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which hashtags come over one websocket each."""
    return [(tag,) for tag in tags] if software.sockets == "each" else [tags]


class Stream:
    """One websocket of an instance, with all hashtags or with one, as its software has it."""

    def __init__(self, instance: Instance, about: About, tags: tuple[str, ...], merge: Merge) -> None:
        self._instance = instance
        self._about = about
        self._tags = tags
        self._merge = merge
        self._in_address = about.software.sockets == "each"
        self._where = f"{instance.name} stream" + (f" #{tags[0]}" if self._in_address else "")

    async def run(self, signals: Signals) -> None:
        """Listen, and connect again whenever it ends. Raises what is a fault of the program."""
        health = Health(self._where, self._instance.times, self._merge)
        while True:
            try:
                await self._listen(signals, health)
            except Anew:
                signals.closed(self._where)
            except Exception as problem:  # noqa: BLE001  judged by the table
                signals.closed(self._where)
                await asyncio.sleep(await health.trouble(problem))

    @property
    def _stream(self) -> str:
        return "hashtag:local" if self._about.local_only else "hashtag"

    async def _listen(self, signals: Signals, health: Health) -> None:
        async with await self._connected() as socket:
            for tag in () if self._in_address else self._tags:
                await socket.send(json.dumps({"type": "subscribe", "stream": self._stream, "tag": tag}))
            signals.opened(self._where)
            await together(self._read(socket, signals, health), self._watch(signals, health))

    async def _read(self, socket: ClientConnection, signals: Signals, health: Health) -> None:
        while True:
            await self._take(await socket.recv(), signals)
            await health.well()

    async def _watch(self, signals: Signals, health: Health) -> None:
        """A stream that stays open is well; one that says nothing of posts that are there is not."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._instance.times.poll):
                await signals.over.wait()
        if not signals.over.is_set():
            await health.well()
        await signals.over.wait()
        if not signals.silent:
            raise Anew
        raise Passing("stream_silent", "Its stream says nothing of posts that are there")

    async def _connected(self) -> ClientConnection:
        """Connect, in the way of the instance's software. Raises StreamRefused besides."""
        try:
            return await self._opened()
        except ssl.SSLError:  # a bad certificate is a ValueError too
            raise
        except ValueError:  # how websockets says that it was sent to another host
            raise no_stream() from None
        except InvalidStatus as problem:
            if problem.response.status_code not in (401, 403):
                raise
            said = problem.response.headers.get("X-Error-Message", "")
            raise refused_stream(said, self._about.software) from None

    async def _opened(self) -> ClientConnection:
        times, url, token = self._instance.times, self._about.streaming, self._instance.config.token or ""
        asked = urlencode({"stream": self._stream, "tag": self._tags[0]}) if self._in_address else ""
        in_protocol = self._about.software.token_in_protocol
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "wss" else 80)
        address = await address_of(parts.hostname or "", port, loopback=self._instance.config.plain)
        return await connect(
            f"{url}{STREAMING}" + (f"?{asked}" if asked else ""),
            host=address,
            port=port,
            additional_headers={} if in_protocol else {"Authorization": f"Bearer {token}"},
            subprotocols=[Subprotocol(token)] if in_protocol else None,
            user_agent_header=USER_AGENT,
            compression=None,
            proxy=None,
            open_timeout=times.request,
            close_timeout=1,
            ping_interval=times.ping,
            ping_timeout=times.ping,
            max_size=FRAME_LIMIT,
        )

    async def _take(self, text: str | bytes, signals: Signals) -> None:
        if not text:  # how Pleroma keeps a connection alive
            return
        frame = _frame(text)
        event = frame.get("event")
        if "error" in frame and event is None:
            raise _refusal(frame, self._about.software)
        if event in ("update", "status.update"):
            payload = _payload(frame)
            signals.brought(payload if isinstance(payload, dict) else {})
            await self._instance.take({"event": event, "payload": payload}, self._where, self._merge)
        elif event == "delete":
            await self._delete(frame.get("payload"))
        elif event not in _OF_OTHERS:
            await self._merge.loss(Dropped("unknown_event", self._where))

    async def _delete(self, local_id: Any) -> None:
        try:
            await self._instance.deleted(as_key(local_id), self._merge)
        except TypeError:
            await self._merge.loss(Dropped("unusable_event", self._where))


def _frame(text: str | bytes) -> Record:
    """A frame as an object; an empty one for what is none, which counts as an unknown event."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def _payload(frame: Record) -> Any:
    """The payload is JSON inside JSON; what cannot be read is left for the shape to drop."""
    payload = frame.get("payload")
    try:
        return json.loads(payload) if isinstance(payload, str) else payload
    except (ValueError, RecursionError):
        return None


def _refusal(frame: Record, software: Software) -> StreamRefused:
    if frame.get("status") in (401, 403):
        return refused_stream(str(frame["error"]), software)
    return no_stream()
