"""Screens: displays that were paired. Their browser has a token in a cookie of its own, which only reads,
and which is worth nothing from the moment in which the screen is unpaired or its place given away."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from wall.access.origins import Origins
from wall.access.tokens import Asgi, digest_of
from wall.store import Store, screens

SCREEN_COOKIE = "screen"
SECURE_SCREEN_COOKIE = "__Host-screen"
"""Over TLS, for the reason that `SECURE_COOKIE` gives."""
SCREEN_SECONDS = 400 * 86_400
"""As long as browsers keep a cookie: nobody visits a screen to sign it in again."""


@dataclass(frozen=True)
class ScreenHere:
    """A paired screen, of which event, and the digest of the token that it brought."""

    id: str
    event_id: str
    name: str
    digest: str


class ScreenCookies:
    """The cookies of screens and of displays that wait to be paired."""

    def __init__(self, store: Store, origins: Origins) -> None:
        self._store = store
        self._origins = origins

    def cookie_name(self, scope: Asgi) -> str:
        """The one cookie name that counts for this request."""
        return SECURE_SCREEN_COOKIE if self.is_secure(scope) else SCREEN_COOKIE

    def is_secure(self, scope: Asgi) -> bool:
        """Whether this request came over TLS."""
        return self._origins.is_secure(scope)

    def token_of(self, scope: Asgi) -> str | None:
        """The token that this browser brought, good or bad."""
        sent = cookie_parser(Headers(scope=scope).get("cookie", ""))
        return sent.get(self.cookie_name(scope)) or None

    async def of(self, scope: Asgi) -> ScreenHere | None:
        """The screen whose browser this is; None for any other. Not cached: a token that was revoked is
        good for nothing in the same moment."""
        token = self.token_of(scope)
        return await self._with(digest_of(token)) if token else None

    async def holds(self, here: ScreenHere) -> bool:
        """Whether this is still the screen that it was."""
        found = await self._with(here.digest)
        return found is not None and found.id == here.id

    async def _with(self, digest: str) -> ScreenHere | None:
        found = await self._store.read(lambda conn: screens.with_token(conn, digest))
        return ScreenHere(found.id, found.event_id, found.name, digest) if found else None
