"""Pages of the facilitator side: the public page of a point, who did what, and answering without script."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from facilitator import audit_kinds, auditing, pointing
from facilitator.routes import IdHere
from facilitator.routes.replies import answered
from wall.access import Access
from wall.errors import BadInput, NotFound
from wall.routes import AskingHere, event_named
from wall.routes.commands import command_body
from wall.routes.forms import form_of
from wall.routes.when import When
from wall.routes.words import Views

Group = Annotated[str | None, Query(pattern=r"^[a-z_]{0,20}$")]
Person = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9-]{0,63}$")]
Before = Annotated[int | None, Query(ge=1, le=2**53)]


class FacilitatorPages:
    """`/point/{slug}/{id}`, `/audit/{slug}` and `/join/{slug}/answer/{id}`."""

    def __init__(self, access: Access, views: Views) -> None:
        self._access = access
        self._journal = access.journal
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/point/{slug}/{contribution_id}", self.point, methods=["GET", "HEAD"])
        add("/audit/{slug}", self.audit, methods=["GET", "HEAD"])
        add("/join/{slug}/answer/{question_id}", self.answer, methods=["POST"])

    async def point(self, slug: str, contribution_id: IdHere, request: Request) -> Response:
        """What was said, where it came up and what came of it, for everybody. Not for search engines."""
        event = await event_named(self._access, slug)
        words = self._views.words
        lang = words.offered(request, event.languages)
        found = await self._journal.store.read(
            lambda conn: pointing.read(conn, event, contribution_id, words, lang)
        )
        if found is None:
            raise NotFound(
                "There is no such point, or it is not shown any more.",
                remedy="Look at what is in the rooms now, on the event's own page.",
            )
        page = self._views.page(
            request, "point.html", lang=lang, event=event, point=found, when=When(event.zone, lang, words)
        )
        page.headers["X-Robots-Tag"] = "noindex, nofollow"
        return page

    async def audit(
        self,
        asking: AskingHere,
        request: Request,
        before: Before = None,
        group: Group = None,
        person: Person = None,
    ) -> Response:
        """The journal as an auditor reads it: actors, kinds, times, ids and codes; no texts. All of it, a
        group of kinds, what went wrong, or what was taken back and erased."""
        asking.require("audit.see")
        event = asking.event
        chosen = group if group in audit_kinds.GROUPS else None
        actor = f"person:{person}" if person else None
        found = await self._journal.store.read(
            lambda conn: auditing.read(conn, event.id, before, chosen, actor)
        )
        lang = self._views.words.language_of(request)
        return self._views.page(
            request,
            "audit.html",
            visitor=asking.visitor,
            event=event,
            audit=found,
            groups=audit_kinds.GROUPS,
            has=self._views.words.has,
            views=("", audit_kinds.INCIDENTS, audit_kinds.ERASURE),
            group=chosen or "",
            person=person or "",
            before=before,
            when=When(event.zone, lang, self._views.words),
        )

    async def answer(self, slug: str, question_id: IdHere, request: Request) -> Response:
        """The answer of somebody whose phone runs no script; back to their points."""
        event = await event_named(self._access, slug)
        visitor = await self._access.visitor_of(request.scope)
        form = await form_of(request)
        body = await command_body(request)
        try:
            await answered(
                self._journal, event, visitor, question_id, form.get("words", ""), form.get("cause"), body
            )
        except BadInput:
            return RedirectResponse(f"/join/{event.slug}?answer=empty#yours", 303)
        return RedirectResponse(f"/join/{event.slug}#yours", 303)
