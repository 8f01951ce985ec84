"""Links with which people join. Tokens are known here by digest only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from wall.model import Role, new_id
from wall.store.staff_tables import link_use
from wall.store.tables import link, person

_TAKEN = func.coalesce(link.c.taken, 0)
_PLACES = func.coalesce(link.c.places, 1)


@dataclass(frozen=True)
class Link:
    """A link for so many people (`places`), of whom so many joined (`taken`).

    `event_id` None: it makes organisers of the whole instance. `used_at`: when its last place was taken.
    """

    id: str
    event_id: str | None
    role: Role
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    places: int
    taken: int

    def works(self, now: datetime) -> bool:
        """Whether somebody can still join with it."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > now


@dataclass(frozen=True)
class Use:
    """Somebody joined with a link."""

    person_id: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Made:
    """A link with who used it, first to last, and the name of who made it ("" for the command line)."""

    link: Link
    maker: str
    uses: tuple[Use, ...] = field(default=())


_COLUMNS = (
    link.c.id,
    link.c.event_id,
    link.c.role,
    link.c.made_by,
    link.c.made_at,
    link.c.expires_at,
    link.c.used_at,
    link.c.revoked_at,
    _PLACES.label("places"),
    # Before links could be for several people, only the moment of use was kept.
    case((link.c.used_at.is_not(None) & link.c.taken.is_(None), 1), else_=_TAKEN).label("taken"),
)


def add(
    conn: Connection,
    digest: str,
    role: Role,
    event_id: str | None,
    made_by: str,
    now: datetime,
    expires_at: datetime,
    *,
    places: int = 1,
) -> str:
    """Store a link by the digest of its token; its id."""
    link_id = new_id()
    values = {"id": link_id, "digest": digest, "role": role.value, "event_id": event_id, "made_by": made_by}
    conn.execute(insert(link).values(**values, made_at=now, expires_at=expires_at, places=places, taken=0))
    return link_id


def with_digest(conn: Connection, digest: str) -> Link | None:
    """The link whose token has this digest, spent or not."""
    row = conn.execute(select(*_COLUMNS).where(link.c.digest == digest)).first()
    return _link(row._asdict()) if row else None


def by_id(conn: Connection, event_id: str, link_id: str) -> Link | None:
    """A link of this event."""
    query = select(*_COLUMNS).where(link.c.id == link_id, link.c.event_id == event_id)
    row = conn.execute(query).first()
    return _link(row._asdict()) if row else None


def listed(conn: Connection, event_id: str, limit: int = 100) -> list[Made]:
    """The newest links of an event, newest first, with who used them."""
    maker = person.alias()
    query = (
        select(*_COLUMNS, maker.c.name)
        .join(maker, link.c.made_by == "person:" + maker.c.id, isouter=True)
        .where(link.c.event_id == event_id)
        .order_by(link.c.made_at.desc(), link.c.id.desc())
        .limit(limit)
    )
    rows = conn.execute(query).all()
    uses = _uses(conn, [row.id for row in rows])
    return [
        Made(
            _link(row._asdict()),
            row.name or "",
            tuple(uses.get(row.id, ())),
        )
        for row in rows
    ]


def maker_of(conn: Connection, found: Link) -> str:
    """The name of who made a link; "" where it was the command line."""
    kind, _, maker_id = found.made_by.partition(":")
    if kind != "person":
        return ""
    query = select(person.c.name).where(person.c.id == maker_id)
    name: str | None = conn.execute(query).scalar_one_or_none()
    return name or ""


def used_by(conn: Connection, link_id: str, person_id: str) -> bool:
    """Whether this person joined with this link."""
    here = (link_use.c.link_id == link_id, link_use.c.person_id == person_id)
    return conn.execute(select(link_use.c.at).where(*here)).first() is not None


def spend(conn: Connection, link_id: str, person_id: str, now: datetime) -> bool:
    """Take a place of a link. False when none is left, or it was revoked or has run out; of two who want
    the last one, one gets True."""
    open_ = (link.c.id == link_id, link.c.used_at.is_(None), link.c.revoked_at.is_(None))
    last = _TAKEN + 1 >= _PLACES
    values = {"taken": _TAKEN + 1, "used_at": case((last, now), else_=None), "used_by": person_id}
    spent = conn.execute(update(link).where(*open_, link.c.expires_at > now).values(**values))
    if spent.rowcount != 1:
        return False
    conn.execute(insert(link_use).values(link_id=link_id, person_id=person_id, at=now))
    return True


def revoke(conn: Connection, link_id: str, now: datetime) -> None:
    """End a link; who joined with it stays."""
    conn.execute(update(link).where(link.c.id == link_id).values(revoked_at=now))


def organiser_link_waits(conn: Connection, now: datetime) -> bool:
    """Whether a link that makes an organiser of the instance is still unspent."""
    waiting = (link.c.event_id.is_(None), link.c.used_at.is_(None), link.c.revoked_at.is_(None))
    return (
        conn.execute(select(link.c.id).where(*waiting, link.c.expires_at > now).limit(1)).first()
        is not None
    )


def _uses(conn: Connection, ids: list[str]) -> dict[str, list[Use]]:
    query = (
        select(link_use, person.c.name)
        .join(person, person.c.id == link_use.c.person_id)
        .where(link_use.c.link_id.in_(ids))
        .order_by(link_use.c.at, link_use.c.person_id)
    )
    found: dict[str, list[Use]] = {}
    for row in conn.execute(query):
        found.setdefault(row.link_id, []).append(Use(row.person_id, row.name, row.at))
    return found


def _link(values: dict[str, Any]) -> Link:
    values.pop("name", None)
    return Link(**values | {"role": Role(values["role"])})
