"""People, the links they join with, and their sign-ins. Tokens are known here by digest only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from wall.model import Role, new_id
from wall.store.chunks import ids_in_chunks
from wall.store.tables import link, person, sign_in


@dataclass(frozen=True)
class Person:
    """Somebody known to this instance. `organiser`: of every event, not only of one."""

    id: str
    name: str
    organiser: bool


@dataclass(frozen=True)
class Link:
    """A one-time link. `event_id` None: it makes an organiser of the whole instance."""

    id: str
    event_id: str | None
    role: Role
    expires_at: datetime
    used_at: datetime | None


def add_person(conn: Connection, person_id: str, name: str, now: datetime) -> None:
    """Store a new person, who has no role yet."""
    conn.execute(insert(person).values(id=person_id, name=name, organiser=False, created_at=now))


def names(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    """The names of people, by id; ids of nobody are absent."""
    columns = select(person.c.id, person.c.name)
    return {
        row.id: row.name
        for some in ids_in_chunks(ids)
        for row in conn.execute(columns.where(person.c.id.in_(some)))
    }


def make_organiser(conn: Connection, person_id: str) -> None:
    """Make a person organiser of every event."""
    conn.execute(update(person).where(person.c.id == person_id).values(organiser=True))


def any_person(conn: Connection) -> bool:
    """Whether anybody ever joined this instance."""
    return conn.execute(select(person.c.id).limit(1)).first() is not None


def add_link(
    conn: Connection,
    digest: str,
    role: Role,
    event_id: str | None,
    made_by: str,
    now: datetime,
    expires_at: datetime,
) -> str:
    """Store a link by the digest of its token; its id."""
    link_id = new_id()
    values = {"id": link_id, "digest": digest, "role": role.value, "event_id": event_id, "made_by": made_by}
    conn.execute(insert(link).values(**values, made_at=now, expires_at=expires_at))
    return link_id


def link_with(conn: Connection, digest: str) -> Link | None:
    """The link whose token has this digest, spent or not."""
    columns = (link.c.id, link.c.event_id, link.c.role, link.c.expires_at, link.c.used_at)
    row = conn.execute(select(*columns).where(link.c.digest == digest)).first()
    return Link(row.id, row.event_id, Role(row.role), row.expires_at, row.used_at) if row else None


def spend_link(conn: Connection, link_id: str, person_id: str, now: datetime) -> bool:
    """Use a link up. False when it was used or has run out; of two at once, one gets True."""
    unspent = (link.c.id == link_id, link.c.used_at.is_(None), link.c.expires_at > now)
    spent = conn.execute(update(link).where(*unspent).values(used_at=now, used_by=person_id))
    return spent.rowcount == 1


def organiser_link_waits(conn: Connection, now: datetime) -> bool:
    """Whether a link that makes an organiser of the instance is still unspent."""
    waiting = (link.c.event_id.is_(None), link.c.used_at.is_(None), link.c.expires_at > now)
    return conn.execute(select(link.c.id).where(*waiting).limit(1)).first() is not None


def add_sign_in(conn: Connection, digest: str, person_id: str, now: datetime, expires_at: datetime) -> None:
    """Store a sign-in by the digest of its token, and forget those that have run out."""
    conn.execute(delete(sign_in).where(sign_in.c.expires_at <= now))
    values = {"digest": digest, "person_id": person_id, "created_at": now, "expires_at": expires_at}
    conn.execute(insert(sign_in).values(**values))


def signed_in(conn: Connection, digest: str, now: datetime) -> Person | None:
    """Who is signed in with the token of this digest."""
    query = (
        select(person.c.id, person.c.name, person.c.organiser)
        .join(sign_in, sign_in.c.person_id == person.c.id)
        .where(sign_in.c.digest == digest, sign_in.c.expires_at > now)
    )
    row = conn.execute(query).first()
    return Person(row.id, row.name, row.organiser) if row else None


def drop_sign_in(conn: Connection, digest: str) -> None:
    """End a sign-in; nothing happens when there is none."""
    conn.execute(delete(sign_in).where(sign_in.c.digest == digest))
