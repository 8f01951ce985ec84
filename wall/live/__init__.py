"""The live side: the hub, the fan-out, sockets and snapshots."""

from wall.live.fanout import websocket_protocol
from wall.live.hub import Hub
from wall.live.snapshots import Snapshots
from wall.live.sockets import LiveSocket, face_of

__all__ = ["Hub", "LiveSocket", "Snapshots", "face_of", "websocket_protocol"]
