"""Who has been heard: over the API, for the desk's panel, and as a page for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from facilitator.coverage import Coverage, SessionCoverage
from facilitator.covering import Covering, Unheard, named
from wall.entries import Scope, sees_facilitation
from wall.journal import Journal
from wall.model import Event, Frozen
from wall.programme import Room, Session
from wall.routes import AskingHere
from wall.routes.when import When
from wall.routes.words import Views, Words
from wall.store import programme

VOICES_SECONDS = 3_600
"""For so long those who were not heard stay in the order that was drawn for them."""


class Voices(Frozen):
    """Some of those of whom nothing came to a floor yet, in an order that says nothing about them."""

    voices: tuple[Unheard, ...]


@dataclass(frozen=True)
class _Line:
    """One session on the page."""

    session: Session
    room: Room
    coverage: SessionCoverage


class CoverageRoutes:
    """`…/coverage`, `…/coverage/unheard` and `/heard/{slug}`."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self._covering = Covering(journal.store)
        self.api = APIRouter(prefix="/events/{slug}", tags=["coverage"])
        self.api.add_api_route("/coverage", self.coverage, methods=["GET"])
        self.api.add_api_route("/coverage/unheard", self.unheard, methods=["GET"])
        self.pages = APIRouter(include_in_schema=False)
        self.pages.add_api_route("/heard/{slug}", self.page, methods=["GET", "HEAD"])

    async def coverage(self, asking: AskingHere) -> Coverage:
        """How much of what was said online came to the floors, and back. Counts only; names nobody."""
        return (await self._covering.of(asking.event.id)).coverage

    async def unheard(self, asking: AskingHere) -> Voices:
        """Some of those who were not heard yet, for the staff."""
        asking.scope("desk")
        return Voices(voices=await self._voices(asking.event, asking.actor))

    async def page(self, asking: AskingHere, request: Request) -> Response:
        """The same as a page; the staff of floors also read who was not heard yet."""
        event = asking.event
        covered = (await self._covering.of(event.id)).coverage
        lines = await self._journal.store.read(lambda conn: _lines(conn, event, covered))
        staff = asking.visitor.person_id is not None and sees_facilitation(Scope(asking.roles))
        words = self._views.words
        lang = words.offered(request, event.languages)
        return self._views.page(
            request,
            "heard.html",
            lang=lang,
            visitor=asking.visitor,
            event=event,
            covered=covered,
            lines=lines,
            voices=await self._voices(event, asking.actor) if staff else None,
            when=When(event.zone, lang, words),
            span=lambda seconds: span_of(seconds, words, lang),
        )

    async def _voices(self, event: Event, actor: str) -> tuple[Unheard, ...]:
        drawn = int(event.last_at.timestamp() // VOICES_SECONDS)
        seed = f"{event.id}/{actor}/{drawn}"
        silent = (await self._covering.of(event.id)).silent
        return await self._journal.store.read(lambda conn: named(conn, event.id, silent, seed))


def _lines(conn: Connection, event: Event, covered: Coverage) -> list[_Line]:
    by_id = {one.session: one for one in covered.sessions}
    rooms = {room.id: room for room in programme.rooms(conn, event.id)}
    sessions = [one for one in programme.sessions(conn, event.id) if one.id in by_id]
    return [_Line(one, rooms[one.room_id], by_id[one.id]) for one in sessions]


def span_of(seconds: float | None, words: Words, lang: str) -> str:
    """A span as people say it: 40 s, 12 min, 2 h 5 min; a dash where there is none."""
    if seconds is None:
        return words.say(lang, "heard.none")
    if seconds < 60:
        return words.say(lang, "heard.seconds", seconds=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 60:
        return words.say(lang, "heard.minutes", minutes=minutes)
    return words.say(lang, "heard.hours", hours=minutes // 60, minutes=minutes % 60)
