"""Puts the demo into an application: its event, its page, its robots, and the day that plays."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

from wall.demo.cast import Cast
from wall.demo.pages import DemoPages, SignedIn
from wall.demo.playing import play
from wall.demo.preparing import prepare
from wall.demo.robots import Robots
from wall.demo.world import make_world
from wall.errors import SetupProblem
from wall.routes.words import Views, Words
from wall.server import Backchannel
from wall.store import events, people


async def mount_demo(app: FastAPI, *, seed: int, speed: float, robots: bool, at: str = "/") -> Cast:
    """Prepare the made-up event in this application's empty store, and mount what shows it.

    `speed`: minutes of the made-up day in a minute; `at`: the path of the page that shows all faces. Call
    it before the application starts; the day plays while that runs. Raises SetupProblem for a store that
    is not empty: here, whoever opens a page is on the staff.
    """
    parts: Backchannel = app.state.parts
    if await parts.store.read(lambda conn: bool(events.listed(conn)) or people.any_person(conn)):
        raise SetupProblem(
            "This database is in use, and a demo lets everybody in.",
            remedy="Run `backchannel serve`, or the demo with an empty database.",
        )
    world = await asyncio.to_thread(make_world, seed)
    cast = await prepare(parts.intake, world, speed)
    crew = Robots(cast, parts.journal, on=robots)
    pages = DemoPages(cast, crew, Views(Words()), beside=at != "/")
    app.include_router(pages.router)
    # Before the landing page, which answers there otherwise.
    app.router.routes.insert(0, Route(at, pages.first, methods=["GET", "HEAD"]))
    app.add_middleware(SignedIn, access=parts.access, cast=cast)
    _run_beside(app, parts, cast, crew)
    return cast


def _run_beside(app: FastAPI, parts: Backchannel, cast: Cast, crew: Robots) -> None:
    """Play the day and let the robots work for as long as the application runs."""
    serving = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def running(served: FastAPI) -> AsyncIterator[Any]:
        async with serving(served) as state:
            tasks = [
                asyncio.create_task(play(parts.intake, cast), name="demo:day"),
                asyncio.create_task(crew.run(), name="demo:robots"),
            ]
            try:
                yield state
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    app.router.lifespan_context = running
