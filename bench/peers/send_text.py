"""FastAPI as its documentation shows it: a loop that awaits `send_text` of every socket.

On the same uvicorn as Backchannel and without compression like it. Run: PORT as the only argument.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from bench.peers.commanded import MESSAGE, obey

_sockets: set[WebSocket] = set()


async def burst(count: int) -> None:
    """Send `count` messages, one after the other, to everybody."""
    for _ in range(count):
        for websocket in list(_sockets):
            await websocket.send_text(MESSAGE)


@contextlib.asynccontextmanager
async def obeying(_app: FastAPI) -> AsyncIterator[None]:
    """Take commands while the server runs."""
    task = asyncio.create_task(obey(burst))
    yield
    task.cancel()


app = FastAPI(lifespan=obeying)


@app.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Take a socket in until it leaves."""
    await websocket.accept()
    _sockets.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        _sockets.discard(websocket)


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_level="warning",
        backlog=4096,
    )
