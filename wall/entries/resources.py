"""Recommended resources as readers hold them. This model is the wire's value."""

from __future__ import annotations

from wall.entries.cards import copied, host_of
from wall.model import Frozen, Time
from wall.resources import Resource


class ResourceValue(Frozen):
    """`resource`: something that somebody of the staff recommends. `by` is their name and `role` a role's
    code; `highlighted`: it is the one to begin with. `session`: what it belongs to, if to one."""

    id: str
    title: str
    url: str
    host: str
    about: str
    by: str
    role: str
    session: str | None
    highlighted: bool
    added_at: Time
    version: int


def resource_value(resource: Resource) -> ResourceValue:
    """A resource, for everybody."""
    own = {"host": host_of(resource.url), "by": resource.by_name, "session": resource.session_id}
    return ResourceValue(**copied(resource, ResourceValue, *own), **own)
