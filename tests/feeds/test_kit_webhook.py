"""The contract kit for the signed webhook: a bridge that sends through a line which cuts and stalls, by the
client of examples/bridges, to a real `serve`."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import func, select

from examples.bridges.webhook import Item, Refused, Wall
from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door
from tests.support.fault_proxy import FaultProxy
from tests.support.instance import SECRET, Instance, instance_at
from tests.support.processes import ServeProcess, serve_process
from tests.support.staff import Staff
from tests.support.waiting import eventually
from wall.bus import InProcessBus
from wall.feeds.base import Rechecked
from wall.intake import Intake
from wall.intake.intake import new_feed
from wall.journal import Journal
from wall.model import Event, Feed, utc_now
from wall.store import tables as t

PAUSE = 0.02
WAITING = 30
"""Items that wait at most: a bridge hears of posts no faster than it can send them."""
BUNCH = 20


class WebhookDriver:
    """A chat and the bridge that listens to it. It sends one request at a time, all that waits in one."""

    network = "webhook"
    network_of_posts = "web"
    ends = False
    edits = True
    forgets = False
    config: dict[str, Any] = {}  # noqa: RUF012 - the protocol's

    def __init__(self, port: int, slug: str, tool: dict[str, str], *, timeout: float = 30) -> None:
        self.tool = tool
        self.dropped = 0
        self.proxy = FaultProxy(("127.0.0.1", port))
        self.problem: Exception | None = None
        self._upstream = self.proxy.upstream
        self._slug, self._timeout = slug, timeout
        self._said: dict[str, Item] = {}
        self._waiting: list[Item] = []
        self._sending = False
        self._random = random.Random(7)
        self._doubled, self._shuffled = False, 0
        self._numbers, self._began = count(1), utc_now() - timedelta(hours=1)
        self._refuser: asyncio.Server | None = None
        self._refused = 0

    async def __aenter__(self) -> Self:
        await self.proxy.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.proxy.__aexit__()
        if self._refuser is not None:
            self._refuser.close()

    async def bridge(self) -> None:
        """Send what waits, until cancelled."""
        address = f"http://127.0.0.1:{self.proxy.port}/api/v1/events/{self._slug}/webhook"
        wall = Wall(address, self.tool["id"], self.tool["key"], pause=PAUSE, timeout=self._timeout)
        while True:
            await eventually(lambda: self._waiting, float("inf"))
            self._sending = True
            try:
                await self._send(wall)
            except Refused as problem:
                self.problem = problem
                return
            finally:
                self._sending = False

    async def _send(self, wall: Wall) -> None:
        some = self._waiting[:BUNCH]
        del self._waiting[:BUNCH]
        if self._shuffled:
            self._random.shuffle(some)
        answers = await asyncio.to_thread(wall.send, some)
        self.dropped += sum("error" in answer for answer in answers)
        if self._doubled:
            await asyncio.to_thread(wall.send, some[::-1])

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        key = f"m{next(self._numbers)}"
        item: Item = {"key": key, "text": text, "author_name": "Ada", "author_key": "u1"}
        if created_at is not None:
            item["created_at"] = created_at.isoformat()
        self._said[key] = item
        await self._put(item)
        return self._stored(key)

    async def edit(self, key: str, text: str) -> None:
        at = self._began + timedelta(milliseconds=next(self._numbers))
        await self._put({"key": _own(key), "text": text, "edited_at": at.isoformat()})

    async def delete(self, key: str) -> None:
        await self._put({"key": _own(key), "deleted": True})

    async def repeat(self, key: str) -> None:
        await self._put(self._said[_own(key)])

    async def delete_unseen(self) -> str:
        key = f"m{next(self._numbers)}"
        await self._put({"key": key, "deleted": True})
        await self.settle()
        await self._put({"key": key, "text": "never to be seen"})
        return self._stored(key)

    async def revive(self, key: str) -> None:
        """A bridge that starts anew sends what its chat still lists."""
        self._waiting.append(self._said[_own(key)])

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self._doubled, self._shuffled = doubled, shuffled

    async def settle(self) -> None:
        await eventually(lambda: self.problem or not (self._waiting or self._sending), what="the bridge")

    def connections(self) -> int:
        return self.proxy.connections

    def attempts(self) -> int:
        return self.proxy.accepted

    def tasks(self) -> set[asyncio.Task[Any]]:
        return set()

    async def listening(self) -> None:
        """A bridge has a connection while it sends."""

    async def cut(self, how: str) -> None:
        """Cut what is being sent, something in any case: before its answer, or in the middle of it."""
        if not self._waiting:
            await self._put(self._random.choice(list(self._said.values())))
        before = self.proxy.cuts
        self.proxy.stall("client")
        await eventually(lambda: self.proxy.connections, what="a request")
        if how == "mid":
            self.proxy.cut_after(25)
        else:
            self.proxy.cut("reset" if how == "reset" else "fin")
        self.proxy.resume()
        await eventually(lambda: self.proxy.cuts > before, what="the cut")

    def stall(self, stalled: bool) -> None:
        self.proxy.stall() if stalled else self.proxy.resume()

    async def refuse(self, status: int) -> None:
        """Let something in front of the server answer each request with this status."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower()[:15] == _LENGTH)
            await reader.readexactly(length)
            self._refused += 1
            writer.write(b"HTTP/1.1 %d No\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>" % status)
            writer.close()

        self._refuser = await asyncio.start_server(answer, "127.0.0.1", 0)
        self.proxy.upstream = self._refuser.sockets[0].getsockname()

    def accept(self) -> None:
        """Let the server answer again."""
        self.proxy.upstream = self._upstream

    def refusals(self) -> int:
        return self._refused

    def _stored(self, key: str) -> str:
        return f"integration:{self.tool['id']}:{key}"

    async def _put(self, item: Item) -> None:
        await eventually(lambda: self.problem or len(self._waiting) < WAITING, what="the bridge")
        self._waiting.append(item)


_LENGTH = b"content-length:"


def _own(key: str) -> str:
    """What the chat calls a post."""
    return key.rpartition(":")[2]


class _Nobody:
    """What a bridge can be asked about its posts: nothing. It tells of each deletion by itself."""

    async def recheck(self, keys: list[str]) -> Rechecked:
        return Rechecked()


class WebhookDoor(Door):
    """An event of a running server, seen in its database."""

    @asynccontextmanager
    async def fed_by(  # type: ignore[override]
        self, driver: WebhookDriver, *, cursor: str | None = None
    ) -> AsyncIterator[Door]:
        """Run the bridge until the end of the block."""
        self._driver = driver
        task = asyncio.create_task(driver.bridge())
        try:
            yield self
            await driver.settle()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def now(self) -> Feed:
        """What the bridge was told, as a feed would have it."""
        mine = (t.post.c.event_id == self.event.id) & (t.post.c.received > 0)
        with self.store.reading() as conn:
            accepted = conn.execute(select(func.count()).select_from(t.post).where(mine)).scalar_one()
        told = {"accepted": accepted, "dropped": self._driver.dropped}
        return new_feed(self.event.id, "replay", {}).model_copy(update=told)

    async def running(self) -> Any:
        """Nobody who could be asked."""
        return _Nobody()


class Served:
    """A `serve` and what is behind it."""

    def __init__(self, instance: Instance, server: ServeProcess) -> None:
        self.instance = instance
        self.server = server
        self.staff = Staff(server.base_url, instance.store)
        self._numbers = count(1)

    async def event(self) -> Event:
        return await self.instance.event(f"kit-{next(self._numbers)}")

    async def tool(self, event: Event) -> dict[str, str]:
        path = f"/events/{event.slug}/integrations"
        answer = await self.staff.ask("POST", path, json={"name": "Bridge"})
        return dict(answer.json())


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("served")
    database = shutil.copy(sqlite_template, directory / "backchannel.db")
    with instance_at(f"sqlite:///{database}", directory) as instance:
        server = serve_process(directory, instance.settings)
        try:
            asyncio.run(server.start())
            yield Served(instance, server)
        finally:
            server.kill()


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
async def door(served: Served) -> AsyncIterator[WebhookDoor]:
    intake = Intake(Journal(served.instance.store, InProcessBus()), SECRET.encode())
    yield WebhookDoor(served.instance.store, await served.event(), intake)
    await intake.close()


@pytest.fixture
def patience() -> dict[str, float]:
    return {"timeout": 30}


@pytest.fixture
def impatient(patience: dict[str, float]) -> None:
    patience["timeout"] = 0.3


class TestTheWebhook(FeedContract, LiveContract):
    """A bridge is told of posts and cannot be asked: it has no cursor, no places and no recheck. That its
    connections end is told by `test_cancelling_ends_everything`. What a feed's state says of refusals, a
    bridge hears as answers: the tests of this class in place of the kit's."""

    test_going_on_from_any_cursor_misses_nothing = None  # type: ignore[assignment]
    test_the_end_leaves_no_task_and_no_connection = None  # type: ignore[assignment]
    test_what_it_cannot_answer_for_is_neither_gone_nor_present = None  # type: ignore[assignment]
    test_its_places_have_names_that_differ = None  # type: ignore[assignment]
    test_an_upstream_that_loses_everything_is_reported_and_nothing_is_withdrawn = None  # type: ignore[assignment]

    @pytest.fixture
    async def driver(
        self, served: Served, door: WebhookDoor, patience: dict[str, float]
    ) -> AsyncIterator[WebhookDriver]:
        tool = await served.tool(door.event)
        async with WebhookDriver(served.server.port, door.event.slug, tool, **patience) as made:
            yield made

    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    async def test_a_refusal_that_passes_is_waited_for(  # type: ignore[override]
        self, driver: WebhookDriver, door: WebhookDoor, status: int
    ) -> None:
        await driver.refuse(status)
        async with door.fed_by(driver):
            key = await driver.publish("post")
            await eventually(lambda: driver.refusals() > 2)
            assert door.keys() == set()
            driver.accept()
            await door.has(key)

    async def test_credentials_that_are_refused_stop_it_in_words(  # type: ignore[override]
        self, driver: WebhookDriver, door: WebhookDoor, served: Served
    ) -> None:
        async with door.fed_by(driver):
            key = await driver.publish("post")
            await door.has(key)
            path = f"/events/{door.event.slug}/integrations/{driver.tool['id']}"
            assert (await served.staff.ask("DELETE", path)).status_code == 200
            await driver.publish("after")
            await driver.delete(key)
            await eventually(lambda: driver.problem)
            assert "signature" in str(driver.problem)
        assert door.keys() == {key}

    async def test_300_posts_and_10_cuts(  # type: ignore[override]
        self, driver: WebhookDriver, door: WebhookDoor
    ) -> None:
        await super().test_300_posts_and_10_cuts(driver, door)
        assert driver.proxy.cuts >= 10
