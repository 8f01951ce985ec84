"""Taking rooms and sessions out of the programme: only what was never begun and holds nothing."""

from __future__ import annotations

from typing import Any

from facilitator.guards import Acting, require_version, room_of, session_of
from wall.entries.programme_kinds import RoomRemoved, SessionRemoved
from wall.errors import Refused
from wall.journal import Tx
from wall.store import programme

_PLAIN = {"session", "screen"}
"""Tables in which an organiser can take away by hand what refers to a room."""


def remove_room(tx: Tx, room_id: str, version: int) -> dict[str, Any]:
    """Remove a room. Raises NotFound, Stale, and Refused (`holds`: session, screen, other) while
    something refers to it."""
    room = room_of(tx, room_id)
    require_version(room, version)
    if holds := programme.holding(tx.conn, room):
        raise Refused(
            "This room is in use.",
            remedy="Move or remove its sessions and give its screens another room first.",
            holds=[next((name for name in holds if name in _PLAIN), "other")],
        )
    programme.remove_room(tx.conn, room)
    tx.append(RoomRemoved(), ("room", room.id))
    return {"room": room.id}


def remove_session(tx: Tx, acting: Acting, session_id: str, version: int) -> dict[str, Any]:
    """Remove a session. Raises NotFound, Stale, and Refused (`holds`: begun, other) once it was
    begun or something belongs to it."""
    session = session_of(tx, acting, session_id)
    require_version(session, version)
    if session.begun_at is not None:
        raise Refused(
            "This session was begun: what happened in it stays.",
            remedy="Keep it; change its title if it was broken off.",
            holds=["begun"],
        )
    if programme.holding(tx.conn, session):
        raise Refused(
            "Something belongs to this session already, such as points.",
            remedy="Keep it, and change its title or its time.",
            holds=["other"],
        )
    programme.remove_session(tx.conn, session)
    tx.append(SessionRemoved(), ("session", session.id))
    return {"session": session.id}
