"""Picking sessions, and calendars to take along: a whole programme, one session, what was picked."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from wall.access import Access
from wall.entries.channel import RoomValue, SessionValue
from wall.errors import NotFound
from wall.model import Event
from wall.routes import event_named
from wall.routes.calendar import calendar_of
from wall.routes.forms import form_of
from wall.routes.picks import MOST_PICKED, cookie_name, picked_in, short_id, shorts_in
from wall.routes.programme_pages import read_programme
from wall.routes.when import When
from wall.routes.words import Views

PICKED_SECONDS = 180 * 86_400
_ID = re.compile(r"[A-Za-z0-9-]{1,63}")

_KEPT = 64


class PickingRoutes:
    """`/events/{slug}/picked`, `/events/{slug}/programme.ics` and `/events/{slug}/sessions/{id}.ics`."""

    def __init__(self, access: Access, views: Views) -> None:
        self._access = access
        self._views = views
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        """Calendars that were asked for lately: each costs a processor tenths of a second."""
        self.router = APIRouter(prefix="/events/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("/picked", self.pick, methods=["POST"])
        add("/programme.ics", self.calendar, methods=["GET", "HEAD"])
        add("/sessions/{session_id}.ics", self.one, methods=["GET", "HEAD"])

    async def pick(self, slug: str, request: Request) -> Response:
        """Pick a session, or drop it; back to where the form was (`to`: join, or else the programme)."""
        event = await event_named(self._access, slug)
        form = await form_of(request)
        session_id = form.get("session", "")
        short = short_id(session_id)
        if not _ID.fullmatch(session_id) or not shorts_in(short):
            raise NotFound(
                "There is no such session in this event.", remedy="Choose one from the programme."
            )
        picked = picked_in(request, event.slug) - {short}
        if form.get("do") != "drop" and len(picked) < MOST_PICKED:
            picked |= {short}
        page = f"/join/{event.slug}" if form.get("to") == "join" else f"/events/{event.slug}"
        answer = RedirectResponse(f"{page}#session-{session_id}", 303)
        answer.set_cookie(
            cookie_name(event.slug),
            ".".join(sorted(picked)),
            max_age=PICKED_SECONDS if picked else 0,
            secure=self._access.origins.is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )
        return answer

    async def calendar(self, slug: str, request: Request, pick: str | None = None) -> Response:
        """The whole programme, or of it what `pick` names."""
        chosen = None if pick is None else shorts_in(pick)
        name = "programme" if chosen is None else "mine"
        return await self._file(
            slug, request, name, lambda one: chosen is None or short_id(one.id) in chosen
        )

    async def one(self, slug: str, session_id: str, request: Request) -> Response:
        """One session. Raises NotFound."""
        return await self._file(slug, request, "session", lambda one: one.id == session_id)

    async def _written(
        self,
        event: Event,
        rooms: Mapping[str, RoomValue],
        sessions: Sequence[SessionValue],
        page: str,
        lang: str,
    ) -> bytes:
        halls = tuple((room.id, room.version) for room in rooms.values())
        states = halls + tuple((session.id, session.version) for session in sessions)
        key = (event.id, event.version, states, page, lang)
        if key not in self._kept:
            made = await asyncio.to_thread(
                calendar_of, event, rooms, sessions, page, self._views.words, lang
            )
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    async def _file(
        self, slug: str, request: Request, name: str, takes: Callable[[SessionValue], bool]
    ) -> Response:
        event = await event_named(self._access, slug)
        lang = self._views.words.offered(request, event.languages)
        when = When(event.zone, lang, self._views.words)
        found = await self._access.journal.store.read(lambda conn: read_programme(conn, event.id, when))
        sessions = [session for session in found.sessions if takes(session)]
        if name == "session" and not sessions:
            raise NotFound(
                "There is no such session in this event.", remedy="Choose one from the programme."
            )
        page = f"{self._access.origins.base(request.scope)}/events/{event.slug}"
        return Response(
            await self._written(event, found.rooms, sessions, page, lang),
            media_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": f'inline; filename="{event.slug}-{name}.ics"',
                "Cache-Control": "no-cache",
                "Content-Language": lang,
                "Vary": "Accept-Language",
            },
        )
