"""People and their sign-ins. Tokens are known here by digest only; links are in `links`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wall.store.chunks import ids_in_chunks
from wall.store.tables import person, sign_in


@dataclass(frozen=True)
class Person:
    """Somebody known to this instance. `organiser`: of every event, not only of one."""

    id: str
    name: str
    organiser: bool


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


def organisers(conn: Connection) -> list[Person]:
    """Who is organiser of every event, in the order in which they came."""
    query = select(person.c.id, person.c.name, person.c.organiser).where(person.c.organiser)
    return [Person(*row) for row in conn.execute(query.order_by(person.c.id))]


def any_person(conn: Connection) -> bool:
    """Whether anybody ever joined this instance."""
    return conn.execute(select(person.c.id).limit(1)).first() is not None


def add_sign_in(conn: Connection, digest: str, person_id: str, now: datetime, expires_at: datetime) -> None:
    """Store a sign-in by the digest of its token, and forget those that have run out."""
    conn.execute(delete(sign_in).where(sign_in.c.expires_at <= now))
    values = {"digest": digest, "person_id": person_id, "created_at": now, "expires_at": expires_at}
    conn.execute(insert(sign_in).values(**values))


def use_once(conn: Connection, mark: str, person_id: str, now: datetime, until: datetime) -> bool:
    """Remember until then that a person used something that works once. False when it was used before.

    `mark` is no digest of a token, so that it signs nobody in.
    """
    try:
        with conn.begin_nested():
            add_sign_in(conn, mark, person_id, now, until)
    except IntegrityError:
        return False
    return True


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
