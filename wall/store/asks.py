"""Quick asks, what was answered under digests that name nobody, and what was decided about words."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from wall.asks import Ask, AskState, Given, Tally
from wall.programme import SessionState
from wall.store.ask_tables import ask, ask_answer, ask_judged
from wall.store.chunks import ids_in_chunks
from wall.store.codec import to_json
from wall.store.tables import event, session

ASK_WINDOW = 60
"""A snapshot holds this many of the newest asks that its reader may see."""
DUE_AT_ONCE = 100

_IN_EVENT = select(ask).where(ask.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(ask.c.id.in_(bindparam("ids", expanding=True)))
_PRIVATE = (AskState.DRAFTED.value, AskState.KEPT.value)
_NEWEST = _IN_EVENT.where(ask.c.state != AskState.REMOVED.value).order_by(ask.c.id.desc()).limit(ASK_WINDOW)
_OUT = _NEWEST.where(ask.c.state.not_in(_PRIVATE))
_GOES_ON = _IN_EVENT.where(or_(ask.c.state == AskState.OPEN.value, ask.c.walls_at.is_not(None)))
_DUE = (
    select(ask.c.event_id, ask.c.id)
    .select_from(ask.outerjoin(session, session.c.id == ask.c.session_id))
    .join(event, event.c.id == ask.c.event_id)
    .where(
        event.c.deleted_at.is_(None),
        ask.c.state == AskState.OPEN.value,
        or_(
            ask.c.uncounted.is_(True),
            ask.c.closes_at <= bindparam("now", type_=ask.c.closes_at.type),
            session.c.state == SessionState.ENDED.value,
        ),
    )
    .limit(DUE_AT_ONCE)
)


def add(conn: Connection, new: Ask) -> None:
    """Store a new ask."""
    conn.execute(insert(ask).values(**_columns(new)))


def save(conn: Connection, now: Ask) -> None:
    """Write an ask as it is now."""
    conn.execute(update(ask).where(ask.c.id == now.id).values(**_columns(now)))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Ask]:
    """Asks of an event by id, in whatever state."""
    return {
        row.id: _ask(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def window(conn: Connection, event_id: str, *, staff: bool) -> list[Ask]:
    """The newest asks of an event, and whatever is open or on walls; for others than the staff neither
    drafts nor what is kept back."""
    newest = [_ask(row) for row in conn.execute(_NEWEST if staff else _OUT, {"event": event_id})]
    held = {one.id for one in newest}
    older = [_ask(row) for row in conn.execute(_GOES_ON, {"event": event_id}) if row.id not in held]
    return [*newest, *(one for one in older if staff or one.state.value not in _PRIVATE)]


def of_session(conn: Connection, event_id: str, session_id: str | None) -> list[Ask]:
    """The asks of a session, or of the whole event (None), that were not removed."""
    found = _IN_EVENT.where(ask.c.session_id == session_id, ask.c.state != AskState.REMOVED.value)
    return [_ask(row) for row in conn.execute(found, {"event": event_id})]


def due(conn: Connection, now: datetime) -> list[tuple[str, str]]:
    """(event, ask) of open asks that have answers to be counted, or are to close."""
    return [(row.event_id, row.id) for row in conn.execute(_DUE, {"now": now})]


def answer(conn: Connection, ask_id: str, digest: str, given: Given) -> None:
    """Keep what a participant answered, in place of what they answered before."""
    here = (ask_answer.c.ask_id == ask_id, ask_answer.c.digest == digest)
    kept = given.model_dump_json(exclude_defaults=True)
    if conn.execute(update(ask_answer).where(*here).values(given=kept)).rowcount == 0:
        conn.execute(insert(ask_answer).values(ask_id=ask_id, digest=digest, given=kept))
    conn.execute(update(ask).where(ask.c.id == ask_id).values(uncounted=True))


def withdraw(conn: Connection, ask_id: str, digest: str) -> bool:
    """Forget what a participant answered; whether they had."""
    here = (ask_answer.c.ask_id == ask_id, ask_answer.c.digest == digest)
    gone = conn.execute(delete(ask_answer).where(*here)).rowcount > 0
    if gone:
        conn.execute(update(ask).where(ask.c.id == ask_id).values(uncounted=True))
    return gone


def answer_of(conn: Connection, ask_id: str, digest: str) -> Given | None:
    """What this participant answered."""
    here = (ask_answer.c.ask_id == ask_id, ask_answer.c.digest == digest)
    found = conn.execute(select(ask_answer.c.given).where(*here)).scalar_one_or_none()
    return None if found is None else Given.model_validate_json(found)


def answers(conn: Connection, ask_id: str) -> list[Given]:
    """Everything that was answered, in an order that says nothing."""
    ordered = select(ask_answer.c.given).where(ask_answer.c.ask_id == ask_id).order_by(ask_answer.c.digest)
    return [Given.model_validate_json(row.given) for row in conn.execute(ordered)]


def judged(conn: Connection, ask_id: str) -> dict[str, bool]:
    """What a person decided about words of this ask, by their key: whether they may be shown."""
    found = select(ask_judged.c.key, ask_judged.c.shown).where(ask_judged.c.ask_id == ask_id)
    return {row.key: row.shown for row in conn.execute(found)}


def judge(conn: Connection, ask_id: str, key: str, *, shown: bool) -> None:
    """Keep what a person decided about words."""
    conn.execute(delete(ask_judged).where(ask_judged.c.ask_id == ask_id, ask_judged.c.key == key))
    conn.execute(insert(ask_judged).values(ask_id=ask_id, key=key, shown=shown))


def _columns(one: Ask) -> dict[str, Any]:
    tally = one.tally.model_dump_json(exclude_defaults=True)
    return one.model_dump(exclude={"tally"}) | {"options": to_json(one.options), "tally": tally}


def _ask(row: Row[Any]) -> Ask:
    values = row._asdict()
    tally = Tally.model_validate_json(values["tally"])
    return Ask(**values | {"options": tuple(json.loads(values["options"])), "tally": tally})
