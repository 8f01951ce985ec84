"""Scenes: what screens play."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from wall.display import DEFAULT_SCENE, Scene, default_scene
from wall.store.chunks import ids_in_chunks
from wall.store.codec import to_json
from wall.store.display_tables import scene

_IN_EVENT = select(scene).where(scene.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(scene.c.id.in_(bindparam("ids", expanding=True)))
_LISTED = _IN_EVENT.order_by(scene.c.id)


def add(conn: Connection, new: Scene) -> None:
    """Store a new scene."""
    conn.execute(insert(scene).values(**_columns(new)))


def save(conn: Connection, changed: Scene) -> None:
    """Write a scene as it is now; the built-in one is stored with its first change."""
    here = (scene.c.event_id == changed.event_id, scene.c.id == changed.id)
    if conn.execute(update(scene).where(*here).values(**_columns(changed))).rowcount == 0:
        add(conn, changed)


def remove(conn: Connection, gone: Scene) -> None:
    """Forget a scene."""
    conn.execute(delete(scene).where(scene.c.event_id == gone.event_id, scene.c.id == gone.id))


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Scene]:
    """Scenes of an event by id; the default one is always there."""
    found = {DEFAULT_SCENE: default_scene(event_id)} if DEFAULT_SCENE in ids else {}
    for some in ids_in_chunks(ids):
        rows = conn.execute(_BY_IDS, {"event": event_id, "ids": some})
        found.update((row.id, _scene(row)) for row in rows)
    return found


def listed(conn: Connection, event_id: str) -> list[Scene]:
    """All scenes of an event: the default one first, the others as they were made."""
    made = {row.id: _scene(row) for row in conn.execute(_LISTED, {"event": event_id})}
    first = made.pop(DEFAULT_SCENE, None) or default_scene(event_id)
    return [first, *made.values()]


def _columns(value: Scene) -> dict[str, Any]:
    columns = value.model_dump(mode="json")
    return columns | {"steps": to_json(columns["steps"])}


def _scene(row: Row[Any]) -> Scene:
    values = row._asdict()
    return Scene(**values | {"steps": json.loads(values["steps"])})
