"""HTTP API: an event's staff and their links."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from wall.access import Access
from wall.access.links import change_member, revoke_link
from wall.model import Frozen, Role, Time
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, IdHere, run
from wall.routes.duty import staff_of
from wall.store import links
from wall.store.links import Made


class StaffValue(Frozen):
    """Somebody of the staff. `here`: at a desk now; `seen_at`: when last."""

    person: str
    name: str
    roles: tuple[Role, ...]
    version: int
    here: bool
    seen_at: Time | None


class RolesChange(Frozen):
    """Exactly these roles (none: no member any more), and the version that was looked at."""

    version: Annotated[int, Field(ge=1)]
    roles: Annotated[tuple[Role, ...], Field(max_length=len(Role))]


class LinkValue(Frozen):
    """A link that was made. `people`: for how many it is, `joined`: who used it."""

    id: str
    role: Role
    people: int
    joined: tuple[str, ...]
    made_at: Time
    until: Time
    revoked_at: Time | None


class StaffRoutes:
    """`…/members` and `…/links` below /api/v1/events/{slug}. Links are made in `events`."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._journal = access.journal
        self.router = APIRouter(prefix="/events/{slug}", tags=["staff"])
        add = self.router.add_api_route
        add("/members", self.members, methods=["GET"])
        add("/members/{person_id}", self.change, methods=["PUT"])
        add("/links", self.links, methods=["GET"])
        add("/links/{link_id}", self.revoke, methods=["DELETE"])

    async def members(self, asking: AskingHere) -> dict[str, list[StaffValue]]:
        """The staff, who is at a desk first."""
        asking.require("member.set")
        staff = await staff_of(self._journal, asking.event)
        return {
            "members": [
                StaffValue(
                    person=one.id,
                    name=one.name,
                    roles=one.roles,
                    version=one.version,
                    here=one.here,
                    seen_at=one.seen_at,
                )
                for one in staff
            ]
        }

    async def change(
        self,
        person_id: IdHere,
        change: RolesChange,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> dict[str, Any]:
        """Set somebody's roles. 409 with the present ones when stale, and for the last organiser."""
        asking.require("member.set")

        def fn(tx: Any) -> dict[str, Any]:
            change_member(tx, person_id, change.roles, change.version)
            return {"person": person_id}

        return await run(self._journal, asking, request, cause, fn)

    async def links(self, asking: AskingHere) -> dict[str, list[LinkValue]]:
        """The newest 100 links, newest first, with who used them; never their tokens."""
        asking.require("link.make")
        found = await self._journal.store.read(lambda conn: links.listed(conn, asking.event.id))
        return {"links": [_value(one) for one in found]}

    async def revoke(
        self, link_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> dict[str, Any]:
        """End a link; who joined with it stays."""
        asking.require("link.make")

        def fn(tx: Any) -> dict[str, Any]:
            revoke_link(tx, link_id)
            return {"link": link_id}

        return await run(self._journal, asking, request, cause, fn)


def _value(made: Made) -> LinkValue:
    link = made.link
    return LinkValue(
        id=link.id,
        role=link.role,
        people=link.places,
        joined=tuple(use.person_id for use in made.uses),
        made_at=link.made_at,
        until=link.expires_at,
        revoked_at=link.revoked_at,
    )
