"""Plays the made-up day: each post comes through the one door when its minute is there."""

from __future__ import annotations

import asyncio

import structlog

from wall.demo.cast import Cast
from wall.errors import BackchannelError
from wall.feeds.base import Arrived
from wall.intake import Intake
from wall.model import utc_now

log = structlog.get_logger(__name__)

_SHORTEST_WAIT_SECONDS = 0.02
_RETRY_SECONDS = 2.0


async def play(intake: Intake, cast: Cast) -> None:
    """Play what comes after the moment at which the demo begins, to the end of the day."""
    left = [said for said in cast.world.said if said.minute >= cast.clock.opens]
    at = 0
    while at < len(left):
        due = at
        minute = cast.clock.minute(utc_now())
        while due < len(left) and left[due].minute <= minute:
            due += 1
        if due > at:
            await _submit(intake, cast, [Arrived(cast.played(said)) for said in left[at:due]])
            at = due
            continue
        wait = (cast.clock.at(left[at].minute) - utc_now()).total_seconds()
        await asyncio.sleep(max(wait, _SHORTEST_WAIT_SECONDS))


async def _submit(intake: Intake, cast: Cast, items: list[Arrived]) -> None:
    """Submit until it is on disk: what was stored before is known by its key."""
    while True:
        try:
            await intake.submit(cast.event_id, items, "system")
        except BackchannelError as problem:
            log.warning("demo_not_stored", code=problem.code)
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            return
