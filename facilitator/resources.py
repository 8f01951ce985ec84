"""Resources that the staff recommend: added, edited and withdrawn. Who changes one vouches for it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from facilitator import sources
from facilitator.guards import Acting
from facilitator.programme import Id, Version, Words, line
from wall.entries import Put, Scope, dump, render
from wall.entries.resource_kinds import ResourceAdded, ResourceChanged, ResourceWithdrawn
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.journal import Tx
from wall.model import Frozen, Role, new_id
from wall.resources import ABOUT_LIMIT, Resource
from wall.store import people, programme, resources

MOST_RESOURCES = 100
"""Resources of one event: every phone holds all of them."""
_ROLES = (Role.ORGANISER, Role.FACILITATOR, Role.AUTHOR)
"""As whom somebody vouches, where they have several roles."""

Address = Annotated[str, StringConstraints(min_length=1, max_length=2_000), BeforeValidator(line)]
About = Annotated[
    str, StringConstraints(max_length=ABOUT_LIMIT, strip_whitespace=True), BeforeValidator(line)
]


class NewResource(Frozen):
    """A resource to recommend: its title, its address, what it is; `session`: what it belongs to, if to
    one. `highlighted`: it is the one to begin with."""

    title: Words
    url: Address
    about: About = ""
    session: Id | None = None
    highlighted: bool = False


class ResourceChange(NewResource):
    """A resource as it shall be, which was looked at as `version`."""

    version: Version


def add(tx: Tx, acting: Acting, new: NewResource) -> dict[str, Any]:
    """Recommend a resource. Raises BadInput for its address, NotFound for its session, Refused for one too
    many or one that is there."""
    fields = _fields(tx, acting, new)
    there = resources.listed(tx.conn, tx.event.id)
    if any(one.url == fields["url"] for one in there):
        raise Refused(
            "This address is recommended already.", remedy="Change that one instead.", field="url"
        )
    if len(there) >= MOST_RESOURCES:
        raise Refused(
            f"An event has at most {MOST_RESOURCES} resources.", remedy="Withdraw one first.", field="title"
        )
    known = Resource(
        id=new_id(), event_id=tx.event.id, **fields, withdrawn=False, added_at=tx.now, version=1
    )
    resources.add(tx.conn, known)
    tx.append(ResourceAdded(), ("resource", known.id))
    return _answer(known)


def change(tx: Tx, acting: Acting, resource_id: str, wanted: ResourceChange) -> dict[str, Any]:
    """Edit a resource: whoever does vouches for what it says then. Raises NotFound, Stale, BadInput."""
    known = _looked_at(tx, resource_id, wanted.version)
    fields = _fields(tx, acting, wanted)
    changed = {name for name in _SAID if fields[name] != getattr(known, name)}
    if not changed:
        return _answer(known)
    now = known.model_copy(update={**fields, "version": known.version + 1})
    resources.save(tx.conn, now)
    tx.append(ResourceChanged(fields=tuple(sorted(changed))), ("resource", now.id))
    return _answer(now)


def withdraw(tx: Tx, resource_id: str, version: int) -> dict[str, Any]:
    """No longer recommend a resource. Raises NotFound, Stale."""
    known = _looked_at(tx, resource_id, version)
    now = known.model_copy(update={"withdrawn": True, "version": known.version + 1})
    resources.save(tx.conn, now)
    tx.append(ResourceWithdrawn(), ("resource", now.id))
    return _answer(now)


_SAID = ("title", "url", "about", "session_id", "highlighted")


def _fields(tx: Tx, acting: Acting, given: NewResource) -> dict[str, Any]:
    try:
        url = sources.address(given.url)
    except BadInput as error:
        raise BadInput(error.message, remedy=error.remedy, field="url") from None
    if given.session is not None and not programme.sessions_by_ids(tx.conn, tx.event.id, {given.session}):
        raise NotFound("There is no such session in this event.", field="session")
    return {
        "title": given.title,
        "url": url,
        "about": given.about,
        "session_id": given.session,
        "highlighted": given.highlighted,
        "by_person": acting.person,
        "by_name": people.names(tx.conn, {acting.person}).get(acting.person, ""),
        "role": next((role for role in _ROLES if role in acting.roles), Role.FACILITATOR),
    }


def _looked_at(tx: Tx, resource_id: str, version: int) -> Resource:
    known = resources.by_ids(tx.conn, tx.event.id, {resource_id}).get(resource_id)
    if known is None or known.withdrawn:
        raise NotFound("There is no such resource in this event.")
    if known.version != version:
        shown = render(known, Scope())
        current = dump(shown)["value"] if isinstance(shown, Put) else {"id": known.id}
        raise Stale("Somebody else changed this resource meanwhile.", current=current)
    return known


def _answer(resource: Resource) -> dict[str, Any]:
    return {"resource": resource.id, "version": resource.version}
