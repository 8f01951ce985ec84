"""Endorsing a conclusion from a phone, without signing in: over the API, and by a form without script."""

from __future__ import annotations

import math

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from facilitator import conclusions
from facilitator.routes import IdHere
from wall.access import Visitor
from wall.access.participants import Participant, Participants
from wall.access.signatures import mac
from wall.errors import TooMany
from wall.journal import Journal
from wall.model import Event, Frozen
from wall.routes import AskingHere, access_of
from wall.routes.contributing import address_of, remember
from wall.routes.forms import form_of

PER_PARTICIPANT = (60, 60)
"""Of one phone: (times, seconds)."""
NEW_PER_ADDRESS = (120, 60)
"""Phones that were never seen before, of one address: a hall behind one address, but no machine that
forgets its cookie each time."""
NOBODY = "participants"
"""The actor of every endorsement: the journal knows that somebody did, and not who."""


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

    def __init__(self, journal: Journal, participants: Participants, secret: bytes) -> None:
        self._journal = journal
        self._participants = participants
        self._secret = secret
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
        who = self._who(asking.visitor, request)
        answer = await self._endorsed(asking.event, who, address_of(request), conclusion_id, sent.on)
        remember(self._participants, request, response, who)
        return answer

    async def form(self, slug: str, conclusion_id: IdHere, request: Request) -> Response:
        """The same from a page without script, and back to it."""
        access = access_of(request)
        event = await access.journal.event(slug)
        fields = await form_of(request)
        who = self._who(await access.visitor_of(request.scope), request)
        on = fields.get("on", "1") == "1"
        await self._endorsed(event, who, address_of(request), conclusion_id, on)
        response = RedirectResponse(f"/join/{event.slug}#conclusions", 303)
        remember(self._participants, request, response, who)
        return response

    def _who(self, visitor: Visitor, request: Request) -> Participant:
        """Somebody who is signed in is one and the same in every browser of theirs."""
        return Participant(visitor.person_id) if visitor.person_id else self._participants.of(request.scope)

    async def _endorsed(
        self, event: Event, who: Participant, address: str, conclusion_id: str, on: bool
    ) -> Endorsed:
        if who.fresh is None:
            await self._limit("endorse.participant", who.id, *PER_PARTICIPANT)
        else:
            await self._limit("endorse.address", address, *NEW_PER_ADDRESS)

        def digest(conclusion: str) -> str:
            return mac(self._secret, "endorsement", conclusion, who.id)

        done = await self._journal.command(
            event.id, NOBODY, lambda tx: conclusions.endorse(tx, conclusion_id, digest, on)
        )
        return Endorsed(**done.result, seq=done.seq)

    async def _limit(self, window: str, key: str, limit: int, seconds: int) -> None:
        wait = await self._journal.bus.hit(window, key, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany(
                "That is more than may be endorsed at a time.",
                remedy="Wait for the seconds in details, then try again.",
                retry_after=max(1, math.ceil(wait)),
            )
