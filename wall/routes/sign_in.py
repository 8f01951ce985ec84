"""Joining by a link, and signing out. Plain HTML forms: no script is needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from wall.access import NAME_CHARACTERS, Access, Visitor
from wall.errors import BadInput, LinkSpent, NotFound
from wall.routes.words import Views
from wall.store.people import Link


def router(access: Access, views: Views) -> APIRouter:
    """`/enter/{token}` (GET shows it and uses nothing up, POST uses it) and `POST /sign-out`."""
    routes = APIRouter(include_in_schema=False)
    entrance = _Entrance(access, views)
    routes.add_api_route("/enter/{token}", entrance.show, methods=["GET", "HEAD"])
    routes.add_api_route("/enter/{token}", entrance.use, methods=["POST"])
    routes.add_api_route("/sign-out", entrance.sign_out, methods=["POST"])
    return routes


class _Entrance:
    def __init__(self, access: Access, views: Views) -> None:
        self._access = access
        self._views = views

    async def show(self, token: str, request: Request) -> Response:
        visitor = await self._access.visitor_of(request.scope)
        try:
            link = await self._access.link(token)
        except (NotFound, LinkSpent) as error:
            return self._spent(request, visitor, error)
        return await self._form(request, visitor, link)

    async def use(self, token: str, request: Request, name: Annotated[str, Form()] = "") -> Response:
        visitor = await self._access.visitor_of(request.scope)
        try:
            link = await self._access.link(token)
            fresh = await self._access.enter(visitor, link, name)
        except (NotFound, LinkSpent) as error:
            return self._spent(request, visitor, error)
        except BadInput as error:
            return await self._form(request, visitor, link, wrong=True, status=error.status)
        response = RedirectResponse("/", 303)
        if fresh is not None:
            self._set_cookie(request, response, fresh, self._access.sign_in_seconds)
        return response

    async def sign_out(self, request: Request) -> Response:
        await self._access.sign_out(await self._access.visitor_of(request.scope))
        response = RedirectResponse("/", 303)
        self._set_cookie(request, response, "", 0)
        return response

    async def _form(
        self, request: Request, visitor: Visitor, link: Link, *, wrong: bool = False, status: int = 200
    ) -> Response:
        event = await self._access.journal.event(link.event_id) if link.event_id else None
        return self._views.page(
            request,
            "enter.html",
            status=status,
            visitor=visitor,
            event=event,
            role=link.role.value,
            wrong=wrong,
            most=NAME_CHARACTERS,
        )

    def _spent(self, request: Request, visitor: Visitor, error: NotFound | LinkSpent) -> Response:
        spent = isinstance(error, LinkSpent)
        return self._views.page(request, "spent.html", status=error.status, visitor=visitor, spent=spent)

    def _set_cookie(self, request: Request, response: Response, token: str, seconds: int) -> None:
        response.set_cookie(
            self._access.cookie_name(request.scope),
            token,
            max_age=seconds,
            path="/",
            secure=self._access.origins.is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )
