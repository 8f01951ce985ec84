"""`/events/{slug}/doors`: the list that is gone through before the doors open, and the path that a phone
opens to prove that the address works. What people confirm is journaled, so that it survives a restart."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response

from wall import doors
from wall.access import Access, may
from wall.access.reach import Reach, reach_of
from wall.access.signatures import mac
from wall.display import Screen
from wall.doors import Checked, Facts, Told, Wall
from wall.entries.doors_kinds import DoorConfirmed, DoorTakenBack
from wall.errors import CauseReused, NotFound
from wall.journal import Tx
from wall.live import Beats, Heard
from wall.model import Event, Member, Role, utc_now
from wall.routes import Asking, AskingHere, event_named
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.join import qr_svg
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import doors as stored
from wall.store import feeds, guidance, members, people, programme, screens

Checks = Callable[[], Awaitable[Mapping[str, Checked]]]
"""What the doctor says of this server now: `clock` and `disk`."""
SELF_SECONDS = 4.0
"""How long the server waits for its own address."""
_MODERATES = frozenset({Role.MODERATOR, Role.ORGANISER})
_FACILITATES = frozenset({Role.FACILITATOR})


@dataclass(frozen=True)
class _Read:
    """What the database says of an event."""

    confirmed: dict[str, stored.Confirmed]
    names: dict[str, str]
    members: list[Member]
    organisers: frozenset[str]
    sessions: int
    feeds: tuple[Any, ...]
    screens: list[Screen]
    guided: bool


class DoorsPages:
    """The list, its buttons, and the phone's path."""

    def __init__(
        self,
        access: Access,
        beats: Beats,
        views: Views,
        checks: Checks,
        secret: bytes,
        listens: tuple[str, int],
    ) -> None:
        self._access = access
        self._journal = access.journal
        self._beats = beats
        self._views = views
        self._secret = secret
        self._checks = checks
        self._listens = listens
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/events/{slug}/doors", self.show, methods=["GET", "HEAD"])
        add("/events/{slug}/doors", self.confirm, methods=["POST"])
        add("/events/{slug}/doors/phone.svg", self.phone_code, methods=["GET"])
        add("/events/{slug}/doors/phone/{proof}", self.reached, methods=["GET"])

    async def show(self, asking: AskingHere, request: Request) -> Response:
        """Every line, as it is at this moment."""
        asking.require("doors.see")
        return await self._page(asking, request)

    async def confirm(self, asking: AskingHere, request: Request) -> Response:
        """Confirm one line, or take that back. Sent twice, it is done once."""
        asking.require("doors.confirm")
        form = await form_of(request)
        item, back = form.get("item", ""), form.get("do") == "back"
        with contextlib.suppress(CauseReused):
            await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: _take_back(tx, item) if back else _confirm(tx, item),
                cause=form.get("cause") or None,
                body=await command_body(request),
            )
        return RedirectResponse(f"/events/{asking.event.slug}/doors#{item}", 303)

    async def phone_code(self, asking: AskingHere, request: Request) -> Response:
        """The code that a phone scans to prove that it reaches this server."""
        asking.require("doors.see")
        proof = await self._journal.store.read(lambda conn: self._proof(conn, asking.event))
        base = self._access.origins.base(request.scope)
        drawn = qr_svg(f"{base}/events/{asking.event.slug}/doors/phone/{proof}")
        return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    async def reached(self, slug: str, proof: str, request: Request) -> Response:
        """A phone is here. Opening is the proof, so that opening is enough; once, then a new code counts.
        Whoever is signed in at the desk looks at the address from inside, and proves nothing."""
        event = await event_named(self._access, slug)
        visitor = await self._access.visitor_of(request.scope)
        roles = await self._access.roles_in(visitor, event.id)
        known = False
        if not may(roles, "doors.see") and await self._fits(event, proof):
            done = await self._journal.command(
                event.id, "system", lambda tx: self._reached(tx, proof, event), cause=None
            )
            known = bool(done.result)
        return self._views.page(
            request,
            "doors_phone.html",
            lang=self._views.words.offered(request, event.languages),
            event=event,
            visitor=visitor,
            known=known,
            inside=may(roles, "doors.see"),
        )

    async def _fits(self, event: Event, proof: str) -> bool:
        """Whether this may be the proof, looked at without holding up whoever writes."""
        expected = await self._journal.store.read(lambda conn: self._proof(conn, event))
        return hmac.compare_digest(proof.encode("utf-8", "replace"), expected.encode())

    def _reached(self, tx: Tx, proof: str, event: Event) -> bool:
        expected = self._proof(tx.conn, event)
        if not hmac.compare_digest(proof.encode("utf-8", "replace"), expected.encode()):
            return False
        write_confirmed(tx, doors.OUTSIDE)
        return True

    def _proof(self, conn: Connection, event: Event) -> str:
        """The end of the phone's path: another one from the moment in which a phone was here."""
        before = stored.confirmed(conn, event.id).get(doors.OUTSIDE)
        return mac(self._secret, "door", event.id, before.at.isoformat() if before else "")[:32]

    async def _page(self, asking: Asking, request: Request) -> Response:
        event = asking.event
        reach = reach_of(Headers(scope=request.scope), self._access.origins.public, *self._listens)
        facts = await self._facts(event, self._access.origins.base(request.scope), reach)
        lines = doors.lines_of(facts)
        return self._views.page(
            request,
            "doors.html",
            visitor=asking.visitor,
            event=event,
            lines=lines,
            ready=doors.ready(lines),
            left=sum(line.outcome == "todo" for line in lines),
            reach=reach,
            when=When(event.zone, self._views.words.language_of(request), self._views.words),
            now=facts.now,
            confirms=may(asking.roles, "doors.confirm"),
            runs=may(asking.roles, "screens.run"),
            rehearses=may(asking.roles, "event.rehearse"),
            downloads=asking.visitor.organiser and self._journal.store.is_sqlite,
            refused=refused_to(asking.roles, event.slug),
            new_cause=new_cause,
        )

    async def _facts(self, event: Event, base: str, reach: Reach) -> Facts:
        read, heard, present, answered, checks = await asyncio.gather(
            self._journal.store.read(lambda conn: _read(conn, event.id)),
            self._beats.of(event.id),
            self._journal.bus.present(event.id),
            _answers(self._access.origins.public),
            self._checks(),
        )
        roles = {one.person_id: frozenset(one.roles) for one in read.members}
        here = [person for person in present if person in read.names]
        return Facts(
            now=utc_now(),
            slug=event.slug,
            address=base,
            public=self._access.origins.public is not None,
            here_only=reach.here_only,
            answered=answered,
            feeds=read.feeds,
            walls=tuple(_wall(one, heard.get(one.id)) for one in read.screens),
            desk=tuple(read.names[person] for person in here),
            moderators=sum(_has(person, roles, read.organisers, _MODERATES) for person in here),
            facilitators=sum(_has(person, roles, read.organisers, _FACILITATES) for person in here),
            sessions=read.sessions,
            zone=event.zone,
            guided=read.guided,
            clock=checks["clock"],
            disk=checks["disk"],
            confirmed={
                item: Told(read.names.get(one.actor.removeprefix("person:"), ""), one.at)
                for item, one in read.confirmed.items()
            },
        )


def _read(conn: Connection, event_id: str) -> _Read:
    confirmed = stored.confirmed(conn, event_id)
    joined = members.listed(conn, event_id)
    organisers = frozenset(one.id for one in people.organisers(conn))
    told = {one.actor.removeprefix("person:") for one in confirmed.values()}
    known = {one.person_id for one in joined} | organisers | told
    return _Read(
        confirmed,
        people.names(conn, known),
        joined,
        organisers,
        len(programme.sessions(conn, event_id)),
        tuple(feeds.listed(conn, event_id)),
        screens.listed(conn, event_id),
        guidance.is_set(conn, event_id),
    )


def refused_to(roles: frozenset[Role], slug: str) -> frozenset[str]:
    """Pages that lines of the list lead to and that would refuse these roles."""
    needs = {"staff": "member.set", "settings": "event.change", "guidance/edit": "guidance.write"}
    return frozenset(f"/events/{slug}/{page}" for page, verb in needs.items() if not may(roles, verb))


def _has(
    person: str, roles: Mapping[str, frozenset[Role]], organisers: frozenset[str], wanted: frozenset[Role]
) -> bool:
    return person in organisers or not wanted.isdisjoint(roles.get(person, frozenset()))


def _wall(screen: Screen, heard: Heard | None) -> Wall:
    return Wall(
        screen.id,
        screen.name,
        heard is not None and heard.state == "here",
        screen.distance_m,
        screen.diagonal_in,
        screen.shows_card(utc_now()),
    )


def _confirm(tx: Tx, item: str) -> dict[str, Any]:
    """Confirm a line. Raises NotFound for what nobody confirms."""
    if item not in doors.BY_HAND and item.removeprefix("card-") not in _screen_ids(tx):
        raise NotFound("There is no such line to confirm.")
    return write_confirmed(tx, item)


def write_confirmed(tx: Tx, item: str) -> dict[str, str]:
    """Keep that a line is confirmed, and journal it."""
    stored.confirm(tx.conn, tx.event.id, item, tx.actor, tx.now)
    tx.append(DoorConfirmed(item=item))
    return {"item": item}


def _take_back(tx: Tx, item: str) -> dict[str, Any]:
    if stored.take_back(tx.conn, tx.event.id, item):
        tx.append(DoorTakenBack(item=item))
    return {"item": item}


def _screen_ids(tx: Tx) -> set[str]:
    return {one.id for one in screens.listed(tx.conn, tx.event.id)}


async def _answers(public: str | None) -> bool | None:
    """Whether this server answers at its public address; None where it has none. An address that a request
    brought is never asked: whoever sends it would choose what this server opens."""
    if public is None:
        return None
    try:
        async with httpx2.AsyncClient(timeout=SELF_SECONDS, trust_env=False) as client:
            return (await client.get(f"{public}/healthz")).status_code == 200
    except (httpx2.HTTPError, OSError):
        return False
