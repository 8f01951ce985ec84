"""Open walls that are websockets and nothing more: they note when they are told of what."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from bench.support.site import API, EVENT, Site
from tests.support.waiting import eventually

SOCKETS = 10
_WITHIN = 30.0

Told = dict[str, list[float]]
"""When each socket was told, in seconds since 1970, by post id."""


@dataclass
class Sockets:
    """What several open walls were told."""

    ids: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Post id and version by text."""
    puts: Told = field(default_factory=dict)
    drops: Told = field(default_factory=dict)

    async def read(self, socket: ClientConnection) -> None:
        """Note every change until the socket closes."""
        async for frame in socket:
            at = time.time()
            for change in json.loads(frame).get("changes", ()):
                if change["type"] == "post":
                    self._note(change, at)

    def _note(self, change: dict[str, Any], at: float) -> None:
        told = self.drops if change["op"] == "drop" else self.puts
        told.setdefault(change["id"], []).append(at)
        if change["op"] == "put":
            self.ids[change["value"]["text"]] = (change["id"], change["version"])

    async def all_told(self, told: Told, post_id: str) -> float:
        """Wait until every socket was told of a post (`puts` or `drops`); when the last was."""
        await eventually(lambda: len(told.get(post_id, ())) >= SOCKETS, _WITHIN, "every socket")
        return max(told[post_id])


@asynccontextmanager
async def open_sockets(served: Site) -> AsyncIterator[Sockets]:
    """Open walls until the block ends, each on a websocket of its own."""
    sockets = Sockets()
    cursor = (await served.client.get(f"{API}/snapshot?face=wall")).json["cursor"]
    url = f"ws://127.0.0.1:{served.port}/live/{EVENT}?face=wall&cursor={cursor}"
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            origin: Any = served.process.base_url
            socket = await stack.enter_async_context(connect(url, origin=origin, proxy=None))
            reading = asyncio.create_task(sockets.read(socket))
            stack.push_async_callback(_ended, reading)
        yield sockets


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
