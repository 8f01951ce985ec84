"""A TCP proxy that cuts, stalls, slows and delays, as a venue's network does."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from typing import Literal, Self

Cut = Literal["reset", "fin"]
Toward = Literal["client", "server"]

_CHUNK = 16_384
_SLICES = 20
"""Reads per second on a line with a rate."""
_Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class FaultProxy:
    """Forwards 127.0.0.1:`port` to `upstream`: a (host, port), or the path of a unix socket.

    The attributes may be changed at any time and act on open connections too:
    `latency` seconds are added in each direction, `rate` is bytes per second, connection and
    direction (None: unlimited), `refusing` resets every new connection.
    """

    def __init__(self, upstream: tuple[str, int] | str) -> None:
        self.upstream = upstream
        self.port = 0
        self.latency = 0.0
        self.rate: float | None = None
        self.refusing = False
        self.accepted = 0
        """Connections accepted so far, refused ones not counted."""
        self.cuts = 0
        """Connections cut so far."""
        self._links: set[_Link] = set()
        self._handlers: set[asyncio.Task[None]] = set()
        self._open: dict[Toward, asyncio.Event] = {"client": asyncio.Event(), "server": asyncio.Event()}
        self._budgets: tuple[random.Random, float] | None = None
        self._server: asyncio.Server | None = None
        self.resume()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=_CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*self._handlers)
        await self._server.wait_closed()

    @property
    def connections(self) -> int:
        """Connections open now."""
        return len(self._links)

    def cut(self, how: Cut = "reset") -> int:
        """End every open connection, by RST or by FIN. Returns how many there were."""
        links = list(self._links)
        for link in links:
            link.cut(how)
        return len(links)

    def cut_after(self, count: int, how: Cut = "fin") -> None:
        """Let each open connection pass `count` more bytes to its client, then end it: mid-frame."""
        for link in self._links:
            link.allow(count, how)

    def random_cuts(self, rng: random.Random, mean_bytes: float) -> None:
        """Cut every connection, open and new, after exponentially many bytes toward its client."""
        self._budgets = (rng, mean_bytes)
        for link in self._links:
            self._draw(link)

    def stall(self, *toward: Toward) -> None:
        """Forward nothing more, in one direction or in both, and keep the connections open."""
        for direction in toward or ("client", "server"):
            self._open[direction].clear()

    def resume(self) -> None:
        """Forward again."""
        for gate in self._open.values():
            gate.set()

    def calm(self) -> None:
        """End every fault. Connections stay as they are."""
        self.latency, self.rate, self.refusing, self._budgets = 0.0, None, False, None
        for link in self._links:
            link.allow(None, "fin")
        self.resume()

    async def passable(self, toward: Toward) -> None:
        """Wait until this direction is not stalled."""
        await self._open[toward].wait()

    def _draw(self, link: _Link) -> None:
        if self._budgets:
            rng, mean = self._budgets
            link.allow(1 + int(rng.expovariate(1 / mean)), rng.choice(("reset", "fin")))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve((reader, writer)))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve(self, client: _Pipe) -> None:
        try:
            server = None if self.refusing else await self._connect()
        except OSError:
            server = None
        if server is None:
            _end(client[1], "reset")
            return
        self.accepted += 1
        link = _Link(self, client, server)
        self._draw(link)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)

    async def _connect(self) -> _Pipe:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream, limit=_CHUNK)
        return await asyncio.open_connection(*self.upstream, limit=_CHUNK)


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: FaultProxy, client: _Pipe, server: _Pipe) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        self._budget: int | None = None
        self._how: Cut = "fin"
        self._ended = False
        self._tasks: list[asyncio.Task[None]] = []

    def allow(self, count: int | None, how: Cut) -> None:
        """Pass `count` more bytes toward the client (None: any number), then end in this manner."""
        self._budget, self._how = count, how

    def cut(self, how: Cut) -> None:
        """End both sides now. Does nothing a second time."""
        if not self._ended:
            self._proxy.cuts += 1
            self._end(how)

    async def run(self) -> None:
        """Forward both ways until either side ends or the link is cut."""
        toward_server = self._forward("server", self._client[0], self._server[1])
        toward_client = self._forward("client", self._server[0], self._client[1])
        self._tasks = [asyncio.create_task(toward_server), asyncio.create_task(toward_client)]
        await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self._end("fin")
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end(self, how: Cut) -> None:
        if self._ended:
            return
        self._ended = True
        for task in self._tasks:
            task.cancel()
        for writer in (self._client[1], self._server[1]):
            _end(writer, how)

    async def _forward(
        self, toward: Toward, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._take(toward, reader, queue))
                group.create_task(self._give(toward, queue, writer))
        except* OSError:
            pass

    async def _take(
        self, toward: Toward, reader: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        loop = asyncio.get_running_loop()
        data = b"more"
        while data:
            await self._proxy.passable(toward)
            rate = self._proxy.rate or _CHUNK * _SLICES
            data = await reader.read(max(1, min(_CHUNK, int(rate / _SLICES))))
            await self._proxy.passable(toward)
            if self._proxy.rate:
                await asyncio.sleep(len(data) / self._proxy.rate)
            await queue.put((loop.time() + self._proxy.latency, data))

    async def _give(
        self, toward: Toward, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await queue.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                return
            if toward == "client" and self._budget is not None:
                data, self._budget = data[: self._budget], max(0, self._budget - len(data))
            writer.write(data)
            await writer.drain()
            if toward == "client" and self._budget == 0:
                self.cut(self._how)


def _end(writer: asyncio.StreamWriter, how: Cut) -> None:
    """Close, after what was written (FIN), or at once and with a reset (RST)."""
    if how == "fin":
        writer.close()
        return
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0 and raw.family != socket.AF_UNIX:  # it may have ended itself
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
