"""HTTP API: events, their staff links, and who is asking."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from wall.access import MOST_LINK_HOURS, MOST_PLACES, STAFF_LINK_HOURS, enter_path
from wall.entries import PUBLIC, Scope, kinds
from wall.entries.projections import EventValue, event_value
from wall.errors import BadInput, Stale
from wall.journal import Tx
from wall.model import Frozen, Mode, Role, Slug, at_border, fold_hashtag
from wall.routes import AskingHere, AskingInstance, VisitorHere, access_of
from wall.routes.commands import CauseHere, command_body
from wall.store import events


@cache
def zones() -> frozenset[str]:
    """All time zones: files of the system, looked up when the first is asked for."""
    return frozenset(available_timezones())


def _known_zone(zone: str) -> str:
    if zone not in zones():
        raise ValueError("it must be a time zone such as America/Toronto")
    return zone


def _one_word(tag: str) -> str:
    """A hashtag without its '#', spelled as the organiser spells it; comparing folds it."""
    word = tag.strip().lstrip("#＃")
    if not word or any(character.isspace() for character in word):
        raise ValueError("a hashtag is one word")
    return word


def _each_once(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({fold_hashtag(tag): tag for tag in reversed(tags)}.values())[::-1]


EventName = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), BeforeValidator(at_border)
]
Hashtag = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    BeforeValidator(at_border),
    AfterValidator(_one_word),
]
Hashtags = Annotated[tuple[Hashtag, ...], Field(max_length=20), AfterValidator(_each_once)]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=35)]
Languages = Annotated[tuple[Language, ...], Field(min_length=1, max_length=10)]

EventDay = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))]
_DAYS = ("starts_on", "ends_on")


class NewEvent(Frozen):
    """What it takes to start an event. `slug` is its short name in addresses, `mode` who decides what
    is shown: a person, unless an organiser chooses otherwise."""

    slug: Slug
    name: EventName
    hashtags: Hashtags = ()
    zone: Zone = "UTC"
    languages: Languages = ("en",)
    mode: Mode = Mode.PRE
    starts_on: EventDay | None = None
    ends_on: EventDay | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> NewEvent:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("an event does not end before it starts")
        return self


class EventChange(Frozen):
    """What an organiser may change, and the version they looked at. A day that is null is taken away."""

    version: int
    name: EventName | None = None
    hashtags: Hashtags | None = None
    zone: Zone | None = None
    languages: Languages | None = None
    starts_on: EventDay | None = None
    ends_on: EventDay | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The columns to change, as they shall be."""
        given = self.model_dump(exclude={"version"}, exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name in _DAYS}


class NewLink(Frozen):
    """A link with which so many people join the staff in this role, each once."""

    role: Role
    hours: Annotated[float, Field(gt=0, le=MOST_LINK_HOURS)] | None = None
    people: Annotated[int, Field(ge=1, le=MOST_PLACES)] = 1


def router() -> APIRouter:
    """Routes below /api/v1 about events as a whole."""
    api = APIRouter(tags=["events"])
    api.add_api_route("/me", who_am_i, methods=["GET"])
    api.add_api_route("/events", list_events, methods=["GET"])
    api.add_api_route("/events", create_event, methods=["POST"], status_code=201)
    api.add_api_route("/events/{slug}", show_event, methods=["GET"])
    api.add_api_route("/events/{slug}", change_event, methods=["PATCH"])
    api.add_api_route("/events/{slug}/links", make_link, methods=["POST"], status_code=201)
    return api


async def who_am_i(visitor: VisitorHere) -> dict[str, Any]:
    """Who is signed in, if anybody."""
    return {"person": visitor.person_id, "name": visitor.name, "organiser": visitor.organiser}


async def list_events(request: Request) -> dict[str, list[EventValue]]:
    """All events, newest first, as the public sees them."""
    listed = await access_of(request).journal.store.read(events.listed)
    return {"events": [event_value(event, PUBLIC) for event in listed]}


async def create_event(new: NewEvent, asking: AskingInstance, request: Request) -> EventValue:
    """Start an event. 409 when there is one with this short name."""
    asking.require("event.create")
    journal = access_of(request).journal
    event = await journal.create(actor=asking.visitor.actor, **new.model_dump())
    return event_value(event, Scope(asking.roles))


async def show_event(asking: AskingHere) -> EventValue:
    """One event."""
    return event_value(asking.event, Scope(asking.roles))


async def change_event(
    change: EventChange, asking: AskingHere, request: Request, cause: CauseHere = None
) -> dict[str, Any]:
    """Change an event's name, hashtags, zone, languages or days. 409 with the present state when stale."""
    asking.require("event.change")
    scope = Scope(asking.roles)
    journal = access_of(request).journal
    body = await command_body(request)
    done = await journal.command(
        asking.event.id, asking.actor, lambda tx: apply_change(tx, change, scope), cause=cause, body=body
    )
    return done.result | {"seq": done.seq}


def apply_change(tx: Tx, change: EventChange, scope: Scope) -> dict[str, Any]:
    """Edit the event of this command. Raises Stale with the event as this scope sees it, and BadInput."""
    if tx.event.version != change.version:
        current = event_value(tx.event, scope).model_dump(mode="json")
        raise Stale("This event changed since you looked at it.", current=current)
    fields = {name: value for name, value in change.fields.items() if value != getattr(tx.event, name)}
    starts, ends = (fields.get(name, getattr(tx.event, name)) for name in _DAYS)
    if starts and ends and ends < starts:
        raise BadInput("An event does not end before it starts.", field="ends_on")
    if fields:
        tx.change_event(version=tx.event.version + 1, **fields)
        tx.append(kinds.EventChanged(fields=tuple(sorted(fields))), ("event", tx.event.id))
    return {"event": tx.event.id, "version": tx.event.version + bool(fields)}


async def make_link(
    new: NewLink, asking: AskingHere, request: Request, cause: CauseHere = None
) -> dict[str, Any]:
    """Make a link to join with, for one person or several. It is shown once: only its digest is kept."""
    asking.require("link.make")
    access, body = access_of(request), await command_body(request)
    hours = STAFF_LINK_HOURS if new.hours is None else new.hours
    token = await access.make_link(
        asking.event.id, new.role, asking.actor, hours=hours, places=new.people, cause=cause, body=body
    )
    return {"url": access.origins.base(request.scope) + enter_path(token)}
