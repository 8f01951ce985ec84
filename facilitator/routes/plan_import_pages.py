"""`/events/{slug}/programme/import`: a file, what it would change, and taking what was chosen.

Nothing is kept between the steps: the preview carries the file's text, and it is compared anew.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from facilitator.programme_import.comparing import Preview, compare
from facilitator.programme_import.reading import FILE_BYTES, read_programme, text_of
from facilitator.programme_import.rows import MOST_ROWS, BadFile, FileRead
from facilitator.programme_import.taking import take
from facilitator.routes.planning import VERB, Planning
from wall.errors import CauseReused, Malformed, Stale
from wall.journal import Journal
from wall.programme import Method
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import new_cause, parts_of_form
from wall.routes.words import Views

IMPORT_PATHS = r"/events/[^/]+/programme/import"
"""Paths that take a programme's file."""
IMPORT_BODY_BYTES = 2 * FILE_BYTES + 1024 * 1024
"""A file, the text of another one, and the boxes of a preview."""
_MOST_FIELDS = 2 * MOST_ROWS + 20


class PlanImportPages(Planning):
    """The form for a file, and the preview."""

    def __init__(self, journal: Journal, views: Views) -> None:
        super().__init__(journal, views)
        self.router = APIRouter(prefix="/events/{slug}/programme", include_in_schema=False)
        self.router.add_api_route("/import", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/import", self.send, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request) -> Response:
        """Where a file goes in."""
        asking.require(VERB)
        return self._page(asking, request)

    async def send(self, asking: AskingHere, request: Request) -> Response:
        """Show what a file would change, or take what was chosen of it."""
        asking.require(VERB)
        try:
            form, files = await parts_of_form(request, _MOST_FIELDS, FILE_BYTES + 1024)
        except Malformed as error:
            return self._page(asking, request, status=error.status, problem="large", details={"most": 2})
        text = form.get("text", "")
        try:
            if "file" in files:
                text = text_of(files["file"][1])
            read = await asyncio.to_thread(read_programme, text, asking.event.zone)
        except BadFile as error:
            return self._refused(asking, request, text, error)
        if form.get("do") != "take":
            return await self._preview(asking, request, text, read)
        return await self._take(asking, request, text, read, form)

    async def _take(
        self, asking: Asking, request: Request, text: str, read: FileRead, form: dict[str, str]
    ) -> Response:
        chosen = chosen_in(form)
        method = form.get("method", "")
        used = Method(method) if method in set(Method) else Method.PLENARY
        keys = frozenset(chosen)
        if not chosen:
            return await self._preview(
                asking, request, text, read, chosen=keys, problem="none_chosen", status=422
            )
        try:
            await self.run(
                asking,
                lambda tx, acting: take(tx, acting, read, chosen, used),
                form.get("cause"),
                await command_body(request),
            )
        except (Stale, CauseReused) as error:
            return await self._preview(
                asking, request, text, read, chosen=keys, problem="stale", status=error.status
            )
        return RedirectResponse(f"/events/{asking.event.slug}/programme?did=imported", 303)

    async def _preview(
        self,
        asking: Asking,
        request: Request,
        text: str,
        read: FileRead,
        *,
        chosen: frozenset[str] | None = None,
        status: int = 200,
        problem: str = "",
    ) -> Response:
        """What there is to take; what would be in a room with something else is not chosen yet."""
        plan = await self.plan(asking)
        preview = compare(read, plan.rooms, plan.sessions)
        usual = {key for key, match in preview.rows.items() if not match.clashes}
        return self._page(
            asking,
            request,
            status=status,
            text=text,
            read=read,
            preview=preview,
            chosen=usual if chosen is None else chosen,
            problem=problem,
        )

    def _refused(self, asking: Asking, request: Request, text: str, error: BadFile) -> Response:
        """The form with what was pasted, and why it cannot be read."""
        told = dict(error.details)
        return self._page(
            asking, request, status=error.status, text=text, problem=told.pop("problem"), details=told
        )

    def _page(
        self, asking: Asking, request: Request, *, status: int = 200, text: str = "", **more: Any
    ) -> Response:
        nothing: Preview | None = None
        told: dict[str, Any] = {"problem": "", "details": {}, "preview": nothing, "read": None} | more
        return self.page(
            asking,
            request,
            "plan_import.html",
            status=status,
            text=text,
            methods=list(Method),
            cause=new_cause(),
            **told,
        )


def chosen_in(form: dict[str, str]) -> dict[str, int]:
    """The keys of the rows whose boxes are ticked, with the version that each was looked at as."""
    keys = (name.removeprefix("take.") for name in form if name.startswith("take."))
    seen = {key: form.get(f"seen.{key}", "") for key in keys}
    return {key: int(told) if told.isascii() and told.isdecimal() else -1 for key, told in seen.items()}
