"""Django Channels under daphne: `group_send` in its in-memory layer. POST N to /burst sends N messages.

Run: PORT as the only argument.
"""

from __future__ import annotations

import sys
from typing import Any

import django
from daphne.server import Server
from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}
    },
    SECRET_KEY="only measured",
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 - needs settings
from channels.layers import get_channel_layer  # noqa: E402 - needs settings
from channels.routing import ProtocolTypeRouter  # noqa: E402 - needs settings

MESSAGE = "x" * 1024


class Live(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket in the group."""

    async def connect(self) -> None:
        """Join the group."""
        await self.channel_layer.group_add("live", self.channel_name)
        await self.accept()

    async def live_message(self, event: dict[str, Any]) -> None:
        """Send on what the group was sent."""
        await self.send(text_data=event["text"])


async def burst(_scope: Any, receive: Any, send: Any) -> None:
    """Send as many messages to the group as the body says."""
    count = int((await receive())["body"])
    for _ in range(count):
        await get_channel_layer().group_send("live", {"type": "live.message", "text": MESSAGE})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    application = ProtocolTypeRouter({"http": burst, "websocket": Live.as_asgi()})
    endpoint = f"tcp:port={int(sys.argv[1])}:interface=127.0.0.1:backlog=4096"
    Server(application, endpoints=[endpoint], signal_handlers=True, ping_interval=3600, verbosity=0).run()
