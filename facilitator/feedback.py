"""Feedback on sessions: given from phones after the end, read by whoever facilitates, and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from facilitator.codebook_csv import safe
from wall.asks import FEEDBACK_FOR, STEPS, TELLING, Feedback
from wall.errors import BadInput, NotFound, Refused
from wall.hygiene import tidy
from wall.journal import Tx
from wall.programme import Room, Session, SessionState
from wall.store import feedback, programme

COLUMNS = ("session", "room", "starts_at", "answers", "about", "said", "count")

Digest = Callable[[str], str]


@dataclass(frozen=True)
class Summary:
    """What was said of a session. With fewer than `TELLING` answers only how many there are: `worth`,
    `heard` (how many gave each number, from 1) and the remarks are empty then."""

    session: Session
    room: Room
    answers: int
    worth: tuple[int, ...] = ()
    heard: tuple[int, ...] = ()
    keep: tuple[str, ...] = ()
    change: tuple[str, ...] = ()


def is_open(session: Session, now: datetime) -> bool:
    """Whether participants may say now what they think of a session."""
    ended = session.ended_at if session.state is SessionState.ENDED else None
    return ended is not None and now <= ended + FEEDBACK_FOR


def give(tx: Tx, session_id: str, digest: Digest, given: Feedback) -> dict[str, Any]:
    """Say what one thinks of a session, or say it anew; nothing at all takes it back. Raises NotFound,
    Refused, and BadInput where there is nothing to take back."""
    session = programme.sessions_by_ids(tx.conn, tx.event.id, {session_id}).get(session_id)
    if session is None:
        raise NotFound("There is no such session in this event.")
    if not is_open(session, tx.now):
        raise Refused(
            "This session is not open for feedback.",
            remedy="It is from the session's end on, for two days.",
            session=session.id,
            problem="closed",
        )
    clean = given.model_copy(
        update={"keep": tidy(given.keep).strip(), "change": tidy(given.change).strip()}
    )
    if clean == Feedback():
        if feedback.withdraw(tx.conn, session.id, digest(session.id)):
            return {"session": session.id}
        raise BadInput("There is no answer in this.", remedy="Choose or write something.", problem="empty")
    feedback.keep(tx.conn, session.id, digest(session.id), clean)
    return {"session": session.id}


def summaries(conn: Connection, event_id: str) -> list[Summary]:
    """What was said of each session of which something was, by their planned beginning."""
    sessions = programme.sessions(conn, event_id)
    rooms = {room.id: room for room in programme.rooms(conn, event_id)}
    said: dict[str, list[Feedback]] = {}
    for session_id, one in feedback.of_sessions(conn, {session.id for session in sessions}):
        said.setdefault(session_id, []).append(one)
    return [summary(one, rooms[one.room_id], said[one.id]) for one in sessions if one.id in said]


def summary(session: Session, room: Room, given: Iterable[Feedback]) -> Summary:
    """What was said of a session, counted; remarks in the order of their letters, not of their coming."""
    every = list(given)
    if len(every) < TELLING:
        return Summary(session, room, len(every))
    return Summary(
        session,
        room,
        len(every),
        worth=_counts(one.worth for one in every),
        heard=_counts(one.heard for one in every),
        keep=tuple(sorted(one.keep for one in every if one.keep)),
        change=tuple(sorted(one.change for one in every if one.change)),
    )


def _counts(given: Iterable[int | None]) -> tuple[int, ...]:
    counts = [0] * STEPS
    for number in given:
        if number is not None:
            counts[number - 1] += 1
    return tuple(counts)


def to_csv(found: Iterable[Summary]) -> str:
    """One line for each number and each remark: nobody's answers stand beside each other. No cell of it is
    a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in found:
        session = one.session
        about = (safe(session.title), safe(one.room.name), session.starts_at.isoformat(), one.answers)
        for name, counts in (("worth", one.worth), ("heard", one.heard)):
            writer.writerows((*about, name, number, count) for number, count in enumerate(counts, 1))
        for name, remarks in (("keep", one.keep), ("change", one.change)):
            writer.writerows((*about, name, safe(remark), 1) for remark in remarks)
        if one.answers < TELLING:
            writer.writerow((*about, "", "", ""))
    return out.getvalue()
