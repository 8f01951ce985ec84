"""Errors as answers: one JSON shape for programs, a page in words for browsers.

Nothing that was sent is echoed, and nothing that went wrong inside is told: an unexpected error
shows an id, under which the log has where it happened.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wall.errors import (
    BackchannelError,
    BadInput,
    Malformed,
    NotFound,
    NotSignedIn,
    NotYours,
    TooLarge,
    TooMany,
)
from wall.logs import where
from wall.routes.words import Views

log = structlog.get_logger(__name__)

_PROGRAMS = ("/api/", "/live/", "/static/")


class MethodNotAllowed(BackchannelError):
    """This address does not take that HTTP method."""

    status = 405
    code = "method_not_allowed"
    remedy = "Use one of the methods in the Allow header."


_BY_STATUS: dict[int, BackchannelError] = {
    error.status: error
    for error in (
        Malformed("The request cannot be read."),
        NotSignedIn("You are not signed in."),
        NotYours("This is not allowed."),
        NotFound("There is nothing at this address."),
        MethodNotAllowed("This address does not take that method."),
        TooLarge("The body is too large."),
    )
}


class Responder:
    """Turns errors into answers. The headers of an error that HTTP asks for are added."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def __call__(
        self, request: Request, error: BackchannelError, headers: dict[str, str] | None = None
    ) -> Response:
        """A page for a browser that asked for one, the JSON shape for everybody else."""
        extra = {**_headers_of(error), **(headers or {})}
        response = self._page(request, error) if _wants_page(request) else _json(error)
        response.headers.update(extra)
        return response

    def _page(self, request: Request, error: BackchannelError) -> Response:
        code = error.code if self._views.words.has(f"error.{error.code}.title") else "internal"
        return self._views.page(
            request, "error.html", status=error.status, code=code, id=error.details.get("id")
        )


def install(app: FastAPI, respond: Responder) -> None:
    """Have every error of this application answered by `respond`, unexpected ones included."""

    @app.exception_handler(BackchannelError)
    async def deliberate(request: Request, exc: BackchannelError) -> Response:
        return respond(request, exc)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> Response:
        return respond(request, _invalid(exc, app))

    @app.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:
        return respond(request, _http(exc), dict(exc.headers or {}))

    app.add_middleware(LastResort, respond=respond)


class LastResort:
    """ASGI middleware: an unexpected error of a route is logged without its texts and answered."""

    def __init__(self, app: ASGIApp, *, respond: Responder) -> None:
        self.app = app
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as exc:  # noqa: BLE001 - whatever it is, the show goes on
            error = _unexpected(exc)
            if started:
                # The answer is broken off; without `from None` the server would log the texts.
                raise error from None
            await self._respond(Request(scope), error)(scope, receive, send)


def _unexpected(exc: Exception) -> BackchannelError:
    """Log where an error happened, without its message, which may hold texts; an error with its id."""
    error_id = secrets.token_hex(4)
    log.error("unexpected_error", id=error_id, error=type(exc).__name__, where=where(exc.__traceback__))
    return BackchannelError("Something unexpected went wrong.", id=error_id)


def _http(exc: HTTPException) -> BackchannelError:
    """The framework's errors in our words; those of its statuses that need none of their own are 400."""
    ours = BackchannelError("The request failed.") if exc.status_code >= 500 else _BY_STATUS[400]
    return _BY_STATUS.get(exc.status_code, ours)


def _invalid(exc: RequestValidationError, app: FastAPI) -> BackchannelError:
    problems = exc.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return Malformed("The body is not JSON.")
    declared = frozenset(_names(app.openapi()))
    fields = [
        {"at": [_shown(part, declared) for part in problem["loc"]], "code": problem["type"]}
        for problem in problems
    ]
    return BadInput("What was sent does not have the form that is needed.", fields=fields)


def _shown(part: str | int, declared: frozenset[str]) -> str | int:
    """A step of a location; a name that the sender made up is not repeated."""
    return part if isinstance(part, int) or part in declared else "?"


def _names(schema: Any) -> Iterator[str]:
    """The names of fields and parameters in an OpenAPI description."""
    yield from ("body", "path", "query", "header", "cookie")
    for holder in _objects(schema):
        yield from holder.get("properties", {})
        if "in" in holder and isinstance(holder.get("name"), str):
            yield holder["name"]


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict):
        yield node
    for child in children:
        yield from _objects(child)


def _wants_page(request: Request) -> bool:
    accepts = request.headers.get("accept", "")
    return "text/html" in accepts and not request.scope["path"].startswith(_PROGRAMS)


def _json(error: BackchannelError) -> Response:
    # ASCII, because a lone surrogate in details must not break the answer that reports it.
    body = json.dumps(error.as_json(), ensure_ascii=True, default=str)
    return Response(body, error.status, media_type="application/json")


def _headers_of(error: BackchannelError) -> dict[str, str]:
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooMany) and "retry_after" in error.details:
        return {"Retry-After": str(max(1, round(error.details["retry_after"])))}
    return {"Connection": "close"} if isinstance(error, TooLarge) else {}
