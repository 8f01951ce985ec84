"""Members: the roles of people in one event."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wall.model import Member, Role, sorted_roles
from wall.store.codec import to_json
from wall.store.tables import member, person

# Built once: every request of somebody who is signed in asks for roles.
_IN_EVENT = (
    select(member, person.c.name)
    .join(person, person.c.id == member.c.person_id)
    .where(member.c.event_id == bindparam("event"))
)
_BY_IDS = _IN_EVENT.where(member.c.person_id.in_(bindparam("ids", expanding=True)))
_LISTED = _IN_EVENT.order_by(member.c.person_id)


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Member]:
    """Members of an event by person id."""
    asked = {"event": event_id, "ids": sorted(ids)}
    return {row.person_id: _member(row) for row in conn.execute(_BY_IDS, asked)}


def listed(conn: Connection, event_id: str) -> list[Member]:
    """All members of an event, in the order in which they came to the instance."""
    return [_member(row) for row in conn.execute(_LISTED, {"event": event_id})]


def roles_of(conn: Connection, person_id: str) -> dict[str, tuple[Role, ...]]:
    """A person's roles by event id, for every event in which they are a member."""
    query = select(member.c.event_id, member.c.roles).where(member.c.person_id == person_id)
    return {row.event_id: tuple(map(Role, json.loads(row.roles))) for row in conn.execute(query)}


def set_roles(conn: Connection, event_id: str, person_id: str, roles: Iterable[Role]) -> None:
    """Give a person exactly these roles in an event."""
    text = to_json(sorted_roles(roles))
    here = (member.c.event_id == event_id, member.c.person_id == person_id)
    changed = conn.execute(update(member).where(*here).values(roles=text, version=member.c.version + 1))
    if changed.rowcount == 0:
        values: dict[str, Any] = {"event_id": event_id, "person_id": person_id}
        conn.execute(insert(member).values(**values, roles=text, version=1))


def _member(row: Row[Any]) -> Member:
    return Member(
        event_id=row.event_id,
        person_id=row.person_id,
        name=row.name,
        roles=tuple(Role(name) for name in json.loads(row.roles)),
        version=row.version,
    )
