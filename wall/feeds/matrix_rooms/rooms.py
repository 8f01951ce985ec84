"""The rooms of a feed: found by their addresses, entered, and how each of them is."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass, field
from urllib.parse import quote

from wall.feeds.base import Trouble
from wall.feeds.common.fields import name_of
from wall.feeds.common.problems import Passing
from wall.feeds.matrix_rooms.api import Homeserver, path_of
from wall.feeds.matrix_rooms.config import MatrixConfig, Times
from wall.feeds.matrix_rooms.events import ENCRYPTION, MEMBER, TOMBSTONE, content_of
from wall.feeds.matrix_rooms.problems import Refused
from wall.feeds.shapes.common import Record

PEOPLE = 20_000
"""Members of one room whose names are remembered."""

_ENCRYPTED = (
    "encrypted",
    "This room is encrypted, and nobody but its members can read what is said there: use a room without "
    "encryption. It can never be switched off in a room that has it.",
)
_REPLACED = (
    "room_replaced",
    "This room was replaced by another one: enter the settings of this feed again, with the address of the "
    "new room.",
)
_NO_ROOM = ("no_room", "There is no such room, or it cannot be reached from here: check its address.")


@dataclass(slots=True)
class Room:
    """A room that the account is in. `name` is as an organiser gave it."""

    id: str
    name: str
    encrypted: bool = False
    replaced: bool = False
    people: dict[str, str] = field(default_factory=dict)

    def learn(self, event: Record, *, is_old: bool = False) -> None:
        """Take up a state event. `is_old`: of a time before what is known of its sender."""
        kind, whose = event.get("type"), event.get("state_key")
        if kind == ENCRYPTION and whose == "":
            self.encrypted = True
        elif kind == TOMBSTONE and whose == "":
            self.replaced = True
        elif kind == MEMBER and isinstance(whose, str) and not (is_old and whose in self.people):
            name = content_of(event).get("displayname")
            self.people[whose] = name if isinstance(name, str) else ""
            if len(self.people) > PEOPLE:
                del self.people[next(iter(self.people))]

    @property
    def problem(self) -> tuple[str, str] | None:
        """Why nothing comes from it, as a code and in words."""
        return _ENCRYPTED if self.encrypted else _REPLACED if self.replaced else None


class Rooms:
    """All rooms of a feed, by their ids."""

    def __init__(self, config: MatrixConfig, api: Homeserver, times: Times) -> None:
        self.host = name_of(config.homeserver)
        self.open: dict[str, Room] = {}
        self.me = ""
        self._names = config.rooms
        self._api = api
        self._times = times
        self._closed: dict[str, tuple[str, str]] = {}
        self._ignored = 0
        self._due = -math.inf

    @property
    def via(self) -> str:
        """The name of the account's server: it knows every room that is read."""
        return self.me.partition(":")[2]

    @property
    def is_due(self) -> bool:
        """Whether there are rooms that should be tried, now."""
        missing = not self.me or bool(self._closed)
        return missing and asyncio.get_running_loop().time() >= self._due

    async def enter(self) -> None:
        """Find and enter those that are not entered yet. Raises Passing, and FeedFatal for the token."""
        if not self.me:
            await self._sign()
            self._closed = dict.fromkeys(self._names, self._not_in())
        said = await self._api.get(path_of("joined_rooms"))
        joined = said.get("joined_rooms")
        for name in list(self._closed):
            await self._enter(name, joined if isinstance(joined, list) else [])
        self._due = asyncio.get_running_loop().time() + self._times.join_again

    def left(self, room_id: str) -> None:
        """The account is in a room no more: it left, or somebody removed it."""
        room = self.open.pop(room_id, None)
        if room is not None:
            self._closed[room.name] = self._not_in()

    def problems(self) -> list[Trouble]:
        """What is wrong with rooms, each under its name; under the server's where no room is left."""
        wrong = dict(self._closed)
        wrong |= {room.name: room.problem for room in self.open.values() if room.problem}
        told = [Trouble(f"{self.host} {name}", code, said) for name, (code, said) in wrong.items()]
        if wrong and not any(room.problem is None for room in self.open.values()):
            said = " ".join(f"{name}: {words}" for name, (_, words) in wrong.items())
            told.append(Trouble(self.host, next(iter(wrong.values()))[0], said))
        if self._ignored:
            said = "The account ignores people, and what they say does not come: stop ignoring them there"
            told.append(Trouble(f"{self.host} account", "ignored_users", said))
        return told

    async def _sign(self) -> None:
        """Learn whose token it is, and whom they ignore: the server leaves those out of everything."""
        said = await self._api.get(path_of("account", "whoami"))
        me = said.get("user_id")
        if not isinstance(me, str) or not me.startswith("@"):
            raise Passing("no_data", "It does not say whose token this is")
        try:
            data = await self._api.get(path_of("user", me, "account_data", "m.ignored_user_list"))
        except Refused:
            data = {}
        ignored = data.get("ignored_users")
        self._ignored = len(ignored) if isinstance(ignored, dict) else 0
        self.me = me

    async def _enter(self, name: str, joined: list[object]) -> None:
        try:
            room_id = await self._id_of(name)
            if room_id not in joined:
                await self._api.post(path_of("join", name) + _by_way_of(name), {})
            room = await self._seen(room_id, name)
        except Refused as problem:
            self._closed[name] = self._not_in() if problem.status == 403 else _NO_ROOM
        else:
            del self._closed[name]
            self.open.setdefault(room_id, room)

    async def _id_of(self, name: str) -> str:
        if name.startswith("!"):
            return name
        said = await self._api.get(path_of("directory", "room", name))
        room_id = said.get("room_id")
        if not isinstance(room_id, str) or not room_id.startswith("!"):
            raise Passing("no_data", "It answers with something else than a room")
        return room_id

    async def _seen(self, room_id: str, name: str) -> Room:
        """A room with what is true of it as a whole."""
        room = Room(room_id, name)
        for kind in (ENCRYPTION, TOMBSTONE):
            with contextlib.suppress(Refused):  # it has no such state
                content = await self._api.get(path_of("rooms", room_id, "state", kind))
                room.learn({"type": kind, "state_key": "", "content": content})
        return room

    def _not_in(self) -> tuple[str, str]:
        said = f"The account {self.me} is not in this room and may not join it by itself: invite it there."
        return "not_in_room", said


def _by_way_of(name: str) -> str:
    """A room id tells no server where to ask about the room but the one in it."""
    server = name.partition(":")[2] if name.startswith("!") else ""
    return f"?via={quote(server, safe='')}" if server else ""
