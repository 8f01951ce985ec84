"""The codebook: an event's tags, and the versions of it that were kept."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from wall.codebook import Edition
from wall.parallel import Tag
from wall.store.codebook_tables import codebook, codebook_edition
from wall.store.codec import to_json
from wall.store.tables import tag, tagging

_IN_EVENT = select(tag).where(tag.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(tag.c.id.in_(bindparam("ids", expanding=True)))
_LISTED = _IN_EVENT.order_by(tag.c.position, tag.c.id)
_VERSION = select(codebook.c.version).where(codebook.c.event_id == bindparam("event"))
_USES = (
    select(tag.c.id, func.count().label("number"))
    .join(tagging, tagging.c.tag_id == tag.c.id)
    .where(tag.c.event_id == bindparam("event"))
    .group_by(tag.c.id)
)
_HEADS = [column for column in codebook_edition.c if column.key not in {"body", "event_id"}]
_EDITIONS = (
    select(*_HEADS)
    .where(codebook_edition.c.event_id == bindparam("event"))
    .order_by(codebook_edition.c.version.desc())
)
_EDITION = select(codebook_edition.c.body).where(
    codebook_edition.c.event_id == bindparam("event"), codebook_edition.c.version == bindparam("version")
)


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


def uses(conn: Connection, event_id: str) -> dict[str, int]:
    """How many contributions have each tag that any has."""
    return {row.id: row.number for row in conn.execute(_USES, {"event": event_id})}


def version(conn: Connection, event_id: str) -> int:
    """How often the codebook was changed: what a person looked at has this number."""
    return conn.execute(_VERSION, {"event": event_id}).scalar() or 0


def bump(conn: Connection, event_id: str) -> None:
    """Say that the codebook changed."""
    now = version(conn, event_id) + 1
    here = codebook.c.event_id == event_id
    if conn.execute(update(codebook).where(here).values(version=now)).rowcount == 0:
        conn.execute(insert(codebook).values(event_id=event_id, version=now))


def keep(conn: Connection, event_id: str, head: Edition, tags: Collection[Tag]) -> None:
    """Keep the codebook as it is, as an edition that is not there yet."""
    body = to_json([one.model_dump(mode="json") for one in tags])
    conn.execute(insert(codebook_edition).values(event_id=event_id, body=body, **head.model_dump()))


def editions(conn: Connection, event_id: str) -> list[Edition]:
    """The versions that were kept, the newest first."""
    return [Edition(**row._asdict()) for row in conn.execute(_EDITIONS, {"event": event_id})]


def edition(conn: Connection, event_id: str, number: int) -> list[Tag] | None:
    """The tags of a version that was kept; None where it was not."""
    body: Any = conn.execute(_EDITION, {"event": event_id, "version": number}).scalar()
    return None if body is None else [Tag(**one) for one in json.loads(body)]
