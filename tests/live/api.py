"""The whole application in this process over a real store, spoken to over ASGI by an organiser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx2
from fastapi import FastAPI

from tests.live.mounting import Mounted
from wall.access import digest_of, new_token
from wall.model import Event, Mode, Role, new_id, utc_now
from wall.server import Backchannel
from wall.settings import load
from wall.store import members, people

HERE = "http://127.0.0.1:8000"
_idle: list[Mounted] = []
"""Applications of this worker that no test uses now."""


@dataclass
class Api:
    """An application with one event, and clients that ask it."""

    app: FastAPI
    parts: Backchannel
    event: Event

    @property
    def path(self) -> str:
        """Where the event is."""
        return f"/api/v1/events/{self.event.slug}"

    def client(self, token: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A program without cookies, signed in by a Bearer token if there is one."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url=HERE, headers={**bearer, **headers})

    def signed_in(self, *roles: Role) -> str:
        """The token of a new person with these roles in the event; with none, an organiser of all."""
        token, person, now = new_token(), new_id(), utc_now()
        with self.parts.store.writing() as conn:
            people.add_person(conn, person, "Ada", now)
            people.add_sign_in(conn, digest_of(token), person, now, now + timedelta(hours=1))
            if roles:
                members.set_roles(conn, self.event.id, person, roles)
            else:
                people.make_organiser(conn, person)
        return token


@asynccontextmanager
async def api_over(
    database_url: str, directory: Path, slug: str = "summit", *, plain_hosts: bool = False
) -> AsyncIterator[Api]:
    """An application over this database, with a new event, for as long as the block runs.

    Its feeds are not run; they may name fake networks on loopback where `plain_hosts` says so.
    """
    settings = load(data_dir=directory, database_url=database_url, plain_hosts=plain_hosts)
    mounted = _idle.pop() if _idle else Mounted(settings)
    parts = Backchannel(settings)
    mounted.use(parts)
    event = await parts.journal.create(slug=slug, name="Summit", actor="system", mode=Mode.AUTO)
    try:
        yield Api(mounted.app, parts, event)
    finally:
        await parts.intake.close()
        await parts.hub.close()
        await parts.bus.close()
        parts.store.close()
        _idle.append(mounted)
