"""HTTP connections that hold nothing for ever.

uvicorn waits for a request for as long as a client likes to dribble it, and for a client to take its
answer for as long as it likes not to; it reads headers without end, and takes connections until
there is no descriptor left for the database. `HttpConnection` ends what makes no progress, and
refuses connections in words while there still is room for the server itself.
"""

from __future__ import annotations

import asyncio
import json
import math
import resource
import time
from http import HTTPStatus
from typing import ClassVar

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from wall.errors import error_json
from wall.live import metrics

log = structlog.get_logger(__name__)

HEAD_BYTES = 64 * 1024
"""Bytes of a request that are not its body: more is no request."""
OWN_DESCRIPTORS = 128
"""Files and sockets that the server keeps for its database, log, feeds, pictures and Redis."""
REFUSALS = 32
"""Connections past the limit that are still answered; one more is reset."""
MOST_DESCRIPTORS = 1 << 20
"""What an unlimited number is taken for."""
RETRY_SECONDS = 10
LOG_SECONDS = 60.0
LOOKS = 4
"""Looks at a connection within the shorter patience. They are counted, and not seconds: after a pause of
the whole process, as of a machine that slept, everybody has most of their time still."""

_SAID = {
    400: ("handshake", "The websocket handshake cannot be read.", "Send fewer and shorter headers."),
    408: ("request_late", "The request did not arrive in time.", "Send it whole; try again."),
    431: ("head_too_large", "The request has too many or too long headers.", "Send fewer headers."),
    503: ("too_many_connections", "As many connections are open as can be.", "Try again in a moment."),
}


class HttpConnection(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with limits: `http_protocol` gives it its own."""

    most = 1 << 30
    """Connections of the process, websockets included, past which a new one is refused."""
    look_seconds = 5.0
    request_looks = 4
    """Looks within which a request has to be there whole."""
    stuck_looks = 4
    """Looks without progress in taking an answer, after which the connection is aborted."""

    _timer: asyncio.TimerHandle | None = None
    _waited: int | None = None
    """Looks since the request that is awaited began; None once it is whole."""
    _heard = 0
    """Bytes since the request began or a part of its body came."""
    _unsent = 0
    _stuck = 0
    """Looks that saw the same number of unsent bytes as the one before."""
    _refused = False
    told_at: ClassVar[float] = -math.inf
    """When a refusal was last logged: thousands come in a minute."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._waited = 0
        self._look_later()
        over = len(self.connections) - self.most
        if over > 0:
            self._refused = True
            self._tell_of_refusal()
            if over > REFUSALS:
                transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_looking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            self._refuse(503)
            return
        self._heard += len(data)
        super().data_received(data)
        if self._heard > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431)

    def on_message_begin(self) -> None:
        self._waited = 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._heard = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._heard = 0
        self._waited = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.cycle.response_complete:  # else another request came behind this one, and is here already
            self._waited = 0
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        self._stop_looking()
        super().handle_websocket_upgrade()
        upgraded = self.transport.get_protocol()
        if isinstance(upgraded, WebSocketsSansIOProtocol) and not upgraded.handshake_initiated:
            self._refuse(400)  # uvicorn would leave it open without a word

    def _tell_of_refusal(self) -> None:
        metrics.refused.inc()
        kind, now = type(self), time.monotonic()
        if now - kind.told_at > LOG_SECONDS:
            kind.told_at = now
            log.warning("connections.refused", most=self.most)

    def _look_later(self) -> None:
        self._timer = self.loop.call_later(self.look_seconds, self._look)

    def _stop_looking(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Whether the connection moves: else it is ended."""
        unsent = self.transport.get_write_buffer_size()
        self._stuck = self._stuck + 1 if unsent and unsent == self._unsent else 0
        self._unsent = unsent
        if self._waited is not None:
            self._waited += 1
        self._look_later()
        if self._stuck >= self.stuck_looks:
            metrics.ended.labels("answer_stuck").inc()
            self.transport.abort()
        elif self._is_late() and not self.transport.is_closing():
            self._give_up()

    def _is_late(self) -> bool:
        if self._waited is None or self.pipeline:
            return False
        return self._refused or self._waited >= self.request_looks

    def _give_up(self) -> None:
        """End a connection whose request does not come: in words, where one was begun."""
        in_body = self.cycle is not None and not self.cycle.response_complete
        if (in_body and not self.cycle.response_started) or (self._heard and not in_body):
            self._refuse(408)
        else:
            metrics.ended.labels("idle").inc()
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer in the one error shape, and close. A client that does not take it is looked after."""
        code, message, remedy = _SAID[status]
        if status != 503:
            metrics.ended.labels(code).inc()
        body = json.dumps(error_json(code, message, remedy, {})).encode()
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"retry-after: {RETRY_SECONDS}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def http_protocol(
    request_seconds: float, stuck_seconds: float, most: int | None = None
) -> type[HttpConnection]:
    """The value for uvicorn's `http` setting; `most` connections, or what there are descriptors for."""
    look = min(request_seconds, stuck_seconds) / LOOKS

    class Limited(HttpConnection):
        look_seconds = look
        request_looks = math.ceil(request_seconds / look)
        stuck_looks = math.ceil(stuck_seconds / look)

    Limited.most = room_within(descriptor_limits()[0]) if most is None else most
    return Limited


def room_within(descriptors: int) -> int:
    """Connections for which there is room within a limit of descriptors."""
    return max(descriptors - OWN_DESCRIPTORS, descriptors // 2)


def descriptor_limits() -> tuple[int, int]:
    """Files and sockets that this process may open: now (soft), and when it asks for more (hard)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _counted(soft), _counted(hard)


def _counted(limit: int) -> int:
    return MOST_DESCRIPTORS if limit == resource.RLIM_INFINITY else limit


def raise_descriptor_limit() -> None:
    """Let this process open as many files and sockets as its hard limit allows, if the system does."""
    soft, hard = descriptor_limits()
    wanted = min(hard, MOST_DESCRIPTORS)
    if soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    except (OSError, ValueError) as problem:
        log.warning("descriptors.not_raised", soft=soft, wanted=wanted, problem=type(problem).__name__)
