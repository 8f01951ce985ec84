"""`/events/{slug}/settings` and `/events/{slug}/copy`: an event's own facts, and a new one made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from facilitator.event_facts import PARTS, NewCopy, change_facts, copied
from facilitator.routes.planning import Planning, seen_version
from wall.entries import Scope
from wall.errors import BackchannelError, BadInput, CauseReused, Refused, Stale
from wall.hashtags import advice_about
from wall.journal import Journal
from wall.model import Event
from wall.routes import Asking, AskingHere, AskingInstance
from wall.routes.commands import command_body
from wall.routes.events import EventChange, zones
from wall.routes.forms import form_of, new_cause
from wall.routes.words import Views

FACTS = ("name", "starts_on", "ends_on", "hashtags", "zone", "languages")


class EventPages(Planning):
    """The form of an event's facts, and that of its copy."""

    def __init__(self, journal: Journal, views: Views) -> None:
        super().__init__(journal, views)
        self.router = APIRouter(prefix="/events/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("/settings", self.show, methods=["GET", "HEAD"])
        add("/settings", self.save, methods=["POST"])
        add("/copy", self.copy_form, methods=["GET", "HEAD"])
        add("/copy", self.copy, methods=["POST"])

    async def show(
        self, asking: AskingHere, request: Request, saved: bool = False, tags: bool = False
    ) -> Response:
        """The event's facts; after its hashtags changed (`tags`), with what is to be known of them."""
        asking.require("event.change")
        advice = advice_about(asking.event.hashtags) if tags else ()
        return self._settings(asking, request, typed_of(asking.event), saved=saved, advice=advice)

    async def save(self, asking: AskingHere, request: Request) -> Response:
        """Change them to what was typed."""
        asking.require("event.change")
        form = await form_of(request)
        typed = {name: form.get(name, "").strip() for name in FACTS}
        keeps = form.get("keep") == "clock"
        try:
            change = EventChange.model_validate(
                {"version": seen_version(form.get("version")), **meant(typed)}
            )
            scope = Scope(asking.roles)
            await self.run(
                asking,
                lambda tx, _: change_facts(tx, change, scope, keeps_clock=keeps),
                form.get("cause"),
                await command_body(request),
            )
        except (ValidationError, BadInput, Stale, CauseReused) as error:
            stale = isinstance(error, Stale)
            return self._settings(
                asking,
                request,
                typed,
                status=error.status if isinstance(error, BackchannelError) else 422,
                version="" if stale else form.get("version", ""),
                wrong=wrong_in(error),
                problem="stale" if stale else "again" if isinstance(error, CauseReused) else "fields",
                meanwhile=typed_of(asking.event) if stale else None,
                keeps=keeps,
            )
        more = "" if tuple(change.hashtags or ()) == asking.event.hashtags else "&tags=true"
        return RedirectResponse(f"{request.url.path}?saved=true{more}", 303)

    async def copy_form(self, asking: AskingHere, instance: AskingInstance, request: Request) -> Response:
        """What a copy would be called."""
        instance.require("event.create")
        typed = {"slug": "", "name": asking.event.name, "starts_on": ""}
        return self._copy_page(asking, request, typed, frozenset(PARTS))

    async def copy(self, asking: AskingHere, instance: AskingInstance, request: Request) -> Response:
        """Make it; its programme comes next. Only who may start events: nobody of one event alone."""
        instance.require("event.create")
        form = await form_of(request)
        typed = {name: form.get(name, "").strip() for name in ("slug", "name", "starts_on")}
        parts = frozenset(part for part in PARTS if f"part.{part}" in form)
        try:
            new = NewCopy.model_validate(typed)
            made = await copied(self.journal, asking.event, new, asking.actor, parts)
        except ValidationError as error:
            return self._copy_page(asking, request, typed, parts, wrong=wrong_in(error), status=422)
        except Refused as error:
            return self._copy_page(
                asking, request, typed, parts, wrong=frozenset({"taken"}), status=error.status
            )
        return RedirectResponse(f"/events/{made.slug}/programme", 303)

    def _settings(
        self,
        asking: Asking,
        request: Request,
        typed: Mapping[str, str],
        *,
        status: int = 200,
        version: str = "",
        **more: Any,
    ) -> Response:
        told: dict[str, Any] = {
            "saved": False,
            "advice": (),
            "wrong": frozenset(),
            "problem": "",
            "meanwhile": None,
            "keeps": True,
        } | more
        return self.page(
            asking,
            request,
            "event_settings.html",
            status=status,
            typed=typed,
            version=version or asking.event.version,
            zones=sorted(zones()),
            cause=new_cause(),
            **told,
        )

    def _copy_page(
        self,
        asking: Asking,
        request: Request,
        typed: Mapping[str, str],
        parts: frozenset[str],
        *,
        wrong: frozenset[str] = frozenset(),
        status: int = 200,
    ) -> Response:
        return self.page(
            asking,
            request,
            "event_copy.html",
            status=status,
            typed=typed,
            parts=parts,
            every=PARTS,
            wrong=wrong,
        )


def typed_of(event: Event) -> dict[str, str]:
    """What one would have to type to get this event."""
    return {
        "name": event.name,
        "starts_on": event.starts_on.isoformat() if event.starts_on else "",
        "ends_on": event.ends_on.isoformat() if event.ends_on else "",
        "hashtags": " ".join(f"#{tag}" for tag in event.hashtags),
        "zone": event.zone,
        "languages": ", ".join(event.languages),
    }


def meant(typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a change as they were typed."""
    return {
        "name": typed["name"],
        "starts_on": typed["starts_on"] or None,
        "ends_on": typed["ends_on"] or None,
        "hashtags": typed["hashtags"].replace(",", " ").split(),
        "zone": typed["zone"],
        "languages": typed["languages"].replace(",", " ").split(),
    }


def wrong_in(error: Exception) -> frozenset[str]:
    """The fields that cannot be used."""
    if isinstance(error, ValidationError):
        return frozenset(str(one["loc"][0]) if one["loc"] else "ends_on" for one in error.errors())
    field = error.details.get("field") if isinstance(error, BadInput) else None
    return frozenset({str(field)} if field else ())
