"""Quiet walls go on when the session ends for which somebody quieted them."""

from __future__ import annotations

from wall.display import Hold
from wall.journal import Tx
from wall.programme import Session
from wall.screens import control
from wall.store import walls


def let_go(tx: Tx, session: Session) -> None:
    """A session ended: whoever quieted the walls of its room, chair or speaker, did so for the talk. What
    others hold them to stays."""
    found = walls.controls_by_ids(tx.conn, tx.event.id, {session.room_id}).get(session.room_id)
    if found is not None and found.quieted:
        control.quiet(tx, control.Order(room=session.room_id, hold=Hold.LIVE))
