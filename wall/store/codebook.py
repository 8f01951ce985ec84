"""The codebook: an event's tags."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.parallel import Tag
from wall.store.tables import tag

_IN_EVENT = select(tag).where(tag.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(tag.c.id.in_(bindparam("ids", expanding=True)))
_LISTED = _IN_EVENT.order_by(tag.c.position, tag.c.id)


def add(conn: Connection, new: Tag) -> None:
    """Store a new tag."""
    conn.execute(insert(tag).values(**new.model_dump()))


def save(conn: Connection, changed: Tag) -> None:
    """Write a tag as it is now."""
    conn.execute(update(tag).where(tag.c.id == changed.id).values(**changed.model_dump(exclude={"id"})))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Tag]:
    """Tags of an event by id."""
    asked = {"event": event_id, "ids": sorted(ids)}
    return {row.id: Tag(**row._asdict()) for row in conn.execute(_BY_IDS, asked)}


def listed(conn: Connection, event_id: str) -> list[Tag]:
    """All tags of an event, retired ones too, in the codebook's order."""
    return [Tag(**row._asdict()) for row in conn.execute(_LISTED, {"event": event_id})]
