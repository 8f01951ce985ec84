"""A real wall, and what bridges from chats need for it: a client, and somebody who calls them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer

import httpx2
import pytest

from examples.bridges.receiving import Handle, server
from examples.bridges.webhook import Item, Wall
from tests.live.running import Running
from wall.model import Event


@pytest.fixture
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@dataclass
class Watched:
    """A wall, and what is on it."""

    running: Running
    event: Event
    wall: Wall

    async def send(self, items: list[Item]) -> list[Item]:
        return await asyncio.to_thread(self.wall.send, items)

    async def shown(self) -> list[tuple[str, str]]:
        """(name, text) of what is on the wall, oldest first."""
        found = await self.running.get(self.event, "posts", {"face": "wall"})
        return [(post["author"]["name"], post["text"]) for post in reversed(found["posts"])]


@pytest.fixture
async def watched(running: Running) -> Watched:
    event = await running.event()
    made = await running.staff.ask("POST", f"/events/{event.slug}/integrations", json={"name": "Bridge"})
    tool = made.json()
    address = f"{running.url}/api/v1/events/{event.slug}/webhook"
    return Watched(running, event, Wall(address, tool["id"], tool["key"], pause=0.02))


@contextmanager
def bridging(handle: Handle) -> Iterator[str]:
    """A bridge that is called; its address."""
    made: ThreadingHTTPServer = server(0, handle)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}/"
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


async def posted(address: str, body: bytes, headers: dict[str, str]) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        return await client.post(address, content=body, headers=headers)
