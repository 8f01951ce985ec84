"""What Backchannel's fan-out is compared with: a FastAPI server that awaits `send_text` in a loop.

`PUT` the rest of a message to /message, then POST to /burst/N: N messages, each to every socket. It
runs on the same uvicorn, without compression like Backchannel. Run: PORT as the only argument.
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect

app = FastAPI()
_sockets: set[WebSocket] = set()


class _State:
    seq = 0
    rest = ""


_state = _State()


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


@app.get("/ready")
async def ready() -> dict[str, int]:
    """How many sockets there are."""
    return {"sockets": len(_sockets)}


@app.post("/message")
async def message(request: Request) -> dict[str, int]:
    """Set what follows the seq in every message."""
    _state.rest = (await request.body()).decode()
    return {"seq": _state.seq}


@app.post("/burst/{count}")
async def burst(count: int) -> dict[str, int]:
    """Send `count` messages, one after the other, to everybody."""
    for _ in range(count):
        _state.seq += 1
        text = f'{{"type":"changes","after":{_state.seq - 1},"seq":{_state.seq},{_state.rest}'
        for websocket in list(_sockets):
            await websocket.send_text(text)
    return {"seq": _state.seq}


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        backlog=4096,
    )
