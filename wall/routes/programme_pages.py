"""The landing page, an event's programme, and the chair view: pages that say what runs where and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from wall.access import Access, Visitor, may
from wall.access.rights import ORGANISER, STAFF
from wall.entries.channel import RoomValue, SessionValue
from wall.errors import NotFound
from wall.model import Event, Role
from wall.programme import SessionState
from wall.routes import event_named
from wall.routes.joining import values_of
from wall.routes.pages import DIST, build_number, built_face
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import events, members, programme

_STAGE_VERBS = ("walls.quiet", "stage.signal", "session.run")
"""What a chair view offers to who may do it."""


@dataclass(frozen=True)
class Slot:
    """What begins at one time, one session a room."""

    at: datetime
    sessions: tuple[SessionValue, ...]


@dataclass(frozen=True)
class Day:
    """A day in the event's zone."""

    date: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Programme:
    """An event's days, and its rooms by id in the order of its pages."""

    days: tuple[Day, ...]
    rooms: dict[str, RoomValue]

    @property
    def sessions(self) -> list[SessionValue]:
        """All sessions, by their planned beginning."""
        return [one for day in self.days for slot in day.slots for one in slot.sessions]

    @property
    def running(self) -> list[SessionValue]:
        """What runs now."""
        return [one for one in self.sessions if one.state == SessionState.RUNNING]


@dataclass(frozen=True)
class Ways:
    """Where a visitor may go in an event besides what is public."""

    desk: bool = False
    moderate: bool = False
    rules: bool = False
    screens: bool = False
    plans: bool = False
    codebook: bool = False
    look: bool = False
    audit: bool = False


@dataclass(frozen=True)
class Listed:
    """An event on the landing page."""

    event: Event
    programme: Programme
    ways: Ways
    when: When


def programme_of(rooms: Iterable[RoomValue], sessions: Iterable[SessionValue], when: When) -> Programme:
    """Days and slots of a programme; within a slot, sessions are in the order of their rooms."""
    by_id = {room.id: room for room in sorted(rooms, key=lambda room: (room.position, room.id))}
    place = {room_id: number for number, room_id in enumerate(by_id)}
    ordered = sorted(sessions, key=lambda one: (one.starts_at, place.get(one.room, 0), one.id))
    days = tuple(
        Day(day, tuple(Slot(at, tuple(same)) for at, same in groupby(found, _minute)))
        for day, found in groupby(ordered, lambda one: when.day(one.starts_at))
    )
    return Programme(days, by_id)


def _minute(session: SessionValue) -> datetime:
    """When it begins, as exactly as a page writes it."""
    return session.starts_at.replace(second=0, microsecond=0)


def read_programme(conn: Connection, event_id: str, when: When) -> Programme:
    """An event's programme as everybody sees it."""
    rooms = values_of(programme.rooms(conn, event_id), RoomValue)
    return programme_of(rooms, values_of(programme.sessions(conn, event_id), SessionValue), when)


class ProgrammePages:
    """`/`, `/events/{slug}` and `/stage/{slug}`."""

    def __init__(self, access: Access, views: Views, dist: Path = DIST) -> None:
        self._access = access
        self._views = views
        self._dist = dist
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/", self.landing, methods=["GET", "HEAD"])
        add("/events/{slug}", self.programme, methods=["GET", "HEAD"])
        add("/stage/{slug}", self.stage, methods=["GET", "HEAD"])

    async def landing(self, request: Request) -> Response:
        """All events, with what runs in them now."""
        visitor = await self._access.visitor_of(request.scope)
        lang = self._views.words.language_of(request)
        listed = await self._access.journal.store.read(lambda conn: self._listed(conn, visitor, lang))
        return self._views.page(request, "landing.html", visitor=visitor, listed=listed)

    async def programme(self, slug: str, request: Request) -> Response:
        """One event's days, and where this visitor may go."""
        event = await event_named(self._access, slug)
        visitor = await self._access.visitor_of(request.scope)
        roles = await self._access.roles_in(visitor, event.id)
        lang = self._views.words.offered(request, event.languages)
        when = When(event.zone, lang, self._views.words)
        found = await self._read(event, when)
        base = self._access.origins.base(request.scope)
        return self._views.page(
            request,
            "programme.html",
            lang=when.lang,
            visitor=visitor,
            event=event,
            programme=found,
            ways=ways_of(roles),
            when=when,
            short=f"{base.partition('://')[2]}/j/{event.slug}",
        )

    async def stage(
        self, slug: str, request: Request, session: str | None = None, room: str | None = None
    ) -> Response:
        """The chair view of a session, or of whatever runs in a room; without either, a choice."""
        event = await event_named(self._access, slug)
        lang = self._views.words.offered(request, event.languages)
        when = When(event.zone, lang, self._views.words)
        found = await self._read(event, when)
        if session is None and room is None:
            return self._views.page(
                request, "stage_choose.html", lang=when.lang, event=event, programme=found, when=when
            )
        if session not in {one.id for one in found.sessions} and room not in found.rooms:
            raise NotFound("There is no such session or room.", remedy="Choose one from the programme.")
        built = built_face("stage", self._dist)
        visitor = await self._access.visitor_of(request.scope)
        roles = await self._access.roles_in(visitor, event.id)
        return self._views.page(
            request,
            "stage.html",
            may=[verb for verb in _STAGE_VERBS if may(roles, verb)],
            lang=when.lang,
            event=event,
            session=session or "",
            room=room or "",
            face="stage",
            script=built.script,
            styles=built.styles,
            build=build_number(self._dist),
        )

    async def _read(self, event: Event, when: When) -> Programme:
        return await self._access.journal.store.read(lambda conn: read_programme(conn, event.id, when))

    def _listed(self, conn: Connection, visitor: Visitor, lang: str) -> list[Listed]:
        roles = members.roles_of(conn, visitor.person_id) if visitor.person_id else {}
        return [
            self._one(conn, event, _roles(visitor, roles.get(event.id, ())), lang)
            for event in events.listed(conn)
        ]

    def _one(self, conn: Connection, event: Event, roles: frozenset[Role], lang: str) -> Listed:
        when = When(event.zone, lang, self._views.words)
        return Listed(event, read_programme(conn, event.id, when), ways_of(roles), when)


def ways_of(roles: frozenset[Role]) -> Ways:
    """Where these roles may go."""
    return Ways(
        desk=not roles.isdisjoint(STAFF),
        moderate=may(roles, "posts.judge"),
        rules=may(roles, "rules.see"),
        screens=may(roles, "screens.see"),
        plans=may(roles, "programme.change"),
        codebook=may(roles, "codebook.see"),
        look=may(roles, "look.change"),
        audit=may(roles, "audit.see"),
    )


def _roles(visitor: Visitor, theirs: Sequence[Role]) -> frozenset[Role]:
    return frozenset(theirs) | (ORGANISER if visitor.organiser else frozenset())
