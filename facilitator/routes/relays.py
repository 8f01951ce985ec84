"""HTTP API: relays. The moves of a queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from fastapi import Request

from facilitator import relays
from facilitator.guards import Acting
from facilitator.programme import Id, Remark, Version
from facilitator.routes import Commands, IdHere
from wall.journal import Journal, Tx
from wall.model import Frozen
from wall.parallel import RelayState
from wall.routes import Asking, AskingHere
from wall.routes.commands import CauseHere


class Move(Frozen):
    """A move of a relay that was looked at as `version`."""

    version: Version


class Place(Move):
    """The relay of the same queue to put it before; None: at the end."""

    before: Id | None


class Closing(Move):
    """How it ended. `detail`: where it is deferred to, or why it is dropped; `outcome`: what came of it."""

    state: Literal[
        RelayState.DISCUSSED,
        RelayState.ANSWERED,
        RelayState.DEFERRED,
        RelayState.RETURNED,
        RelayState.DROPPED,
    ]
    detail: Literal[
        "", "session", "board", "report", "duplicate", "off-topic", "out-of-time", "withdrawn"
    ] = ""
    outcome: Remark | None = None


class Annotation(Move):
    """What the chair should know, and what came of it; None leaves a text as it is."""

    note: Remark | None = None
    outcome: Remark | None = None


class RelayNow(Frozen):
    """Where a relay is now."""

    relay: str
    state: RelayState
    version: int
    seq: int


class RelayRoutes(Commands):
    """Routes below `…/relays`."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "relays")
        add = self.router.add_api_route
        add("/relays/{relay_id}/place", self.place, methods=["POST"])
        add("/relays/{relay_id}/ready", self.ready, methods=["POST"])
        add("/relays/{relay_id}/queue", self.queue, methods=["POST"])
        add("/relays/{relay_id}/take-up", self.take_up, methods=["POST"])
        add("/relays/{relay_id}/close", self.close, methods=["POST"])
        add("/relays/{relay_id}/reopen", self.reopen, methods=["POST"])
        add("/relays/{relay_id}/annotate", self.annotate, methods=["POST"])

    async def place(
        self, relay_id: IdHere, sent: Place, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RelayNow:
        """Put a queued relay before another one, or at the end."""
        return await self._moved(
            asking,
            request,
            cause,
            lambda tx, acting: relays.place(tx, acting, relay_id, sent.version, sent.before),
        )

    async def ready(
        self, relay_id: IdHere, sent: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RelayNow:
        """Make a relay next; what was next goes back to the queue's head."""
        return await self._moved(
            asking, request, cause, lambda tx, acting: relays.ready(tx, acting, relay_id, sent.version)
        )

    async def queue(
        self, relay_id: IdHere, sent: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RelayNow:
        """Put what is next, or on the floor, back at the queue's head."""
        return await self._moved(
            asking, request, cause, lambda tx, acting: relays.queue(tx, acting, relay_id, sent.version)
        )

    async def take_up(
        self, relay_id: IdHere, sent: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RelayNow:
        """Bring a relay onto the empty floor of its running session's room."""
        return await self._moved(
            asking, request, cause, lambda tx, acting: relays.take_up(tx, acting, relay_id, sent.version)
        )

    async def close(
        self, relay_id: IdHere, sent: Closing, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RelayNow:
        """Close a relay. Only what is on the floor can be discussed or answered."""
        return await self._moved(
            asking,
            request,
            cause,
            lambda tx, acting: relays.close(
                tx, acting, relay_id, sent.version, sent.state, sent.detail, sent.outcome
            ),
        )

    async def reopen(
        self, relay_id: IdHere, sent: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RelayNow:
        """Take closing back: where it was if that is free, else at the queue's head."""
        return await self._moved(
            asking, request, cause, lambda tx, acting: relays.reopen(tx, acting, relay_id, sent.version)
        )

    async def annotate(
        self,
        relay_id: IdHere,
        sent: Annotation,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> RelayNow:
        """Write what the chair should know, or what came of it."""
        return await self._moved(
            asking,
            request,
            cause,
            lambda tx, acting: relays.annotate(tx, acting, relay_id, sent.version, sent.note, sent.outcome),
        )

    async def _moved(
        self,
        asking: Asking,
        request: Request,
        cause: str | None,
        fn: Callable[[Tx, Acting], dict[str, Any]],
    ) -> RelayNow:
        asking.require("queue.move")
        return RelayNow(**await self.run(asking, request, cause, fn))
