"""What was shown as a feed for readers of feeds and for the event's own site: `/events/{slug}/shown.atom`
and `/events/{slug}/shown.json`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from wall.access import Access
from wall.model import Event, utc_now
from wall.routes import event_named
from wall.routes.shown import Before, Body, Kept, conditional, shown_page
from wall.routes.syndication import ATOM_TYPE, JSON_TYPE, Channel, Form, render
from wall.routes.words import Words

PAGE = 50
"""Posts on a page of a feed."""
FRESH_SECONDS = 60
"""For how long a feed may be kept without asking again: that much later is a removal heard of."""

_TYPES: dict[Form, str] = {"atom": f"{ATOM_TYPE}; charset=utf-8", "json": JSON_TYPE}
_HEADERS = {
    "Cache-Control": f"public, max-age={FRESH_SECONDS}",
    # Everybody may read it, and pages of other sites too: it is the same without and with a sign-in.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}


class ShownFeeds:
    """The two forms of an event's feed, in pages that `before` goes on with."""

    def __init__(self, access: Access, words: Words) -> None:
        self._access = access
        self._words = words
        self._kept = Kept()
        self.router = APIRouter(prefix="/events/{slug}", include_in_schema=False)
        self.router.add_api_route("/shown.atom", self.atom, methods=["GET", "HEAD"])
        self.router.add_api_route("/shown.json", self.json, methods=["GET", "HEAD"])

    async def atom(self, slug: str, request: Request, before: Before = None) -> Response:
        """Atom 1.0."""
        return await self._answer("atom", slug, request, before)

    async def json(self, slug: str, request: Request, before: Before = None) -> Response:
        """JSON Feed 1.1."""
        return await self._answer("json", slug, request, before)

    async def _answer(self, form: Form, slug: str, request: Request, before: int | None) -> Response:
        event = await event_named(self._access, slug)
        base = self._access.origins.base(request.scope)
        body = self._kept.get(event, form, base, before)
        if body is None:
            made = await self._made(form, event, base, before)
            body = self._kept.put(event, made, form, base, before)
        return conditional(request, body, utc_now(), _HEADERS)

    async def _made(self, form: Form, event: Event, base: str, before: int | None) -> Body:
        store = self._access.journal.store
        page = await store.read(lambda conn: shown_page(conn, event.id, PAGE, before))
        own = f"{base}/events/{event.slug}/shown.{form}"
        channel = Channel(
            event=event,
            base=base,
            own=own if before is None else f"{own}?before={before}",
            next=None if page.older is None else f"{own}?before={page.older}",
            lang=self._words.choose(*event.languages),
            words=self._words,
        )
        return Body.of(render(form, channel, page), _TYPES[form], event)
