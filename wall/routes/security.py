"""What holds for every request: security headers, known hosts, a body limit, no orders from other sites.

Pure ASGI, outside of all routes, so that no route can forget it. A websocket passes through after
its handshake: nothing here is paid per message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wall.access import Origins, UnknownHost
from wall.errors import BackchannelError, TooLarge

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        # 'self' covers a websocket of the same origin in Chromium and, from 15.4, in Safari.
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""The Content-Security-Policy of every answer that does not bring its own."""
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""As `POLICY`, where one of our own pages shows others in frames."""
FRAMING = f"{POLICY}; frame-src 'self'"
"""As `POLICY`, for a page that shows others of ours in frames."""
_WORKER_POLICY = "backchannel-worker"
"""The one named Trusted Types policy, of ui/src/wall/worker.ts: one service worker's address passes."""
_WITH_WORKER = re.compile(r"/(?:wall|join)/[^/]+|/screen|/events/[^/]+/staff(?:/.*)?")
"""Pages of walls and of phones: they start without a network, by a service worker. The staff page: its
notifications are shown by one."""
_HEADERS = {
    "x-content-type-options": "nosniff",
    # Not no-referrer: with it browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Routes whose answers may be kept say so themselves.
    "cache-control": "no-store",
}
_HSTS = "max-age=31536000"

Respond = Callable[[Request, BackchannelError], Response]


class Security:
    """ASGI middleware, the outermost. `respond` renders a refusal as the page or JSON that fits.

    `larger`: patterns of whole paths → the body limit there, in bytes, where it is the larger one.
    `framed`: whether our own pages may show each other in frames.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        origins: Origins,
        respond: Respond,
        body_limit_bytes: int = 65_536,
        larger: Mapping[str, int] | None = None,
        framed: bool = False,
    ) -> None:
        self.app = app
        self._origins = origins
        self._respond = respond
        self._limit = body_limit_bytes
        self._larger = [(re.compile(path), limit) for path, limit in (larger or {}).items()]
        headers = {"content-security-policy": FRAMED if framed else POLICY, **_HEADERS}
        if origins.secure:
            headers["strict-transport-security"] = _HSTS
        self._headers = _encoded(headers)
        self._wall_headers = _encoded(headers | {"content-security-policy": _with_worker(headers)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            own = self._wall_headers if _WITH_WORKER.fullmatch(scope["path"]) else self._headers
            await self._answer(scope, receive, _adding(own, send))
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limit_of(scope)
        try:
            self._check(scope, limit)
        except BackchannelError as error:
            response = self._respond(Request(scope), error)
            await response(scope, receive, send)
            return
        await self.app(scope, self._limited(receive, limit), send)

    def _limit_of(self, scope: Scope) -> int:
        if scope["method"] in _SAFE:
            return self._limit
        here = (limit for path, limit in self._larger if path.fullmatch(scope["path"]))
        return max((self._limit, *here))

    def _check(self, scope: Scope, limit: int) -> None:
        headers = Headers(scope=scope)
        if not self._origins.knows(headers.get("host", "")):
            raise UnknownHost("This server does not answer to the name in this address.")
        if scope["method"] not in _SAFE:
            self._origins.check(headers, scope["scheme"])
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            raise TooLarge("The body is too large.", limit_bytes=limit)

    def _limited(self, receive: Receive, limit: int) -> Receive:
        """Count what arrives: a chunked body announces no length, and a length may lie."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # FastAPI passes an HTTPException on; any other error while it reads becomes a 400.
                raise HTTPException(413, headers={"Connection": "close"})
            return message

        return counted


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _with_worker(headers: Mapping[str, str]) -> str:
    policy = headers["content-security-policy"]
    return policy.replace("trusted-types 'none'", f"worker-src 'self'; trusted-types {_WORKER_POLICY}")


FRAMED_WALL = _with_worker({"content-security-policy": FRAMED})
"""The policy of a wall that the editor of scenes shows in a frame."""


def _adding(headers: list[tuple[bytes, bytes]], send: Send) -> Send:
    """`send`, with these headers on every response that does not bring its own."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message.get("headers", [])
            names = {name.lower() for name, _ in given}
            added = [pair for pair in headers if pair[0] not in names]
            message = {**message, "headers": [*given, *added]}
        await send(message)

    return sending
