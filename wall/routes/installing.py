"""The join page as an app: its manifest, the worker behind it, and what it shows without a connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from wall.access import Access
from wall.display import Theme
from wall.look import OURS
from wall.model import Event
from wall.routes import event_named
from wall.routes.pages import DIST, STATIC, build_number
from wall.routes.programme_pages import read_programme
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import looks

WORKER_PATH = "/phone-worker.js"
"""At the root of the address, so that it may work for every page of an event."""
ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))
"""Sizes in pixels, square, and what they are for: a maskable one may be cut to any shape."""
SHORT_NAME = 12
"""Letters that a phone has room for below an icon."""
_MANIFEST_SECONDS = 3_600


class InstallRoutes:
    """`/phone-worker.js`, and `app.webmanifest` and `offline` below `/join/{slug}`: alike for everybody."""

    def __init__(self, access: Access, views: Views, dist: Path = DIST) -> None:
        self._access = access
        self._views = views
        self._dist = dist
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add(WORKER_PATH, self.worker, methods=["GET", "HEAD"])
        add("/join/{slug}/app.webmanifest", self.manifest, methods=["GET", "HEAD"])
        add("/join/{slug}/offline", self.offline, methods=["GET", "HEAD"])

    async def worker(self) -> Response:
        """The worker of phones. Another build is another worker, which browsers take up by themselves."""
        code = (STATIC / "phone-worker.js").read_text(encoding="utf-8")
        body = f"// build {build_number(self._dist)}\n{code}"
        headers = {"Cache-Control": "no-cache"}
        return Response(body, media_type="text/javascript", headers=headers)

    async def manifest(self, slug: str, request: Request) -> Response:
        """What a phone needs to keep this event beside its apps. Raises NotFound."""
        event = await event_named(self._access, slug)
        look = await self._access.journal.store.read(lambda conn: looks.of(conn, event.id))
        colours = {
            name: getattr(look.of(Theme.DARK), name) or OURS[Theme.DARK][name]
            for name in ("ground", "surface")
        }
        lang = self._views.words.offered(request, event.languages)
        headers = {"Cache-Control": f"public, max-age={_MANIFEST_SECONDS}", "Vary": "Accept-Language"}
        made = manifest_of(event, lang, colours["ground"], colours["surface"])
        return JSONResponse(made, media_type="application/manifest+json", headers=headers)

    async def offline(self, slug: str, request: Request) -> Response:
        """What a phone shows while nothing answers: the programme, and no post, since that may have been
        taken back. The worker writes into it when it was kept. Raises NotFound."""
        event = await event_named(self._access, slug)
        words = self._views.words
        lang = words.offered(request, event.languages)
        when = When(event.zone, lang, words)
        found = await self._access.journal.store.read(lambda conn: read_programme(conn, event.id, when))
        return self._views.page(
            request, "join_offline.html", lang=lang, event=event, programme=found, when=when
        )


def manifest_of(event: Event, lang: str, ground: str, surface: str) -> dict[str, Any]:
    """A web app manifest (W3C Application Manifest) of an event's join page."""
    start = f"/join/{event.slug}"
    short = event.name if len(event.name) <= SHORT_NAME else event.name.split()[0][:SHORT_NAME]
    return {
        "id": start,
        "name": event.name,
        "short_name": short,
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "lang": lang,
        "dir": "auto",
        "background_color": ground,
        "theme_color": surface,
        "icons": [
            {
                "src": f"/static/icons/app-{'maskable-' if purpose == 'maskable' else ''}{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
    }
