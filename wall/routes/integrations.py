"""HTTP API: integrations, which are other tools that may post into one event."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, StringConstraints

from wall.access.signatures import new_key
from wall.entries import kinds
from wall.errors import NotFound, Refused
from wall.journal import Journal, Tx
from wall.model import Frozen, Time, at_border, new_id
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, command_body
from wall.store import integrations

IntegrationName = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), BeforeValidator(at_border)
]


class NewIntegration(Frozen):
    """What people call the other tool."""

    name: IntegrationName


class IntegrationKey(Frozen):
    """A new integration. `key` signs its requests; it is shown this once."""

    id: str
    key: str


class IntegrationValue(Frozen):
    """An integration; with `revoked_at` it may no longer post."""

    id: str
    name: str
    made_at: Time
    revoked_at: Time | None


class IntegrationRoutes:
    """Routes below /api/v1/events/{slug}/integrations."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}/integrations", tags=["integrations"])
        add = self.router.add_api_route
        add("", self.listed, methods=["GET"])
        add("", self.make, methods=["POST"], status_code=201)
        add("/{integration_id}", self.revoke, methods=["DELETE"])

    async def listed(self, asking: AskingHere) -> dict[str, list[IntegrationValue]]:
        """The event's integrations, without their keys."""
        asking.require("integration.make")
        found = await self._journal.store.read(lambda conn: integrations.listed(conn, asking.event.id))
        return {"integrations": [_value(one) for one in found]}

    async def make(
        self, new: NewIntegration, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> IntegrationKey:
        """Let another tool post. Its key is shown this once; 409 when the same command comes again."""
        asking.require("integration.make")
        key = new_key()

        def add(tx: Tx) -> str:
            made = new_id()
            integrations.add(tx.conn, tx.event.id, made, new.name, key, tx.actor, tx.now)
            tx.append(kinds.IntegrationMade(integration=made))
            return made

        body = await command_body(request)
        done = await self._journal.command(asking.event.id, asking.actor, add, cause=cause, body=body)
        if done.replayed:
            raise Refused(
                "This integration was made already, and its key is shown only once.",
                remedy="Revoke it and make a new one, with a new Idempotency-Key.",
                integration=done.result,
            )
        return IntegrationKey(id=done.result, key=key)

    async def revoke(
        self, integration_id: str, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> IntegrationValue:
        """End an integration at once and for good; its posts stay."""
        asking.require("integration.make")

        def end(tx: Tx) -> None:
            if _named(integrations.listed(tx.conn, tx.event.id), integration_id).revoked_at is None:
                integrations.revoke(tx.conn, integration_id, tx.now)
                tx.append(kinds.IntegrationRevoked(integration=integration_id))

        body = await command_body(request)
        await self._journal.command(asking.event.id, asking.actor, end, cause=cause, body=body)
        found = await self._journal.store.read(lambda conn: integrations.listed(conn, asking.event.id))
        return _value(_named(found, integration_id))


def _named(found: list[integrations.Integration], integration_id: str) -> integrations.Integration:
    for one in found:
        if one.id == integration_id:
            return one
    raise NotFound("There is no such integration in this event.")


def _value(one: integrations.Integration) -> IntegrationValue:
    return IntegrationValue(id=one.id, name=one.name, made_at=one.made_at, revoked_at=one.revoked_at)
