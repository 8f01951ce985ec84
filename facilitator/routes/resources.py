"""Recommended resources: over the API, and as a page that everybody reads and the staff write on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from facilitator import resources
from facilitator.guards import Acting
from facilitator.programme import Version
from facilitator.resources import NewResource, ResourceChange
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.access import may
from wall.entries.channel import SessionValue
from wall.entries.resources import ResourceValue
from wall.errors import BackchannelError, BadInput, CauseReused, NotFound, Refused, Stale
from wall.journal import Journal, Tx
from wall.model import Frozen
from wall.programme import TITLE_LIMIT
from wall.resources import ABOUT_LIMIT
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.joining import values_of
from wall.routes.words import Views
from wall.store import programme
from wall.store import resources as stored

VERB = "resource.recommend"
Recommends = Annotated[Doing, doing(VERB)]


class Seen(Frozen):
    """A resource that was looked at as `version`."""

    version: Version


class ResourceNow(Frozen):
    """A resource that was added, edited or withdrawn."""

    resource: str
    version: int
    seq: int


class ResourceRoutes:
    """`…/resources` below /api/v1, and `/events/{slug}/resources`."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.api: APIRouter = event_router("resources")
        self.api.add_api_route("/resources", self.add, methods=["POST"], status_code=201)
        self.api.add_api_route("/resources/{resource_id}", self.change, methods=["PUT"])
        self.api.add_api_route("/resources/{resource_id}/withdraw", self.withdraw, methods=["POST"])
        self.pages = APIRouter(prefix="/events/{slug}/resources", include_in_schema=False)
        self.pages.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.pages.add_api_route("", self.added, methods=["POST"])
        self.pages.add_api_route("/{resource_id}", self.changed, methods=["POST"])
        self.pages.add_api_route("/{resource_id}/withdraw", self.withdrawn, methods=["POST"])

    async def add(self, new: NewResource, doing: Recommends) -> ResourceNow:
        """Recommend a resource; it comes up on walls that show them, and on every phone."""
        return await doing.run(ResourceNow, lambda tx, acting: resources.add(tx, acting, new))

    async def change(self, resource_id: IdHere, wanted: ResourceChange, doing: Recommends) -> ResourceNow:
        """Edit a resource, all of it; whoever does vouches for it."""
        return await doing.run(
            ResourceNow, lambda tx, acting: resources.change(tx, acting, resource_id, wanted)
        )

    async def withdraw(self, resource_id: IdHere, seen: Seen, doing: Recommends) -> ResourceNow:
        """No longer recommend a resource."""
        return await doing.run(ResourceNow, lambda tx, _: resources.withdraw(tx, resource_id, seen.version))

    async def show(self, asking: AskingHere, request: Request, did: bool = False) -> Response:
        """Everybody's list, with forms for those who recommend."""
        return await self._page(asking, request, did=did)

    async def added(self, asking: AskingHere, request: Request) -> Response:
        """Recommend what was typed."""
        form = await form_of(request)
        return await self._done(
            asking, request, form, "", lambda tx, acting: resources.add(tx, acting, _typed(form))
        )

    async def changed(self, resource_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Edit a resource."""
        form = await form_of(request)
        return await self._done(
            asking,
            request,
            form,
            resource_id,
            lambda tx, acting: resources.change(
                tx, acting, resource_id, ResourceChange(**_typed(form).model_dump(), version=_version(form))
            ),
        )

    async def withdrawn(self, resource_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """No longer recommend a resource."""
        form = await form_of(request)
        return await self._done(
            asking,
            request,
            form,
            resource_id,
            lambda tx, _: resources.withdraw(tx, resource_id, _version(form)),
        )

    async def _done(
        self,
        asking: Asking,
        request: Request,
        form: Mapping[str, str],
        about: str,
        fn: Callable[[Tx, Acting], dict[str, Any]],
    ) -> Response:
        """Do what a form asks; where that cannot be, it comes back as it was typed."""
        asking.require(VERB)
        acting = Acting(asking.actor.removeprefix("person:"), asking.roles)
        body = await command_body(request)
        try:
            await self._journal.command(
                asking.event.id, asking.actor, lambda tx: fn(tx, acting), cause=form.get("cause"), body=body
            )
        except ValidationError as error:
            wrong, status = str(error.errors()[0]["loc"][0]), 422
        except (BadInput, Refused, Stale, CauseReused, NotFound) as error:
            wrong, status = _wrong(error), error.status
        else:
            return RedirectResponse(f"/events/{asking.event.slug}/resources?did=true", 303)
        return await self._page(asking, request, typed=form, about=about, wrong=wrong, status=status)

    async def _page(self, asking: Asking, request: Request, *, status: int = 200, **more: Any) -> Response:
        event = asking.event
        listed, sessions = await self._journal.store.read(lambda conn: _read(conn, event.id))
        told: dict[str, Any] = {"did": False, "about": None, "wrong": ""} | more
        told["typed"] = defaultdict(str, told.get("typed", {}))
        return self._views.page(
            request,
            "resources.html",
            status=status,
            lang=self._views.words.offered(request, event.languages),
            visitor=asking.visitor,
            event=event,
            resources=listed,
            sessions=sessions,
            titles={one.id: one.title for one in sessions},
            recommends=asking.visitor.person_id is not None and may(asking.roles, VERB),
            scenes=may(asking.roles, "scenes.change"),
            most={"title": TITLE_LIMIT, "about": ABOUT_LIMIT},
            new_cause=new_cause,
            **told,
        )


def _read(conn: Connection, event_id: str) -> tuple[list[ResourceValue], list[SessionValue]]:
    listed = values_of(stored.listed(conn, event_id), ResourceValue)
    return listed, values_of(programme.sessions(conn, event_id), SessionValue)


def _typed(form: Mapping[str, str]) -> NewResource:
    """What was typed. Raises ValidationError."""
    return NewResource.model_validate(
        {
            "title": form.get("title", ""),
            "url": form.get("url", ""),
            "about": form.get("about", ""),
            "session": form.get("session") or None,
            "highlighted": form.get("highlighted") == "1",
        }
    )


def _version(form: Mapping[str, str]) -> int:
    version = form.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() and int(version[:9]) > 0 else 1


def _wrong(error: BackchannelError) -> str:
    """The code of `resource.wrong.*` that says what was wrong."""
    if isinstance(error, Stale | CauseReused):
        return "stale"
    if isinstance(error, Refused):
        return "there" if error.details.get("field") == "url" else "many"
    return str(error.details.get("field", "gone"))
