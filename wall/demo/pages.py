"""The demo's first page, its robots' switch, and the visitor who is signed in without asking.

All of it exists in demo mode only: whoever opens a page is on the staff of the made-up event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wall.access import Access, digest_of, new_token
from wall.demo import SLUG
from wall.demo.cast import Cast
from wall.demo.robots import Robots
from wall.errors import NotFound
from wall.model import Frozen, utc_now
from wall.routes import AskingHere
from wall.routes.pages import built_face
from wall.routes.security import POLICY
from wall.routes.words import Views
from wall.store import people

_PAGE_POLICY = f"{POLICY}; frame-src 'self'"
_SIGNED_IN = timedelta(days=1)
TOUR = (
    ("", "day"),
    ("wall", "wall"),
    ("join", "phone"),
    ("desk", "desk"),
    ("desk", "queue"),
    ("stage", "chair"),
    ("wall", "floor"),
    ("join", "reply"),
    ("desk", "take_over"),
)
"""The guided tour: which face each step points at, and the name of its words."""
TOUR_SECONDS = 13
"""How long a step stays, so that all of them take two minutes."""
_NO_PAGES = ("/api/", "/static/", "/media/", "/live/", "/healthz", "/readyz")


@dataclass(frozen=True)
class Face:
    """One of the four: its name in the catalogue, where it is, how wide it is drawn, in CSS pixels, and
    the part of it that is seen first."""

    name: str
    path: str
    width: int
    part: str = ""


class Switch(Frozen):
    """Whether the robots work."""

    on: bool


class DemoPages:
    """`/`, and `…/events/demo/robots`."""

    def __init__(self, cast: Cast, robots: Robots, views: Views, *, beside: bool = False) -> None:
        """`beside`: a real server is there too, to which the page has a way back."""
        self._beside = beside
        self._cast = cast
        self._robots = robots
        self._views = views
        self.router = APIRouter(prefix="/api/v1/events/{slug}/robots", include_in_schema=False)
        self.router.add_api_route("", self.state, methods=["GET"])
        self.router.add_api_route("", self.turn, methods=["POST"])

    async def first(self, request: Request) -> Response:
        """All four faces side by side."""
        built = built_face("demo")
        room = self._cast.rooms[0].id
        faces = {
            "wall": Face("wall", f"/wall/{SLUG}", 1280),
            "stage": Face("stage", f"/stage/{SLUG}?room={room}", 1280),
            "desk": Face("desk", f"/desk/{SLUG}", 1400),
            "join": Face("join", f"/join/{SLUG}", 390, "#add"),
        }
        page = self._views.page(
            request,
            "demo.html",
            faces=faces,
            robots=self._robots.on,
            beside=self._beside,
            tour=TOUR,
            tour_seconds=TOUR_SECONDS,
            script=built.script,
            styles=built.styles,
        )
        page.headers["Content-Security-Policy"] = _PAGE_POLICY
        return page

    async def state(self, asking: AskingHere) -> Switch:
        """Whether the robots work."""
        self._require_demo(asking)
        return Switch(on=self._robots.on)

    async def turn(self, asking: AskingHere, switch: Switch) -> Switch:
        """Switch the robots off, so that a person takes over, or on again."""
        self._require_demo(asking)
        self._robots.on = switch.on
        return Switch(on=self._robots.on)

    def _require_demo(self, asking: AskingHere) -> None:
        if asking.event.id != self._cast.event_id:
            raise NotFound("There are no robots in this event.")
        asking.require("queue.move")


class SignedIn:
    """ASGI middleware: who opens a page and is nobody becomes the demo's visitor, with a cookie."""

    def __init__(self, app: ASGIApp, *, access: Access, cast: Cast) -> None:
        self._app = app
        self._access = access
        self._cast = cast

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_page(scope) or (await self._access.visitor_of(scope)).person_id:
            await self._app(scope, receive, send)
            return
        cookie = await self._sign_in(scope)
        headers = Headers(scope=scope)
        known = "; ".join(filter(None, [headers.get("cookie"), cookie]))
        others = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        signed = {**scope, "headers": [*others, (b"cookie", known.encode("latin-1"))]}
        secure = "; Secure" if self._access.origins.is_secure(scope) else ""
        await self._app(signed, receive, _giving(send, f"{cookie}; Path=/; HttpOnly; SameSite=Lax{secure}"))

    def _is_page(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_NO_PAGES):
            return False
        return self._access.origins.knows(Headers(scope=scope).get("host", ""))

    async def _sign_in(self, scope: Scope) -> str:
        token, now = new_token(), utc_now()
        who = self._cast.visitor
        await self._access.journal.store.write(
            lambda conn: people.add_sign_in(conn, digest_of(token), who, now, now + _SIGNED_IN)
        )
        return f"{self._access.cookie_name(scope)}={token}"


def _giving(send: Send, cookie: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [*message.get("headers", []), (b"set-cookie", cookie.encode("latin-1"))]
            message = {**message, "headers": given}
        await send(message)

    return sending
