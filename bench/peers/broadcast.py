"""`websockets.broadcast` under uvloop, without compression. Run: PORT as the only argument."""

from __future__ import annotations

import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.peers.commanded import MESSAGE, obey

_sockets: set[ServerConnection] = set()


async def live(socket: ServerConnection) -> None:
    """Take a socket in until it leaves."""
    _sockets.add(socket)
    try:
        await socket.wait_closed()
    finally:
        _sockets.discard(socket)


async def burst(count: int) -> None:
    """Broadcast `count` messages."""
    for _ in range(count):
        broadcast(_sockets, MESSAGE)


async def main(port: int) -> None:
    """Serve until there is no more input."""
    async with serve(live, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096):
        await obey(burst)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
