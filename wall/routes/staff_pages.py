"""`/events/{slug}/staff`: who belongs to an event, the links to join it, who is on duty, and how its
organisers are alarmed. Plain HTML forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from wall.access import Access, check_hours, check_places, enter_path
from wall.access.links import MOST_LINK_HOURS, MOST_PLACES, change_member, revoke_link
from wall.errors import BadInput, CauseReused, NotFound, Refused, Stale
from wall.model import Role, utc_now
from wall.push import Reaching
from wall.routes import Asking, AskingHere
from wall.routes.alarm_form import TypedWays, typed_of
from wall.routes.commands import IdHere, command_body
from wall.routes.duty import staff_of
from wall.routes.forms import form_of, new_cause
from wall.routes.join import qr_svg
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import alarms, links, programme, pushes, routings

Did = Literal["roles", "removed", "revoked", "alarms", "tested"]
HOURS = (1, 12, 24, 72, 168, MOST_LINK_HOURS)
"""How long a link may work, as the form offers it."""
OFFERED = tuple(role for role in Role if role is not Role.RATER)
"""Roles that the page offers. Nobody needs raters before there are rounds; the API gives that role too."""
VERB = "member.set"


class StaffPages:
    """The staff page and what its forms about people and links send."""

    def __init__(self, access: Access, views: Views, reaching: Reaching) -> None:
        self._access = access
        self._journal = access.journal
        self._views = views
        self._reaching = reaching
        self.router = APIRouter(prefix="/events/{slug}/staff", include_in_schema=False)
        add = self.router.add_api_route
        add("", self.show, methods=["GET", "HEAD"])
        add("/people/{person_id}", self.change, methods=["POST"])
        add("/links", self.make, methods=["POST"])
        add("/links/show", self.show_link, methods=["POST"])
        add("/links/{link_id}/revoke", self.revoke, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request, did: Did | None = None) -> Response:
        """Everything about the staff of an event."""
        asking.require(VERB)
        return await self.page(asking, request, did=did)

    async def change(self, person_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Set somebody's roles, or end their membership."""
        asking.require(VERB)
        form = await form_of(request)
        removed = form.get("do") == "remove"
        roles = [] if removed else [role for role in Role if form.get(f"role.{role.value}")]
        seen = form.get("version", "")
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
        try:
            await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: change_member(tx, person_id, roles, version),
                cause=form.get("cause"),
                body=await command_body(request),
            )
        except (Stale, Refused, CauseReused) as error:
            problem = str(error.details.get("problem", "stale"))
            return await self.page(asking, request, problem=problem, status=error.status)
        gone = person_id == asking.actor.removeprefix("person:") and Role.ORGANISER not in roles
        if gone and not asking.visitor.organiser:
            return RedirectResponse(f"/events/{asking.event.slug}", 303)
        return back(asking, "removed" if not roles else "roles", "people")

    async def make(self, asking: AskingHere, request: Request) -> Response:
        """Make a link, and show it: this once."""
        asking.require("link.make")
        form = await form_of(request)
        try:
            role, hours, places = _link_of(form)
        except BadInput as error:
            return await self.page(
                asking, request, problem=str(error.details["field"]), status=error.status, typed=form
            )
        token = await self._access.make_link(
            asking.event.id,
            role,
            asking.actor,
            hours=hours,
            places=places,
            cause=form.get("cause"),
            body=await command_body(request),
        )
        return await self._link_page(asking, request, token, "staff_link.html")

    async def show_link(self, asking: AskingHere, request: Request) -> Response:
        """A link that was just made, large, for a screen that volunteers scan. The token comes with the
        form: it is kept nowhere."""
        asking.require("link.make")
        form = await form_of(request)
        return await self._link_page(asking, request, form.get("token", ""), "staff_show.html")

    async def revoke(self, link_id: IdHere, asking: AskingHere) -> Response:
        """End a link."""
        asking.require("link.make")
        await self._journal.command(asking.event.id, asking.actor, lambda tx: revoke_link(tx, link_id))
        return back(asking, "revoked", "links")

    async def _link_page(self, asking: Asking, request: Request, token: str, template: str) -> Response:
        invited = await self._access.invitation(asking.visitor, token)
        if invited.event is None or invited.event.id != asking.event.id:
            raise NotFound("There is no such link.", remedy="Make a new link.")
        address = f"{self._access.origins.base(request.scope)}{enter_path(token)}"
        lang = self._views.words.offered(request, asking.event.languages)
        return self._views.page(
            request,
            template,
            lang=lang,
            visitor=asking.visitor,
            event=asking.event,
            invited=invited,
            link=invited.link,
            token=token,
            address=address,
            code=qr_svg(address).decode(),
            when=When(asking.event.zone, lang, self._views.words),
        )

    async def page(
        self,
        asking: Asking,
        request: Request,
        *,
        status: int = 200,
        did: str | None = None,
        problem: str = "",
        typed: Mapping[str, str] | None = None,
        ways: TypedWays | None = None,
        undelivered: str = "",
    ) -> Response:
        """The staff page. `problem`: a code of `staff.wrong.*`; `typed`: the form of a link as it was sent,
        `ways` that of alarms; `undelivered`: why a test did not arrive."""
        event, person = asking.event, asking.actor.removeprefix("person:")
        store = self._journal.store
        known = await store.read(lambda conn: alarms.ways_of(conn, event.id, person))
        lang = self._views.words.offered(request, event.languages)
        return self._views.page(
            request,
            "staff.html",
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=event,
            staff=await staff_of(self._journal, event),
            roles=list(Role),
            offered=OFFERED,
            me=person,
            links=await store.read(lambda conn: links.listed(conn, event.id)),
            now=utc_now(),
            hours=HOURS,
            most=MOST_PLACES,
            typed=typed or {},
            handovers=await store.read(lambda conn: routings.handovers(conn, event.id)),
            sessions={
                one.id: one for one in await store.read(lambda conn: programme.sessions(conn, event.id))
            },
            alarms=[
                one for one in await store.read(lambda conn: alarms.alarms(conn, event.id)) if one.times
            ],
            known=known,
            ways=ways or typed_of(known),
            browsers=await store.read(lambda conn: pushes.number(conn, event.id, person)),
            mail=self._reaching.mail is not None,
            did=did,
            problem=problem,
            undelivered=undelivered,
            details={"most": MOST_PLACES},
            cause=new_cause,
            when=When(event.zone, lang, self._views.words),
            has=self._views.words.has,
        )


def back(asking: Asking, did: Did, anchor: str) -> Response:
    """To the staff page, which says what was done."""
    return RedirectResponse(f"/events/{asking.event.slug}/staff?did={did}#{anchor}", 303)


def _link_of(form: Mapping[str, str]) -> tuple[Role, float, int]:
    """What a link is to, for how many hours and people. Raises BadInput with `field`."""
    role, hours, places = form.get("role", ""), form.get("hours", ""), form.get("people", "1").strip()
    if role not in {one.value for one in Role}:
        raise BadInput("There is no such role.", field="role")
    if not hours.isdecimal() or len(hours) > 4:
        raise BadInput("This is no number of hours.", field="hours")
    if not (places.isascii() and places.isdecimal() and len(places) < 6):
        raise BadInput("This is no number of people.", field="people")
    check_hours(float(hours))
    check_places(int(places))
    return Role(role), float(hours), int(places)
