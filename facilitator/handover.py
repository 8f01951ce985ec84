"""Hand-over: what somebody leaves to who takes over a session's desk."""

from __future__ import annotations

from typing import Any

from facilitator.guards import Acting, current, session_of
from wall.entries import reply_kinds as kinds
from wall.errors import Stale
from wall.journal import Tx
from wall.replies import Handover
from wall.store import routings


def write(tx: Tx, acting: Acting, session_id: str, version: int, words: str) -> dict[str, Any]:
    """Write a session's hand-over note, which was looked at as `version` (0: there was none).

    Raises NotFound, NotYourSession, Stale with the note as it is now.
    """
    session = session_of(tx, acting, session_id)
    known = routings.handovers_by_ids(tx.conn, tx.event.id, {session.id}).get(session.id)
    if (known.version if known else 0) != version:
        raise Stale(
            "Somebody else wrote this note since you looked at it.",
            current=current(known) if known else {"version": 0, "words": ""},
        )
    now = Handover(
        id=session.id,
        event_id=tx.event.id,
        words=words,
        written_by=acting.person,
        name="",
        written_at=tx.now,
        version=version + 1,
    )
    tx.append(kinds.HandoverWritten(), ("handover", session.id))
    routings.put_handover(tx.conn, now)
    return {"session": session.id, "version": now.version}
