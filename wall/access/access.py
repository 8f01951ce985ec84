"""Sign-ins and links of one instance, over its journal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from starlette.datastructures import Headers

from wall.access.links import (
    FIRST_LINK_HOURS,
    STAFF_LINK_HOURS,
    Entering,
    check_hours,
    check_places,
    clean_name,
    enter,
    enter_instance,
    make_link,
    spent,
)
from wall.access.origins import Origins
from wall.access.participants import Participants
from wall.access.rights import NOBODY, ORGANISER, Visitor
from wall.access.screens import ScreenCookies
from wall.access.tokens import COOKIE, SECURE_COOKIE, Asgi, bearer_of, cookies_of, digest_of, new_token
from wall.errors import BadInput, NotFound, Refused
from wall.journal import Journal
from wall.journal.commands import no_such_event
from wall.model import Event, Role, new_id, utc_now
from wall.store import events, links, members, people

CACHE_SECONDS = 2.0
"""For how long a sign-in that was ended by another process may still be believed by this one."""
_CACHED_MOST = 10_000


@dataclass(frozen=True)
class Invitation:
    """A link as whoever opens it meets it. `event` None: it is to the whole instance; `maker`: the name of
    who made it, "" where that was the command line; `works`: a place is left on it; `yours`: this visitor
    joined with it."""

    link: links.Link
    event: Event | None
    maker: str
    works: bool
    yours: bool


class Access:
    """Sign-ins and links of one instance, over its journal."""

    def __init__(
        self,
        journal: Journal,
        origins: Origins,
        *,
        participants: Participants | None = None,
        sign_in_days: int = 30,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.journal = journal
        self.origins = origins
        self._participants = participants
        self.screens = ScreenCookies(journal.store, origins)
        self.sign_in_seconds = sign_in_days * 86_400
        self._clock = clock
        self._monotonic = monotonic
        self._cached: dict[str, tuple[Visitor, float]] = {}
        self._forgotten = 0

    def cookie_name(self, scope: Asgi) -> str:
        """The one cookie name that counts for this request."""
        return SECURE_COOKIE if self.origins.is_secure(scope) else COOKIE

    async def visitor_of(self, scope: Asgi) -> Visitor:
        """Who sent this ASGI request (HTTP or websocket); without a sign-in that holds, NOBODY, or
        the participant of its cookie; in a screen's browser, which screen that is."""
        token = self._token_of(scope)
        visitor = await self._visitor(digest_of(token)) if token else NOBODY
        if screen := await self.screens.of(scope):
            visitor = replace(visitor, screen=screen)
        if visitor.person_id is None and self._participants is not None:
            return replace(visitor, participant=self._participants.known(scope))
        return visitor

    async def still_signed_in(self, visitor: Visitor) -> bool:
        """Whether an open connection's visitor is still signed in: at once after a sign-out in this
        process, within CACHE_SECONDS after one elsewhere; and still the screen that it was. True for
        NOBODY."""
        if visitor.screen is not None and not await self.screens.holds(visitor.screen):
            return False
        if visitor.sign_in is None:
            return True
        return (await self._visitor(visitor.sign_in)).person_id == visitor.person_id

    async def roles_in(self, visitor: Visitor, event_id: str | None) -> frozenset[Role]:
        """The visitor's roles in an event; with None, in the instance (organiser or none)."""
        if visitor.person_id is None or event_id is None:
            return _everywhere(visitor)
        return await self.journal.store.read(lambda conn: _roles(conn, visitor, event_id))

    async def event_and_roles(self, visitor: Visitor, name: str) -> tuple[Event, frozenset[Role]]:
        """The event with this slug or id and the visitor's roles in it, read at once. Raises NotFound."""

        def look(conn: Connection) -> tuple[Event, frozenset[Role]]:
            event = events.named(conn, name)
            if event is None:
                raise no_such_event()
            return event, _roles(conn, visitor, event.id)

        return await self.journal.store.read(look)

    async def invitation(self, visitor: Visitor, token: str) -> Invitation:
        """The link of this token, whether it works or not, and what it is to this visitor. Raises NotFound
        for a token of none; it is not used up."""
        digest = digest_of(token)

        def look(conn: Connection) -> Invitation | None:
            found = links.with_digest(conn, digest)
            if found is None:
                return None
            yours = visitor.person_id is not None and links.used_by(conn, found.id, visitor.person_id)
            event = events.by_id(conn, found.event_id) if found.event_id else None
            return Invitation(found, event, links.maker_of(conn, found), found.works(self._clock()), yours)

        invited = await self.journal.store.read(look)
        if invited is None:
            raise NotFound("There is no such link.", remedy="Ask the organiser for a new link.")
        return invited

    async def link(self, token: str) -> links.Link:
        """The link of this token, on which a place is left. Raises NotFound, or LinkSpent; it is not used
        up."""
        invited = await self.invitation(NOBODY, token)
        if not invited.works:
            raise spent()
        return invited.link

    async def enter(self, visitor: Visitor, link: links.Link, name: str) -> str | None:
        """Take a place of a link: the token of a new sign-in, None when the visitor was signed in already.

        `name` counts only for a new person. Raises BadInput for the name, LinkSpent.
        """
        known = visitor.person_id is not None
        person_id = visitor.person_id or new_id()
        fresh = None if known else new_token()
        entering = Entering(
            link=link,
            person_id=person_id,
            name=None if known else clean_name(name),
            sign_in=digest_of(fresh) if fresh else None,
            until=self._clock() + timedelta(seconds=self.sign_in_seconds),
        )
        if link.event_id is None:
            await self.journal.store.write(lambda conn: enter_instance(conn, entering, self._clock()))
        else:
            await self.journal.command(link.event_id, f"person:{person_id}", lambda tx: enter(tx, entering))
        self._forget(visitor.sign_in)
        return fresh

    async def sign_out(self, visitor: Visitor) -> None:
        """End this sign-in; its token is worth nothing from now on."""
        digest = visitor.sign_in
        if digest is not None:
            await self.journal.store.write(lambda conn: people.drop_sign_in(conn, digest))
            self._forget(digest)

    async def make_link(
        self,
        event_id: str,
        role: Role,
        actor: str,
        *,
        hours: float = STAFF_LINK_HOURS,
        places: int = 1,
        cause: str | None = None,
        body: bytes = b"",
    ) -> str:
        """Make a link to a role in an event for so many people; its token, which is shown once and never
        again.

        Raises BadInput for the hours or places, Refused when `cause` was used before: the token is gone.
        """
        check_hours(hours)
        check_places(places)
        token = new_token()
        done = await self.journal.command(
            event_id,
            actor,
            lambda tx: make_link(tx, digest_of(token), role, hours, places),
            cause=cause,
            body=body,
        )
        if done.replayed:
            raise Refused(
                "This link was made already, and a link is shown only once.",
                remedy="Make a new link, with a new Idempotency-Key.",
            )
        return token

    async def user_link(self, role: Role, event: str | None, hours: float) -> str:
        """Make a link for the command line: to a role in an event (slug or id), or, with None, to
        be organiser of the instance. Its token. Raises BadInput, NotFound."""
        if event is not None:
            found = await self.journal.event(event)
            return await self.make_link(found.id, role, "system", hours=hours)
        if role is not Role.ORGANISER:
            raise BadInput("Only organisers have a role without an event.", remedy="Name the event.")
        check_hours(hours)
        token = new_token()
        await self.journal.store.write(lambda conn: self._add_instance_link(conn, token, hours))
        return token

    async def first_link(self) -> str | None:
        """The token of a link for the first organiser, or None when somebody has joined or such a
        link waits already (its token is not kept; `user_link` makes another)."""
        token = new_token()

        def make(conn: Connection) -> str | None:
            if people.any_person(conn) or links.organiser_link_waits(conn, self._clock()):
                return None
            self._add_instance_link(conn, token, FIRST_LINK_HOURS)
            return token

        return await self.journal.store.write(make)

    def _add_instance_link(self, conn: Connection, token: str, hours: float) -> None:
        now = self._clock()
        until = now + timedelta(hours=hours)
        links.add(conn, digest_of(token), Role.ORGANISER, None, "system", now, until)

    def _token_of(self, scope: Asgi) -> str | None:
        """The token that was presented. A Bearer token wins over a cookie, good or bad."""
        headers = Headers(scope=scope)
        bearer = bearer_of(headers)
        return cookies_of(headers).get(self.cookie_name(scope)) if bearer is None else bearer

    async def _visitor(self, digest: str) -> Visitor:
        cached = self._cached.get(digest)
        if cached is not None and cached[1] > self._monotonic():
            return cached[0]
        forgotten, until = self._forgotten, self._monotonic() + CACHE_SECONDS
        now = self._clock()
        person = await self.journal.store.read(lambda conn: people.signed_in(conn, digest, now))
        if person is None:
            return NOBODY
        visitor = Visitor(person.id, person.name, person.organiser, digest)
        # What was read before a sign-out that happened meanwhile must not be kept after it.
        if forgotten == self._forgotten:
            self._keep(digest, visitor, until)
        return visitor

    def _keep(self, digest: str, visitor: Visitor, until: float) -> None:
        if len(self._cached) >= _CACHED_MOST:
            self._cached.clear()
        self._cached[digest] = (visitor, until)

    def _forget(self, digest: str | None) -> None:
        self._forgotten += 1
        if digest is not None:
            self._cached.pop(digest, None)


def _everywhere(visitor: Visitor) -> frozenset[Role]:
    return ORGANISER if visitor.organiser else frozenset()


def _roles(conn: Connection, visitor: Visitor, event_id: str) -> frozenset[Role]:
    if visitor.person_id is None:
        return _everywhere(visitor)
    found = members.by_ids(conn, event_id, {visitor.person_id})
    return _everywhere(visitor).union(*(member.roles for member in found.values()))
