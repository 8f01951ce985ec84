"""A `serve` that runs, and the ways in which tests speak to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.instance import Instance
from tests.support.processes import ServeProcess
from tests.support.reader import FoldingReader
from tests.support.staff import Staff
from tests.support.summit import GRAVES, post
from tests.support.waiting import PATIENCE, eventually
from wall.access import COOKIE, Access, Origins, enter_path
from wall.access.links import set_member
from wall.bus import InProcessBus
from wall.feeds.base import Arrived
from wall.intake import admit
from wall.journal import Journal, run_command
from wall.model import Event, Role, new_id, utc_now


@dataclass
class Running:
    """A `serve`, the instance behind it, and an organiser of all its events."""

    instance: Instance
    server: ServeProcess
    staff: Staff
    _numbers: Iterator[int]

    @property
    def url(self) -> str:
        """Where it serves."""
        return self.server.base_url

    async def event(self) -> Event:
        """A new event."""
        return await self.instance.event(f"event-{next(self._numbers)}")

    def arrive(self, event: Event, count: int = 1, text: str = "Hello") -> int:
        """Let posts arrive beside the server, as another process would; the seq of the last."""
        items = [Arrived(post(new_id(), text)) for _ in range(count)]
        with self.instance.store.writing() as conn:
            done = run_command(
                conn, event.id, "system", lambda tx: admit(tx, items, GRAVES), None, b"", utc_now()
            )
        return done[1].seq

    async def reached(self, event: Event, seq: int) -> None:
        """Wait until the server, which somebody has asked about this event, has read up to `seq`."""

        async def at_head() -> bool:
            return await self.metric(f'backchannel_head_seq{{event="{event.id}"}}') >= seq

        await eventually(at_head, what=f"seq {seq}")

    async def snapshot(
        self, event: Event, face: str = "wall", cookies: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A snapshot, as its JSON."""
        return await self.get(event, "snapshot", {"face": face}, cookies)

    async def get(
        self, event: Event, what: str, query: Mapping[str, str], cookies: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON that a GET below an event answers."""
        async with httpx2.AsyncClient(
            base_url=f"{self.url}/api/v1/events/{event.slug}", cookies=dict(cookies or {}), trust_env=False
        ) as client:
            answer = await client.get(f"/{what}", params=dict(query))
        return dict(answer.raise_for_status().json())

    def reader(
        self, event: Event, face: str = "wall", cookies: Mapping[str, str] | None = None
    ) -> FoldingReader:
        """A reader of an event."""
        return FoldingReader(self.url, event.slug, face, cookies)

    def live(
        self,
        slug: str,
        cursor: str,
        face: str = "wall",
        cookies: Mapping[str, str] | None = None,
        **more: Any,
    ) -> connect:
        """A bare websocket of a reader."""
        cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        options = {"origin": self.url, "compression": None, "proxy": None, "ping_interval": None}
        return connect(
            f"{self.url.replace('http', 'ws', 1)}/live/{slug}?face={face}&cursor={quote(cursor)}",
            additional_headers={"Cookie": cookie} if cookie else {},
            **options | more,
        )

    async def join(self, role: Role, event: Event) -> Joined:
        """A person who used a link to this role."""
        access = Access(Journal(self.instance.store, InProcessBus()), Origins())
        path = enter_path(await access.user_link(role, event.slug, 1))
        async with self.browser({}) as browser:
            answer = await browser.post(path, data={"name": f"A {role}"})
            assert answer.status_code == 303, answer.text
            me = (await browser.get("/api/v1/me")).json()
            return Joined(self, me["person"], {COOKIE: browser.cookies[COOKIE]})

    def browser(self, cookies: Mapping[str, str]) -> httpx2.AsyncClient:
        """A browser that sends forms from pages of this site."""
        origin = {"Origin": self.url}
        return httpx2.AsyncClient(
            base_url=self.url, headers=origin, cookies=dict(cookies), trust_env=False, timeout=PATIENCE
        )

    def set_roles(self, event: Event, person_id: str, *roles: Role) -> None:
        """Give a person exactly these roles, beside the server."""
        with self.instance.store.writing() as conn:
            run_command(
                conn, event.id, "system", lambda tx: set_member(tx, person_id, roles), None, b"", utc_now()
            )

    async def metric(self, name: str) -> float:
        """One of the server's Prometheus metrics, by name and labels; 0 for one that is not there yet."""
        port = self.instance.settings["BACKCHANNEL_METRICS_PORT"]
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            lines = (await client.get(f"http://127.0.0.1:{port}/metrics")).text.splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0.0)


@dataclass
class Joined:
    """A person of the staff, with the cookies of the browser in which they joined."""

    running: Running
    person_id: str
    cookies: dict[str, str]

    async def sign_out(self) -> None:
        """Press the button."""
        async with self.running.browser(self.cookies) as browser:
            answer = await browser.post("/sign-out")
        assert answer.status_code == 303, answer.text


async def heard(socket: ClientConnection, within: float = PATIENCE) -> dict[str, Any]:
    """The next frame."""
    async with asyncio.timeout(within):
        frame: dict[str, Any] = json.loads(await socket.recv())
    return frame


async def told(socket: ClientConnection, within: float = PATIENCE) -> dict[str, Any]:
    """The next frame that is not a beat."""
    while True:
        frame = await heard(socket, within)
        if frame["type"] != "changes" or frame["after"] != frame["seq"]:
            return frame


async def closed(socket: ClientConnection, within: float = PATIENCE) -> tuple[int, list[dict[str, Any]]]:
    """The code with which a socket closes (1006 for none), and the frames before that."""
    frames: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(within):
            while True:
                frames.append(json.loads(await socket.recv()))
    except ConnectionClosed as exc:
        return (exc.rcvd.code if exc.rcvd else 1006), frames
