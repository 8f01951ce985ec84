"""Discord channels to a Backchannel event: `python -m examples.bridges.discord` listens to its Gateway.

It needs `pip install websockets`. Settings besides those of the wall: DISCORD_TOKEN, the bot's;
DISCORD_CHANNELS, the ids of the channels whose messages may be shown, separated by commas. It needs the
*Message Content Intent*, which is switched on in Discord's developer portal.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .webhook import Item, Wall

Event = dict[str, Any]

GATEWAY = "wss://gateway.discord.gg"
INTENTS = 1 << 9 | 1 << 15
"""Messages of servers, and what they say."""
FATAL = {
    4004: "Discord does not know this token.",
    4013: "Discord refuses these intents.",
    4014: "Switch on the Message Content Intent of this bot in Discord's developer portal.",
}
GOING_ON = 4000
"""Closes a connection and keeps its session; 1000 would end it."""
_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _RECONNECT, _INVALID, _ACK = 0, 1, 2, 6, 7, 9, 11
_PEOPLE = (0, 19)
"""Kinds of messages that people write: a message, a reply."""
_NAMED = re.compile(r"<(?:@!?(\d+)|(#)\d+|@&\d+|a?(:\w+:)\d+)>")


def items_of(name: str, event: Event, channels: Collection[str]) -> list[Item]:
    """What an event of the Gateway says of posts."""
    channel = str(event.get("channel_id"))
    if channel not in channels:
        return []
    match name:
        case "MESSAGE_CREATE":
            return _said(event)
        case "MESSAGE_UPDATE" if event.get("edited_timestamp") and "content" in event:
            return [item | {"edited_at": event["edited_timestamp"]} for item in _said(event)]
        case "MESSAGE_DELETE":
            return [{"key": f"{channel}/{event['id']}", "deleted": True}]
        case "MESSAGE_DELETE_BULK":
            return [{"key": f"{channel}/{one}", "deleted": True} for one in event["ids"]]
    return []


def _said(event: Event) -> list[Item]:
    author, text = event.get("author") or {}, _plain(event)
    person = not (author.get("bot") or event.get("webhook_id")) and event.get("type", 0) in _PEOPLE
    if not person or not text.strip():
        return []
    item = {
        "key": f"{event['channel_id']}/{event['id']}",
        "text": text,
        "author_name": (event.get("member") or {}).get("nick") or _name(author),
        "author_key": author["id"],
        "created_at": event["timestamp"],
    }
    if "guild_id" in event:
        where = f"{event['guild_id']}/{event['channel_id']}/{event['id']}"
        item["url"] = f"https://discord.com/channels/{where}"
    return [item]


def _name(user: Event) -> str:
    return str(user.get("global_name") or user.get("username") or "somebody")


def _plain(event: Event) -> str:
    """Names in place of ids."""
    known = {user["id"]: _name(user) for user in event.get("mentions") or ()}

    def read(found: re.Match[str]) -> str:
        if found[1]:
            return f"@{known.get(found[1], 'somebody')}"
        return found[3] or ("#channel" if found[2] else "@role")

    return _NAMED.sub(read, event.get("content") or "")


@dataclass
class Session:
    """Where a connection goes on that was lost: Discord sends again what came after `seq`."""

    gateway: str = GATEWAY
    id: str = ""
    seq: int | None = None
    url: str = ""

    def opening(self, token: str) -> Event:
        """What is said first: go on, or begin."""
        if self.id:
            return {"op": _RESUME, "d": {"token": token, "session_id": self.id, "seq": self.seq}}
        properties = {"os": "linux", "browser": "backchannel", "device": "backchannel"}
        return {"op": _IDENTIFY, "d": {"token": token, "intents": INTENTS, "properties": properties}}

    def begin(self, ready: Event) -> None:
        """A session began."""
        self.id, self.url = ready["session_id"], ready["resume_gateway_url"]

    def forget(self) -> None:
        """The session is over; the next connection begins a new one."""
        self.id, self.seq, self.url = "", None, ""


class Gateway:
    """One connection after another. What is said of posts is put into `items`."""

    def __init__(self, token: str, channels: Collection[str], session: Session) -> None:
        self.items: asyncio.Queue[Item] = asyncio.Queue()
        self._token = token
        self._channels = channels
        self._session = session
        self._answered = True

    async def listen(self, pause: float = 5.0) -> None:
        """Listen until Discord refuses. Raises SystemExit with why."""
        while True:
            try:
                address = self._session.url or self._session.gateway
                async with connect(f"{address}/?v=10&encoding=json", max_size=None) as socket:
                    await self._converse(socket)
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                if code in FATAL:
                    raise SystemExit(FATAL[code]) from None
                if code in (4007, 4009):
                    self._session.forget()
            except (OSError, InvalidHandshake, TimeoutError):
                pass
            await asyncio.sleep(pause * random.uniform(0.2, 1))  # noqa: S311 - not to come all at once

    async def _converse(self, socket: ClientConnection) -> None:
        hello = json.loads(await socket.recv())
        self._answered = True
        beating = asyncio.create_task(self._beat(socket, hello["d"]["heartbeat_interval"] / 1000))
        try:
            await socket.send(json.dumps(self._session.opening(self._token)))
            async for frame in socket:
                if not await self._hear(socket, json.loads(frame)):
                    break
            await socket.close(GOING_ON)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _hear(self, socket: ClientConnection, said: Event) -> bool:
        """Whether the connection goes on after this."""
        code = said["op"]
        if code == _DISPATCH:
            self._dispatched(said)
        elif code == _HEARTBEAT:
            await socket.send(json.dumps({"op": _HEARTBEAT, "d": self._session.seq}))
        elif code == _ACK:
            self._answered = True
        elif code == _INVALID and not said["d"]:
            self._session.forget()
        return code not in (_RECONNECT, _INVALID)

    def _dispatched(self, said: Event) -> None:
        self._session.seq = said["s"]
        if said["t"] == "READY":
            self._session.begin(said["d"])
        for item in items_of(said["t"], said["d"], self._channels):
            self.items.put_nowait(item)

    async def _beat(self, socket: ClientConnection, seconds: float) -> None:
        """A sign of life, again and again; a connection that does not answer one is dead."""
        await asyncio.sleep(seconds * random.random())  # noqa: S311 - as Discord asks
        while self._answered:
            self._answered = False
            await socket.send(json.dumps({"op": _HEARTBEAT, "d": self._session.seq}))
            await asyncio.sleep(seconds)
        await socket.close(GOING_ON)


async def pass_on(wall: Wall, items: asyncio.Queue[Item]) -> None:
    """Send what was heard, in order, all that waits at once."""
    while True:
        waiting = [await items.get()]
        while not items.empty():
            waiting.append(items.get_nowait())
        await asyncio.to_thread(wall.send, waiting)


async def main() -> None:
    """Listen and pass on, until one of both cannot go on."""
    gateway = Gateway(os.environ["DISCORD_TOKEN"], os.environ["DISCORD_CHANNELS"].split(","), Session())
    await asyncio.gather(gateway.listen(), pass_on(Wall.of_environment(), gateway.items))


if __name__ == "__main__":
    asyncio.run(main())
