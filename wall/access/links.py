"""Links: how people join. A link works for as many people as its maker says, each once, and opening it
never uses it up, because mail and chat scanners open it before its person does; its button does."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wall.entries import staff_kinds as kinds
from wall.errors import BadInput, LinkSpent, NotFound, Refused, Stale
from wall.journal import Tx
from wall.model import Role, at_border
from wall.store import alarms, links, members, people

STAFF_LINK_HOURS = 168
"""Staff links work for seven days: they are sent round while an event is prepared. OWASP ASVS 6.5
asks for 10 minutes from codes that prove who someone is; these invite, once, to one role."""
FIRST_LINK_HOURS = 24
MOST_LINK_HOURS = 720
MOST_PLACES = 200
"""How many people one link may be for: a desk of volunteers, not a hall."""
NAME_CHARACTERS = 80


def clean_name(name: str) -> str:
    """A person's name as they typed it, on one line. Raises BadInput unless it has 1-80 characters."""
    clean = " ".join(str(at_border(name)).split())
    if not 1 <= len(clean) <= NAME_CHARACTERS or any(unicodedata.category(char) == "Cc" for char in clean):
        raise BadInput(
            f"A name has 1 to {NAME_CHARACTERS} characters.", remedy="Type your name.", field="name"
        )
    return clean


@dataclass(frozen=True)
class Entering:
    """Somebody uses a link: as a person who is known, or with a `name` as a new one.

    `sign_in` is the digest of a new sign-in's token, None for a person who is signed in already.
    """

    link: links.Link
    person_id: str
    name: str | None
    sign_in: str | None
    until: datetime


def make_link(tx: Tx, digest: str, role: Role, hours: float, places: int = 1) -> str:
    """Command: make a link to a role in this event, by the digest of its token; its id."""
    until = tx.now + timedelta(hours=hours)
    link_id = links.add(tx.conn, digest, role, tx.event.id, tx.actor, tx.now, until, places=places)
    tx.append(kinds.LinkMade(link=link_id, role=role))
    return link_id


def revoke_link(tx: Tx, link_id: str) -> None:
    """Command: end a link of this event; who joined with it stays. Raises NotFound. A link that was revoked
    before stays so."""
    found = links.by_id(tx.conn, tx.event.id, link_id)
    if found is None:
        raise NotFound("There is no such link.", remedy="Choose one from the list of links.")
    if found.revoked_at is None:
        links.revoke(tx.conn, link_id, tx.now)
        tx.append(kinds.LinkRevoked(link=link_id))


def enter(tx: Tx, entering: Entering) -> None:
    """Command: take a place of a link of this event and give its role. Raises LinkSpent."""
    _join(tx.conn, entering, tx.now)
    known = members.by_ids(tx.conn, tx.event.id, {entering.person_id}).get(entering.person_id)
    set_member(tx, entering.person_id, {entering.link.role, *(known.roles if known else ())})


def set_member(tx: Tx, person_id: str, roles: Iterable[Role]) -> None:
    """Command: give a person exactly these roles in this event; none of them ends the membership. Who is no
    organiser any more is not alarmed any more."""
    given = tuple(sorted(set(roles)))
    members.set_roles(tx.conn, tx.event.id, person_id, given)
    if Role.ORGANISER not in given:
        alarms.forget_ways(tx.conn, tx.event.id, person_id)
    tx.append(kinds.MemberChanged(roles=given), ("member", person_id))


def change_member(tx: Tx, person_id: str, roles: Iterable[Role], version: int | None = None) -> None:
    """Command: as `set_member`, for somebody who is a member already and was looked at as `version`.

    Raises NotFound, Stale with the roles as they are now, and Refused when nobody would be left who is
    organiser of this event.
    """
    given = frozenset(roles)
    known = {one.person_id: one for one in members.listed(tx.conn, tx.event.id)}
    member = known.get(person_id)
    if member is None:
        raise NotFound("This person does not belong to this event.", remedy="Choose one from the list.")
    if version is not None and version != member.version:
        current = {"version": member.version, "roles": list(member.roles)}
        raise Stale("Somebody else changed these roles since you looked at them.", current=current)
    others = any(Role.ORGANISER in one.roles for one in known.values() if one.person_id != person_id)
    if Role.ORGANISER not in given and not others and not people.organisers(tx.conn):
        raise Refused(
            "This is the last organiser of this event.",
            remedy="Make somebody else organiser first.",
            problem="last_organiser",
        )
    if given != frozenset(member.roles):
        set_member(tx, person_id, given)


def enter_instance(conn: Connection, entering: Entering, now: datetime) -> None:
    """Use up a link that makes an organiser of every event. Raises LinkSpent.

    No event's journal holds it: it is made before there is one.
    """
    _join(conn, entering, now)
    people.make_organiser(conn, entering.person_id)


def _join(conn: Connection, entering: Entering, now: datetime) -> None:
    if entering.name is not None:
        people.add_person(conn, entering.person_id, entering.name, now)
    if not links.spend(conn, entering.link.id, entering.person_id, now):
        raise spent()
    if entering.sign_in is not None:
        people.add_sign_in(conn, entering.sign_in, entering.person_id, now, entering.until)


def spent() -> LinkSpent:
    """The error for a link that cannot be used any more."""
    return LinkSpent("This link was used already, was revoked or has run out.")


def check_places(places: int) -> None:
    """Raise BadInput unless a link may be for so many people."""
    if not 1 <= places <= MOST_PLACES:
        raise BadInput(f"A link is for 1 to {MOST_PLACES} people.", field="people")


def check_hours(hours: float) -> None:
    """Raise BadInput unless a link may work for so long."""
    if not 0 < hours <= MOST_LINK_HOURS:
        raise BadInput(f"A link works for at most {MOST_LINK_HOURS} hours.", field="hours")
