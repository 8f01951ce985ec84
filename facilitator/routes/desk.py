"""HTTP API for a desk: the inbox beyond the snapshot's window, and who else is here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from facilitator.programme import Id
from wall import duty
from wall.access import may
from wall.duty import PRESENT_SECONDS
from wall.entries import Put, Scope, render, sees_facilitation, sees_held
from wall.journal import Journal
from wall.model import Feed, Frozen, StoredPost, utc_now
from wall.routes import Asking, AskingHere
from wall.routes.feed_health import Teller
from wall.routes.when import When
from wall.routes.words import Words
from wall.store import contributions, feeds, people, placements, posts, vitals
from wall.store.vitals import Kept

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
    """Who has a desk of this event open, by name. `silent`: a sentence for each feed that is silent for
    longer than its rhythm explains, in the reader's language, for those who may see feeds."""

    people: tuple[Present, ...]
    silent: tuple[str, ...] = ()


class DeskRoutes:
    """`…/inbox` and `…/presence`."""

    def __init__(self, journal: Journal, words: Words) -> None:
        self._journal = journal
        self._words = words
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

    async def arrive(self, asking: AskingHere, request: Request, here: At | None = None) -> Presence:
        """Say that one has a desk open, for 25 seconds, and which post one works at; who else has."""
        asking.scope("desk")
        person = asking.actor.removeprefix("person:")
        await duty.arrive(self._journal.bus, asking.event.id, person)
        at = here.at if here else None
        await self._journal.bus.keep(_claims(asking.event.id), person, at or "", PRESENT_SECONDS)
        return await self._present(asking, request)

    async def present(self, asking: AskingHere, request: Request) -> Presence:
        """Who has a desk open."""
        asking.scope("desk")
        return await self._present(asking, request)

    async def _present(self, asking: Asking, request: Request) -> Presence:
        ids = await self._journal.bus.present(asking.event.id)
        names = await self._journal.store.read(lambda conn: people.names(conn, ids))
        claims = await self._journal.bus.kept(_claims(asking.event.id))
        here = (
            Present(person=person, name=name, at=claims[person].value or None if person in claims else None)
            for person, name in names.items()
        )
        people_ = tuple(sorted(here, key=lambda one: (one.name, one.person)))
        return Presence(people=people_, silent=await self._silent(asking, request))

    async def _silent(self, asking: Asking, request: Request) -> tuple[str, ...]:
        if not may(asking.roles, "feed.see"):
            return ()
        lang = self._words.language_of(request)
        teller = Teller(self._words, When(asking.event.zone, lang, self._words), utc_now())
        found = await self._journal.store.read(lambda conn: _silent_feeds(conn, asking.event.id))
        return tuple(teller.silence(feed, kept) for feed, kept in found)


def _silent_feeds(conn: Connection, event_id: str) -> list[tuple[Feed, Kept]]:
    if vitals.silent(conn, event_id) is None:
        return []
    listed = {feed.id: feed for feed in feeds.listed(conn, event_id)}
    kept = vitals.of_feeds(conn, listed.keys())
    return [(listed[id_], one) for id_, one in kept.items() if one.silent_since is not None]


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
