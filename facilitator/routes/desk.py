"""HTTP API for a desk: the inbox beyond the snapshot's window, and who else is here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from facilitator.programme import Id
from wall import duty
from wall.duty import PRESENT_SECONDS
from wall.entries import Put, Scope, render, sees_facilitation, sees_held
from wall.journal import Journal
from wall.model import Frozen, StoredPost
from wall.routes import Asking, AskingHere
from wall.store import contributions, people, placements, posts

Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


class Inbox(Frozen):
    """Posts, newest arrival first, and their contributions, as on the wire. `next` is the `before` of
    the next page, None on the last."""

    puts: tuple[Put, ...]
    next: int | None


class At(Frozen):
    """The post that somebody works at, if any."""

    at: Id | None = None


class Present(Frozen):
    """Somebody who has a desk open. `at`: the post that they work at, so that nobody else begins with it;
    a claim that is soft, holds nobody up and runs out with their presence."""

    person: str
    name: str
    at: str | None = None


class Presence(Frozen):
    """Who has a desk of this event open, by name."""

    people: tuple[Present, ...]


class DeskRoutes:
    """`…/inbox` and `…/presence`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}", tags=["desk"])
        self.router.add_api_route("/inbox", self.inbox, methods=["GET"])
        self.router.add_api_route("/presence", self.arrive, methods=["POST"])
        self.router.add_api_route("/presence", self.present, methods=["GET"])

    async def inbox(
        self,
        asking: AskingHere,
        before: Before = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Inbox:
        """Older posts than a desk holds, with what it knows about them."""
        scope = asking.scope("desk")
        return await self._journal.store.read(
            lambda conn: _inbox(conn, asking.event.id, scope, before, limit)
        )

    async def arrive(self, asking: AskingHere, here: At | None = None) -> Presence:
        """Say that one has a desk open, for 25 seconds, and which post one works at; who else has."""
        asking.scope("desk")
        person = asking.actor.removeprefix("person:")
        await duty.arrive(self._journal.bus, asking.event.id, person)
        at = here.at if here else None
        await self._journal.bus.keep(_claims(asking.event.id), person, at or "", PRESENT_SECONDS)
        return await self._present(asking)

    async def present(self, asking: AskingHere) -> Presence:
        """Who has a desk open."""
        asking.scope("desk")
        return await self._present(asking)

    async def _present(self, asking: Asking) -> Presence:
        ids = await self._journal.bus.present(asking.event.id)
        names = await self._journal.store.read(lambda conn: people.names(conn, ids))
        claims = await self._journal.bus.kept(_claims(asking.event.id))
        here = (
            Present(person=person, name=name, at=claims[person].value or None if person in claims else None)
            for person, name in names.items()
        )
        return Presence(people=tuple(sorted(here, key=lambda one: (one.name, one.person))))


def _claims(event_id: str) -> str:
    """What the bus keeps under: who works at which post of an event."""
    return f"at.{event_id}"


def _inbox(conn: Connection, event_id: str, scope: Scope, before: int | None, limit: int) -> Inbox:
    held = sees_held(scope)
    window = posts.desk_window if held else posts.shown_window
    found = window(conn, event_id, limit, before)
    changes = [render(stored, scope) for stored in found]
    if sees_facilitation(scope):
        made = contributions.of_posts(conn, {stored.id for stored in found})
        known = contributions.by_ids(conn, event_id, set(made.values()))
        changes += [render(one, scope) for one in known.values()]
        changes += [render(one, scope) for one in placements.of_posts(conn, found)]
    puts = tuple(change for change in changes if isinstance(change, Put))
    return Inbox(puts=puts, next=_order(found[-1], held) if len(found) == limit else None)


def _order(stored: StoredPost, held: bool) -> int:
    return stored.received if held else stored.shown
