"""Joining by a link, and signing out. Plain HTML forms: no script is needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from wall.access import NAME_CHARACTERS, Access, Invitation, Visitor, place_of
from wall.access.going_on import Going, GoingOn
from wall.errors import BadInput, LinkSpent, NotFound
from wall.routes.when import When
from wall.routes.words import Views
from wall.store.links import Link


def router(access: Access, views: Views, going_on: GoingOn) -> APIRouter:
    """`/enter/{token}` and `/go-on/{token}` (GET uses nothing up, POST uses the link), `POST /sign-out`."""
    routes = APIRouter(include_in_schema=False)
    entrance = _Entrance(access, views, going_on)
    routes.add_api_route("/enter/{token}", entrance.show, methods=["GET", "HEAD"])
    routes.add_api_route("/enter/{token}", entrance.use, methods=["POST"])
    routes.add_api_route("/go-on/{token}", entrance.offer, methods=["GET", "HEAD"])
    routes.add_api_route("/go-on/{token}", entrance.go_on, methods=["POST"])
    routes.add_api_route("/sign-out", entrance.sign_out, methods=["POST"])
    return routes


class _Entrance:
    def __init__(self, access: Access, views: Views, going_on: GoingOn) -> None:
        self._access = access
        self._going_on = going_on
        self._views = views

    async def show(self, token: str, request: Request) -> Response:
        """What the link is to, and its button; or what became of the link."""
        visitor = await self._access.visitor_of(request.scope)
        try:
            invited = await self._access.invitation(visitor, token)
        except NotFound as error:
            return self._unknown(request, visitor, error)
        if invited.yours or not invited.works:
            return self._closed(request, visitor, invited)
        return self._form(request, visitor, invited)

    async def use(self, token: str, request: Request, name: Annotated[str, Form()] = "") -> Response:
        """Join. Who joined with this link before, in this browser, is led to where they work."""
        visitor = await self._access.visitor_of(request.scope)
        try:
            invited = await self._access.invitation(visitor, token)
        except NotFound as error:
            return self._unknown(request, visitor, error)
        response = RedirectResponse(_place(invited), 303)
        if invited.yours:
            return response
        try:
            fresh = await self._enter(visitor, invited, name)
        except LinkSpent:
            again = await self._access.invitation(visitor, token)
            return self._closed(request, visitor, again)
        except BadInput as error:
            return self._form(request, visitor, invited, wrong=True, status=error.status)
        if fresh is not None:
            self._set_cookie(request, response, fresh, self._access.sign_in_seconds)
        return response

    async def _enter(self, visitor: Visitor, invited: Invitation, name: str) -> str | None:
        """As `Access.enter`. Raises BadInput, LinkSpent."""
        if not invited.works:
            raise LinkSpent("This link cannot be used any more.")
        return await self._access.enter(visitor, invited.link, name)

    async def offer(self, token: str, request: Request) -> Response:
        """As whom the link goes on, and its button; who is that person here already goes on at once."""
        going = self._going_on.read(token)
        visitor = await self._access.visitor_of(request.scope)
        if visitor.person_id == going.person_id:
            return RedirectResponse(_first(going), 303)
        name = await self._going_on.name_of(going)
        return self._views.page(request, "go_on.html", visitor=visitor, name=name)

    async def go_on(self, token: str, request: Request) -> Response:
        """Sign in as the person who was offered the link, once."""
        going = self._going_on.read(token)
        fresh = await self._going_on.use(token, going)
        response = RedirectResponse(_first(going), 303)
        self._set_cookie(request, response, fresh, self._access.sign_in_seconds)
        return response

    async def sign_out(self, request: Request) -> Response:
        await self._access.sign_out(await self._access.visitor_of(request.scope))
        response = RedirectResponse("/", 303)
        self._set_cookie(request, response, "", 0)
        return response

    def _form(
        self,
        request: Request,
        visitor: Visitor,
        invited: Invitation,
        *,
        wrong: bool = False,
        status: int = 200,
    ) -> Response:
        return self._views.page(
            request,
            "enter.html",
            status=status,
            lang=self._lang(request, invited),
            visitor=visitor,
            event=invited.event,
            role=invited.link.role.value,
            places=invited.link.places,
            left=invited.link.places - invited.link.taken,
            wrong=wrong,
            most=NAME_CHARACTERS,
        )

    def _closed(self, request: Request, visitor: Visitor, invited: Invitation) -> Response:
        """What became of a link, and whom to ask; for who joined with it, where they work."""
        link, lang = invited.link, self._lang(request, invited)
        became = "yours" if invited.yours else _became(link)
        return self._views.page(
            request,
            "spent.html",
            status=200 if invited.yours else LinkSpent.status,
            lang=lang,
            visitor=visitor,
            became=became,
            event=invited.event,
            role=link.role.value,
            link=link,
            maker=invited.maker,
            place=_place(invited),
            when=When(invited.event.zone, lang, self._views.words) if invited.event else None,
        )

    def _unknown(self, request: Request, visitor: Visitor, error: NotFound) -> Response:
        return self._views.page(
            request,
            "spent.html",
            status=error.status,
            visitor=visitor,
            became="unknown",
            event=None,
            maker="",
        )

    def _lang(self, request: Request, invited: Invitation) -> str:
        words = self._views.words
        return (
            words.offered(request, invited.event.languages) if invited.event else words.language_of(request)
        )

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


def _first(going: Going) -> str:
    """The page that offers links to go on, at this address."""
    return f"/events/{going.slug}/first"


def _place(invited: Invitation) -> str:
    """Where who joined works."""
    return place_of(invited.link.role, invited.event.slug if invited.event else None)


def _became(link: Link) -> str:
    """Why a link does not work any more: taken, revoked, or out of its time."""
    if link.revoked_at is not None:
        return "revoked"
    return "taken" if link.used_at is not None else "out"
