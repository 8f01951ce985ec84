"""What holds for walls beside their scenes: controls, and the posts that are kept on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from wall.display import Control, Pin, StoredPin
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.display_tables import control, pin

_CONTROLS = select(control).where(control.c.event_id == bindparam("event"))
_CONTROLS_BY_IDS = _CONTROLS.where(control.c.id.in_(bindparam("ids", expanding=True)))
_CONTROLS_LISTED = _CONTROLS.order_by(control.c.id)
_PINS = select(pin).where(pin.c.event_id == bindparam("event"))
_PINS_BY_IDS = _PINS.where(pin.c.id.in_(bindparam("ids", expanding=True)))
_PINS_LISTED = _PINS.order_by(pin.c.order)


def set_control(conn: Connection, now: Control) -> None:
    """Write what some walls are held to."""
    here = (control.c.event_id == now.event_id, control.c.id == now.id)
    values = now.model_dump(mode="json")
    if conn.execute(update(control).where(*here).values(**values)).rowcount == 0:
        conn.execute(insert(control).values(**values))


def controls_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Control]:
    """Controls of an event by id."""
    return {
        row.id: Control(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_CONTROLS_BY_IDS, {"event": event_id, "ids": some})
    }


def controls(conn: Connection, event_id: str) -> list[Control]:
    """All controls of an event."""
    return [Control(**row._asdict()) for row in conn.execute(_CONTROLS_LISTED, {"event": event_id})]


def add_pin(conn: Connection, new: Pin) -> None:
    """Keep a post on the walls."""
    conn.execute(insert(pin).values(**new.model_dump()))


def remove_pin(conn: Connection, post_id: str) -> None:
    """No longer keep a post on the walls."""
    conn.execute(delete(pin).where(pin.c.id == post_id))


def pins_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredPin]:
    """Pins of an event by the ids of their posts."""
    found = [
        row
        for some in ids_in_chunks(ids)
        for row in conn.execute(_PINS_BY_IDS, {"event": event_id, "ids": some})
    ]
    return {stored.pin.id: stored for stored in _with_posts(conn, event_id, found)}


def pins(conn: Connection, event_id: str) -> list[StoredPin]:
    """All pins of an event, in their order."""
    return _with_posts(conn, event_id, conn.execute(_PINS_LISTED, {"event": event_id}).all())


def _with_posts(conn: Connection, event_id: str, rows: Collection[Row[Any]]) -> list[StoredPin]:
    if not rows:
        return []
    pinned = posts.by_ids(conn, event_id, {row.id for row in rows})
    return [StoredPin(pin=Pin(**row._asdict()), stored=pinned[row.id]) for row in rows]
