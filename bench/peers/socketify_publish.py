"""socketify (uWebSockets): `publish` to a topic. GET /burst/N sends. Run: PORT as the only argument."""

from __future__ import annotations

import sys
from typing import Any

from socketify import App, AppListenOptions, CompressOptions, OpCode

MESSAGE = "x" * 1024
app: Any = App()


def burst(response: Any, request: Any) -> None:
    """Publish so many messages."""
    for _ in range(int(request.get_parameter(0))):
        app.publish("live", MESSAGE, OpCode.TEXT)
    response.end("")


app.ws(
    "/live",
    {
        "compression": CompressOptions.DISABLED,
        "idle_timeout": 0,
        "max_backpressure": 64 * 1024 * 1024,
        "open": lambda websocket: websocket.subscribe("live"),
    },
)
app.get("/burst/:count", burst)
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"))
app.run()
