"""Pages of speakers: an organiser's list of their links, and each speaker's own, which needs no sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from facilitator import briefing, speaking
from facilitator.routes import IdHere
from facilitator.speaking import SpeakerName, Wish
from wall.access import Access, digest_of, new_token
from wall.entries.channel import RoomValue
from wall.errors import CauseReused, LinkSpent, NotFound, Refused
from wall.model import Event, utc_now
from wall.programme import Room, Session, SessionState
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.join import qr_svg
from wall.routes.joining import values_of
from wall.routes.when import When
from wall.routes.words import Views
from wall.speaking import CHOICES, NAME_LIMIT, NOTE_LIMIT, Speaker, agreed
from wall.store import events as stored_events
from wall.store import programme, speakers, walls

VERB = "speaker.invite"
BRIEF_VERB = "message.read"
_NAME: TypeAdapter[str] = TypeAdapter(SpeakerName)


@dataclass(frozen=True)
class Line:
    """One session on the organiser's page."""

    session: Session
    room: RoomValue
    speakers: tuple[Speaker, ...]


@dataclass(frozen=True)
class Own:
    """What a speaker's page is about. `quiet`: the walls of their
    room were quieted for a talk."""

    event: Event
    speaker: Speaker
    session: Session
    room: Room
    others: tuple[Speaker, ...]
    quiet: bool


class SpeakerPages:
    """`/events/{slug}/speakers`, `/speak/{token}` and `/events/{slug}/sessions/{id}/brief`."""

    def __init__(self, access: Access, views: Views) -> None:
        self._access = access
        self._journal = access.journal
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/events/{slug}/speakers", self.show, methods=["GET", "HEAD"])
        add("/events/{slug}/speakers", self.make, methods=["POST"])
        add("/events/{slug}/speakers/{speaker_id}/revoke", self.revoke, methods=["POST"])
        add("/events/{slug}/sessions/{session_id}/brief", self.brief, methods=["GET", "HEAD"])
        add("/speak/{token}", self.own, methods=["GET", "HEAD"])
        add("/speak/{token}", self.answer, methods=["POST"])
        add("/speak/{token}/walls", self.quiet, methods=["POST"])
        add("/speak/{token}/brief", self.own_brief, methods=["GET", "HEAD"])

    async def show(self, asking: AskingHere, request: Request, did: bool = False) -> Response:
        """All sessions with their speakers and what these asked for."""
        asking.require(VERB)
        return await self._list(asking, request, did=did)

    async def make(self, asking: AskingHere, request: Request) -> Response:
        """Make a link for a speaker; it is shown here, once."""
        asking.require(VERB)
        form, token = await form_of(request), new_token()
        session = form.get("session", "")
        try:
            name = _NAME.validate_python(form.get("name", ""))
        except ValidationError:
            return await self._list(asking, request, wrong=session, status=422)
        try:
            done = await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: speaking.invite(tx, session, name, digest_of(token)),
                cause=form.get("cause"),
                body=await command_body(request),
            )
        except CauseReused:
            return RedirectResponse(f"/events/{asking.event.slug}/speakers", 303)
        if done.replayed:
            raise Refused(
                "This link was made already, and a link is shown only once.",
                remedy="Take it back in the list of speakers, and make a new one.",
            )
        made = {"session": session, "name": name, "token": token}
        return await self._list(asking, request, made=made, status=201)

    async def revoke(self, asking: AskingHere, speaker_id: IdHere) -> Response:
        """Take a speaker's link back."""
        asking.require(VERB)
        await self._journal.command(
            asking.event.id, asking.actor, lambda tx: speaking.revoke(tx, speaker_id)
        )
        return RedirectResponse(f"/events/{asking.event.slug}/speakers?did=true", 303)

    async def own(self, token: str, request: Request, did: bool = False) -> Response:
        """A speaker's own page. Opening it uses nothing up."""
        try:
            own = await self._own(token)
        except LinkSpent as error:
            return self._spent(request, error)
        return self._own_page(request, token, own, did=did)

    async def answer(self, token: str, request: Request) -> Response:
        """A speaker says what they ask for."""
        form = await form_of(request)
        try:
            own = await self._own(token)
        except LinkSpent as error:
            return self._spent(request, error)
        typed = {
            "walls": form.get("walls", ""),
            "slides_private": form.get("slides") == "private",
            "note": form.get("note", ""),
        }
        try:
            wish = Wish.model_validate(typed)
        except ValidationError as error:
            wrong = str(error.errors()[0]["loc"][0])
            return self._own_page(request, token, own, typed=typed, wrong=wrong, status=422)
        try:
            await self._do(own, lambda tx: speaking.answer(tx, own.speaker.id, wish))
        except LinkSpent:
            return RedirectResponse(f"/speak/{token}", 303)
        return RedirectResponse(f"/speak/{token}?did=true", 303)

    async def quiet(self, token: str, request: Request) -> Response:
        """Quiet the walls of a speaker's room during their talk, or let them go on."""
        form = await form_of(request)
        try:
            own = await self._own(token)
            await self._do(own, lambda tx: speaking.quiet(tx, own.speaker.id, form.get("quiet") == "1"))
        except LinkSpent as error:
            return self._spent(request, error)
        except Refused:
            return RedirectResponse(f"/speak/{token}", 303)
        return RedirectResponse(f"/speak/{token}#walls-now", 303)

    async def own_brief(self, token: str, request: Request) -> Response:
        """The brief of a speaker's session."""
        try:
            own = await self._own(token)
        except LinkSpent as error:
            return self._spent(request, error)
        return await self._brief(request, own.event, own.session.id, back=f"/speak/{token}")

    async def brief(self, asking: AskingHere, session_id: IdHere, request: Request) -> Response:
        """The brief of a session, for the staff who may read what desk and chair say to each other."""
        asking.require(BRIEF_VERB)
        return await self._brief(request, asking.event, session_id, back=f"/events/{asking.event.slug}")

    async def _brief(self, request: Request, event: Event, session_id: str, back: str) -> Response:
        words = self._views.words
        lang = words.offered(request, event.languages)
        found = await self._journal.store.read(
            lambda conn: briefing.read(conn, event, session_id, words, lang)
        )
        if found is None:
            raise NotFound(
                "There is no such session in this event.", remedy="Choose one from the programme."
            )
        base = self._access.origins.base(request.scope)
        return self._views.page(
            request,
            "brief.html",
            lang=lang,
            event=event,
            brief=found,
            when=When(event.zone, lang, words),
            back=back,
            base=base,
            short=f"{base.partition('://')[2]}/j/{event.slug}",
            network_name=lambda one: _network(words, lang, one),
        )

    async def _list(self, asking: Asking, request: Request, *, status: int = 200, **more: Any) -> Response:
        event = asking.event
        words = self._views.words
        lang = words.offered(request, event.languages)
        lines = await self._journal.store.read(lambda conn: _lines(conn, event.id))
        told: dict[str, Any] = {"did": False, "made": None, "wrong": None} | more
        made = told["made"]
        address = f"{self._access.origins.base(request.scope)}/speak/{made['token']}" if made else ""
        return self._views.page(
            request,
            "speakers.html",
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=event,
            lines=lines,
            when=When(event.zone, lang, words),
            address=address,
            code=qr_svg(address).decode() if address else "",
            most=NAME_LIMIT,
            new_cause=new_cause,
            **told,
        )

    def _own_page(
        self, request: Request, token: str, own: Own, *, status: int = 200, **more: Any
    ) -> Response:
        words = self._views.words
        lang = words.offered(request, own.event.languages)
        known = own.speaker
        asked = {
            "walls": known.walls.value if known.walls else "",
            "slides_private": known.slides_private,
            "note": known.note,
        }
        told: dict[str, Any] = {"did": False, "wrong": "", "typed": asked} | more
        strictest, private = agreed([*own.others, known])
        page = self._views.page(
            request,
            "speak.html",
            status=status,
            lang=lang,
            event=own.event,
            own=own,
            here=f"/speak/{token}",
            when=When(own.event.zone, lang, words),
            choices=[one.value for one in CHOICES],
            strictest=strictest.value,
            private=private,
            running=own.session.state is SessionState.RUNNING,
            most=NOTE_LIMIT,
            **told,
        )
        page.headers["Cache-Control"] = "no-store"
        return page

    def _spent(self, request: Request, error: LinkSpent) -> Response:
        why = str(error.details.get("why", "revoked"))
        return self._views.page(request, "speak_over.html", status=error.status, why=why)

    async def _own(self, token: str) -> Own:
        """What a link is about. Raises NotFound for a token of none, LinkSpent."""
        digest = digest_of(token)
        found = await self._journal.store.read(lambda conn: _own(conn, digest))
        if found is None:
            raise NotFound(
                "There is no such speaker's link.",
                remedy="Open the link again as it was sent to you, or ask the organiser for a new one.",
            )
        return found

    async def _do(self, own: Own, fn: Any) -> None:
        await self._journal.command(own.event.id, speaking.actor_of(own.speaker), fn)


def _own(conn: Connection, digest: str) -> Own | None:
    known = speakers.with_digest(conn, digest)
    event = stored_events.by_id(conn, known.event_id) if known else None
    if known is None or event is None:
        return None
    found = programme.sessions_by_ids(conn, event.id, {known.session_id}).get(known.session_id)
    session = speaking.require_usable(known, found, utc_now())
    control = walls.controls_by_ids(conn, event.id, {session.room_id}).get(session.room_id)
    others = speakers.listed(conn, event.id, session.id)
    return Own(
        event=event,
        speaker=known,
        session=session,
        room=programme.rooms_by_ids(conn, event.id, {session.room_id})[session.room_id],
        others=tuple(one for one in others if one.id != known.id),
        quiet=control is not None and control.quieted,
    )


def _lines(conn: Connection, event_id: str) -> list[Line]:
    rooms = {one.id: one for one in values_of(programme.rooms(conn, event_id), RoomValue)}
    told = speakers.listed(conn, event_id)
    return [
        Line(one, rooms[one.room_id], tuple(found for found in told if found.session_id == one.id))
        for one in programme.sessions(conn, event_id)
    ]


def _network(words: Any, lang: str, network: str) -> str:
    key = f"network.{network}"
    return str(words.say(lang, key)) if words.has(key) else network
