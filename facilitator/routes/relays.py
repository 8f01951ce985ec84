"""HTTP API: relays. The moves of a queue."""

from __future__ import annotations

from typing import Annotated, Literal

from facilitator import relays
from facilitator.programme import Id, Remark, Version
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.model import Frozen
from wall.parallel import RelayState

MovesQueue = Annotated[Doing, doing("queue.move")]

router = event_router("relays")
"""Routes below `…/relays`."""


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


@router.post("/relays/{relay_id}/place")
async def place(relay_id: IdHere, sent: Place, doing: MovesQueue) -> RelayNow:
    """Put a queued relay before another one, or at the end."""
    return await doing.run(
        RelayNow, lambda tx, acting: relays.place(tx, acting, relay_id, sent.version, sent.before)
    )


@router.post("/relays/{relay_id}/ready")
async def ready(relay_id: IdHere, sent: Move, doing: MovesQueue) -> RelayNow:
    """Make a relay next; what was next goes back to the queue's head."""
    return await doing.run(RelayNow, lambda tx, acting: relays.ready(tx, acting, relay_id, sent.version))


@router.post("/relays/{relay_id}/queue")
async def queue(relay_id: IdHere, sent: Move, doing: MovesQueue) -> RelayNow:
    """Put what is next, or on the floor, back at the queue's head."""
    return await doing.run(RelayNow, lambda tx, acting: relays.queue(tx, acting, relay_id, sent.version))


@router.post("/relays/{relay_id}/take-up")
async def take_up(relay_id: IdHere, sent: Move, doing: MovesQueue) -> RelayNow:
    """Bring a relay onto the empty floor of its running session's room."""
    return await doing.run(RelayNow, lambda tx, acting: relays.take_up(tx, acting, relay_id, sent.version))


@router.post("/relays/{relay_id}/close")
async def close(relay_id: IdHere, sent: Closing, doing: MovesQueue) -> RelayNow:
    """Close a relay. Only what is on the floor can be discussed or answered."""
    return await doing.run(
        RelayNow,
        lambda tx, acting: relays.close(
            tx, acting, relay_id, sent.version, sent.state, sent.detail, sent.outcome
        ),
    )


@router.post("/relays/{relay_id}/reopen")
async def reopen(relay_id: IdHere, sent: Move, doing: MovesQueue) -> RelayNow:
    """Take closing back: where it was if that is free, else at the queue's head."""
    return await doing.run(RelayNow, lambda tx, acting: relays.reopen(tx, acting, relay_id, sent.version))


@router.post("/relays/{relay_id}/annotate")
async def annotate(relay_id: IdHere, sent: Annotation, doing: MovesQueue) -> RelayNow:
    """Write what the chair should know, or what came of it."""
    return await doing.run(
        RelayNow,
        lambda tx, acting: relays.annotate(tx, acting, relay_id, sent.version, sent.note, sent.outcome),
    )
