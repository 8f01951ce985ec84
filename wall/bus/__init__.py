"""The bus between processes: a doorbell, who is present, and rate windows.

It holds nothing that cannot be lost. The truth is in the store; a bell only says "read now".
"""

from wall.bus.base import Bell, Bus, Heard
from wall.bus.inprocess import InProcessBus
from wall.bus.kept import Word

__all__ = ["Bell", "Bus", "Heard", "InProcessBus", "Word", "open_bus"]


def open_bus(redis_url: str | None, *, secret: str = "") -> Bus:
    """The bus for one process (`None`) or for several that share a Redis or Valkey.

    `secret` keys the digests under which rate windows are kept; every process must have the same.
    Raises SetupProblem for an address that cannot be read; a Redis that does not answer is no error.
    """
    if redis_url is None:
        return InProcessBus()
    from wall.bus.redis import RedisBus  # noqa: PLC0415 - its client is slow to import, and most need none

    return RedisBus(redis_url, secret=secret)
