"""What was said in rooms before: read from the newest event back, taken from the oldest on.

Events wait packed. 20,000 messages are some megabytes then, and a homeserver that makes its events as large
as it can fills a `Space` and nothing more.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator

from wall.feeds.matrix_rooms.events import MESSAGE, id_of
from wall.feeds.shapes.common import Record

MOST_BYTES = 64 << 20
"""Packed bytes of all rooms of a feed that may wait at once."""


class Space:
    """How many more bytes may wait. All rooms that are read together share one."""

    def __init__(self) -> None:
        self.left = MOST_BYTES


class Backlog:
    """The past of one room. It can be read once: what was read is let go."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._events: list[bytes] = []

    def add(self, events: Iterable[Record]) -> bool:
        """Keep events, each older than the one before. False at the first for which there is no space."""
        for event in events:
            packed = zlib.compress(_written(event), 1)
            if len(packed) > self._space.left:
                return False
            self._space.left -= len(packed)
            self._events.append(packed)
        return True

    def __iter__(self) -> Iterator[Record]:
        """Every event, the oldest first. One that is nested too deep to be kept is a message without words
        or sender, which is counted as every other that cannot be used."""
        while self._events:
            yield _read(zlib.decompress(self._events.pop()))


def _written(event: Record) -> bytes:
    try:
        return json.dumps(event, separators=(",", ":")).encode("ascii")
    except RecursionError:
        return json.dumps({"type": MESSAGE, "event_id": id_of(event)}).encode("ascii")


def _read(written: bytes) -> Record:
    try:
        event: Record = json.loads(written)
    except RecursionError:
        return {"type": MESSAGE}
    return event
