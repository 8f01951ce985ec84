"""Writing one frame to thousands of sockets: the connection's raw writer, and the portable path.

Framing, an ASGI message, a coroutine and a protocol state machine for every delivery cost several
times what the write itself does. `FanoutProtocol` offers the connection's writer to the
application as the ASGI extension `backchannel.raw` and takes it away the moment the connection
stops being open: bytes behind a close frame would be a protocol error. Where the extension is
absent (another server, TLS, a uvicorn that changed underneath) `PortableWriter` does the same by
ASGI messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

import structlog
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from wall.live import metrics
from wall.live.frames import Frame
from wall.live.lean import LeanProtocol

log = structlog.get_logger(__name__)

EXTENSION = "backchannel.raw"
SEND_BUFFER_BYTES = 128 * 1024
"""Kernel send buffer of a socket: a dead reader must not pin megabytes."""
HEARD_BYTES = 16 * 1024
"""What a reader may say at once: acknowledgements of 50 bytes, and no more of anything."""
HEARD_BYTES_PER_SECOND = 4 * 1024
"""And for how long: 60 acknowledgements a second, which is one for each frame of a display."""
FRAGMENTS = 64
"""Parts of one message. Empty ones count for nothing in its size, and could come for ever."""
PONG_BYTES = 16 * 1024
"""Unsent bytes beyond which pings are not answered: who does not read asks for no answer."""
CLOSING_SECONDS = 15.0
"""Within which a client has to take what was written before the end; uvicorn waits 10 s for its reply."""
POLICY = 1008

Send = Callable[[Any], Awaitable[None]]


class Writer(Protocol):
    """Where frames for one socket go. Never blocks; has no backpressure of its own."""

    def write(self, frame: Frame) -> None:
        """Send a frame, or queue it; nothing happens once the connection is not open."""

    def offer(self, frame: Frame, most: int) -> int:
        """Write a frame unless more than `most` bytes are unsent; how many were, before."""

    def unsent(self) -> int:
        """Bytes queued in this process and not yet taken by the kernel."""

    def abort(self) -> None:
        """Drop the connection with what is queued."""

    async def close(self, code: int, reason: str) -> None:
        """Close in order, with a websocket close code."""

    def settle(self) -> None:
        """The handshake was looked at: nobody needs its scope from now on."""


class RawWriter:
    """Writes frames that were made beforehand to the connection's own transport while it is open.

    `offer` is all that a delivery costs in Python, so it stays one call that makes two. (To write to
    the descriptor directly was measured, and is no cheaper: docs/explanation/fan-out.md.)
    """

    __slots__ = ("_connection", "_transport")

    def __init__(self, transport: asyncio.Transport, connection: LeanProtocol) -> None:
        self._transport: asyncio.Transport | None = transport
        self._connection = connection

    def write(self, frame: Frame) -> None:
        if self._transport is not None:
            self._transport.write(frame.wire)

    def offer(self, frame: Frame, most: int) -> int:
        transport = self._transport
        if transport is None:
            return 0
        unsent = transport.get_write_buffer_size()
        if unsent <= most:
            transport.write(frame.wire)
        return unsent

    def unsent(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def detach(self) -> None:
        """The connection is not open any more: nothing reaches its transport from now on."""
        self._transport = None

    async def close(self, code: int, reason: str) -> None:
        await _close(self._connection.send, code, reason)

    def settle(self) -> None:
        self._connection.settle()


class FanoutProtocol(LeanProtocol):
    """uvicorn's websocket protocol, offering the raw writer while the connection is open.

    It breaks the circles of references of a connection: all goes with the last one, and nothing is
    left to a garbage collector that seldom looks at what has lived for hours.
    """

    raw: RawWriter | None = None
    _closing: asyncio.TimerHandle | None = None
    _said_until = 0.0
    """When all that was said will be within HEARD_BYTES_PER_SECOND again, by the loop's clock."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # The HTTP protocol, which is done as soon as it returns from this upgrade.
        self.loop.call_soon(_let_go, cast("asyncio.Transport", transport).get_protocol())

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code != 101 or self.scheme == "wss":
            return
        _limit_send_buffer(self.transport)
        self.raw = RawWriter(self.transport, self)
        # The ASGI task was created but has not run yet, so the scope may still be changed.
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = {"raw": self.raw}

    def _detach(self) -> None:
        if self.raw is not None:
            self.raw.detach()
            self.raw = None

    def _end(self) -> None:
        """The connection is about to close: in time, whether its client reads or not."""
        self._detach()
        if self._closing is None:
            self._closing = self.loop.call_later(CLOSING_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            super().data_received(data)
            return
        now = self.loop.time()
        self._said_until = max(now, self._said_until) + len(data) / HEARD_BYTES_PER_SECOND
        if self._said_until - now > HEARD_BYTES / HEARD_BYTES_PER_SECOND:
            self._end_for_misbehaving("too much")
        else:
            super().data_received(data)

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > PONG_BYTES:
            self.conn.data_to_send()  # the pong, which is dropped
        else:
            super().handle_ping()

    def handle_cont(self, event: Any) -> None:
        if len(self.frames) < FRAGMENTS:
            super().handle_cont(event)
        elif not self.close_sent:
            self._end_for_misbehaving("too many fragments")

    def _end_for_misbehaving(self, reason: str) -> None:
        metrics.misbehaved.inc()
        self.conn.fail(POLICY, reason)
        self.handle_parser_exception()

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self._end()
        await super().send(message)

    def handle_close(self, event: Any) -> None:
        self._end()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        self._end()
        if self.conn.close_sent is None:  # not open yet: there is no close frame to send
            self.transport.abort()
        else:
            super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        self._end()
        super().keepalive_timeout()

    def shutdown(self) -> None:
        self._end()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self._detach()
        if self._closing is not None:
            self._closing.cancel()
        super().connection_lost(exc)
        # The parser is a generator that holds what holds it; so does the traceback of its failure.
        self.conn.parser.close()
        self.conn.parser_exc = None


def websocket_protocol() -> str:
    """The value for uvicorn's `ws` setting: ours, or the plain one if uvicorn changed underneath."""
    missing = missing_internals()
    if not missing:
        return f"{FanoutProtocol.__module__}:{FanoutProtocol.__name__}"
    log.warning("fanout.portable", missing=missing)
    return "websockets-sansio"


def missing_internals() -> list[str]:
    """The parts of uvicorn that `FanoutProtocol` relies on and that are not there any more."""
    ours = [
        name for name, value in {**vars(LeanProtocol), **vars(FanoutProtocol)}.items() if callable(value)
    ]
    own = {"settle", *(name for name in ours if name.startswith("_"))}
    inherited = [name for name in ours if name not in own and not hasattr(WebSocketsSansIOProtocol, name)]
    used = ("queue", "request", "response", "scheme", "scope", "transport", "writable")
    methods = (WebSocketsSansIOProtocol.__init__, getattr(WebSocketsSansIOProtocol, "handle_connect", None))
    codes = [getattr(method, "__code__", None) for method in methods]
    names = {name for code in codes if code is not None for name in code.co_names}
    return inherited + [name for name in used if name not in names]


def writer_for(scope: dict[str, Any], send: Send) -> Writer:
    """The writer of an accepted websocket."""
    # Taken out: it holds the connection, which holds this scope.
    offered = scope.get("extensions", {}).pop(EXTENSION, None)
    return offered["raw"] if offered else PortableWriter(send)


class PortableWriter:
    """The same by ASGI messages: a queue, and a task that lives while there is something to send."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[bytes] = deque()
        self._unsent = 0
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def write(self, frame: Frame) -> None:
        if self._closed:
            return
        self._queue.append(frame.text)
        self._unsent += len(frame.text)
        if self._task is None:
            self._task = asyncio.create_task(self._drain())

    def offer(self, frame: Frame, most: int) -> int:
        unsent = self._unsent
        if unsent <= most:
            self.write(frame)
        return unsent

    def unsent(self) -> int:
        return self._unsent

    def abort(self) -> None:
        """There is no abort in ASGI: nothing more is sent, and the endpoint ends the connection."""
        self._closed = True
        self._queue.clear()
        self._unsent = 0
        if self._task is not None:
            self._task.cancel()

    async def close(self, code: int, reason: str) -> None:
        self._closed = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await _close(self._send, code, reason)

    def settle(self) -> None:
        """The scope is the server's: it may still look at it."""

    async def _drain(self) -> None:
        try:
            while self._queue:
                text = self._queue.popleft()
                await self._send({"type": "websocket.send", "text": text.decode()})
                self._unsent -= len(text)
        except Exception:  # noqa: BLE001  servers differ in what they raise once a client is gone
            self._closed = True
            self._queue.clear()
            self._unsent = 0
        finally:
            self._task = None


async def _close(send: Send, code: int, reason: str) -> None:
    with contextlib.suppress(Exception):  # the client may be gone already, which is what is wanted
        await send({"type": "websocket.close", "code": code, "reason": reason})


def _let_go(http: Any) -> None:
    if getattr(http, "parser", None) is not None:  # a parser and its protocol hold each other
        http.parser = None


def _limit_send_buffer(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
