"""Deleting an event and bringing it back: two pages for its organisers, and the same as an API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall import deleting
from wall.access import Access, Visitor, may
from wall.errors import BadInput, NotFound
from wall.model import Event, Frozen
from wall.routes import Asking, AskingHere, VisitorHere
from wall.routes.commands import CauseHere, IdHere, run
from wall.routes.forms import form_of, new_cause
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import deleted, members


class Typed(Frozen):
    """The short name of the event, typed by whoever means to delete it."""

    slug: str


class DeletedNow(Frozen):
    """An event was deleted; it can be brought back `until` then."""

    event: str
    until: datetime
    seq: int


class Deleted(Frozen):
    """A deleted event, to its organisers; it can be brought back `until` then."""

    event: str
    slug: str
    name: str
    deleted_at: datetime
    until: datetime


class DeletedList(Frozen):
    """Deleted events, the latest first."""

    events: tuple[Deleted, ...]


class BroughtBack(Frozen):
    """An event is there again, at its old addresses."""

    event: str
    slug: str


class DeletingRoutes:
    """`/events/{slug}/delete` and `/deleted` as pages (`pages`), and below /api/v1 (`api`)."""

    def __init__(self, access: Access, views: Views) -> None:
        self._access = access
        self._views = views
        self.api = APIRouter(tags=["events"])
        self.api.add_api_route("/events/{slug}/delete", self.delete, methods=["POST"])
        self.api.add_api_route("/deleted-events", self.listed, methods=["GET"])
        self.api.add_api_route("/deleted-events/{event_id}/bring-back", self.bring_back, methods=["POST"])
        self.pages = APIRouter(include_in_schema=False)
        add = self.pages.add_api_route
        add("/events/{slug}/delete", self.ask, methods=["GET", "HEAD"])
        add("/events/{slug}/delete", self.send, methods=["POST"])
        add("/deleted", self.bin, methods=["GET", "HEAD"])
        add("/deleted/{event_id}/bring-back", self.take_out, methods=["POST"])

    async def delete(
        self, typed: Typed, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> DeletedNow:
        """Delete an event: nobody finds it from now on. It can be brought back for 30 days."""
        asking.require("event.delete")
        return DeletedNow(**await self._delete(asking, request, typed.slug, cause))

    async def listed(self, visitor: VisitorHere) -> DeletedList:
        """Deleted events of whoever asks, as far as they are organisers there."""
        return DeletedList(events=tuple(_shown(event) for event in await self._theirs(visitor)))

    async def bring_back(self, event_id: IdHere, visitor: VisitorHere) -> BroughtBack:
        """Let a deleted event be there again, as it was."""
        event = await self._bring_back(event_id, visitor)
        return BroughtBack(event=event.id, slug=event.slug)

    async def ask(self, asking: AskingHere, request: Request) -> Response:
        """What deleting does, and a field for the event's short name."""
        asking.require("event.delete")
        return self._ask(asking, request)

    async def send(self, asking: AskingHere, request: Request) -> Response:
        """Delete it; a name that is not the event's comes back."""
        asking.require("event.delete")
        form = await form_of(request)
        typed = form.get("slug", "")
        try:
            await self._delete(asking, request, typed, form.get("cause"))
        except BadInput:
            return self._ask(asking, request, typed)
        return RedirectResponse("/deleted", 303)

    async def bin(self, visitor: VisitorHere, request: Request) -> Response:
        """Deleted events, each with the day on which it is erased."""
        words = self._views.words
        lang = words.language_of(request)
        theirs = [(_shown(event), When(event.zone, lang, words)) for event in await self._theirs(visitor)]
        return self._views.page(request, "deleted.html", visitor=visitor, deleted=theirs)

    async def take_out(self, event_id: IdHere, visitor: VisitorHere) -> Response:
        """Bring an event back, and show it."""
        return RedirectResponse(f"/events/{(await self._bring_back(event_id, visitor)).slug}", 303)

    def _ask(self, asking: Asking, request: Request, typed: str | None = None) -> Response:
        event = asking.event
        return self._views.page(
            request,
            "delete.html",
            status=200 if typed is None else 422,
            lang=self._views.words.offered(request, event.languages),
            visitor=asking.visitor,
            event=event,
            typed=typed,
            cause=new_cause(),
            days=deleting.KEPT.days,
        )

    async def _delete(
        self, asking: Asking, request: Request, typed: str, cause: str | None
    ) -> dict[str, str]:
        journal = self._access.journal
        return await run(journal, asking, request, cause, lambda tx: deleting.delete(tx, typed))

    async def _theirs(self, visitor: Visitor) -> list[Event]:
        return await self._access.journal.store.read(lambda conn: organised(conn, visitor))

    async def _bring_back(self, event_id: str, visitor: Visitor) -> Event:
        if event_id not in {event.id for event in await self._theirs(visitor)}:
            raise NotFound(
                "There is no deleted event of this id that you organise.",
                remedy="It was brought back already, or is erased.",
            )
        return await deleting.bring_back(self._access.journal, event_id, visitor.actor)


def organised(conn: Connection, visitor: Visitor) -> list[Event]:
    """Deleted events that this person may bring back."""
    roles = members.roles_of(conn, visitor.person_id) if visitor.person_id else {}
    return [
        event
        for event in deleted.listed(conn)
        if visitor.organiser or may(roles.get(event.id, ()), "event.delete")
    ]


def _shown(event: Event) -> Deleted:
    at = event.deleted_at or event.last_at
    return Deleted(
        event=event.id, slug=event.slug, name=event.name, deleted_at=at, until=deleting.until(at)
    )
