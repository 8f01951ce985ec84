"""Conclusions: what a session came to, worded on screen, endorsed by phones and by the room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from facilitator.guards import Acting, current, require_begun, session_of
from facilitator.programme import lines
from wall.entries.sheet_kinds import ConclusionAdded, ConclusionChanged, ConclusionEndorsed
from wall.errors import NotFound, Refused, Stale
from wall.journal import Tx
from wall.model import Frozen, new_id
from wall.programme import SessionState
from wall.sheet import ENDORSABLE, Conclusion
from wall.store import conclusions, programme

MOST = 20
"""Conclusions of one session: more than a room can endorse is minutes, not conclusions."""

ConclusionWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, strip_whitespace=True),
    BeforeValidator(lines),
]

Digest = Callable[[str], str]
"""A conclusion's id → what stands for one phone there, and for nobody anywhere else."""


class NewConclusion(Frozen):
    """A conclusion to add to those of its session."""

    text: ConclusionWords


class ConclusionChange(Frozen):
    """What to change in a conclusion that had been changed `worded` times when it was looked at. `room`:
    how many in the room endorse it; -1 for nobody counted. Other words start endorsing over."""

    worded: Annotated[int, Field(ge=0, le=2**31 - 1)]
    text: ConclusionWords | None = None
    room: Annotated[int, Field(ge=-1, le=100_000)] | None = None
    removed: bool | None = None


def add(tx: Tx, acting: Acting, session_id: str, new: NewConclusion) -> dict[str, Any]:
    """Word a conclusion of a session that has begun. Raises NotFound, NotYourSession, Refused."""
    session = session_of(tx, acting, session_id)
    require_begun(session)
    there = conclusions.of_session(tx.conn, tx.event.id, session.id)
    if sum(not one.removed for one in there) >= MOST:
        raise Refused(
            f"A session has at most {MOST} conclusions.", remedy="Remove one, or join two into one."
        )
    added = Conclusion(
        id=new_id(),
        event_id=tx.event.id,
        session_id=session.id,
        position=max((one.position for one in there), default=-1) + 1,
        text=new.text,
        endorsed=0,
        room=None,
        removed=False,
        worded=0,
        version=1,
    )
    conclusions.add(tx.conn, added)
    tx.append(ConclusionAdded(session=session.id), ("conclusion", added.id))
    return _answer(added)


def change(tx: Tx, acting: Acting, conclusion_id: str, change: ConclusionChange) -> dict[str, Any]:
    """Reword, count in the room, remove or bring back. Raises NotFound, NotYourSession, Stale."""
    known = _conclusion(tx, conclusion_id)
    session_of(tx, acting, known.session_id)
    if known.worded != change.worded:
        raise Stale("This changed since you looked at it.", current=current(known))
    given = change.model_dump(exclude={"worded"}, exclude_none=True)
    if "room" in given:
        given["room"] = None if change.room == -1 else change.room
    fields = {name: value for name, value in given.items() if value != getattr(known, name)}
    if not fields:
        return _answer(known)
    named = tuple(sorted(fields))
    if "text" in fields:
        conclusions.clear(tx.conn, known.id)
        fields = {"endorsed": 0, "room": None, **fields}
    counts = {"worded": known.worded + 1, "version": known.version + 1}
    now = known.model_copy(update={**fields, **counts})
    conclusions.save(tx.conn, now)
    tx.append(ConclusionChanged(fields=named), ("conclusion", now.id))
    return _answer(now)


def endorse(tx: Tx, conclusion_id: str, digest: Digest, on: bool) -> dict[str, Any]:
    """Endorse a conclusion from a phone, or take that back; twice changes nothing.

    Raises NotFound, and Refused an hour after the session's end.
    """
    known = _conclusion(tx, conclusion_id)
    if known.removed:
        raise _gone()
    _require_open(tx, known)
    what = conclusions.endorse if on else conclusions.take_back
    if what(tx.conn, known.id, digest(known.id)):
        by = 1 if on else -1
        known = known.model_copy(update={"endorsed": known.endorsed + by, "version": known.version + 1})
        conclusions.save(tx.conn, known)
        tx.append(ConclusionEndorsed(on=on), ("conclusion", known.id))
    return {"conclusion": known.id, "endorsed": known.endorsed, "on": on}


def _require_open(tx: Tx, known: Conclusion) -> None:
    session = programme.sessions_by_ids(tx.conn, tx.event.id, {known.session_id})[known.session_id]
    ended = session.ended_at if session.state is SessionState.ENDED else None
    if ended is not None and tx.now > ended + ENDORSABLE:
        raise Refused(
            "Endorsing this conclusion has closed.",
            remedy="Add a point instead, so that it is heard.",
            session=session.id,
        )


def _conclusion(tx: Tx, conclusion_id: str) -> Conclusion:
    found = conclusions.by_ids(tx.conn, tx.event.id, {conclusion_id}).get(conclusion_id)
    if found is None:
        raise _gone()
    return found


def _gone() -> NotFound:
    return NotFound("There is no such conclusion in this event.")


def _answer(conclusion: Conclusion) -> dict[str, Any]:
    return {"conclusion": conclusion.id, "worded": conclusion.worded, "version": conclusion.version}
