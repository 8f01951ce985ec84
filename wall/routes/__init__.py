"""HTTP of the wall side. Here: what every route may ask about who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from wall.access import Access, Face, Visitor, require, scope_for
from wall.entries import Scope
from wall.errors import NotSignedIn
from wall.model import Event, Role

PERSON_HEADER = "Backchannel-Person"
"""Names the person as whom a page asks: its cookie may be somebody else's since that page was opened."""


@dataclass(frozen=True)
class Asking:
    """Somebody asks about one event: who, about which, and their roles in it."""

    visitor: Visitor
    event: Event
    roles: frozenset[Role]

    @property
    def actor(self) -> str:
        """How the journal names this person. Raises NotSignedIn."""
        return self.visitor.actor

    def require(self, verb: str) -> None:
        """Raise NotSignedIn or NotYours unless their roles allow a verb of `access.RIGHTS`."""
        require(self.visitor, self.roles, verb)

    def scope(self, face: Face) -> Scope:
        """What they see on a face. Raises NotSignedIn or NotYours."""
        return scope_for(self.visitor, self.roles, face, self.event.id)


def access_of(request: Request) -> Access:
    """The application's access, from `app.state.access`."""
    access: Access = request.app.state.access
    return access


async def visitor_of(request: Request) -> Visitor:
    """Dependency: who is asking. Raises NotSignedIn where `PERSON_HEADER` names anybody else, with
    `details.other` where somebody else is signed in."""
    visitor = await access_of(request).visitor_of(request.scope)
    named = request.headers.get(PERSON_HEADER)
    if named is None or named == visitor.person_id:
        return visitor
    if visitor.person_id is None:
        raise NotSignedIn("You are not signed in.")
    raise NotSignedIn("Somebody else is signed in here.", remedy="Load the page again.", other=True)


async def event_named(access: Access, name: str) -> Event:
    """The event with this slug or id. Raises NotFound."""
    return await access.journal.event(name)


async def asking_about(slug: str, request: Request) -> Asking:
    """Dependency of routes below `…/events/{slug}`: who asks, about which event. Raises NotFound, and
    NotSignedIn as `visitor_of`."""
    visitor = await visitor_of(request)
    return Asking(visitor, *await access_of(request).event_and_roles(visitor, slug))


async def asking_instance(request: Request) -> InstanceAsking:
    """Dependency of routes about the whole instance, such as the list of events."""
    visitor = await visitor_of(request)
    return InstanceAsking(visitor, await access_of(request).roles_in(visitor, None))


@dataclass(frozen=True)
class InstanceAsking:
    """Somebody asks about the instance, not about one event."""

    visitor: Visitor
    roles: frozenset[Role]

    def require(self, verb: str) -> None:
        """Raise NotSignedIn or NotYours unless they may do this in the whole instance."""
        require(self.visitor, self.roles, verb)


AskingHere = Annotated[Asking, Depends(asking_about)]
"""Parameter type of a route about one event (path parameter `slug`)."""
AskingInstance = Annotated[InstanceAsking, Depends(asking_instance)]
VisitorHere = Annotated[Visitor, Depends(visitor_of)]
