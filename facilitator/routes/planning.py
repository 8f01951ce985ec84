"""What all pages of an organiser's programme share: reading it, running its commands, drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from facilitator.guards import Acting
from facilitator.programme_clashes import Planned
from wall.access.rights import STAFF
from wall.entries.channel import SessionValue
from wall.journal import Journal, Tx
from wall.model import Member, Role
from wall.programme import Room, Session
from wall.routes import Asking
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import members, programme

VERB = "programme.change"


class Plan(NamedTuple):
    """An event's programme as an organiser edits it: rooms in their order, sessions by their times."""

    rooms: list[Room]
    sessions: list[Session]
    staff: list[Member]

    def room(self, room_id: str) -> Room | None:
        """A room by id."""
        return next((one for one in self.rooms if one.id == room_id), None)

    def session(self, session_id: str) -> Session | None:
        """A session by id."""
        return next((one for one in self.sessions if one.id == session_id), None)

    @property
    def facilitators(self) -> list[Member]:
        """Who can be a session's facilitator: the staff that runs sessions, and whoever is one already."""
        named = {person for one in self.sessions for person in one.facilitators}
        runs = {Role.FACILITATOR, Role.ORGANISER}
        return [one for one in self.staff if not runs.isdisjoint(one.roles) or one.person_id in named]

    @property
    def planned(self) -> list[Planned]:
        """What can clash."""
        return [Planned.of(one) for one in self.sessions]


def read_plan(conn: Connection, event_id: str) -> Plan:
    """Everything that an organiser's page shows."""
    staff = [one for one in members.listed(conn, event_id) if not STAFF.isdisjoint(one.roles)]
    return Plan(programme.rooms(conn, event_id), programme.sessions(conn, event_id), staff)


class Planning:
    """The journal and the templates, for pages about one event."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self.journal = journal
        self.views = views

    async def plan(self, asking: Asking) -> Plan:
        """The programme as it is now."""
        event_id = asking.event.id
        return await self.journal.store.read(lambda conn: read_plan(conn, event_id))

    async def run(
        self,
        asking: Asking,
        fn: Callable[[Tx, Acting], dict[str, Any]],
        cause: str | None,
        body: bytes,
    ) -> dict[str, Any]:
        """Do a command in the name of who asks; what it answers. A form that is sent twice is done once."""
        acting = Acting(asking.actor.removeprefix("person:"), asking.roles)
        done = await self.journal.command(
            asking.event.id, asking.actor, lambda tx: fn(tx, acting), cause=cause or None, body=body
        )
        return done.result

    def lang(self, asking: Asking, request: Request) -> str:
        """The language of a page."""
        return self.views.words.offered(request, asking.event.languages)

    def when(self, asking: Asking, request: Request) -> When:
        """Writes times in the event's zone."""
        return When(asking.event.zone, self.lang(asking, request), self.views.words)

    def page(
        self, asking: Asking, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        """Draw a page."""
        when = self.when(asking, request)
        return self.views.page(
            request,
            template,
            status=status,
            lang=when.lang,
            visitor=asking.visitor,
            event=asking.event,
            when=when,
            **context,
        )


def planned_of(value: SessionValue) -> Planned:
    """What can clash of a session as readers hold it."""
    return Planned(value.id, value.room, value.title, value.starts_at, value.ends_at)


def seen_version(typed: str | None) -> int:
    """The version that a form was made from; what is none counts as the first."""
    number = typed or ""
    return int(number) if number.isascii() and number.isdecimal() and 0 < int(number[:12]) < 2**31 else 1
