"""Whether messages are still there: read again page by page, from the newest, and one by one where too old.

A message that was taken back is still there as an empty event, which is how its homeserver says that it is
gone. One that the homeserver does not find is gone if it was there before, and not known to it otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from wall.feeds.base import Rechecked
from wall.feeds.common.told import put
from wall.feeds.matrix_rooms.api import Homeserver
from wall.feeds.matrix_rooms.config import Times
from wall.feeds.matrix_rooms.events import MESSAGE, id_of, is_redacted, key_of, place_of_key
from wall.feeds.matrix_rooms.flow import Flow
from wall.feeds.matrix_rooms.history import message, pages
from wall.feeds.matrix_rooms.problems import Refused
from wall.feeds.matrix_rooms.rooms import Room
from wall.feeds.shapes.common import Record

SINGLY = 50
"""Messages that one recheck asks for one by one; the others are unknown until the next."""


class Recheck:
    """Asks about messages. `had`: keys that were there; it grows with every answer."""

    def __init__(self, api: Homeserver, times: Times, had: dict[str, None]) -> None:
        self._api = api
        self._times = times
        self._had = had
        self._gone: frozenset[str] = frozenset()

    async def ask(self, keys: Sequence[str], rooms: Mapping[str, Room], flow: Flow | None) -> Rechecked:
        """What is there and what is gone. `rooms`: those that are read now, empty where nothing is; of
        other rooms nothing is learnt. What changed is told by `flow`. Raises Passing and FeedFatal."""
        by_room: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            named = place_of_key(key)
            if named and (not rooms or named[0] in rooms):
                by_room[named[0]].add(named[1])
        gone: set[str] = set()
        there: set[str] = set()
        for room_id, wanted in by_room.items():
            for event_id, event in (await self._found(room_id, wanted)).items():
                key = key_of(room_id, event_id)
                if event is not None and not is_redacted(event):
                    there.add(key)
                    put(self._had, key, None)
                    if flow is not None and room_id in rooms:
                        await flow.take(rooms[room_id], event)
                elif event is not None or key in self._had:
                    gone.add(key)
        self._gone = frozenset(gone)
        return Rechecked(frozenset(gone), frozenset(there))

    async def _found(self, room_id: str, wanted: set[str]) -> dict[str, Record | None]:
        """These events as they are now, None for those that are not there; nothing where nobody can say."""
        found: dict[str, Record | None] = {}
        with contextlib.suppress(Refused):  # a room that is closed now: that says nothing of what is in it
            await self._in_pages(room_id, wanted, found)
            for event_id in self._some(room_id, wanted - found.keys()):
                found[event_id] = await message(self._api, room_id, event_id)
                await asyncio.sleep(self._times.pace)
        return found

    async def _in_pages(self, room_id: str, wanted: set[str], found: dict[str, Record | None]) -> None:
        """The newest messages of a room: at most about twice as many as are asked for."""
        left = 2 + len(wanted) // 50
        async for page in pages(self._api, room_id, None, types=(MESSAGE,)):
            found.update({id_of(event): event for event in page.events if id_of(event) in wanted})
            left -= 1
            if left <= 0 or len(found) == len(wanted):
                return

    def _some(self, room_id: str, missing: set[str]) -> list[str]:
        by_chance = random.sample(sorted(missing), len(missing))
        return sorted(by_chance, key=lambda one: key_of(room_id, one) not in self._gone)[:SINGLY]
