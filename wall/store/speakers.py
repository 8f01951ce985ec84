"""Speakers of sessions, whose links are known by digest only, and what they asked for."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from wall.speaking import Speaker
from wall.store.speaker_tables import speaker

_COLUMNS = [column for column in speaker.c if column.name != "digest"]


def add(conn: Connection, new: Speaker, digest: str) -> None:
    """Store a new speaker, with the digest of their link's token."""
    conn.execute(insert(speaker).values(**new.model_dump(), digest=digest))


def save(conn: Connection, now: Speaker) -> None:
    """Write a speaker as they are now."""
    conn.execute(update(speaker).where(speaker.c.id == now.id).values(**now.model_dump(exclude={"id"})))


def with_digest(conn: Connection, digest: str) -> Speaker | None:
    """The speaker whose link's token has this digest, taken back or not."""
    row = conn.execute(select(*_COLUMNS).where(speaker.c.digest == digest)).first()
    return Speaker(**row._asdict()) if row else None


def by_id(conn: Connection, event_id: str, speaker_id: str) -> Speaker | None:
    """A speaker of an event."""
    here = (speaker.c.event_id == event_id, speaker.c.id == speaker_id)
    row = conn.execute(select(*_COLUMNS).where(*here)).first()
    return Speaker(**row._asdict()) if row else None


def listed(conn: Connection, event_id: str, session_id: str | None = None) -> list[Speaker]:
    """The speakers of an event or one session whose links were not taken back, in the order in which they
    were made."""
    here = [speaker.c.event_id == event_id, speaker.c.revoked_at.is_(None)]
    if session_id is not None:
        here.append(speaker.c.session_id == session_id)
    found = conn.execute(select(*_COLUMNS).where(*here).order_by(speaker.c.made_at, speaker.c.id))
    return [Speaker(**row._asdict()) for row in found]
