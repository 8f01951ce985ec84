"""`/events/{slug}/rehearse`: a rehearsal is started, watched and thrown away on a page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall.access import Access, Visitor, may
from wall.access.rights import ORGANISER
from wall.errors import Refused
from wall.model import Event
from wall.rehearsal_play import SPEEDS, MadeUp, Playing, Recorded, Rehearsals, recorded_of
from wall.routes import Asking, AskingHere
from wall.routes.forms import form_of
from wall.routes.words import Views
from wall.store import events, members

MADE_UP = "made-up"
NONE = "none"


@dataclass(frozen=True)
class Row:
    """One rehearsal, and what plays in it."""

    event: Event
    playing: Playing | None


class RehearsalPages:
    """The page and its two buttons."""

    def __init__(self, access: Access, rehearsals: Rehearsals, views: Views) -> None:
        self._access = access
        self._journal = access.journal
        self._rehearsals = rehearsals
        self._views = views
        self.router = APIRouter(prefix="/events/{slug}/rehearse", include_in_schema=False)
        self.router.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("", self.start, methods=["POST"])
        self.router.add_api_route("/{name}/end", self.end, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """The rehearsals of this event, and the form that starts one."""
        asking.require("event.rehearse")
        return await self._page(asking, request, ended=did == "ended")

    async def start(self, asking: AskingHere, request: Request) -> Response:
        """Start one, with the chosen day at the chosen speed."""
        asking.require("event.rehearse")
        form = await form_of(request)
        speed = form.get("speed", "")
        day = await self._day(asking, request, form.get("day", NONE))
        if day is None or speed not in map(str, SPEEDS):
            return await self._page(asking, request, wrong=True, status=422)
        source = form.get("day") if form.get("day") not in {MADE_UP, NONE} else None
        try:
            await self._rehearsals.start(asking.event, day, float(speed), source)
        except Refused as error:
            return await self._page(asking, request, wrong=True, status=error.status)
        return RedirectResponse(f"/events/{asking.event.slug}/rehearse", 303)

    async def end(self, name: str, asking: AskingHere) -> Response:
        """Throw one away. Raises NotFound, and Refused for what is no rehearsal of this event."""
        asking.require("event.rehearse")
        rehearsal = await self._journal.event(name)
        if rehearsal.rehearsal_of != asking.event.id:
            raise Refused("This is no rehearsal of this event.", remedy="Look at the list again.")
        await self._rehearsals.end(rehearsal)
        return RedirectResponse(f"/events/{asking.event.slug}/rehearse?did=ended", 303)

    async def _day(self, asking: Asking, request: Request, chosen: str) -> Recorded | None:
        """The day of this name; None where there is none."""
        if chosen == NONE:
            return ()
        if chosen == MADE_UP:
            made_up: MadeUp | None = getattr(request.app.state, "made_up_day", None)
            return await asyncio.to_thread(made_up) if made_up else None
        if chosen not in {one.id for one in await self._theirs(asking)}:
            return None
        return await self._journal.store.read(lambda conn: recorded_of(conn, chosen))

    async def _theirs(self, asking: Asking) -> list[Event]:
        """Events that this visitor may rehearse: a day of anybody else's is not theirs to copy."""
        return await self._journal.store.read(lambda conn: _rehearsed_by(conn, asking.visitor))

    async def _page(
        self,
        asking: Asking,
        request: Request,
        *,
        wrong: bool = False,
        ended: bool = False,
        status: int = 200,
    ) -> Response:
        every = await self._journal.store.read(_listed)
        return self._views.page(
            request,
            "rehearse.html",
            status=status,
            visitor=asking.visitor,
            event=asking.event,
            rows=[
                Row(one, self._rehearsals.playing(one.id))
                for one in every
                if one.rehearsal_of == asking.event.id
            ],
            days=[one for one in await self._theirs(asking) if one.rehearsal_of is None and one.shown],
            made_up=hasattr(request.app.state, "made_up_day"),
            speeds=SPEEDS,
            wrong=wrong,
            ended=ended,
        )


def _listed(conn: Connection) -> list[Event]:
    return events.listed(conn)


def _rehearsed_by(conn: Connection, visitor: Visitor) -> list[Event]:
    everywhere = ORGANISER if visitor.organiser else frozenset()
    own = members.roles_of(conn, visitor.person_id) if visitor.person_id else {}
    return [
        one for one in events.listed(conn) if may(everywhere | set(own.get(one.id, ())), "event.rehearse")
    ]
