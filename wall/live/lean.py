"""uvicorn's websocket connection, without what an idle one would keep for hours.

Of some 27 KB for each idle wall, most was not needed any more once the socket was open: the request
and its answer, the ASGI scope, three queues' worth of empty deques, a dictionary of forty names.
docs/explanation/fan-out.md has the figures.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_WRITABLE = asyncio.Event()
"""That of every connection which was never told to pause: nobody ever waits for it, or clears it."""
_WRITABLE.set()


class Inbox:
    """ASGI messages for one taker: what uvicorn asks of an `asyncio.Queue`, at a tenth of its memory."""

    __slots__ = ("_messages", "_taker")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._taker: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """Add a message; it is taken in the order in which it came."""
        self._messages.append(message)
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)

    def empty(self) -> bool:
        """Whether there is nothing to take."""
        return not self._messages

    async def get(self) -> Any:
        """Take the next message, or wait for it. One task at a time may wait."""
        while not self._messages:
            self._taker = asyncio.get_running_loop().create_future()
            try:
                await self._taker
            finally:
                self._taker = None
        return self._messages.pop(0)


class LeanProtocol(WebSocketsSansIOProtocol):
    """A connection that `settle` makes small.

    The slots are the names that uvicorn sets: a name that it adds goes to the instance's dictionary,
    one that it drops costs a word.
    """

    __slots__ = (
        *("app", "app_state", "asgi_version", "client", "close_sent", "close_timeout", "close_timer"),
        *("config", "conn", "connections", "curr_msg_data_type", "default_headers", "disconnected"),
        *("frames", "handshake_complete", "handshake_initiated", "initial_response", "last_ping_rtt"),
        *("logger", "loop", "pending_ping_payload", "ping_interval", "ping_sent_at", "ping_timeout"),
        *("ping_timer", "pong_timer", "queue", "read_paused", "request", "response", "root_path"),
        *("scheme", "scope", "server", "tasks", "transport", "writable"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue: Any = Inbox()
        self.writable = _WRITABLE

    def pause_writing(self) -> None:
        if self.writable is _WRITABLE:
            self.writable = asyncio.Event()
        super().pause_writing()

    def settle(self) -> None:
        """The application has looked at the handshake: let go of it, and of the scope."""
        self.request.headers.clear()  # the parser's frame keeps the request
        del self.request, self.response
        self.scope.clear()  # type: ignore[attr-defined]
