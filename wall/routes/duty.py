"""Who is on duty: the staff of an event, who of them is at a desk now, and when they were last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wall.duty import last_seen
from wall.journal import Journal
from wall.model import Event, Role, sorted_roles, utc_now
from wall.store import members, people


@dataclass(frozen=True)
class OnStaff:
    """Somebody of an event's staff. `everywhere`: organiser of the whole server, whatever their `roles`
    here are. `here`: at a desk now; `seen_at`: when last, None where that is not known any more.
    `version` 0: no member of this event."""

    id: str
    name: str
    roles: tuple[Role, ...]
    version: int
    everywhere: bool
    here: bool
    seen_at: datetime | None


async def staff_of(journal: Journal, event: Event) -> tuple[OnStaff, ...]:
    """An event's staff: who is at a desk first, then by name."""
    seen = await last_seen(journal.bus, event.id)
    now = utc_now()
    found = await journal.store.read(lambda conn: _staff(conn, event.id, seen, now))
    return tuple(sorted(found, key=lambda one: (not one.here, one.name.casefold(), one.id)))


def _staff(conn: Connection, event_id: str, seen: dict[str, float], now: datetime) -> list[OnStaff]:
    everywhere = {one.id: one.name for one in people.organisers(conn)}
    known = {one.person_id: one for one in members.listed(conn, event_id) if one.roles}
    return [
        OnStaff(
            id=id_,
            name=known[id_].name if id_ in known else everywhere[id_],
            roles=sorted_roles(known[id_].roles) if id_ in known else (),
            version=known[id_].version if id_ in known else 0,
            everywhere=id_ in everywhere,
            here=seen.get(id_, 1.0) <= 0,
            seen_at=now - timedelta(seconds=seen[id_]) if id_ in seen else None,
        )
        for id_ in {**everywhere, **known}
    ]
