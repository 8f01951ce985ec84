"""`backchannel rehearse`: a throw-away copy of an event, into which a recorded day is replayed.

The copy has the programme, the codebook, the scenes, the look, the rules and the staff of the event, and
none of its posts; its screens are copied too, and wait for a display. Nothing that happens in it reaches
the event; it is removed by one command.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from wall.access import digest_of, new_token
from wall.copying import copy_codebook, copy_rules, copy_scenes
from wall.entries import kinds
from wall.entries.display_kinds import ScreenPaired
from wall.entries.staff_kinds import MemberChanged
from wall.errors import NotFound, Refused
from wall.journal import Journal, Tx
from wall.model import Event, new_id
from wall.programme import Session, SessionState
from wall.screens import looks
from wall.store import events, members, programme, screens
from wall.store.erasing import erase_event

_MOST = 100
"""Rehearsals of one event at a time."""


async def copied(journal: Journal, event_name: str) -> Event:
    """A new event that rehearses this one; its first session begins in the next minute, and the others in
    their distance from it. Raises NotFound, and Refused to rehearse a rehearsal."""
    event = await journal.event(event_name)
    if event.rehearsal_of is not None:
        raise Refused(
            "This event is a rehearsal itself.", remedy="Rehearse the event that it was made from."
        )
    slug = await journal.store.read(lambda conn: _free_slug(conn, event.slug))
    new = await journal.create(
        slug=slug,
        name=f"Rehearsal: {event.name}",
        actor="system",
        hashtags=event.hashtags,
        zone=event.zone,
        languages=event.languages,
        mode=event.mode,
        rehearsal_of=event.id,
    )
    await journal.command(new.id, "system", lambda tx: _copy(tx, event))
    return await journal.event(new.id)


async def removed(journal: Journal, event_name: str) -> Event:
    """Erase a rehearsal with all that is in it; the event that it was. Raises NotFound, and Refused for an
    event that is no rehearsal."""
    event = await journal.event(event_name)
    if event.rehearsal_of is None:
        raise Refused(
            f"'{event.slug}' is no rehearsal: it is not removed.",
            remedy="`backchannel event list` shows all events.",
        )
    await journal.store.write(lambda conn: erase_event(conn, event.id))
    return event


async def listed(journal: Journal, event_name: str) -> list[Event]:
    """The rehearsals of an event. Raises NotFound."""
    event = await journal.event(event_name)
    every = await journal.store.read(events.listed)
    return [one for one in every if one.rehearsal_of == event.id]


def _free_slug(conn: Connection, slug: str) -> str:
    base = slug[:50].rstrip("-")
    for number in range(1, _MOST + 1):
        candidate = f"{base}-rehearsal{'' if number == 1 else f'-{number}'}"
        if events.is_free(conn, candidate):
            return candidate
    raise NotFound(
        "This event has too many rehearsals.", remedy="Remove one with `backchannel rehearse --remove`."
    )


def _copy(tx: Tx, event: Event) -> dict[str, Any]:
    """Copy what is planned, in the transaction of a new event."""
    copy_rules(tx, event.id)
    _copy_staff(tx, event)
    rooms = _copy_programme(tx, event)
    copy_codebook(tx, event.id)
    copy_scenes(tx, event.id)
    _copy_screens(tx, event, rooms)
    looks.copy(tx, event.id)
    return {}


def _copy_staff(tx: Tx, event: Event) -> None:
    for member in members.listed(tx.conn, event.id):
        if member.roles:
            members.set_roles(tx.conn, tx.event.id, member.person_id, member.roles)
            tx.append(MemberChanged(roles=member.roles), ("member", member.person_id))


def _copy_programme(tx: Tx, event: Event) -> dict[str, str]:
    """Copy rooms and sessions; the new ids of rooms by the old ones."""
    rooms = {}
    for room in programme.rooms(tx.conn, event.id):
        rooms[room.id] = new_id()
        mine = {"id": rooms[room.id], "event_id": tx.event.id, "version": 1}
        programme.add_room(tx.conn, room.model_copy(update=mine))
        tx.append(kinds.RoomAdded(), ("room", rooms[room.id]))
    sessions = programme.sessions(tx.conn, event.id)
    later = _next_minute(tx.now) - min((one.starts_at for one in sessions), default=tx.now)
    for session in sessions:
        planned = _planned(session, tx.event.id, rooms[session.room_id], later)
        programme.add_session(tx.conn, planned)
        tx.append(kinds.SessionAdded(room=planned.room_id), ("session", planned.id))
    return rooms


def _planned(session: Session, event_id: str, room_id: str, later: timedelta) -> Session:
    """A session as it was before anybody began it."""
    return session.model_copy(
        update={
            "id": new_id(),
            "event_id": event_id,
            "room_id": room_id,
            "starts_at": session.starts_at + later,
            "ends_at": session.ends_at + later,
            "prompt": None,
            "prompt_at": None,
            "state": SessionState.PLANNED,
            "begun_at": None,
            "ended_at": None,
            "version": 1,
        }
    )


def _copy_screens(tx: Tx, event: Event, rooms: dict[str, str]) -> None:
    """A screen for each of the event's, as it stands; no display is one before it opens the link."""
    for screen in screens.listed(tx.conn, event.id):
        copied_id = new_id()
        mine = {"id": copied_id, "event_id": tx.event.id, "version": 1, "flash": 0, "reload": 0}
        mine["card_until"] = None
        room = rooms.get(screen.room_id or "")
        screens.add(tx.conn, screen.model_copy(update={**mine, "room_id": room}), digest_of(new_token()))
        tx.append(ScreenPaired(number=screen.number), ("screen", copied_id))


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
