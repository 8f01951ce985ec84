"""Being left off the walls: a form that anybody can send for themselves, the list of it for the staff, and
both as an API.

Who asks is believed at once, because a wrong removal is put right with one button and the other mistake is
a person on a wall who asked not to be (docs/decisions/0017). Asking is throttled.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, StringConstraints
from starlette.responses import RedirectResponse, Response

from wall.access import may
from wall.errors import BackchannelError, BadInput, NotFound, TooMany
from wall.intake import Intake, leaving
from wall.model import Event, Frozen, at_border
from wall.routes import AskingHere, access_of, event_named
from wall.routes.commands import CauseHere, IdHere, command_body, run
from wall.routes.contributing import address_of
from wall.routes.forms import form_of, new_cause
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import wishes
from wall.wishes import ASKED_NETWORKS, Named, named

PER_ADDRESS = (20, 3_600)
"""How often one address may ask: (times, seconds). A whole hall may share one."""
PER_EVENT = (200, 3_600)
"""How often an event may be asked, so that nobody empties its walls."""
HANDLE_CHARACTERS = 300

Handle = Annotated[
    str, StringConstraints(min_length=1, max_length=HANDLE_CHARACTERS), BeforeValidator(at_border)
]
Network = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]


class Asked(Frozen):
    """Who asks to be left off: their network, and their handle or the address of their profile."""

    network: Network
    handle: Handle


class Heard(Frozen):
    """They are left off, from journal seq `seq` on."""

    seq: int


class LeftOff(Frozen):
    """An author is left off, or was put back: by which opt-out, and how many of their posts it concerns."""

    opt_out: str
    posts: int
    seq: int


class LeavingRoutes:
    """`…/opt-outs` and the moves of authors below /api/v1/events/{slug}."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.router = APIRouter(prefix="/events/{slug}", tags=["posts"])
        add = self.router.add_api_route
        add("/opt-outs", self.ask, methods=["POST"], status_code=201)
        add("/opt-outs/{opt_out_id}/put-back", self.put_back, methods=["POST"])
        add("/posts/{post_id}/leave-off", self.leave_off, methods=["POST"])
        add("/posts/{post_id}/put-back", self.put_author_back, methods=["POST"])

    async def ask(self, asked: Asked, asking: AskingHere, request: Request) -> Heard:
        """Ask to be left off the walls of this event, with everything that was and will be posted. Needs no
        sign-in."""
        who = _named(asked.network, asked.handle)
        return Heard(seq=await ask(self._intake, asking.event, who, address_of(request)))

    async def leave_off(
        self, post_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> LeftOff:
        """Leave the author of a post off the walls, for good."""
        asking.require("author.leave_off")
        digest = self._intake.graves.person
        journal = self._intake.journal
        return LeftOff(
            **await run(
                journal, asking, request, cause, lambda tx: leaving.leave_author_off(tx, post_id, digest)
            )
        )

    async def put_author_back(
        self, post_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> LeftOff:
        """Let the author of a post be shown again."""
        asking.require("author.put_back")
        digest = self._intake.graves.person
        journal = self._intake.journal
        return LeftOff(
            **await run(
                journal, asking, request, cause, lambda tx: leaving.put_author_back(tx, post_id, digest)
            )
        )

    async def put_back(
        self, opt_out_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> LeftOff:
        """End an opt-out: what it took down is shown again."""
        asking.require("author.put_back")
        digest = self._intake.graves.person
        journal = self._intake.journal
        return LeftOff(
            **await run(
                journal, asking, request, cause, lambda tx: leaving.put_back(tx, opt_out_id, digest)
            )
        )


class LeavingPages:
    """`/join/{slug}/leave`, and `/moderate/{slug}/left-off` for the staff."""

    def __init__(self, intake: Intake, views: Views) -> None:
        self._intake = intake
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/join/{slug}/leave", self.form, methods=["GET", "HEAD"])
        add("/join/{slug}/leave", self.send, methods=["POST"])
        add("/moderate/{slug}/left-off", self.listed, methods=["GET", "HEAD"])
        add("/moderate/{slug}/left-off/{opt_out_id}/put-back", self.put_back, methods=["POST"])

    async def form(self, slug: str, request: Request) -> Response:
        """The form."""
        return self._form(request, await event_named(access_of(request), slug))

    async def send(self, slug: str, request: Request) -> Response:
        """Leave off who is named; the form again where it cannot be told who that is."""
        event = await event_named(access_of(request), slug)
        form = await form_of(request)
        network, handle = form.get("network", ""), form.get("handle", "")[:HANDLE_CHARACTERS]
        try:
            who = _named(network if network in ASKED_NETWORKS else ASKED_NETWORKS[0], handle)
            await ask(self._intake, event, who, address_of(request))
        except (BadInput, TooMany) as error:
            return self._form(request, event, network=network, handle=handle, error=error)
        return self._form(request, event, done=who)

    def _form(
        self,
        request: Request,
        event: Event,
        *,
        network: str = ASKED_NETWORKS[0],
        handle: str = "",
        error: BackchannelError | None = None,
        done: Named | None = None,
    ) -> Response:
        response = self._views.page(
            request,
            "leave.html",
            status=error.status if error else 200,
            lang=self._views.words.offered(request, event.languages),
            event=event,
            networks=ASKED_NETWORKS,
            network=network,
            handle=handle,
            wrong=("many" if isinstance(error, TooMany) else "handle") if error else None,
            done=done,
        )
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.details["retry_after"])
        return response

    async def listed(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """Who is left off: when, on which network and at whose wish; not who they are."""
        asking.require("opt_outs.see")
        event = asking.event
        found = await self._intake.store.read(lambda conn: wishes.listed(conn, event.id))
        lang = self._views.words.language_of(request)
        return self._views.page(
            request,
            "left_off.html",
            lang=lang,
            visitor=asking.visitor,
            event=event,
            opt_outs=found,
            when=When(event.zone, lang, self._views.words),
            may_put_back=may(asking.roles, "author.put_back"),
            may_judge=may(asking.roles, "posts.judge"),
            did=did == "put_back",
            new_cause=new_cause,
            network_name=self._network_name(lang),
        )

    async def put_back(self, opt_out_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Do what the button says; somebody else may have done it already."""
        asking.require("author.put_back")
        form = await form_of(request)
        try:
            await self._intake.journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: leaving.put_back(tx, opt_out_id, self._intake.graves.person),
                cause=form.get("cause") or None,
                body=await command_body(request),
            )
        except NotFound:
            return RedirectResponse(f"/moderate/{asking.event.slug}/left-off", 303)
        return RedirectResponse(f"/moderate/{asking.event.slug}/left-off?did=put_back", 303)

    def _network_name(self, lang: str) -> Any:
        words = self._views.words

        def name(network: str) -> str:
            key = f"network.{network}"
            return words.say(lang, key) if words.has(key) else network

        return name


async def ask(intake: Intake, event: Event, who: Named, address: str) -> int:
    """Leave somebody off who asked for it; the journal's seq from which they are. Raises TooMany."""
    await _limit(intake, "address", address, PER_ADDRESS)
    await _limit(intake, "event", event.id, PER_EVENT)
    digest = intake.graves.person
    sought = await intake.store.read(lambda conn: leaving.seek(conn, event.id, who))
    done = await intake.journal.command(
        event.id, "author", lambda tx: leaving.leave_named_off(tx, sought, digest)
    )
    return done.seq


def _named(network: str, handle: str) -> Named:
    who = named(network, handle)
    if who is None:
        raise BadInput(
            "It cannot be told whose account this is.",
            remedy="Give the whole handle, with its server on Mastodon, or the address of the profile.",
            field="handle",
        )
    return who


async def _limit(intake: Intake, kind: str, key: str, limit: tuple[int, int]) -> None:
    most, seconds = limit
    wait = await intake.journal.bus.hit(f"leave.{kind}.{seconds}", key, limit=most, seconds=seconds)
    if wait is not None:
        raise TooMany(
            "This was asked very often within the last hour.",
            remedy="Tell anybody of the staff, who can do it at once, or wait for the seconds in details.",
            retry_after=max(1, math.ceil(wait)),
        )
