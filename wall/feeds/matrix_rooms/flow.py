"""Events go in, items come out: each version of a message once, whatever the order it is heard in."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from wall.feeds.base import Arrived, Dropped, Edited, Item, Withdrawn
from wall.feeds.common.matching import plain_fold
from wall.feeds.common.plain import is_wanted
from wall.feeds.common.told import fingerprint, put
from wall.feeds.matrix_rooms.api import Homeserver
from wall.feeds.matrix_rooms.config import MatrixConfig
from wall.feeds.matrix_rooms.events import (
    ENCRYPTED,
    MESSAGE,
    NETWORK,
    REDACTION,
    REPLACE,
    bundled_edit,
    content_of,
    id_of,
    is_edit_of,
    is_event_id,
    is_redacted,
    items_of,
    key_of,
    made_at,
    redacted_by,
    relation_of,
    words_of,
)
from wall.feeds.matrix_rooms.history import message as asked_for
from wall.feeds.matrix_rooms.memory import Memory, Message
from wall.feeds.matrix_rooms.problems import is_maybe_of_one_event, is_of_one_event, understood
from wall.feeds.matrix_rooms.rooms import Room, Rooms
from wall.feeds.shapes.common import Record, attempt
from wall.model import utc_now

_TICK = timedelta(microseconds=1)
TRIES = 8
"""Times that an event is asked for, each in another round: some minutes, as the waits grow."""


class Flow:
    """One stream: what is known, and what is to be told (`out`), in order.

    `had` outlives it: keys that the homeserver was seen to have.
    """

    def __init__(
        self, config: MatrixConfig, api: Homeserver, rooms: Rooms, memory: Memory, had: dict[str, None]
    ) -> None:
        self.out: deque[Item] = deque()
        self._api = api
        self._rooms = rooms
        self._memory = memory
        self._had = had
        self._tries: dict[str, int] = {}
        self._wanted = frozenset(map(plain_fold, config.hashtags))

    async def take(self, room: Room, event: Record) -> None:
        """Take an event. What it holds may be anything: one that nothing can be done with is counted.

        Raises what the homeserver's API raises, for as long as that is no matter of this event alone.
        """
        try:
            await self._taken(room, event)
        except Exception as problem:
            if understood(problem) is not None:
                raise
            self._lose(room, f"{event.get('event_id')}", "unusable_post")

    async def _taken(self, room: Room, event: Record) -> None:
        match event.get("type"):
            case str(kind) if kind == MESSAGE:
                await self._message(room, event)
            case str(kind) if kind == REDACTION:
                await self._redaction(room, event)
            case str(kind) if kind == ENCRYPTED:
                room.encrypted = True
            case _:
                room.learn(event)

    async def _message(self, room: Room, event: Record) -> None:
        name = id_of(event)
        kind, target = relation_of(event)
        is_edit = kind == REPLACE
        if not name or not isinstance(event.get("sender"), str) or (is_edit and not is_event_id(target)):
            self._lose(room, str(event.get("event_id")), "unusable_post")
        elif is_redacted(event):
            self._farewell(room, name, only_if_told=True)
        elif not self._is_gone(room, name):
            await (self._edit(room, event, target) if is_edit else self._original(room, event))

    async def _original(self, room: Room, event: Record) -> None:
        message = self._memory.keep(key_of(room.id, id_of(event)), event)
        edit = bundled_edit(event)
        if edit and id_of(edit) not in message.edits and not self._is_gone(room, id_of(edit)):
            whole = edit if is_edit_of(edit, event) else await self._asked_for(room, id_of(edit))
            if whole and message.add(whole):
                self._memory.keep_edit(id_of(edit), id_of(event))
        self._tell(room, message)

    async def _edit(self, room: Room, edit: Record, target: str) -> None:
        message = await self._known(room, target)
        if message is None:
            return
        if message.add(edit):
            self._memory.keep_edit(id_of(edit), target)
        self._tell(room, message)

    async def _redaction(self, room: Room, event: Record) -> None:
        target = redacted_by(event)
        edited = self._memory.edited_by(target)
        if not target or self._is_gone(room, target):
            return
        if edited is not None:
            await self._without_edit(room, target, edited, _heard_at(event))
        elif self._memory.message(key_of(room.id, target)) is not None:
            self._farewell(room, target, only_if_told=True)
        else:
            found = await self._asked_for(room, target)
            if found is not None and found.get("type") == MESSAGE and is_redacted(found):
                self._farewell(room, target)

    async def _without_edit(self, room: Room, edit_id: str, event_id: str, at: datetime) -> None:
        """An edit was taken back: the message is as it was before it, and that is its newest version."""
        before = self._memory.message(key_of(room.id, event_id))
        message = await self._known(room, event_id)
        if message is not None:
            self._memory.bury(key_of(room.id, edit_id))
            message.edits.pop(edit_id, None)
            if before is None or before.told == edit_id:
                self._tell(room, message, at)

    async def _known(self, room: Room, event_id: str) -> Message | None:
        """A message that is remembered, or asked for; None where it is none, gone, or an edit itself."""
        key = key_of(room.id, event_id)
        if self._memory.message(key) is None and not self._memory.is_gone(key):
            found = await self._asked_for(room, event_id)
            if found is not None and found.get("type") == MESSAGE and relation_of(found)[0] != REPLACE:
                await self._message(room, found)
        return self._memory.message(key)

    async def _asked_for(self, room: Room, event_id: str) -> Record | None:
        """An event that another one names; None where it is not there. One that the homeserver cannot give
        while it gives the others is counted: it must not hold up what comes after. Raises as `message`."""
        key = key_of(room.id, event_id)
        try:
            found = await asked_for(self._api, room.id, event_id)
        except Exception as problem:
            if not await self._is_given_up(key, problem):
                raise
            self._lose(room, event_id, "unusable_post")
            found = None
        self._tries.pop(key, None)
        return found

    async def _is_given_up(self, key: str, problem: Exception) -> bool:
        """Whether a problem is one of this event alone: by what was answered, or because it fails again and
        again while syncs work."""
        if is_of_one_event(problem):
            return await self._api.is_well()
        if not is_maybe_of_one_event(problem):
            return False
        put(self._tries, key, self._tries.get(key, 0) + 1)
        return self._tries[key] >= TRIES

    def _is_gone(self, room: Room, event_id: str) -> bool:
        return self._memory.is_gone(key_of(room.id, event_id))

    def _farewell(self, room: Room, event_id: str, *, only_if_told: bool = False) -> None:
        """A message was taken back. One that was not told is remembered, should it come yet."""
        key = key_of(room.id, event_id)
        message = self._memory.message(key)
        told = key in self._had or (message is not None and message.told is not None)
        if self._memory.bury(key) and (told or not only_if_told):
            self.out.append(Withdrawn(NETWORK, key))

    def _tell(self, room: Room, message: Message, reverted_at: datetime | None = None) -> None:
        """Tell of a message as it is now, if that is news and one of the hashtags is, or was, in it."""
        edit = message.newest()
        version = id_of(edit) if edit else ""
        if (message.told == version and reverted_at is None) or not self._is_wanted(message, edit):
            return
        for item in attempt(self._where(room), self._built, room, message, edit, reverted_at):
            match item:
                case Dropped(code):
                    self._lose(room, f"{id_of(message.event)} {version}", code)
                case Arrived(post) | Edited(post):
                    message.told, message.edited_at = version, post.edited_at
                    put(self._had, post.key, None)
                    self.out.append(item)

    def _built(
        self, room: Room, message: Message, edit: Record | None, reverted_at: datetime | None
    ) -> list[Item]:
        at = reverted_at or (made_at(edit) if edit else None)
        if at is not None and message.edited_at is not None:
            at = max(at, message.edited_at + _TICK)
        name = room.people.get(message.event["sender"], "")
        where = self._where(room)
        return items_of(room.id, self._rooms.via, message.event, edit, name, at, where)

    def _is_wanted(self, message: Message, edit: Record | None) -> bool:
        if message.told is not None or not self._wanted:
            return True
        contents = [content_of(message.event), *([content_of(edit)["m.new_content"]] if edit else [])]
        return any(is_wanted(words_of(content) or "", self._wanted) for content in contents)

    def _lose(self, room: Room, name: str, code: str) -> None:
        if self._memory.is_new_loss(fingerprint(f"{room.id} {name}")):
            self.out.append(Dropped(code, self._where(room)))

    def _where(self, room: Room) -> str:
        return f"{self._rooms.host} {room.name}"


def _heard_at(event: Record) -> datetime:
    """When something happened, or now where the event says nothing that could be true."""
    try:
        return made_at(event)
    except (LookupError, TypeError, OverflowError):
        return utc_now()
