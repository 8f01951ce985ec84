"""Where posts belong, as people say it: correcting what was suggested, and taking from the shared tray."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from facilitator.guards import Acting, current, post_of, require_there
from wall.entries.contribution_kinds import PostClaimed, PostPlaced
from wall.errors import NotFound, Refused
from wall.journal import Tx
from wall.model import StoredPost
from wall.parallel import CLAIM_SECONDS, Placed, Placement, StoredPlacement
from wall.store import placements, programme


def place(tx: Tx, post_id: str, session_id: str | None) -> dict[str, Any]:
    """Say to which session a post belongs; None puts it back into the tray. The last one who says so is
    right, so there is no version. Raises NotFound, Refused for what was taken away."""
    stored = post_of(tx, post_id)
    require_there(stored)
    if session_id is not None and not programme.sessions_by_ids(tx.conn, tx.event.id, {session_id}):
        raise NotFound("There is no such session in this event.")
    known = _standing(tx, stored)
    if known.session_id != session_id or not known.by_hand or known.claimed_by:
        tx.append(PostPlaced(session=session_id), ("placement", stored.id), ("post", stored.id))
        said = {"session_id": session_id, "reason": Placed.PERSON, "by_hand": True}
        _save(tx, known, **said, claimed_by=None, claimed_at=None)
    return {"post": stored.id, "session": session_id}


def claim(tx: Tx, acting: Acting, post_id: str, on: bool) -> dict[str, Any]:
    """Take a post that fits no session, so that nobody else does; or put it back (`on` false). Whoever
    took one and did nothing for CLAIM_SECONDS has it no longer.

    Raises NotFound, and Refused, with who has it now, for a post that somebody else took or that belongs
    to a session.
    """
    stored = post_of(tx, post_id)
    require_there(stored)
    known = _standing(tx, stored)
    if known.session_id is not None:
        raise Refused(
            "This post belongs to a session.",
            remedy="Say that it belongs to yours, if it does.",
            current=_now(known, stored),
        )
    if known.claimed_by not in {None, acting.person} and not _lapsed(tx, known):
        raise Refused("Somebody else took this.", remedy="Take another one.", current=_now(known, stored))
    if on or known.claimed_by is not None:
        tx.append(PostClaimed(on=on), ("placement", stored.id), ("post", stored.id))
        _save(tx, known, claimed_by=acting.person if on else None, claimed_at=tx.now if on else None)
    return {"post": stored.id, "claimed_by": acting.person if on else None}


def _standing(tx: Tx, stored: StoredPost) -> Placement:
    """Where a post belongs now; a new placement has version 0."""
    blank = Placement(
        id=stored.id,
        event_id=tx.event.id,
        session_id=None,
        reason=Placed.NONE,
        by_hand=False,
        claimed_by=None,
        claimed_at=None,
        version=0,
    )
    return placements.plain(tx.conn, {stored.id}).get(stored.id, blank)


def _save(tx: Tx, known: Placement, **changed: Any) -> None:
    placements.save(tx.conn, known.model_copy(update={**changed, "version": known.version + 1}))


def _lapsed(tx: Tx, known: Placement) -> bool:
    return known.claimed_at is None or tx.now - known.claimed_at > timedelta(seconds=CLAIM_SECONDS)


def _now(known: Placement, stored: StoredPost) -> dict[str, Any]:
    return current(StoredPlacement(placement=known, stored=stored))
