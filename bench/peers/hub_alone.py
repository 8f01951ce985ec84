"""Backchannel's hub and fan-out without its database: readings come from memory, pings are off.

A line N on standard input is a burst of N changes of 1,024 bytes of JSON. Run: PORT, and the event loop
(uvloop or asyncio; uvloop if left out).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator
from typing import Any, Literal, cast

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from bench.peers.commanded import obey
from wall.bus import open_bus
from wall.entries import PUBLIC, Drop, Scope
from wall.journal import Journal
from wall.live import Hub
from wall.live.fanout import websocket_protocol, writer_for
from wall.live.hub import Reader

EVENT = "measured"
_CHANGE = Drop(type=EVENT, id="x" * (1024 - len(Drop(type=EVENT, id="").model_dump_json())))


class Memory:
    """What the hub asks of a journal, and of a reading of it."""

    event_id, epoch, owners = EVENT, "measured", frozenset[str]()

    def __init__(self, after: int = 0, seq: int = 0) -> None:
        self.after, self.seq = after, seq

    @property
    def head(self) -> Any:
        """As a journal, a function; as a reading, a seq."""
        return self.seq if self.after else self._head

    async def _head(self, _event: str) -> tuple[str, int]:
        return self.epoch, self.seq

    async def read_after(self, _event: str, after: int, until: int) -> Memory:
        """What follows."""
        return Memory(after, min(self.seq, until))

    def changes(self, _scope: Scope) -> tuple[Drop, ...]:
        """One for each seq."""
        return (_CHANGE,) * (self.seq - self.after)


class Server:
    """One watched event and its sockets."""

    def __init__(self) -> None:
        self.journal = Memory(seq=1)
        self.hub = Hub(cast("Journal", self.journal), open_bus(None), build=1, beat_seconds=3600)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one websocket, as `wall.live.sockets` does once it knows who looks."""
        await receive()
        await send({"type": "websocket.accept"})
        watch = await self.hub.watch(EVENT)
        reader = Reader(PUBLIC, watch.head, writer_for(scope, send))
        watch.join(reader)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        watch.leave(reader)

    async def burst(self, count: int) -> None:
        """So many changes at once."""
        self.journal.seq += count
        (await self.hub.watch(EVENT)).look(self.journal.seq)

    @contextlib.asynccontextmanager
    async def obeying(self, _app: Any) -> AsyncIterator[None]:
        """Take commands while the server runs."""
        gc.freeze()
        gc.set_threshold(100_000, 50, 1_000)
        task = asyncio.create_task(obey(self.burst))
        yield
        task.cancel()


def main() -> None:
    """Serve."""
    server = Server()
    loop = cast("Literal['uvloop', 'asyncio']", sys.argv[2] if len(sys.argv) > 2 else "uvloop")
    uvicorn.run(
        Starlette(routes=[WebSocketRoute("/live", server)], lifespan=server.obeying),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop=loop,
        ws=websocket_protocol(),
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_level="warning",
        backlog=4096,
    )


if __name__ == "__main__":
    main()
