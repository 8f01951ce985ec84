"""The bridges of examples/bridges that listen, Discord's and Telegram's: what they hear, in the shapes that
are documented, is on a real wall; they go on where they were, and show no other room."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from examples.bridges import discord, telegram
from examples.bridges.webhook import Item, Refused, Wall
from tests.live.bridging import Watched, straight, watched
from tests.support.waiting import eventually

__all__ = ["straight", "watched"]

pytestmark = pytest.mark.usefixtures("straight")

CREATED = {
    "id": "334385199974967042",
    "type": 0,
    "channel_id": "290926798999357250",
    "guild_id": "290926798626357999",
    "author": {"id": "53908099506183680", "username": "mason", "global_name": "Mason", "bot": False},
    "member": {"nick": "Dr Mason", "roles": [], "joined_at": "2017-07-11T17:27:07.299000+00:00"},
    "content": "<@80351110224678912> <:wave:41771983429993937> see <#290926798999357250>",
    "timestamp": "2017-07-11T17:27:07.299000+00:00",
    "edited_timestamp": None,
    "mentions": [{"id": "80351110224678912", "username": "nelly", "global_name": None}],
}
UPDATED = CREATED | {"content": "Better", "edited_timestamp": "2017-07-11T17:28:07.299000+00:00"}
GONE = {name: CREATED[name] for name in ("id", "channel_id", "guild_id")}
CHANNELS = ["290926798999357250"]


async def test_discord_says_edits_and_deletes(watched: Watched) -> None:
    await watched.send(discord.items_of("MESSAGE_CREATE", CREATED, CHANNELS))
    assert await watched.shown() == [("Dr Mason", "@nelly :wave: see #channel")]
    await watched.send(discord.items_of("MESSAGE_UPDATE", UPDATED, CHANNELS))
    await watched.send(discord.items_of("MESSAGE_CREATE", CREATED, CHANNELS))
    assert await watched.shown() == [("Dr Mason", "Better")]
    await watched.send(discord.items_of("MESSAGE_DELETE", GONE, CHANNELS))
    await watched.send(discord.items_of("MESSAGE_UPDATE", UPDATED, CHANNELS))
    assert await watched.shown() == []


def test_what_discord_says_of_other_things_is_nothing() -> None:
    def nothing(name: str, **changes: Any) -> bool:
        return discord.items_of(name, CREATED | changes, CHANNELS) == []

    assert nothing("MESSAGE_CREATE", channel_id="1")
    assert nothing("MESSAGE_DELETE", channel_id="1")
    assert nothing("MESSAGE_CREATE", author={"id": "1", "username": "bot", "bot": True})
    assert nothing("MESSAGE_CREATE", webhook_id="1")
    assert nothing("MESSAGE_CREATE", type=7)
    assert nothing("MESSAGE_CREATE", content="")
    assert nothing("MESSAGE_UPDATE")
    assert nothing("TYPING_START")
    several = {"ids": ["1", "2"], "channel_id": CHANNELS[0]}
    assert [item["key"] for item in discord.items_of("MESSAGE_DELETE_BULK", several, CHANNELS)] == [
        f"{CHANNELS[0]}/1",
        f"{CHANNELS[0]}/2",
    ]


class FakeGateway:
    """A Gateway that greets, tells of a message, asks to reconnect, and then refuses."""

    def __init__(self) -> None:
        self.opened: list[dict[str, Any]] = []
        self.beats = 0
        self.closed: list[int] = []
        self.url = ""

    async def talk(self, socket: ServerConnection) -> None:
        await socket.send(json.dumps({"op": 10, "d": {"heartbeat_interval": 40}}))
        number = len(self.opened)
        said = json.loads(await socket.recv())
        while said["op"] == 1:
            said = json.loads(await socket.recv())
        self.opened.append(said)
        if number == 0:
            ready = {"session_id": "s1", "resume_gateway_url": self.url}
            await socket.send(json.dumps({"op": 0, "s": 1, "t": "READY", "d": ready}))
            await socket.send(json.dumps({"op": 0, "s": 2, "t": "MESSAGE_CREATE", "d": CREATED}))
            while self.beats < 2:
                assert json.loads(await socket.recv())["op"] == 1
                self.beats += 1
                await socket.send(json.dumps({"op": 11}))
            await socket.send(json.dumps({"op": 7, "d": None}))
            await socket.wait_closed()
            self.closed.append(socket.close_code or 0)
        elif number == 1:
            await socket.send(json.dumps({"op": 0, "s": 3, "t": "MESSAGE_UPDATE", "d": UPDATED}))
            await socket.send(json.dumps({"op": 9, "d": False}))
            await socket.wait_closed()
        else:
            await socket.close(4014)


@asynccontextmanager
async def fake_gateway() -> AsyncIterator[FakeGateway]:
    gateway = FakeGateway()
    async with serve(gateway.talk, "127.0.0.1", 0) as listening:
        gateway.url = f"ws://127.0.0.1:{next(iter(listening.sockets)).getsockname()[1]}"
        yield gateway


async def test_a_discord_bridge_goes_on_where_it_was_and_says_why_it_ends(watched: Watched) -> None:
    async with fake_gateway() as gateway:
        bridge = discord.Gateway("a-token", CHANNELS, discord.Session(gateway.url))
        passing = asyncio.create_task(discord.pass_on(watched.wall, bridge.items))
        with pytest.raises(SystemExit, match="Message Content Intent"):
            await bridge.listen(pause=0.01)
        await eventually(watched.shown, what="the post")

        async def edited() -> bool:
            return await watched.shown() == [("Dr Mason", "Better")]

        await eventually(edited, what="the edit")
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)
    first, second, third = (said["op"] for said in gateway.opened)
    assert (first, second, third) == (2, 6, 2)
    assert gateway.opened[0]["d"]["intents"] == discord.INTENTS
    assert gateway.opened[1]["d"] == {"token": "a-token", "session_id": "s1", "seq": 2}
    assert gateway.closed == [discord.GOING_ON]


GROUP = {"id": -1001234567890, "title": "Summit", "username": "summitchat", "type": "supergroup"}
ADA = {"id": 1111111, "is_bot": False, "first_name": "Ada", "last_name": "L.", "username": "ada"}
MESSAGE = {"message_id": 1365, "from": ADA, "chat": GROUP, "date": 1441645532, "text": "Which first?"}
CHATS = ["-1001234567890"]


def update(number: int, kind: str = "message", **changes: Any) -> dict[str, Any]:
    return {"update_id": number, kind: MESSAGE | changes}


def of_telegram(given: dict[str, Any]) -> list[Item]:
    return telegram.items_of(given, CHATS)


async def test_telegram_says_and_edits_and_takes_back_on_request(watched: Watched) -> None:
    (item,) = of_telegram(update(1))
    assert item["url"] == "https://t.me/summitchat/1365"
    await watched.send([item])
    assert await watched.shown() == [("Ada L.", "Which first?")]
    await watched.send(of_telegram(update(2, "edited_message", text="Which?", edit_date=1441645600)))
    await watched.send([item])
    assert await watched.shown() == [("Ada L.", "Which?")]
    bo = ADA | {"id": 2}
    replied = {"text": "/takeback", "message_id": 1366, "reply_to_message": MESSAGE}
    assert of_telegram(update(3, **replied, **{"from": bo})) == []
    assert of_telegram(update(3, text="/takeback")) == []
    await watched.send(of_telegram(update(4, **replied)))
    await watched.send([item])
    assert await watched.shown() == []


def test_what_telegram_says_of_other_things_is_nothing() -> None:
    assert of_telegram(update(1, chat=GROUP | {"id": 5})) == []
    assert of_telegram(update(1, text="/start")) == []
    assert of_telegram(update(1, text=None)) == []
    assert of_telegram(update(1, **{"from": ADA | {"is_bot": True}})) == []
    assert of_telegram({"update_id": 1, "poll": {}}) == []
    (caption,) = of_telegram(update(1, text=None, caption="A chart"))
    assert caption["text"] == "A chart"


class FakeTelegram:
    """A Bot API that keeps updates until they are confirmed by a later offset."""

    def __init__(self, *waiting: dict[str, Any]) -> None:
        self.waiting = list(waiting)
        self.asked: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.split(" ")[1])
        offset = int(head.partition("offset=")[2].partition("&")[0])
        self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
        body = json.dumps({"ok": True, "result": self.waiting}).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
        )
        await writer.drain()
        writer.close()


async def test_a_telegram_bridge_confirms_what_is_on_the_walls_disk_and_nothing_else(
    watched: Watched,
) -> None:
    fake = FakeTelegram(update(7), update(8, message_id=1366, text="And then?"))
    async with await asyncio.start_server(fake.answer, "127.0.0.1", 0) as listening:
        api = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"

        async def step(wall: Wall, offset: int) -> int:
            return await asyncio.to_thread(telegram.step, wall, api, "1:token", CHATS, offset)

        stranger = Wall(f"{watched.running.url}/api/v1/events/{watched.event.slug}/webhook", "x", "y")
        with pytest.raises(Refused, match="signature"):
            await step(stranger, 0)
        assert len(fake.waiting) == 2
        assert await step(watched.wall, 0) == 9
        assert await step(watched.wall, 9) == 9
    assert fake.waiting == []
    assert [text for _, text in await watched.shown()] == ["Which first?", "And then?"]
    assert "/bot1:token/getUpdates?offset=0&timeout=50&" in fake.asked[0]
