"""`/overlay/{slug}/{place}`: what a room discusses, over the picture of a stream or a recording."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from wall.access import Access
from wall.errors import NotFound
from wall.routes import event_named
from wall.routes.pages import DIST, build_number, built_face
from wall.routes.words import Views
from wall.store import programme

_ID = re.compile(r"[A-Za-z0-9-]{1,63}")


class OverlayPage:
    """The page for a browser source. `place` is the id of a room, or of a session in it."""

    def __init__(self, access: Access, views: Views, dist: Path = DIST) -> None:
        self._access = access
        self._views = views
        self._dist = dist
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/overlay/{slug}/{place}", self.page, methods=["GET", "HEAD"])

    async def page(self, slug: str, place: str, request: Request) -> Response:
        """Nothing that can be seen until the room discusses something. Raises NotFound."""
        event = await event_named(self._access, slug)
        if not await self._access.journal.store.read(lambda conn: _is_place(conn, event.id, place)):
            raise NotFound("There is no such session or room.", remedy="Choose one from the programme.")
        built = built_face("overlay", self._dist)
        return self._views.page(
            request,
            "overlay.html",
            lang=self._views.words.choose(*event.languages),
            event=event,
            place=place,
            script=built.script,
            styles=built.styles,
            modules=built.modules,
            build=build_number(self._dist),
        )


def _is_place(conn: Connection, event_id: str, place: str) -> bool:
    """What can be no id is not asked for (NUL stops PostgreSQL)."""
    asked = {place} if _ID.fullmatch(place) else set()
    found = programme.sessions_by_ids(conn, event_id, asked) or programme.rooms_by_ids(
        conn, event_id, asked
    )
    return bool(found)
