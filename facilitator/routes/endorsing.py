"""Endorsing a conclusion from a phone, without signing in: over the API, and by a form without script."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from facilitator import conclusions
from facilitator.routes import IdHere
from facilitator.routes.phones import NOBODY, Phones
from wall.access.participants import Participant
from wall.model import Event, Frozen
from wall.routes import AskingHere, access_of
from wall.routes.forms import form_of

PURPOSE = "endorsement"


class Endorsing(Frozen):
    """Whether one endorses it."""

    on: bool = True


class Endorsed(Frozen):
    """How many phones endorse a conclusion now."""

    conclusion: str
    endorsed: int
    on: bool
    seq: int


class EndorsingRoutes:
    """`…/conclusions/{id}/endorse` of the API, and `/join/{slug}/endorse/{id}`."""

    def __init__(self, phones: Phones) -> None:
        """`phones` are those of `PURPOSE`."""
        self._phones = phones
        self.api = APIRouter(prefix="/events/{slug}", tags=["conclusions"])
        self.api.add_api_route("/conclusions/{conclusion_id}/endorse", self.endorse, methods=["POST"])
        self.pages = APIRouter(include_in_schema=False)
        self.pages.add_api_route("/join/{slug}/endorse/{conclusion_id}", self.form, methods=["POST"])

    async def endorse(
        self,
        conclusion_id: IdHere,
        sent: Endorsing,
        asking: AskingHere,
        request: Request,
        response: Response,
    ) -> Endorsed:
        """Endorse a conclusion, once from each phone, or take that back. What is kept names nobody."""
        who = self._phones.who(asking.visitor, request)
        answer = await self._endorsed(asking.event, who, request, conclusion_id, sent.on)
        self._phones.remember(request, response, who)
        return answer

    async def form(self, slug: str, conclusion_id: IdHere, request: Request) -> Response:
        """The same from a page without script, and back to it."""
        access = access_of(request)
        event = await access.journal.event(slug)
        fields = await form_of(request)
        who = self._phones.who(await access.visitor_of(request.scope), request)
        await self._endorsed(event, who, request, conclusion_id, fields.get("on", "1") == "1")
        response = RedirectResponse(f"/join/{event.slug}#conclusions", 303)
        self._phones.remember(request, response, who)
        return response

    async def _endorsed(
        self, event: Event, who: Participant, request: Request, conclusion_id: str, on: bool
    ) -> Endorsed:
        await self._phones.limit(who, request, "endorsed")
        digest = self._phones.digest(who)
        done = await self._phones.journal.command(
            event.id, NOBODY, lambda tx: conclusions.endorse(tx, conclusion_id, digest, on)
        )
        return Endorsed(**done.result, seq=done.seq)
