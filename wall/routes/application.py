"""The application that the server runs: FastAPI for HTTP, and the live socket for every websocket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

API_PREFIX = "/api/v1"


class ApiRouter(APIRouter):
    """The routes below `API_PREFIX`: a hundred, of which none is tried for any other path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As FastAPI's, where the path begins as these do."""
        if scope["path"].startswith(API_PREFIX):
            return super().matches(scope)
        return Match.NONE, {}


class Application(FastAPI):
    """FastAPI, with websockets in front of it.

    A socket lives for hours, and so does every frame, exit stack and request of the middleware that it
    came through: a third of its memory (docs/decisions/0015).
    """

    def __init__(self, live: Callable[..., Awaitable[None]], **settings: Any) -> None:
        """`live` serves every websocket, and checks its host and origin itself."""
        super().__init__(**settings)
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._live(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
