"""Conclusions of sessions, and who endorsed them: as digests that name nobody."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from wall.sheet import Conclusion
from wall.store.chunks import ids_in_chunks
from wall.store.sheet_tables import conclusion, endorsement

_IN_EVENT = select(conclusion).where(conclusion.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(conclusion.c.id.in_(bindparam("ids", expanding=True)))
_LISTED = _IN_EVENT.where(conclusion.c.removed.is_(False)).order_by(conclusion.c.position, conclusion.c.id)
_OF_SESSION = _IN_EVENT.where(conclusion.c.session_id == bindparam("session")).order_by(
    conclusion.c.position, conclusion.c.id
)


def add(conn: Connection, new: Conclusion) -> None:
    """Store a new conclusion."""
    conn.execute(insert(conclusion).values(**new.model_dump()))


def save(conn: Connection, now: Conclusion) -> None:
    """Write a conclusion as it is now."""
    columns = now.model_dump(exclude={"id"})
    conn.execute(update(conclusion).where(conclusion.c.id == now.id).values(**columns))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Conclusion]:
    """Conclusions of an event by id, removed ones too."""
    return {
        row.id: Conclusion(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def listed(conn: Connection, event_id: str) -> list[Conclusion]:
    """The conclusions of an event that were not removed, in the order of their sessions' pages."""
    return [Conclusion(**row._asdict()) for row in conn.execute(_LISTED, {"event": event_id})]


def of_session(conn: Connection, event_id: str, session_id: str) -> list[Conclusion]:
    """The conclusions of a session in their order, removed ones too."""
    found = conn.execute(_OF_SESSION, {"event": event_id, "session": session_id})
    return [Conclusion(**row._asdict()) for row in found]


def endorse(conn: Connection, conclusion_id: str, digest: str) -> bool:
    """Keep that this phone endorsed it. False: it had before."""
    try:
        with conn.begin_nested():
            conn.execute(insert(endorsement).values(conclusion_id=conclusion_id, digest=digest))
    except IntegrityError:
        return False
    return True


def take_back(conn: Connection, conclusion_id: str, digest: str) -> bool:
    """Forget that this phone endorsed it. False: it had not."""
    here = (endorsement.c.conclusion_id == conclusion_id, endorsement.c.digest == digest)
    return conn.execute(delete(endorsement).where(*here)).rowcount > 0


def endorsements(conn: Connection, conclusion_id: str) -> int:
    """How many phones endorse it."""
    counted = (
        select(func.count()).select_from(endorsement).where(endorsement.c.conclusion_id == conclusion_id)
    )
    return int(conn.execute(counted).scalar_one())


def clear(conn: Connection, conclusion_id: str) -> None:
    """Forget who endorsed it."""
    conn.execute(delete(endorsement).where(endorsement.c.conclusion_id == conclusion_id))
