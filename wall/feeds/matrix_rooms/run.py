"""One stream of a Matrix feed: enter the rooms, read their past once, then hear what is new, for ever."""

from __future__ import annotations

import contextlib
import heapq
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from wall.feeds.base import Checkpoint, Dropped, Trouble
from wall.feeds.common.problems import Passing
from wall.feeds.matrix_rooms.api import Homeserver, path_of
from wall.feeds.matrix_rooms.backlog import Backlog, Space
from wall.feeds.matrix_rooms.config import MatrixConfig, Times
from wall.feeds.matrix_rooms.flow import Flow
from wall.feeds.matrix_rooms.history import SIZES, pages, sync_filter
from wall.feeds.matrix_rooms.memory import Memory, Place, as_token, place_of
from wall.feeds.matrix_rooms.problems import Refused
from wall.feeds.matrix_rooms.rooms import Room, Rooms
from wall.feeds.shapes.common import Record, parts_of
from wall.model import utc_now

FIRST_PAGES = 10
"""Pages of a room that is read for the first time: its newest 1,000 messages at most."""

GAP_PAGES = 200
"""Pages of what was said while nobody listened: 20,000 messages. What is older is left out and counted."""

_Said = Iterator[tuple[int, Room, Record]]


class Run:
    """What one stream does, round by round (`wall.feeds.common.rounds`)."""

    over = False

    def __init__(
        self, config: MatrixConfig, api: Homeserver, times: Times, cursor: str | None, had: dict[str, None]
    ) -> None:
        place = place_of(cursor)
        self._config = config
        self._api = api
        self._times = times
        self._since = place.since
        self._begun = dict.fromkeys(place.begun)
        self._memory = Memory(place.edits)
        self.rooms = Rooms(config, api, times)
        self.flow = Flow(config, api, self.rooms, self._memory, had)
        self.out = self.flow.out
        self._size = 0
        self._checked = False
        self._kept = 0.0

    async def round(self) -> float:
        """Do what is next: seconds until the next round. Raises Passing, FeedFatal and Refused."""
        if not self._checked:
            await self._api.check()
            self._checked = True
        if self.rooms.is_due:
            await self.rooms.enter()
        if not self.rooms.open:
            return self._times.join_again
        if not await self._begin():
            await self._hear()
        return 0.0

    def problems(self) -> list[Trouble]:
        """What is wrong with rooms."""
        return self.rooms.problems()

    async def _begin(self) -> bool:
        """Read the past of the rooms that were never read. Whether there were any."""
        rooms = [room for room in self.rooms.open.values() if room.id not in self._begun]
        if not rooms:
            return False
        if self._since is None:
            self._since = _next_of(await self._sync(None))
        space = Space()
        await self._take([_dated(room, await self._past_of(room, space)) for room in rooms])
        self._begun |= dict.fromkeys(room.id for room in rooms)
        self._keep()
        return True

    async def _past_of(self, room: Room, space: Space) -> Backlog:
        """What was said in a room before this stream, in its order."""
        oldest = utc_now() - timedelta(hours=self._config.look_back_hours)
        found = Backlog(space)
        count = 0
        with contextlib.suppress(Refused):  # it was closed meanwhile, or has no past for this account
            async for page in pages(self._api, room.id, self._since):
                self._meet(room, page.people)
                fresh = [event for event in page.events if not _is_older(event, oldest)]
                count += 1
                if not found.add(fresh) or count >= FIRST_PAGES or len(fresh) < len(page.events):
                    break
        return found

    async def _hear(self) -> None:
        """Wait for what is new, and take it."""
        said = await self._sync(self._since)
        rooms = _record(said.get("rooms"))
        heard: list[_Said] = []
        space = Space()
        for room_id, part in _record(rooms.get("join")).items():
            room = self.rooms.open.get(room_id)
            if room is not None and isinstance(part, dict):
                heard.append(_dated(room, await self._said_in(room, part, space)))
        await self._take(heard)
        for room_id in _record(rooms.get("leave")):
            self.rooms.left(room_id)
        self._since = _next_of(said)
        if self.out or time.monotonic() - self._kept > self._times.checkpoint:
            self._keep()

    async def _said_in(self, room: Room, part: Record, space: Space) -> Iterable[Record]:
        """The events of a room that a sync tells of, with those that it leaves out, in their order."""
        for event in parts_of(_record(part.get("state")).get("events")):
            room.learn(event)
        timeline = _record(part.get("timeline"))
        before = as_token(timeline.get("prev_batch"))
        events = parts_of(timeline.get("events"))
        if timeline.get("limited") is True and before is not None:
            return chain(await self._left_out(room, before, space), events)
        return events

    async def _left_out(self, room: Room, before: str, space: Space) -> Backlog:
        """Read what the server left out of a timeline: back to where the last sync ended."""
        found = Backlog(space)
        count = 0
        async for page in pages(self._api, room.id, before, self._since):
            self._meet(room, page.people)
            count += 1
            if not found.add(page.events) or (count >= GAP_PAGES and page.end is not None):
                self.out.append(Dropped("gap_too_long", f"{self.rooms.host} {room.name}"))
                break
        return found

    async def _take(self, heard: list[_Said]) -> None:
        """Take what was said in several rooms, in one order."""
        for _, room, event in heapq.merge(*heard, key=lambda one: one[0]):
            await self.flow.take(room, event)

    def _meet(self, room: Room, people: list[Record]) -> None:
        for event in people:
            room.learn(event, is_old=True)

    async def _sync(self, since: str | None) -> Record:
        """Ask for news. Fewer events are asked for while answers are too large to be read."""
        held = self._times.poll if since is not None else 0.0
        params = {
            "filter": sync_filter(list(self.rooms.open), SIZES[self._size]),
            "set_presence": "offline",
        }
        params |= {"timeout": str(round(held * 1000))} | ({"since": since} if since is not None else {})
        try:
            said = await self._api.get(path_of("sync"), params, held=held)
        except Passing as problem:
            if problem.code == "too_large":
                self._size = min(self._size + 1, len(SIZES) - 1)
            raise
        self._size = 0
        return said

    def _keep(self) -> None:
        self._kept = time.monotonic()
        place = Place(self._since, tuple(self._begun), self._memory.saved_edits())
        self.out.append(Checkpoint(str(place)))


def _next_of(said: Record) -> str:
    token = as_token(said.get("next_batch"))
    if token is None:
        raise Passing("no_data", "It answers with something else than news")
    return token


def _dated(room: Room, events: Iterable[Record]) -> _Said:
    """Events with times by which several rooms become one order; that of a room stays as it is."""
    at = 0
    for event in events:
        sent = event.get("origin_server_ts")
        at = max(at, sent) if isinstance(sent, int) else at
        yield at, room, event


def _is_older(event: Record, than: datetime) -> bool:
    at = event.get("origin_server_ts")
    return isinstance(at, int) and at < than.timestamp() * 1000


def _record(value: object) -> Record:
    return value if isinstance(value, dict) else {}
