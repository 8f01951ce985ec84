"""Integrations: other tools that post into one event. Their keys are sealed and not hashed, because a
signature is checked with the key itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from wall.store.sealing import is_sealed, sealed, unsealed
from wall.store.tables import integration


@dataclass(frozen=True)
class Integration:
    """Another tool that may post, until it is revoked. Its key is not in here."""

    id: str
    name: str
    made_at: datetime
    revoked_at: datetime | None


_SHOWN = (integration.c.id, integration.c.name, integration.c.made_at, integration.c.revoked_at)


def add(
    conn: Connection, event_id: str, integration_id: str, name: str, key: str, made_by: str, now: datetime
) -> None:
    """Store a new integration of an event."""
    values = {"id": integration_id, "event_id": event_id, "name": name, "made_by": made_by}
    values["key"] = sealed(conn, key)
    conn.execute(insert(integration).values(**values, made_at=now, revoked_at=None))


def key_of(conn: Connection, event_id: str, integration_id: str) -> str | None:
    """The key of an integration of this event; None where there is none or it was revoked."""
    active = (integration.c.event_id == event_id, integration.c.revoked_at.is_(None))
    query = select(integration.c.key).where(integration.c.id == integration_id, *active)
    stored = conn.execute(query).scalar_one_or_none()
    return None if stored is None else unsealed(conn, stored)


def seal_all(conn: Connection) -> None:
    """Seal keys that were stored before there was a seal."""
    active = select(integration.c.id, integration.c.key).where(integration.c.revoked_at.is_(None))
    for row in conn.execute(active).all():
        if not is_sealed(row.key):
            kept = sealed(conn, row.key)
            conn.execute(update(integration).where(integration.c.id == row.id).values(key=kept))


def listed(conn: Connection, event_id: str) -> list[Integration]:
    """An event's integrations, oldest first, revoked ones included."""
    query = select(*_SHOWN).where(integration.c.event_id == event_id).order_by(integration.c.id)
    return [Integration(*row) for row in conn.execute(query)]


def revoke(conn: Connection, integration_id: str, now: datetime) -> None:
    """End an integration; its key is forgotten."""
    ended = {"revoked_at": now, "key": ""}
    conn.execute(update(integration).where(integration.c.id == integration_id).values(**ended))
