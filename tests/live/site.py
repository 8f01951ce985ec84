"""A site in this process: the real routes over a real store, spoken to over ASGI."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from fastapi import FastAPI
from pydantic import BaseModel

from wall.access import Access, Origins, enter_path
from wall.access.going_on import GoingOn
from wall.bus import InProcessBus
from wall.errors import Stale
from wall.journal import Journal
from wall.model import Event, Mode, Role
from wall.routes import AskingHere, AskingInstance, VisitorHere, pages, sign_in
from wall.routes.errors import Responder, install
from wall.routes.programme_pages import ProgrammePages
from wall.routes.security import Security
from wall.routes.static_files import Static
from wall.routes.words import Views, Words
from wall.store import Store

HERE = "http://127.0.0.1:8000"
PAGE = {"Accept": "text/html,*/*;q=0.8"}


class Thing(BaseModel):
    """A body with a form, for the errors of forms."""

    size: int
    details: dict[str, int] = {}


@dataclass
class Site:
    """The application with an event, and browsers that visit it."""

    store: Store
    origins: Origins = field(default_factory=Origins)
    dist: Path = pages.DIST

    def __post_init__(self) -> None:
        self.journal = Journal(self.store, InProcessBus())
        self.access = Access(self.journal, self.origins)
        self.app = _application(self.access, self.dist)

    async def event(self, slug: str = "summit", name: str = "Summit <2014>") -> Event:
        """A new event."""
        return await self.journal.create(
            slug=slug, name=name, actor="system", hashtags=("smshpe",), mode=Mode.AUTO
        )

    def browser(self, base: str = HERE, **headers: str) -> httpx2.AsyncClient:
        """A browser without cookies that asks for pages, at this site's address."""
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url=base, headers={**PAGE, **headers})

    async def member(self, role: Role, event: str | None) -> httpx2.AsyncClient:
        """A browser in which a new person used a link to this role."""
        browser = self.browser(Origin=HERE)
        path = enter_path(await self.access.user_link(role, event, 1))
        answer = await browser.post(path, data={"name": f"A {role}"})
        assert answer.status_code == 303, answer.text
        return browser


def _application(access: Access, dist: Path) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.access = access
    views = Views(Words())
    respond = Responder(views)
    install(app, respond)
    app.add_middleware(Security, origins=access.origins, respond=respond)
    app.include_router(sign_in.router(access, views, GoingOn(access, b"s" * 32)))
    app.include_router(pages.router(access, views, dist))
    app.include_router(ProgrammePages(access, views, dist).router)
    app.mount("/static", Static())
    _add_probes(app)
    return app


def _add_probes(app: FastAPI) -> None:
    """Routes that show what any route may rely on."""

    @app.get("/api/v1/me")
    async def me(visitor: VisitorHere) -> dict[str, str | None]:
        return {"person": visitor.person_id, "name": visitor.name}

    @app.post("/api/v1/events/{slug}/do/{verb}")
    async def do(asking: AskingHere, verb: str) -> dict[str, str]:
        asking.require(verb)
        return {"actor": asking.actor}

    @app.post("/api/v1/do/{verb}")
    async def do_everywhere(asking: AskingInstance, verb: str) -> None:
        asking.require(verb)

    @app.post("/api/v1/things")
    async def things(thing: Thing) -> int:
        return thing.size

    @app.get("/boom")
    async def boom() -> None:
        raise RuntimeError("Jane Doe, 12 High Street")

    @app.get("/stale")
    async def stale() -> None:
        raise Stale("It changed.", current={"text": "lone \ud800 surrogate"})
