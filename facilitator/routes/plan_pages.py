"""`/events/{slug}/programme`: an organiser's rooms and sessions, and beginning and ending by hand."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from facilitator import programme, programme_removing
from facilitator.guards import Acting
from facilitator.programme import NewRoom, RoomChange
from facilitator.programme_clashes import clashes
from facilitator.programme_import.csv_out import to_csv
from facilitator.routes import IdHere
from facilitator.routes.planning import VERB, Planning, planned_of, seen_version
from wall.errors import BackchannelError, BadInput, CauseReused, Refused, Stale
from wall.journal import Journal, Tx
from wall.model import utc_now
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.programme_pages import proposals_of, read_programme
from wall.routes.words import Views

_DONE = {"room", "session", "removed", "imported", "begun", "ended"}


class PlanPages(Planning):
    """The list, its rooms, and its file."""

    def __init__(self, journal: Journal, views: Views) -> None:
        super().__init__(journal, views)
        self.router = APIRouter(prefix="/events/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("/programme", self.show, methods=["GET", "HEAD"])
        add("/programme.csv", self.table, methods=["GET"])
        add("/programme/rooms", self.add_room, methods=["POST"])
        add("/programme/rooms/{room_id}", self.change_room, methods=["POST"])
        add("/programme/sessions/{session_id}/{verb}", self.run_session, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """Everything that is planned."""
        asking.require(VERB)
        return await self._list(asking, request, did=did if did in _DONE else "")

    async def table(self, asking: AskingHere) -> Response:
        """The programme as a table that can be changed and taken in again."""
        asking.require(VERB)
        plan = await self.plan(asking)
        return Response(
            to_csv(plan.rooms, plan.sessions, asking.event.zone).encode("utf-8-sig"),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{asking.event.slug}-programme.csv"',
                "Cache-Control": "no-store",
            },
        )

    async def add_room(self, asking: AskingHere, request: Request) -> Response:
        """Add a room."""
        asking.require(VERB)
        form = await form_of(request)
        try:
            new = NewRoom.model_validate({"name": form.get("name", ""), **_position(form)})
            body = await command_body(request)
            await self.run(asking, lambda tx, _: programme.add_room(tx, new), form.get("cause"), body)
        except (ValidationError, CauseReused):
            typed = {"name": form.get("name", "")}
            return await self._list(asking, request, status=422, wrong={"new": ("room", {})}, typed=typed)
        return RedirectResponse(f"/events/{asking.event.slug}/programme?did=room#rooms", 303)

    async def change_room(self, asking: AskingHere, room_id: IdHere, request: Request) -> Response:
        """Edit a room, or remove it."""
        asking.require(VERB)
        form = await form_of(request)
        version, removes = seen_version(form.get("version")), form.get("do") == "remove"

        def fn(tx: Tx, _: Acting) -> dict[str, Any]:
            if removes:
                return programme_removing.remove_room(tx, room_id, version)
            given = {"version": version, "name": form.get("name", ""), **_position(form)}
            return programme.change_room(tx, room_id, RoomChange.model_validate(given))

        try:
            await self.run(asking, fn, form.get("cause"), await command_body(request))
        except (ValidationError, Stale, Refused, CauseReused) as error:
            wrong = {room_id: room_problem(error)}
            status = error.status if isinstance(error, BackchannelError) else 422
            typed = {"id": room_id, "name": form.get("name", ""), "position": form.get("position", "")}
            return await self._list(asking, request, status=status, wrong=wrong, typed=typed)
        did = "removed" if removes else "room"
        return RedirectResponse(f"/events/{asking.event.slug}/programme?did={did}#rooms", 303)

    async def run_session(
        self, asking: AskingHere, session_id: IdHere, verb: str, request: Request
    ) -> Response:
        """Begin a session, or end it, as the clock proposed. Raises what the commands raise."""
        asking.require("session.run")
        if verb not in {"begin", "end"}:
            raise BadInput("A session can be begun and ended.", remedy="Go back to the programme.")
        form = await form_of(request)
        version = seen_version(form.get("version"))
        do = programme.begin if verb == "begin" else programme.end
        body = await command_body(request)
        await self.run(
            asking, lambda tx, acting: do(tx, acting, session_id, version), form.get("cause"), body
        )
        did = "begun" if verb == "begin" else "ended"
        where = f"/programme?did={did}" if form.get("to") == "plan" else ""
        return RedirectResponse(f"/events/{asking.event.slug}{where}#session-{session_id}", 303)

    async def _list(
        self, asking: Asking, request: Request, *, status: int = 200, did: str = "", **more: Any
    ) -> Response:
        when = self.when(asking, request)
        found = await self.journal.store.read(lambda conn: read_programme(conn, asking.event.id, when))
        told: dict[str, Any] = {"wrong": {}, "typed": {}} | more
        return self.page(
            asking,
            request,
            "plan.html",
            status=status,
            programme=found,
            proposals=proposals_of(found.sessions, utc_now()),
            clashes=clashes(map(planned_of, found.sessions)),
            cause=new_cause(),
            did=did,
            **told,
        )


def room_problem(error: Exception) -> tuple[str, dict[str, Any]]:
    """Why a room was not changed, as a code of `plan.wrong.*` with what its sentence names."""
    if isinstance(error, Stale):
        return "stale_room", {"name": error.details.get("current", {}).get("name", "")}
    if isinstance(error, Refused):
        holds = error.details.get("holds", ["other"])
        return f"room_{holds[0]}", {}
    return ("again", {}) if isinstance(error, CauseReused) else ("room", {})


def _position(form: dict[str, str]) -> dict[str, str]:
    """Its place among the rooms; nothing where none was typed."""
    typed = form.get("position", "").strip()
    return {"position": typed} if typed else {}
