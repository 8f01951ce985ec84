"""The live side: the hub, the fan-out, sockets and snapshots."""

from wall.live.beats import Beats, Heard
from wall.live.connections import http_protocol, raise_descriptor_limit
from wall.live.fanout import websocket_protocol
from wall.live.hub import Hub
from wall.live.sampling import Sampling
from wall.live.snapshots import Snapshots
from wall.live.sockets import LiveSocket, face_of

__all__ = [
    "Beats",
    "Heard",
    "Hub",
    "LiveSocket",
    "Sampling",
    "Snapshots",
    "face_of",
    "http_protocol",
    "raise_descriptor_limit",
    "websocket_protocol",
]
