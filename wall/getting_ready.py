"""The part of the composition root that makes the pages on which an event begins and gets ready, and says
how the first organiser comes to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import APIRouter
from rich.markup import escape

from facilitator.publicly import switch
from wall.access import enter_path
from wall.doors import Checked
from wall.routes.copy_download import CopyDownload
from wall.routes.doors import DoorsPages
from wall.routes.feed_pages import FeedPages
from wall.routes.first_post import FirstPost
from wall.routes.first_run import FirstRun
from wall.routes.rehearsal import RehearsalPages
from wall.routes.words import Views
from wall.settings import Settings
from wall.starting import address_of
from wall.store import Store

if TYPE_CHECKING:
    from wall.server import Backchannel


def routers(parts: Backchannel, views: Views) -> tuple[APIRouter, ...]:
    """The five questions, the first post, feeds, the doors-open list and rehearsals."""
    settings = parts.settings
    listens = (settings.host, settings.port)
    checks = checks_of(settings, parts.store)
    return (
        FirstRun(parts.access, parts.setup, views, parts.intake).router,
        FirstPost(parts.access, parts.codes, views, parts.going_on, listens).router,
        FeedPages(parts.intake, views, switch).router,
        DoorsPages(parts.access, parts.beats, views, checks, settings.secret(), listens).router,
        CopyDownload(parts.access).router,
        RehearsalPages(parts.access, parts.rehearsals, views).router,
    )


def checks_of(settings: Settings, store: Store) -> Callable[[], Awaitable[Mapping[str, Checked]]]:
    """Asks the doctor, each time anew, how the clock and the disk are."""

    async def checks() -> Mapping[str, Checked]:
        from wall.doctor import of_server  # noqa: PLC0415  no start of a server waits for it

        found = await of_server(settings, store)
        return {one.what: Checked(one.outcome == "good", one.said) for one in found}

    return checks


async def way_in(parts: Backchannel, settings: Settings, *, by_code: bool) -> str | None:
    """How the first organiser comes in, by the setup code or else by a link; None once somebody has."""
    here = escape(address_of(settings))
    if by_code and await parts.setup.is_open():
        code = parts.setup.code
        return f"Setup code: [bold]{code}[/]  Type it at {here}/start to be the first organiser."
    if token := await parts.access.first_link():
        return f"You are the organiser; open this once: [bold]{here}{escape(enter_path(token))}[/]"
    return None
