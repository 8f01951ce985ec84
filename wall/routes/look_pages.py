"""`/look/{slug}`: the page on which an event's own look is made; its style sheet and its files."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from wall.access import Access
from wall.display import Theme
from wall.errors import BadInput, CauseReused, Malformed, NotFound, Stale
from wall.look import (
    FILE_BYTES,
    LEAST,
    OURS,
    EventLook,
    Slot,
    digest_of,
    plain,
    proposed,
    samples,
    stylesheet,
    unreadable,
)
from wall.media import Images
from wall.model import Event
from wall.routes import Asking, AskingHere, event_named
from wall.routes.commands import command_body
from wall.routes.forms import new_cause, parts_of_form
from wall.routes.look_files import WrongFile, of_carried, prepared
from wall.routes.look_form import FIELDS, TypedLook
from wall.routes.looks import carried_in
from wall.routes.screen_form import wrong_fields
from wall.routes.security import FRAMING
from wall.routes.words import Views
from wall.screens import looks as commands
from wall.screens.looks import LookChange, Prepared
from wall.store import looks

_DIGEST = re.compile(r"[0-9a-f]{32}")
_SHEETS = {"css": stylesheet, "plain.css": plain}
"""What an event's pages are dressed in, by the ending of its address: the second is for the plain wall."""
_FOR_EVER = "public, max-age=31536000, immutable"
_KEPT_BYTES = 16 * 1024 * 1024
"""How much of style sheets, logos and fonts stays in memory: phones of a hall ask for them at once."""


class _Kept:
    """What was served lately, by event and name, and which file of a look never changes."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[tuple[str, str], tuple[bytes, str]] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, str]) -> tuple[bytes, str] | None:
        found = self._bodies.get(key)
        if found is not None:
            self._bodies.move_to_end(key)
        return found

    def put(self, key: tuple[str, str], body: bytes, kind: str) -> tuple[bytes, str]:
        if key not in self._bodies:
            self._size += len(body)
        self._bodies[key] = (body, kind)
        while self._size > _KEPT_BYTES and len(self._bodies) > 1:
            self._size -= len(self._bodies.popitem(last=False)[1][0])
        return body, kind


class LookPages:
    """The page, a try of what is typed, files in and out, and what pages of the event are dressed in."""

    def __init__(self, access: Access, views: Views, images: Images) -> None:
        self._access = access
        self._journal = access.journal
        self._views = views
        self._images = images
        self._kept = _Kept()
        self.router = APIRouter(prefix="/look/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("", self.show, methods=["GET", "HEAD"])
        add("", self.save, methods=["POST"])
        add("/file", self.file, methods=["GET"])
        add("/file", self.take_in, methods=["POST"])
        add("/try.css", self.tried, methods=["GET"])
        add("/{name}", self.served, methods=["GET", "HEAD"])

    async def show(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """The look in its form."""
        asking.require("look.change")
        look = await self._look(asking)
        said = did if did in {"saved", "taken"} else ""
        return self._page(asking, request, look, TypedLook.of(look), did=said)

    async def save(self, asking: AskingHere, request: Request) -> Response:
        """Save what was typed and chosen; what cannot be used comes back with its problem beside it."""
        asking.require("look.change")
        form, files = await parts_of_form(request)
        typed, look = TypedLook.read(form), await self._look(asking)
        version = form.get("version")
        if form.get("do") == "propose":
            better = TypedLook.of(proposed(typed.tried(look)))
            return self._page(asking, request, look, better, version=version)
        try:
            change = LookChange.model_validate({"version": version, **typed.data()})
            brought = await self._brought(form, files)
            await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: commands.change(tx, change, brought),
                cause=form.get("cause") or None,
                body=await command_body(request),
            )
        except ValidationError as error:
            wrong, status = dict.fromkeys(wrong_fields(error), "colour"), 422
        except WrongFile as error:
            wrong, status = {error.details["field"]: error.details["why"]}, error.status
        except (Stale, CauseReused) as error:
            wrong, status = {"": "stale"}, error.status
            version = str(look.version)
        except BadInput as error:
            wrong, status = {"": "unreadable"}, error.status
        else:
            return RedirectResponse(f"/look/{asking.event.slug}?did=saved", 303)
        return self._page(asking, request, look, typed, wrong=wrong, status=status, version=version)

    async def tried(self, asking: AskingHere, request: Request, of: str = "") -> Response:
        """The style sheet that colours in the address would make: for the page's samples, or (`of=page`)
        for a whole page. Nothing is saved."""
        asking.require("look.change")
        look = TypedLook.read(request.query_params).tried(await self._look(asking))
        path = commands.path_of(asking.event.slug)
        sheet = stylesheet(look, path) if of == "page" else samples(look, path)
        return Response(sheet, media_type="text/css")

    async def file(self, asking: AskingHere) -> Response:
        """The look as a file to keep."""
        asking.require("look.change")
        carried = await self._journal.store.read(lambda conn: commands.file_of(conn, asking.event.id))
        body = json.dumps(carried, ensure_ascii=False, indent=2) + "\n"
        headers = {"Content-Disposition": f'attachment; filename="{asking.event.slug}.look.json"'}
        return Response(body, media_type="application/json", headers=headers)

    async def take_in(self, asking: AskingHere, request: Request) -> Response:
        """Take a look over from a file."""
        asking.require("look.change")
        form, files = await parts_of_form(request)
        try:
            carried = carried_in(files.get("file", ("", b""))[1])
            brought = await of_carried(carried, self._images)
            await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: commands.replace(tx, carried, brought),
                cause=form.get("cause") or None,
                body=await command_body(request),
            )
        except (Malformed, RequestValidationError, WrongFile):
            wrong = "file"
        except BadInput as error:
            wrong = "version" if error.details.get("field") == "backchannel_look" else "file_unreadable"
        else:
            return RedirectResponse(f"/look/{asking.event.slug}?did=taken", 303)
        look = await self._look(asking)
        return self._page(asking, request, look, TypedLook.of(look), wrong={"file": wrong}, status=422)

    async def served(self, slug: str, name: str) -> Response:
        """The event's style sheet, logo or font by its digest, for everybody. Raises NotFound."""
        event = await event_named(self._access, slug)
        digest, _, ending = name.partition(".")
        if not _DIGEST.fullmatch(digest):
            raise _nothing()
        if ending in _SHEETS:
            # Of an older page's style sheet there is only the present one: it must not be kept for long.
            headers = {"Cache-Control": _FOR_EVER if digest == event.look else "no-cache"}
            body, kind = await self._sheet(event, ending)
            return Response(body, media_type=kind, headers=headers)
        found = self._kept.get((event.id, name))
        if found is None:
            file = await self._journal.store.read(lambda conn: looks.file(conn, event.id, digest))
            if file is None or file[0].value != ending:
                raise _nothing()
            found = self._kept.put((event.id, name), file[1], file[0].media_type)
        return Response(found[0], media_type=found[1], headers={"Cache-Control": _FOR_EVER})

    async def _sheet(self, event: Event, ending: str) -> tuple[bytes, str]:
        if event.look is None:
            return b"", "text/css"
        found = self._kept.get((event.id, f"{event.look}.{ending}"))
        if found is not None:
            return found
        look = await self._journal.store.read(lambda conn: looks.of(conn, event.id))
        path = commands.path_of(event.slug)
        # Changed in this very moment: what is kept under a digest is what has it.
        name = f"{digest_of(stylesheet(look, path))}.{ending}"
        return self._kept.put((event.id, name), _SHEETS[ending](look, path).encode(), "text/css")

    async def _brought(
        self, form: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]
    ) -> dict[Slot, Prepared | None]:
        brought: dict[Slot, Prepared | None] = {}
        for slot in Slot:
            if slot.value in files:
                brought[slot] = await prepared(slot, *files[slot.value], self._images)
            elif f"drop-{slot.value}" in form:
                brought[slot] = None
        return brought

    async def _look(self, asking: Asking) -> EventLook:
        return await self._journal.store.read(lambda conn: looks.of(conn, asking.event.id))

    def _page(
        self,
        asking: Asking,
        request: Request,
        look: EventLook,
        typed: TypedLook,
        *,
        wrong: Mapping[str, str] | None = None,
        status: int = 200,
        version: str | None = None,
        did: str = "",
    ) -> Response:
        tried = typed.tried(look)
        page = self._views.page(
            request,
            "look.html",
            status=status,
            visitor=asking.visitor,
            event=asking.event,
            look=look,
            version=version or look.version,
            typed=typed,
            ours=OURS,
            fields=FIELDS,
            themes=tuple(Theme),
            least=LEAST,
            slots=tuple(Slot),
            problems=unreadable(tried),
            most_mb=FILE_BYTES // 2**20,
            wrong=wrong or {},
            did=did,
            cause=new_cause(),
        )
        page.headers["Content-Security-Policy"] = FRAMING
        return page


def _nothing() -> NotFound:
    return NotFound("There is no such style sheet, logo or font.", remedy="Load the page again.")
