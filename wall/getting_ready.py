"""The part of the composition root that makes the pages on which an event begins and gets ready."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import APIRouter

from facilitator.publicly import switch
from wall.doors import Checked
from wall.routes.copy_download import CopyDownload
from wall.routes.doors import DoorsPages
from wall.routes.feed_pages import FeedPages
from wall.routes.first_post import FirstPost
from wall.routes.first_run import FirstRun
from wall.routes.rehearsal import RehearsalPages
from wall.routes.words import Views
from wall.settings import Settings
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
        FirstPost(parts.access, parts.codes, views, listens).router,
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
