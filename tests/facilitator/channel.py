"""A facilitator who talks to one event's parallel channel over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from tests.live.api import Api, api_over
from tests.support.summit import MORNING, open_rules
from wall.entries import PUBLIC, Scope
from wall.model import Role, new_id

STARTS = MORNING.isoformat()
ENDS = (MORNING + timedelta(hours=2)).isoformat()


@dataclass
class Channel:
    """One event, and who facilitates it."""

    api: Api
    client: httpx2.AsyncClient

    def somebody(self, *roles: Role) -> Channel:
        """The same event, asked by another person with these roles (none: not signed in)."""
        return Channel(self.api, self.api.client(self.api.signed_in(*roles) if roles else None))

    async def ask(self, path: str, body: Any = None, method: str = "POST", cause: str = "") -> Any:
        """One request; its answer."""
        headers = {"Idempotency-Key": cause or new_id()}
        return await self.client.request(
            method, f"{self.api.path}{path}", json=body if body is not None else {}, headers=headers
        )

    async def do(
        self, path: str, body: Any = None, method: str = "POST", cause: str = ""
    ) -> dict[str, Any]:
        """A command that works; what it answers."""
        answer = await self.ask(path, body, method, cause)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    async def refused(
        self, status: int, path: str, body: Any = None, method: str = "POST"
    ) -> dict[str, Any]:
        """A command that is refused with this status; the error."""
        answer = await self.ask(path, body, method)
        assert answer.status_code == status, answer.text
        return dict(answer.json()["error"])

    async def room(self, name: str = "Hall") -> str:
        return str((await self.do("/rooms", {"name": name}))["room"])

    async def session(self, room: str, *, running: bool = True, **more: Any) -> str:
        """A session in a room; its id."""
        new = {"room": room, "title": "Talk", "method": "guided", "starts_at": STARTS, "ends_at": ENDS}
        made = await self.do("/sessions", new | more)
        if running:
            await self.do(f"/sessions/{made['session']}/begin", {"version": made["version"]})
        return str(made["session"])

    async def post(self, text: str = "Said") -> str:
        """A post that is shown; its id."""
        return str((await self.do("/posts", {"text": text}))["post"])

    async def raised(self, session: str, text: str = "Said") -> dict[str, Any]:
        """A new point in a session's queue."""
        return await self.do(f"/posts/{await self.post(text)}/raise", {"session": session})

    async def move(self, relay: dict[str, Any], verb: str, **more: Any) -> dict[str, Any]:
        """Move a relay that was looked at as it is."""
        return await self.do(f"/relays/{relay['relay']}/{verb}", {"version": relay["version"], **more})

    async def held(self, kind: str, scope: Scope = PUBLIC) -> dict[str, dict[str, Any]]:
        """What a reader of this scope holds of one type of subject, by id."""
        snapshot = await self.api.parts.journal.snapshot(self.api.event.id, scope)
        puts = snapshot.model_dump(mode="json")["puts"]
        return {put["id"]: put["value"] for put in puts if put["type"] == kind}


@asynccontextmanager
async def channel_over(database_url: str, directory: Path) -> AsyncIterator[Channel]:
    """An organiser of a new event, in which everything passes its rules."""
    async with api_over(database_url, directory, plain_hosts=True) as api:
        with api.parts.store.writing() as conn:
            open_rules(conn, api.event.id)
        yield Channel(api, api.client(api.signed_in(Role.ORGANISER)))
