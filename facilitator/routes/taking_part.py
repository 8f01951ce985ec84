"""What participants do with points besides writing them: think so too, and ask for a second look. Over the
API, and by forms without script."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator, StringConstraints
from starlette.responses import RedirectResponse

from facilitator import second_looks, supporting
from facilitator.programme import Version, lines
from facilitator.routes import Doing, IdHere, doing, event_router
from facilitator.routes.phones import Phones
from wall.access import Visitor
from wall.access.participants import Participant
from wall.errors import BadInput, NotFound, TooMany
from wall.model import Event, Frozen
from wall.points import LookState
from wall.routes import AskingHere, access_of
from wall.routes.commands import CauseHere, command_body
from wall.routes.contributing import SUPPORT, Contributions, checked_text
from wall.routes.forms import form_of

PURPOSE = SUPPORT
LOOKS = (10, 60)
"""Second looks that one participant may ask for: (times, seconds)."""

Judges = Annotated[Doing, doing("posts.judge")]
LookWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, strip_whitespace=True),
    BeforeValidator(lines),
]

router = event_router("posts")
"""`…/posts/{id}/second-look/keep`, for who decides about posts."""


class Supporting(Frozen):
    """Whether one thinks so too."""

    on: bool = True


class Supported(Frozen):
    """What is kept of it now. How many others do is counted a little later."""

    post: str
    on: bool


class Wish(Frozen):
    """Why a person should look again."""

    words: LookWords


class Keeping(Frozen):
    """Why a post stays as it is, for its author; the second look was looked at as `version`."""

    version: Version
    words: LookWords


class LookNow(Frozen):
    """Where a second look is now."""

    post: str
    state: LookState
    version: int
    seq: int


@router.post("/posts/{post_id}/second-look/keep")
async def keep(post_id: IdHere, sent: Keeping, doing: Judges) -> LookNow:
    """Answer a second look by leaving the post as it is, and tell its author why."""
    return await doing.run(LookNow, lambda tx, _: second_looks.keep(tx, post_id, sent.version, sent.words))


class TakingPartRoutes:
    """`…/posts/{id}/support` and `…/points/{id}/second-look`, with forms below /join and /moderate."""

    def __init__(self, phones: Phones, contributions: Contributions) -> None:
        """`phones` are those of `PURPOSE`."""
        self._phones = phones
        self._contributions = contributions
        self.api = APIRouter(prefix="/events/{slug}", tags=["posts"])
        self.api.add_api_route("/posts/{post_id}/support", self.support, methods=["POST"])
        self.api.add_api_route(
            "/points/{post_id}/second-look", self.second_look, methods=["POST"], status_code=201
        )
        self.pages = APIRouter(include_in_schema=False)
        add = self.pages.add_api_route
        add("/join/{slug}/support/{post_id}", self.support_form, methods=["POST"])
        add("/join/{slug}/second-look/{post_id}", self.second_look_form, methods=["POST"])
        add("/moderate/{slug}/second-look/{post_id}/keep", self.keep_form, methods=["POST"])

    async def support(
        self, post_id: IdHere, sent: Supporting, asking: AskingHere, request: Request, response: Response
    ) -> Supported:
        """Say that one thinks so too, once from each phone, or take that back. The row names nobody."""
        who = self._phones.who(asking.visitor, request)
        answer = await self._supported(asking.event, who, request, post_id, sent.on)
        self._phones.remember(request, response, who)
        return answer

    async def support_form(self, slug: str, post_id: IdHere, request: Request) -> Response:
        """The same from a page without script, and back to the place on it."""
        access = access_of(request)
        event = await access.journal.event(slug)
        fields = await form_of(request)
        who = self._phones.who(await access.visitor_of(request.scope), request)
        await self._supported(event, who, request, post_id, fields.get("on", "1") == "1")
        place = "walls" if fields.get("at") == "walls" else "here"
        response = RedirectResponse(f"/join/{event.slug}#{place}", 303)
        self._phones.remember(request, response, who)
        return response

    async def second_look(
        self, post_id: IdHere, sent: Wish, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> LookNow:
        """Ask a person to look again at one's own point that is not shown, once."""
        return await self._asked(
            asking.event, asking.visitor, post_id, sent.words, cause, await command_body(request)
        )

    async def second_look_form(self, slug: str, post_id: IdHere, request: Request) -> Response:
        """The same from a page without script, and back to one's points."""
        access = access_of(request)
        event = await access.journal.event(slug)
        words = (await form_of(request)).get("words", "")
        visitor = await access.visitor_of(request.scope)
        await self._asked(event, visitor, post_id, checked_text(words), None, b"")
        return RedirectResponse(f"/join/{event.slug}#yours", 303)

    async def keep_form(self, post_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """What the moderation page sends; then back to the list of second looks."""
        asking.require("posts.judge")
        fields = await form_of(request)
        words, version = checked_text(fields.get("words", "")), fields.get("version", "")
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            raise BadInput("This form cannot be used as it is.", remedy="Load the page again.")
        await self._phones.journal.command(
            asking.event.id,
            asking.actor,
            lambda tx: second_looks.keep(tx, post_id, int(version), words),
        )
        return RedirectResponse(f"/moderate/{asking.event.slug}?see=asked&did=keep#queue", 303)

    async def _supported(
        self, event: Event, who: Participant, request: Request, post_id: str, on: bool
    ) -> Supported:
        await self._phones.limit(who, request, "supported")
        digest = self._contributions.supporter(who.id, post_id)
        keys = {f"participant:{who.id}", f"person:{who.id}"}
        # No command of the journal: that somebody did is no entry, only how many do.
        done = await self._phones.journal.store.write(
            lambda conn: supporting.support(conn, event.id, post_id, keys, digest, on)
        )
        return Supported.model_validate(done)

    async def _asked(
        self, event: Event, visitor: Visitor, post_id: str, words: str, cause: str | None, body: bytes
    ) -> LookNow:
        own = visitor.person_id or visitor.participant
        if own is None:
            raise NotFound("You have no such point here.", remedy="Open the list of your points again.")
        await self._limit(own)
        keys = {f"participant:{own}", f"person:{own}"}

        def ask(tx: Any) -> dict[str, Any]:
            return second_looks.ask(tx, keys, post_id, words)

        done = await self._phones.journal.command(
            event.id, f"participant:{own}", ask, cause=cause, body=body
        )
        return LookNow.model_validate({**done.result, "seq": done.seq})

    async def _limit(self, own: str) -> None:
        limit, seconds = LOOKS
        wait = await self._phones.journal.bus.hit("second_look", own, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany("That is more than may be sent at a time.", retry_after=max(1, math.ceil(wait)))
