"""`/screen`: what a display opens to become a screen, and opens every morning after.

It works without script: then it loads itself anew every few seconds while it waits.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from wall.access import Access, digest_of, new_token
from wall.access.screens import SCREEN_SECONDS
from wall.errors import BackchannelError, NotFound, Refused, StoreFull, StoreUnavailable, TooMany
from wall.model import Frozen
from wall.routes.contributing import address_of
from wall.routes.join import qr_svg
from wall.routes.pages import DIST, build_number, wall_page
from wall.routes.words import Views
from wall.screens import pairing
from wall.screens.pairing import CODE_SECONDS, Codes, no_such_link
from wall.store import screens

PAIR_PATH = "/pair"
"""Where somebody types a code in: with `?code=`, it is filled in."""
LOOK_SECONDS = 5
"""How often a display that waits asks whether it was paired."""
LATER_SECONDS = 30
_CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{2}")


class NewCode(Frozen):
    """The code that a display waits with, and for how many seconds."""

    code: str
    expires_in: int


class ScreenStanding(Frozen):
    """Where a display stands: `wall` is the page that it shows once it is paired."""

    state: Literal["waiting", "paired", "expired"]
    wall: str | None


class ScreenPages:
    """`/screen` with what belongs to it, and `/api/v1/screen` for its script."""

    def __init__(self, access: Access, codes: Codes, views: Views, dist: Path = DIST) -> None:
        self._access = access
        self._codes = codes
        self._views = views
        self._dist = dist
        self.api = APIRouter(prefix="/screen", tags=["walls"])
        self.api.add_api_route("", self.standing, methods=["GET"])
        self.api.add_api_route("/codes", self.new_code, methods=["POST"], status_code=201)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/screen", self.page, methods=["GET"])
        add("/screen/qr/{code}.svg", self.qr, methods=["GET", "HEAD"])
        add("/screen/again/{token}", self.ask_again, methods=["GET", "HEAD"])
        add("/screen/again/{token}", self.again, methods=["POST"])

    async def standing(self, request: Request) -> ScreenStanding:
        """Whether this browser waits with a code, is a screen, or has to ask for a new code."""
        if here := await self._access.screens.of(request.scope):
            event = await self._access.journal.event(here.event_id)
            return ScreenStanding(state="paired", wall=f"/wall/{event.slug}")
        waits = await self._waiting(request)
        return ScreenStanding(state="waiting" if waits else "expired", wall=None)

    async def new_code(self, request: Request, response: Response) -> NewCode:
        """The code with which this browser waits to be paired; a new one where it had none.

        409 for a browser that is a screen already."""
        if await self._access.screens.of(request.scope):
            raise Refused("This browser is a screen already.", remedy="Unpair that screen first.")
        return await self._code(request, response)

    async def page(self, request: Request) -> Response:
        """The wall, in a browser that is a screen; in any other a code, and how to pair it."""
        try:
            if here := await self._access.screens.of(request.scope):
                event = await self._access.journal.event(here.event_id)
                return wall_page(self._access, self._views, request, event, here, self._dist)
            given = Response()
            code = await self._code(request, given)
        except (TooMany, StoreUnavailable, StoreFull, Refused) as error:
            return self._waits(request, None, LATER_SECONDS, error)
        page = self._waits(request, code.code, LOOK_SECONDS)
        page.raw_headers.extend(pair for pair in given.raw_headers if pair[0] == b"set-cookie")
        return page

    async def qr(self, code: str, request: Request) -> Response:
        """A QR code of the page on which this code is typed in, with the code filled in."""
        if not _CODE.fullmatch(code):
            raise NotFound("This is no code of a screen.")
        address = f"{self._access.origins.base(request.scope)}{PAIR_PATH}?code={quote(code)}"
        headers = {"Cache-Control": f"public, max-age={CODE_SECONDS}", "Vary": "Host"}
        return Response(qr_svg(address), media_type="image/svg+xml", headers=headers)

    async def ask_again(self, token: str, request: Request) -> Response:
        """A screen's name and a button. Changes nothing: scanners open links."""
        screen = await self._linked(token)
        event = await self._access.journal.event(screen.event_id)
        return self._views.page(request, "screen_again.html", screen=screen, event=event)

    async def again(self, token: str, request: Request) -> Response:
        """Make this browser the screen, in place of the one that was."""
        screen = await self._linked(token)
        fresh = new_token()
        await self._access.journal.command(
            screen.event_id,
            f"screen:{screen.id}",
            lambda tx: pairing.pair_again(tx, digest_of(token), digest_of(fresh)),
        )
        response = RedirectResponse("/screen", 303)
        self._give(request, response, fresh)
        return response

    async def _linked(self, token: str) -> Any:
        found = await self._access.journal.store.read(
            lambda conn: screens.with_link(conn, digest_of(token))
        )
        if found is None:
            raise no_such_link()
        return found

    async def _waiting(self, request: Request) -> tuple[str, int] | None:
        token = self._access.screens.token_of(request.scope)
        return await self._codes.waiting(token) if token else None

    async def _code(self, request: Request, response: Response) -> NewCode:
        """The code that this browser waits with, or a new one with its cookie."""
        if waits := await self._waiting(request):
            return NewCode(code=waits[0], expires_in=waits[1])
        code, token = await self._codes.issue(address_of(request))
        self._give(request, response, token)
        return NewCode(code=code, expires_in=CODE_SECONDS)

    def _waits(
        self, request: Request, code: str | None, seconds: int, error: BackchannelError | None = None
    ) -> Response:
        host = self._access.origins.base(request.scope).partition("://")[2]
        return self._views.page(
            request,
            "screen.html",
            status=error.status if error else 200,
            code=code,
            seconds=seconds,
            where=f"{host}{PAIR_PATH}",
            build=build_number(self._dist),
        )

    def _give(self, request: Request, response: Response, token: str) -> None:
        response.set_cookie(
            self._access.screens.cookie_name(request.scope),
            token,
            max_age=SCREEN_SECONDS,
            path="/",
            secure=self._access.screens.is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )
