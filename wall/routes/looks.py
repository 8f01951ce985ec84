"""HTTP API: an event's own look, and the file in which it travels."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from wall.errors import Malformed
from wall.journal import Journal
from wall.look import Slot
from wall.media import Images
from wall.model import Frozen
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, run
from wall.routes.look_files import of_carried, prepared
from wall.screens import looks as commands
from wall.screens.looks import LookCarried, LookChange

LOOK_PATHS = r"/look/[^/]+(?:/file)?|/api/v1/events/[^/]+/look/(?:file|files/[^/]+)"
"""The paths, whole, to which logos, fonts and files of looks are sent."""
LOOK_BODY_BYTES = 12 * 1024 * 1024
"""Largest look: four files of 2 MB in base64, with room for the rest."""


class LookNow(Frozen):
    """An event's look after a command. `look`: the digest of its style sheet, null for none."""

    look: str | None
    version: int
    seq: int


class LookRoutes:
    """`…/look` below /api/v1/events/{slug}."""

    def __init__(self, journal: Journal, images: Images) -> None:
        self._journal = journal
        self._images = images
        self.router = APIRouter(prefix="/events/{slug}/look", tags=["walls"])
        add = self.router.add_api_route
        add("", self.show, methods=["GET"])
        add("", self.change, methods=["PATCH"])
        add("/files/{slot}", self.put_file, methods=["PUT"])
        add("/files/{slot}", self.remove_file, methods=["DELETE"])
        add("/file", self.file, methods=["GET"])
        add("/file", self.take_in, methods=["PUT"])

    async def show(self, asking: AskingHere) -> dict[str, Any]:
        """The event's own look: colours of the three themes, and the addresses of its files."""
        event = asking.event
        path = commands.path_of(event.slug)
        found = await self._journal.store.read(lambda conn: commands.value(conn, event.id, path))
        return found | {"look": event.look}

    async def change(
        self, change: LookChange, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> LookNow:
        """Change colours. 422, with the nearest colours that would do, where text could not be read."""
        asking.require("look.change")
        return LookNow(
            **await run(self._journal, asking, request, cause, lambda tx: commands.change(tx, change))
        )

    async def put_file(
        self,
        slot: Slot,
        asking: AskingHere,
        request: Request,
        version: Annotated[int | None, Query(ge=0)] = None,
        name: Annotated[str, Query(max_length=200)] = "",
        cause: CauseHere = None,
    ) -> LookNow:
        """Bring a logo (PNG, JPEG, WebP) or a font (WOFF2): the body is the file, at most 2 MB."""
        asking.require("look.change")
        file = await prepared(slot, name, await request.body(), self._images)
        return LookNow(
            **await run(
                self._journal, asking, request, cause, lambda tx: commands.bring(tx, {slot: file}, version)
            )
        )

    async def remove_file(
        self,
        slot: Slot,
        asking: AskingHere,
        request: Request,
        version: Annotated[int | None, Query(ge=0)] = None,
        cause: CauseHere = None,
    ) -> LookNow:
        """Take a logo or a font away."""
        asking.require("look.change")
        return LookNow(
            **await run(
                self._journal, asking, request, cause, lambda tx: commands.bring(tx, {slot: None}, version)
            )
        )

    async def file(self, asking: AskingHere) -> dict[str, Any]:
        """The look as a file, for another event or another server: its logo and fonts are in it."""
        asking.require("look.change")
        return await self._journal.store.read(lambda conn: commands.file_of(conn, asking.event.id))

    async def take_in(self, asking: AskingHere, request: Request, cause: CauseHere = None) -> LookNow:
        """Take a look over from a file, whole. 422 for a file of another version of looks."""
        asking.require("look.change")
        carried = carried_in(await request.body())
        files = await of_carried(carried, self._images)
        return LookNow(
            **await run(
                self._journal, asking, request, cause, lambda tx: commands.replace(tx, carried, files)
            )
        )


def carried_in(body: bytes) -> LookCarried:
    """A look from the text of its file. Raises Malformed for no JSON, BadInput for another version and
    RequestValidationError for what is no look.

    Read here, because FastAPI reads a body of 12 MB before anybody asks who sent it.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.", remedy="Send the file as it was exported.") from None
    try:
        return LookCarried.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
