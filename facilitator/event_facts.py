"""An event's own facts, and a new event made from a past one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from facilitator.programme_times import local, moved, rewritten
from wall.copying import copy_codebook, copy_rules, copy_scenes
from wall.entries import Scope, kinds
from wall.journal import Journal, Tx, create_event, run_command
from wall.model import Event, Frozen, Slug, new_id, utc_now
from wall.programme import Session, SessionState
from wall.routes.events import EventChange, EventDay, EventName, apply_change
from wall.screens import looks
from wall.store import programme

PARTS = ("sessions", "rules", "codebook", "look", "scenes")
"""What can be taken over besides the rooms."""


class NewCopy(Frozen):
    """A new event that is made from a past one: the first day decides when its sessions are."""

    slug: Slug
    name: EventName
    starts_on: EventDay


def change_facts(tx: Tx, change: EventChange, scope: Scope, *, keeps_clock: bool) -> dict[str, Any]:
    """Edit the event. `keeps_clock`: where its zone changes, what was not begun stays at the time of day
    that was written; else at its moment. Raises Stale, BadInput."""
    result = apply_change(tx, change, scope)
    zone, before = change.zone, tx.event.zone
    if zone and zone != before and keeps_clock:
        for session in programme.sessions(tx.conn, tx.event.id):
            if session.state is SessionState.PLANNED:
                _reclock(tx, session, before, zone)
    return result


def _reclock(tx: Tx, session: Session, before: str, zone: str) -> None:
    lasts = session.ends_at - session.starts_at
    begins, ends = (rewritten(at, before, zone) for at in (session.starts_at, session.ends_at))
    planned = {"starts_at": begins, "ends_at": ends if ends > begins else begins + lasts}
    programme.save_session(tx.conn, session.model_copy(update={**planned, "version": session.version + 1}))
    tx.append(kinds.SessionChanged(fields=("ends_at", "starts_at")), ("session", session.id))


async def copied(journal: Journal, event: Event, new: NewCopy, actor: str, parts: Collection[str]) -> Event:
    """A new event with the rooms of this one and those `PARTS` of it: no posts, no people, no links to
    join. It is made whole or not at all. Raises Refused when its short name is taken."""

    def write(conn: Connection) -> Event:
        sessions = programme.sessions(conn, event.id)
        first = first_day(event, sessions)
        days = (new.starts_on - first).days if first else 0
        details = {
            "hashtags": event.hashtags,
            "zone": event.zone,
            "languages": event.languages,
            "mode": event.mode,
            "starts_on": new.starts_on,
            "ends_on": _shifted(event.ends_on, days) if first else None,
        }
        made = create_event(conn, utc_now(), new.slug, new.name, actor, details)
        run_command(conn, made.id, actor, lambda tx: _copy(tx, event, parts, days), None, b"", utc_now())
        return made

    return await journal.store.write(write)


def first_day(event: Event, sessions: Collection[Session]) -> date | None:
    """The day from which an event's others are counted: its first, or that of its first session."""
    begins = min((one.starts_at for one in sessions), default=None)
    return event.starts_on or (local(begins, event.zone).date() if begins else None)


def _shifted(day: date | None, days: int) -> date | None:
    return date.fromordinal(day.toordinal() + days) if day else None


def _copy(tx: Tx, event: Event, parts: Collection[str], days: int) -> dict[str, Any]:
    rooms = {}
    for room in programme.rooms(tx.conn, event.id):
        rooms[room.id] = new_id()
        mine = {"id": rooms[room.id], "event_id": tx.event.id, "version": 1}
        programme.add_room(tx.conn, room.model_copy(update=mine))
        tx.append(kinds.RoomAdded(), ("room", rooms[room.id]))
    if "sessions" in parts:
        for session in programme.sessions(tx.conn, event.id):
            planned = _planned(session, tx.event.id, rooms[session.room_id], days, event.zone)
            programme.add_session(tx.conn, planned)
            tx.append(kinds.SessionAdded(room=planned.room_id), ("session", planned.id))
    if "rules" in parts:
        copy_rules(tx, event.id, people=False)
    if "codebook" in parts:
        copy_codebook(tx, event.id)
    if "scenes" in parts:
        copy_scenes(tx, event.id)
    if "look" in parts:
        looks.copy(tx, event.id)
    return {}


def _planned(session: Session, event_id: str, room_id: str, days: int, zone: str) -> Session:
    """A session as it would be planned anew: its title, method and steps at the same time of day; nobody
    runs or speaks in it yet, and it has no links."""
    begins = moved(session.starts_at, days, zone)
    ends = moved(session.ends_at, days, zone)
    new: dict[str, datetime] = {
        "starts_at": begins,
        "ends_at": ends if ends > begins else begins + (session.ends_at - session.starts_at),
    }
    return Session(
        id=new_id(),
        event_id=event_id,
        room_id=room_id,
        title=session.title,
        method=session.method,
        speakers=(),
        facilitators=(),
        prompts=session.prompts,
        prompt=None,
        state=SessionState.PLANNED,
        begun_at=None,
        ended_at=None,
        note="",
        version=1,
        hashtags=session.hashtags,
        delay_seconds=session.delay_seconds,
        **new,
    )
