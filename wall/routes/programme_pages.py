"""The landing page, an event's programme, and the chair view: pages that say what runs where and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from wall.access import Access, Visitor, may
from wall.access.rights import ORGANISER, STAFF
from wall.entries.channel import RoomValue, SessionValue
from wall.errors import NotFound
from wall.model import Event, Role, utc_now
from wall.programme import SessionState
from wall.routes import event_named
from wall.routes.deleting import organised
from wall.routes.duty import OnStaff, staff_of
from wall.routes.events import zones as known_zones
from wall.routes.forms import new_cause
from wall.routes.joining import values_of
from wall.routes.pages import DIST, build_number, built_face
from wall.routes.picks import address_of, picked_in, short_id
from wall.routes.watching import offer_of
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import events, members, people, programme

_STAGE_VERBS = ("walls.quiet", "stage.signal", "session.run")
"""What a chair view offers to who may do it."""


LATEST_BEGIN = timedelta(hours=6)
"""For so long after its planned end a session that nobody began is still proposed."""


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
    feedback: bool = False
    feeds: bool = False
    doors: bool = False
    staff: bool = False
    brief: bool = False
    paste: bool = False
    prints: bool = False

    @property
    def prepares(self) -> bool:
        """Whether anything can be prepared."""
        return any((self.plans, self.staff, self.feeds, self.screens, self.look, self.rules, self.codebook))

    @property
    def reviews(self) -> bool:
        """Whether anything tells how it went."""
        return self.desk or self.feedback or self.audit


@dataclass(frozen=True)
class Listed:
    """An event on the landing page."""

    event: Event
    programme: Programme
    ways: Ways
    when: When


def proposals_of(sessions: Iterable[SessionValue], now: datetime) -> dict[str, str]:
    """What the clock proposes, by a session's id: to `begin` what is planned for now, to `end` what goes on
    beyond its time. Nothing of it happens by itself."""
    found = {}
    for one in sessions:
        if one.state == SessionState.PLANNED and one.starts_at <= now < one.ends_at + LATEST_BEGIN:
            found[one.id] = "begin"
        elif one.state == SessionState.RUNNING and one.ends_at <= now:
            found[one.id] = "end"
    return found


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
        read = self._access.journal.store.read
        listed = await read(lambda conn: self._listed(conn, visitor, lang))
        gone = bool(visitor.person_id and await read(lambda conn: organised(conn, visitor)))
        watch = offer_of(request, visitor, in_use=bool(listed) or await read(people.any_person))
        return self._views.page(
            request, "landing.html", visitor=visitor, listed=listed, watch=watch, deleted=gone
        )

    async def programme(self, slug: str, request: Request, zone: str = "", zones: bool = False) -> Response:
        """One event's days, and where this visitor may go; times also in their own `zone`. `zones`: with a
        list of zones to choose from."""
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
            own=When(zone, lang, self._views.words) if zone in known_zones() else None,
            zones=sorted(known_zones()) if zones else (),
            picked=picked_in(request, event.slug),
            short_id=short_id,
            picked_calendar=address_of(event.slug, picked_in(request, event.slug)),
            proposals=proposals_of(found.sessions, utc_now()) if may(roles, "session.run") else {},
            cause=new_cause(),
            staff=await self._on_duty(event, roles),
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

    async def _on_duty(self, event: Event, roles: frozenset[Role]) -> tuple[OnStaff, ...] | None:
        """Who is at a desk, for those who have one themselves."""
        return await staff_of(self._access.journal, event) if roles & STAFF else None

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
        feedback=may(roles, "feedback.see"),
        audit=may(roles, "audit.see"),
        feeds=may(roles, "feed.see"),
        doors=may(roles, "doors.see"),
        staff=may(roles, "member.set"),
        brief=may(roles, "message.read"),
        paste=may(roles, "post.add"),
        prints=may(roles, "session.run"),
    )


def _roles(visitor: Visitor, theirs: Sequence[Role]) -> frozenset[Role]:
    return frozenset(theirs) | (ORGANISER if visitor.organiser else frozenset())
