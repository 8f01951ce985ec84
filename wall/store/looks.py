"""How events look: what they chose, and the files that belong to it."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from wall.look import EventLook, FileKind
from wall.store.codec import to_json
from wall.store.look_tables import look, look_file

_OF = select(look).where(look.c.event_id == bindparam("event"))
_FILE = select(look_file).where(
    look_file.c.event_id == bindparam("event"), look_file.c.digest == bindparam("digest")
)


def of(conn: Connection, event_id: str) -> EventLook:
    """How an event looks; one that was never edited has version 0."""
    row = conn.execute(_OF, {"event": event_id}).first()
    return EventLook(**json.loads(row.chosen), version=row.version) if row else EventLook()


def save(conn: Connection, event_id: str, now: EventLook) -> None:
    """Write how an event looks now, and forget the files that it no longer has."""
    chosen = {"chosen": to_json(now.model_dump(mode="json", exclude={"version"})), "version": now.version}
    if conn.execute(update(look).where(look.c.event_id == event_id).values(**chosen)).rowcount == 0:
        conn.execute(insert(look).values(event_id=event_id, **chosen))
    kept = [file.digest for file in now.files.values()]
    conn.execute(delete(look_file).where(look_file.c.event_id == event_id, look_file.c.digest.not_in(kept)))


def keep(conn: Connection, event_id: str, digest: str, kind: FileKind, content: bytes) -> None:
    """Store a file, unless it is there."""
    if file(conn, event_id, digest) is None:
        values = {"event_id": event_id, "digest": digest, "kind": kind.value, "content": content}
        conn.execute(insert(look_file).values(**values))


def file(conn: Connection, event_id: str, digest: str) -> tuple[FileKind, bytes] | None:
    """What a file is, and what is in it; None for one that the event does not have."""
    row = conn.execute(_FILE, {"event": event_id, "digest": digest}).first()
    return (FileKind(row.kind), bytes(row.content)) if row else None
