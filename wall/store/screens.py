"""Screens, what they prove themselves with, and the codes that wait to be typed in. Tokens are known
here by digest only; a code is no secret for long, and is shown on the screen that waits with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from wall.display import Screen, ScreenState
from wall.store.chunks import ids_in_chunks
from wall.store.display_tables import screen, screen_code

_COLUMNS = tuple(column for column in screen.c if column.name not in {"token", "link"})
_IN_EVENT = select(*_COLUMNS).where(screen.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(screen.c.id.in_(bindparam("ids", expanding=True)))
_PAIRED = screen.c.state == ScreenState.PAIRED.value
_LISTED = _IN_EVENT.where(_PAIRED).order_by(screen.c.number)
_WITH_TOKEN = select(*_COLUMNS).where(screen.c.token == bindparam("digest"), _PAIRED)
_WITH_LINK = select(*_COLUMNS).where(screen.c.link == bindparam("digest"), _PAIRED)


@dataclass(frozen=True)
class Code:
    """A code on a display that waits to be paired, and the digest of that display's token."""

    code: str
    token: str
    expires_at: datetime


def add(conn: Connection, new: Screen, token: str) -> None:
    """Store a new screen, which proves itself with the token of this digest."""
    conn.execute(insert(screen).values(**_values(new), token=token))


def save(conn: Connection, changed: Screen, **proofs: str | None) -> None:
    """Write a screen as it is now; `token` and `link` are digests, None for one that is revoked."""
    conn.execute(update(screen).where(screen.c.id == changed.id).values(**_values(changed), **proofs))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Screen]:
    """Screens of an event by id, those that were unpaired too."""
    return {
        row.id: _screen(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def listed(conn: Connection, event_id: str) -> list[Screen]:
    """The paired screens of an event, by number."""
    return [_screen(row) for row in conn.execute(_LISTED, {"event": event_id})]


def with_token(conn: Connection, digest: str) -> Screen | None:
    """The paired screen that proves itself with the token of this digest."""
    row = conn.execute(_WITH_TOKEN, {"digest": digest}).first()
    return _screen(row) if row else None


def with_link(conn: Connection, digest: str) -> Screen | None:
    """The paired screen that the link of this digest belongs to."""
    row = conn.execute(_WITH_LINK, {"digest": digest}).first()
    return _screen(row) if row else None


def add_code(conn: Connection, new: Code, now: datetime) -> bool:
    """Store a code, and forget those that have run out. False when another display waits with it."""
    conn.execute(delete(screen_code).where(screen_code.c.expires_at <= now))
    if conn.execute(select(screen_code.c.code).where(screen_code.c.code == new.code)).first():
        return False
    conn.execute(insert(screen_code).values(code=new.code, token=new.token, expires_at=new.expires_at))
    return True


def waiting(conn: Connection, token: str, now: datetime) -> Code | None:
    """The code with which the display of this token waits."""
    query = select(screen_code).where(screen_code.c.token == token, screen_code.c.expires_at > now)
    row = conn.execute(query).first()
    return Code(**row._asdict()) if row else None


def spend_code(conn: Connection, code: str, now: datetime) -> str | None:
    """Use a code up: the digest of the token of the display that showed it. None for one that nobody
    waits with, that was used, or that has run out; of two at once, one gets it."""
    query = delete(screen_code).where(screen_code.c.code == code, screen_code.c.expires_at > now)
    return conn.execute(query.returning(screen_code.c.token)).scalar_one_or_none()


def _values(one: Screen) -> dict[str, Any]:
    """A screen's columns: times as they are, which the column's type writes."""
    return one.model_dump(mode="json") | {"card_until": one.card_until}


def _screen(row: Row[Any]) -> Screen:
    return Screen(**row._asdict())
