"""A fake homeserver on loopback that speaks the client API of Matrix and can be driven.

Events have a place in one stream (`s12`); a sync gives what came after one, held back while there is
nothing, and says `limited` where it gives less than there is; pages go back from a place. A message
that was taken back keeps its id and loses its content. The newest edit of a message is bundled with it. So
it is in Synapse.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from tests.world.mastodon_api import Answer
from tests.world.requests import Asked, Server, serving
from wall.model import utc_now

TOKEN = "syt_a_token"
ME = "@wall:fake.example"
Event = dict[str, Any]


def error(status: int, code: str, **more: Any) -> Answer:
    """An error as the API says it."""
    return Answer(status, {"errcode": code, "error": "no", **more})


@dataclass
class FakeRoom:
    """A room. `joined`: whether the account is in it; `open_to`: who may join it: public or nobody."""

    id: str
    alias: str
    joined: bool = True
    open_to: str = "public"
    joined_at: int = 0
    left_at: int | None = None
    state: dict[str, Event] = field(default_factory=dict)
    people: dict[str, Event] = field(default_factory=dict)


class FakeMatrix:
    """The homeserver. Attributes may be changed at any time and act on the next answer."""

    def __init__(self, *, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.rooms: dict[str, FakeRoom] = {}
        self.events: list[tuple[str, Event]] = []
        """(room, event), in the order of the stream: the first is at place 1."""
        self.edits: dict[str, list[Event]] = {}
        self.now: dict[str, Event] = {}
        """Every event by its id, as it is now."""
        self.tokens = {TOKEN: ME}
        self.soft_logout = False
        self.ignored: list[str] = []
        self.failing: Callable[[str], Answer | None] = lambda _path: None
        """Asked before each request; its answer is sent in place of the right one."""
        self.longest_timeline = 100
        self.doubled = False
        self.shuffled = 0
        self.lost = False
        """It has forgotten every message."""
        self.reviving: dict[str, Event] = {}
        """Messages by id as they were, which it lists in place of what is left of them."""
        self.whole_edits = True
        """Whether bundled edits come whole; else by their ids."""
        self.server: Server
        self._shown = 0
        self._news = asyncio.Condition()
        self._stack = AsyncExitStack()
        self._numbers = itertools.count(1)
        self.waiting = 0
        self.room("#summit:fake.example")

    async def __aenter__(self) -> Self:
        self.server = await self._stack.enter_async_context(serving(self._answer))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def room(self, alias: str, **more: Any) -> FakeRoom:
        """Make a room."""
        room = FakeRoom(f"!room{len(self.rooms)}:fake.example", alias, **more)
        self.rooms[room.id] = room
        return room

    @property
    def first(self) -> FakeRoom:
        return next(iter(self.rooms.values()))

    async def send(
        self, kind: str, content: Event, *, room: FakeRoom | None = None, by: str = "ada", **more: Any
    ) -> Event:
        """Put an event into a room."""
        room = room or self.first
        sender = by if by.startswith("@") else f"@{by}:fake.example"
        event: Event = {
            "type": kind,
            "event_id": f"$event{next(self._numbers)}",
            "sender": sender,
            "origin_server_ts": int(utc_now().timestamp() * 1000),
            "content": content,
            "unsigned": {"age": 20},
        } | more
        if sender not in room.people:
            self._name(room, sender, by.title())
        self.events.append((room.id, event))
        self.now[event["event_id"]] = event
        if "state_key" in event and kind != "m.room.member":
            room.state[kind] = event
        await self._tell()
        return event

    async def publish(self, text: str, *, at: datetime | None = None, **more: Any) -> Event:
        """Say something."""
        dated = {"origin_server_ts": int(at.timestamp() * 1000)} if at else {}
        content = {"msgtype": "m.text", "body": text} | more.pop("content", {})
        return await self.send("m.room.message", content, **dated, **more)

    async def edit(self, event: Event, text: str, **more: Any) -> Event:
        """Replace a message, by its sender unless `by` another."""
        new = {"msgtype": "m.text", "body": text}
        relates = {"rel_type": "m.replace", "event_id": event["event_id"]}
        content = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relates}
        room = self._room_of(event["event_id"])
        given = {"by": event["sender"]} | more
        self.edits.setdefault(event["event_id"], [])
        edit = await self.send("m.room.message", content, room=room, **given)
        if edit["sender"] == event["sender"]:
            self.edits[event["event_id"]].append(edit)
        return edit

    async def redact(self, event: Event, *, by: str = "mod", v11: bool = False, told: bool = True) -> Event:
        """Take an event back. `v11`: as rooms of version 11 and later say it."""
        room = self._room_of(event["event_id"])
        names = {"redacts": event["event_id"]}
        redaction = {"event_id": f"$redaction{next(self._numbers)}", "sender": by}
        event["unsigned"] = {"redacted_because": redaction}
        event["content"] = {}
        for edits in self.edits.values():
            edits[:] = [one for one in edits if one is not event]
        if not told:
            return redaction
        content, beside = (names, {}) if v11 else ({}, names)
        return await self.send("m.room.redaction", content, room=room, by=by, **beside)

    async def rename(self, user: str, name: str) -> None:
        """Somebody changes their name in the first room."""
        event = self._name(self.first, f"@{user}:fake.example", name)
        self.events.append((self.first.id, event))
        await self._tell()

    async def leave(self, room: FakeRoom) -> None:
        """The account is removed from a room."""
        room.joined, room.left_at, room.open_to = False, len(self.events) + 1, "nobody"
        event = {
            "type": "m.room.member",
            "state_key": ME,
            "sender": "@mod:fake.example",
            "event_id": "$kick",
        }
        self.events.append((room.id, event | {"content": {"membership": "leave"}, "origin_server_ts": 0}))
        await self._tell()

    async def settle(self) -> None:
        """Show what is held back."""
        self._shown = len(self.events)
        async with self._news:
            self._news.notify_all()

    async def wake(self) -> None:
        """Answer every request that is held back."""
        async with self._news:
            self._news.notify_all()

    async def _tell(self) -> None:
        if len(self.events) - self._shown >= max(1, self.shuffled):
            await self.settle()

    def _name(self, room: FakeRoom, user: str, name: str) -> Event:
        event = {
            "type": "m.room.member",
            "event_id": f"$member{next(self._numbers)}",
            "sender": user,
            "state_key": user,
            "origin_server_ts": 1,
            "content": {"membership": "join", "displayname": name, "avatar_url": "mxc://fake.example/a"},
        }
        room.people[user] = event
        return event

    def _room_of(self, event_id: str) -> FakeRoom:
        return next(self.rooms[room] for room, event in self.events if event["event_id"] == event_id)

    async def _answer(self, asked: Asked) -> Answer:
        wanted = self.failing(asked.path)
        if wanted is not None:
            return wanted
        if asked.path == "/_matrix/client/versions":
            return Answer(200, {"versions": ["v1.11"], "unstable_features": {}})
        if asked.token not in self.tokens:
            more = {"soft_logout": True} if self.soft_logout else {}
            return error(401, "M_UNKNOWN_TOKEN" if asked.token else "M_MISSING_TOKEN", **more)
        match asked.parts[3:]:
            case ["rooms", room_id, *more]:
                return self._of_room(room_id, more, asked)
            case ["sync"]:
                return await self._sync(asked)
        return self._of_account(asked.parts[3:])

    def _of_account(self, parts: list[str]) -> Answer:
        match parts:
            case ["account", "whoami"]:
                return Answer(200, {"user_id": ME, "device_id": "WALL"})
            case ["user", _, "account_data", "m.ignored_user_list"]:
                if not self.ignored:
                    return error(404, "M_NOT_FOUND")
                return Answer(200, {"ignored_users": {one: {} for one in self.ignored}})
            case ["joined_rooms"]:
                return Answer(200, {"joined_rooms": [one.id for one in self.rooms.values() if one.joined]})
            case ["directory", "room", alias]:
                found = [one for one in self.rooms.values() if one.alias == alias]
                return Answer(200, {"room_id": found[0].id}) if found else error(404, "M_NOT_FOUND")
            case ["join", name]:
                return self._join(name)
        return error(404, "M_UNRECOGNIZED")

    def _join(self, name: str) -> Answer:
        found = [one for one in self.rooms.values() if name in (one.id, one.alias)]
        if not found:
            return error(404, "M_NOT_FOUND")
        room = found[0]
        if not room.joined and room.open_to == "nobody":
            return error(403, "M_FORBIDDEN")
        if not room.joined:
            room.joined, room.joined_at, room.left_at = True, len(self.events), None
        return Answer(200, {"room_id": room.id})

    def _of_room(self, room_id: str, more: list[str], asked: Asked) -> Answer:
        room = self.rooms.get(room_id)
        if room is None or not room.joined:
            return error(403, "M_FORBIDDEN")
        match more:
            case ["state", kind]:
                return (
                    Answer(200, room.state[kind]["content"])
                    if kind in room.state
                    else error(404, "M_NOT_FOUND")
                )
            case ["event", event_id]:
                found = self.now.get(event_id)
                if found is None or self.lost or self._room_of(event_id) is not room:
                    return error(404, "M_NOT_FOUND")
                return Answer(200, self._as_seen(found))
            case ["messages"]:
                return self._messages(room, asked)
        return error(404, "M_UNRECOGNIZED")

    def _messages(self, room: FakeRoom, asked: Asked) -> Answer:
        types = json.loads(asked.query["filter"])["types"]
        start, stop = _place(asked.query.get("from"), len(self.events)), _place(asked.query.get("to"), 0)
        limit = min(int(asked.query["limit"]), 100)
        within = [
            (at, event)
            for at, (where, event) in enumerate(self.events[stop:start], stop + 1)
            if where == room.id and event["type"] in types and not self.lost
        ]
        page = within[-limit:][::-1]
        people = {event["sender"] for _, event in page}
        said: Event = {
            "start": f"s{start}",
            "chunk": [self._as_seen(event) for _, event in page],
            "state": [room.people[one] for one in people if one in room.people],
        }
        if len(within) > limit:
            said["end"] = f"s{page[-1][0] - 1}"
        return Answer(200, said)

    async def _sync(self, asked: Asked) -> Answer:
        wanted = json.loads(asked.query["filter"])["room"]
        since = _place(asked.query.get("since"), None)
        if since is None:
            return Answer(200, {"next_batch": f"s{self._shown}", "rooms": {}})
        if self._shown <= since:
            await self._held(since, int(asked.query["timeout"]) / 1000)
        head = max(since, self._shown)
        limit = min(wanted["timeline"]["limit"], self.longest_timeline)
        join, leave = {}, {}
        for room_id in wanted["rooms"]:
            room = self.rooms[room_id]
            if not room.joined and room.left_at is not None and since < room.left_at <= head:
                leave[room_id] = {"timeline": {"events": []}}
            elif room.joined:
                join |= self._part(room, since, head, limit, wanted["timeline"]["types"])
        return Answer(200, {"next_batch": f"s{head}", "rooms": {"join": join, "leave": leave}})

    def _part(self, room: FakeRoom, since: int, head: int, limit: int, types: list[str]) -> Event:
        found = [
            (at, event)
            for at, (where, event) in enumerate(self.events[since:head], since + 1)
            if where == room.id and event["type"] in types
        ]
        if not found:
            return {}
        newest = found[-limit:]
        events = [self._as_seen(event) for _, event in newest] * (2 if self.doubled else 1)
        if self.shuffled:
            self.random.shuffle(events)
        timeline = {"events": events, "limited": len(found) > limit, "prev_batch": f"s{newest[0][0] - 1}"}
        people = {event["sender"] for event in events}
        state = [room.people[one] for one in people if one in room.people]
        return {room.id: {"timeline": timeline, "state": {"events": state}}}

    async def _held(self, since: int, seconds: float) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait()
        except TimeoutError:
            pass
        finally:
            self.waiting -= 1

    def _as_seen(self, event: Event) -> Event:
        """An event with its newest edit, as every answer gives it."""
        event = self.reviving.get(event["event_id"], event)
        edits = self.edits.get(event["event_id"])
        if not edits or not event["content"]:
            return event
        newest = max(edits, key=lambda one: (one["origin_server_ts"], one["event_id"]))
        bundled = newest if self.whole_edits else {name: newest[name] for name in ("event_id", "sender")}
        relations = {"m.relations": {"m.replace": bundled}}
        return event | {"unsigned": event["unsigned"] | relations}


def _place(token: str | None, otherwise: Any) -> Any:
    return int(token[1:]) if token else otherwise
