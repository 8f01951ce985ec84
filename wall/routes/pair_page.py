"""`/pair`: where a person types in the code that a display shows, and says where that display stands."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall.access import Access, Visitor, may
from wall.access.rights import ORGANISER
from wall.errors import CauseReused, NotFound, NotSignedIn, NotYours, Refused, TooMany
from wall.model import Event
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.screen_form import TypedScreen, wrong_fields
from wall.routes.screen_page import PAIR_PATH
from wall.routes.words import Views
from wall.screens import pairing
from wall.screens.pairing import Codes, NewScreen, WrongCode
from wall.store import events, members, programme, scenes, screens

_LONGEST_CODE = 40
_SECONDS_A_MINUTE = 60


class PairPage:
    """The form that pairs a display, in an event whose screens this person may run."""

    def __init__(self, access: Access, codes: Codes, views: Views) -> None:
        self._access = access
        self._journal = access.journal
        self._codes = codes
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route(PAIR_PATH, self.show, methods=["GET", "HEAD"])
        self.router.add_api_route(PAIR_PATH, self.pair, methods=["POST"])

    async def show(self, request: Request, code: str = "", event: str = "", paired: str = "") -> Response:
        """The form; a choice of events where there are several; or that a screen is paired."""
        visitor, theirs = await self._theirs(request)
        chosen = _chosen(theirs, event)
        code = code.strip()[:_LONGEST_CODE]
        if chosen is None:
            return self._views.page(request, "pair_choose.html", visitor=visitor, events=theirs, code=code)
        if paired:
            screen = await self._journal.store.read(
                lambda conn: screens.by_ids(conn, chosen.id, {paired}).get(paired)
            )
            if screen is None or not screen.paired:
                raise NotFound("There is no such screen in this event.")
            return self._views.page(request, "paired.html", visitor=visitor, event=chosen, screen=screen)
        return await self._form(request, visitor, chosen, code, TypedScreen())

    async def pair(self, request: Request) -> Response:
        """Pair the display that shows this code; else the form comes back as it was typed."""
        visitor, theirs = await self._theirs(request)
        form = await form_of(request)
        event = _chosen(theirs, form.get("event", ""))
        if event is None:
            raise NotFound("There is no such event.")
        code, typed = form.get("code", "").strip()[:_LONGEST_CODE], TypedScreen.read(form)
        wrong: dict[str, dict[str, Any]] = {}
        try:
            new = NewScreen.model_validate({"code": code, **typed.data()})
            screen = await self._paired(request, visitor, event, new, form.get("cause") or None)
        except ValidationError as error:
            wrong, status = {field: {} for field in wrong_fields(error)}, 422
        except WrongCode:
            wrong, status = {"code": {}}, 422
        except TooMany as error:
            minutes = 1 + int(error.details["retry_after"] // _SECONDS_A_MINUTE)
            wrong, status = {"many": {"minutes": minutes}}, error.status
        except NotFound as error:
            wrong, status = {str(error.details.get("field", "room")): {}}, 422
        except (Refused, CauseReused) as error:
            wrong, status = {"full" if isinstance(error, Refused) else "again": {}}, error.status
        else:
            return RedirectResponse(f"{PAIR_PATH}?event={event.slug}&paired={screen}", 303)
        return await self._form(request, visitor, event, code, typed, wrong, status)

    async def _paired(
        self, request: Request, visitor: Visitor, event: Event, new: NewScreen, cause: str | None
    ) -> str:
        """The id of the new screen. Raises WrongCode, TooMany, NotFound, Refused, CauseReused."""
        await self._codes.check_guesses(visitor.actor)
        try:
            done = await self._journal.command(
                event.id,
                visitor.actor,
                lambda tx: pairing.pair(tx, new),
                cause=cause,
                body=await command_body(request),
            )
        except WrongCode:
            await self._codes.wrong(visitor.actor)
            raise
        return str(done.result["screen"])

    async def _theirs(self, request: Request) -> tuple[Visitor, list[Event]]:
        """The events whose screens this visitor may run. Raises NotSignedIn or NotYours without any."""
        visitor = await self._access.visitor_of(request.scope)
        if visitor.person_id is None:
            raise NotSignedIn("You are not signed in.")
        found = await self._journal.store.read(lambda conn: _run_by(conn, visitor))
        if not found:
            raise NotYours("You may run the screens of no event.", verb="screens.run")
        return visitor, found

    async def _form(
        self,
        request: Request,
        visitor: Visitor,
        event: Event,
        code: str,
        typed: TypedScreen,
        wrong: dict[str, dict[str, Any]] | None = None,
        status: int = 200,
    ) -> Response:
        rooms, known = await self._journal.store.read(
            lambda conn: (programme.rooms(conn, event.id), scenes.listed(conn, event.id))
        )
        return self._views.page(
            request,
            "pair.html",
            status=status,
            visitor=visitor,
            event=event,
            code=code,
            typed=typed,
            rooms=rooms,
            scenes=known,
            wrong=wrong or {},
            cause=new_cause(),
        )


def _run_by(conn: Connection, visitor: Visitor) -> list[Event]:
    own = members.roles_of(conn, visitor.person_id) if visitor.person_id else {}
    everywhere = ORGANISER if visitor.organiser else frozenset()
    return [one for one in events.listed(conn) if may(everywhere | set(own.get(one.id, ())), "screens.run")]


def _chosen(theirs: list[Event], slug: str) -> Event | None:
    """The event that was chosen, or the only one; None where there is something to choose."""
    if not slug:
        return theirs[0] if len(theirs) == 1 else None
    found = next((event for event in theirs if event.slug == slug), None)
    if found is None:
        raise NotFound("There is no such event.")
    return found
