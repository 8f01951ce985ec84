"""Resources that the staff of an event recommend."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.resources import Resource
from wall.store.chunks import ids_in_chunks
from wall.store.speaker_tables import resource

_IN_EVENT = select(resource).where(resource.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(resource.c.id.in_(bindparam("ids", expanding=True)))
_LISTED = _IN_EVENT.where(resource.c.withdrawn.is_(False)).order_by(
    resource.c.highlighted.desc(), resource.c.added_at, resource.c.id
)


def add(conn: Connection, new: Resource) -> None:
    """Store a new resource."""
    conn.execute(insert(resource).values(**new.model_dump()))


def save(conn: Connection, now: Resource) -> None:
    """Write a resource as it is now."""
    conn.execute(update(resource).where(resource.c.id == now.id).values(**now.model_dump(exclude={"id"})))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Resource]:
    """Resources of an event by id, withdrawn ones too."""
    return {
        row.id: Resource(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def listed(conn: Connection, event_id: str) -> list[Resource]:
    """The resources of an event that were not withdrawn: highlighted ones first, then as they came."""
    return [Resource(**row._asdict()) for row in conn.execute(_LISTED, {"event": event_id})]
