"""The form for participants and the page where they take a post back. Plain HTML: no script is needed."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from wall.access import NAME_CHARACTERS
from wall.access.participants import Participant
from wall.errors import BackchannelError, BadInput, StoreFull, StoreUnavailable, TooMany
from wall.model import Event, PostState
from wall.routes import access_of, event_named
from wall.routes.contributing import (
    CONTRIBUTION_CHARACTERS,
    Added,
    Contribution,
    Contributions,
    address_of,
    form_cause,
    remember,
)
from wall.routes.words import Views

Typed = Annotated[str, Form()]

_SAID = {
    PostState.APPROVED: "shown",
    PostState.HELD: "waits",
    PostState.RECEIVED: "waits",
    PostState.WITHDRAWN: "gone",
}
"""Words for what became of a post; of every other state: it is not shown."""


class ContributeRoutes:
    """`/contribute/{slug}` and `/take-back/{token}`."""

    def __init__(self, contributions: Contributions, views: Views) -> None:
        self._contributions = contributions
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/contribute/{slug}", self.form, methods=["GET", "HEAD"])
        add("/contribute/{slug}", self.send, methods=["POST"])
        add("/take-back/{token}", self.ask, methods=["GET", "HEAD"])
        add("/take-back/{token}", self.take_back, methods=["POST"])

    async def form(self, slug: str, request: Request) -> Response:
        """An empty form."""
        event = await event_named(access_of(request), slug)
        return self._form(request, event, self._who(request), nonce=secrets.token_urlsafe(16))

    async def send(
        self, slug: str, request: Request, text: Typed = "", name: Typed = "", nonce: Typed = ""
    ) -> Response:
        """What became of what was typed; or the form with it and what was wrong."""
        event = await event_named(access_of(request), slug)
        who = self._who(request)
        body = f"{name}\0{text}".encode("utf-8", "surrogatepass")
        said = Contribution(text, name, form_cause(nonce, body), body)
        try:
            added = await self._contributions.from_participant(event, who, address_of(request), said)
        except (BadInput, TooMany, StoreUnavailable, StoreFull) as error:
            return self._form(request, event, who, text=text, name=name, nonce=nonce, error=error)
        return self._form(request, event, who, added=added, text=text)

    async def ask(self, token: str, request: Request) -> Response:
        """The post and a button. Changes nothing: mail and chat scanners open links."""
        event, stored = await self._contributions.find(token)
        text = stored.post.text if stored else None
        return self._page(request, event, "take_back.html", text=text)

    async def take_back(self, token: str, request: Request) -> Response:
        """Withdraw the post."""
        event = await self._contributions.take_back(token)
        return self._page(request, event, "take_back.html", text=None)

    def _who(self, request: Request) -> Participant:
        return self._contributions.participants.of(request.scope)

    def _form(
        self,
        request: Request,
        event: Event,
        who: Participant,
        *,
        text: str = "",
        name: str = "",
        nonce: str = "",
        added: Added | None = None,
        error: BackchannelError | None = None,
    ) -> Response:
        response = self._page(
            request,
            event,
            "contribute.html",
            status=error.status if error else 200,
            text=text,
            name=name,
            nonce=nonce,
            most=CONTRIBUTION_CHARACTERS,
            most_name=NAME_CHARACTERS,
            wrong=_wrong(error) if error else None,
            details=error.details if error else {},
            added=added,
            became=_SAID.get(added.state, "not_shown") if added else None,
        )
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.details["retry_after"])
        remember(self._contributions.participants, request, response, who)
        return response

    def _page(self, request: Request, event: Event, template: str, **context: Any) -> Response:
        lang = self._views.words.choose(*event.languages)
        return self._views.page(request, template, lang=lang, event=event, **context)


def _wrong(error: BackchannelError) -> str:
    """Which words say what is wrong."""
    if isinstance(error, TooMany):
        return "many"
    if not isinstance(error, BadInput):
        return "store"
    return "name" if error.details["field"] == "name" else "long" if "length" in error.details else "empty"
