"""The robots together: they work while the switch is on, and stop at once when a person takes over."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from wall.demo.cast import Cast
from wall.demo.facilitating import Facilitator
from wall.demo.moderating import Moderator
from wall.errors import BackchannelError
from wall.journal import Journal, Tx

log = structlog.get_logger(__name__)

PAUSE_SECONDS = (1.5, 4.0)
"""Between two things that one robot does, where the day runs at its usual speed."""
_PRESENT_SECONDS = 20.0


class Robots:
    """Two facilitators and a moderator. `on` may be set at any time."""

    def __init__(self, cast: Cast, journal: Journal, *, on: bool = True) -> None:
        self._cast = cast
        self._journal = journal
        self._switch = asyncio.Event()
        self.on = on

    @property
    def on(self) -> bool:
        """Whether they work."""
        return self._switch.is_set()

    @on.setter
    def on(self, on: bool) -> None:
        if on:
            self._switch.set()
        else:
            self._switch.clear()

    async def run(self) -> None:
        """Work until cancelled."""
        store = self._journal.store
        facilitators = [Facilitator(self._cast, room, self.give, store) for room in self._cast.rooms]
        steps = [Moderator(self._cast, self.give, store).step, *(one.step for one in facilitators)]
        async with asyncio.TaskGroup() as group:
            for number, step in enumerate(steps):
                group.create_task(self._work(step, number), name=f"robot:{number}")
            group.create_task(self._be_present(), name="robot:presence")

    async def give(self, person: str, fn: Callable[[Tx], Any]) -> bool:
        """Give a command as one of the robots; what is refused, because a person was quicker or for
        any other reason, is let go."""
        if not self.on:
            return False
        try:
            await self._journal.command(self._cast.event_id, f"person:{person}", fn)
        except BackchannelError as refused:
            log.debug("robot_refused", code=refused.code)
            return False
        return True

    async def _work(self, step: Callable[[], Awaitable[None]], number: int) -> None:
        rng = random.Random(f"{self._cast.world.seed} {number}")  # noqa: S311  robots have no secrets
        while True:
            await asyncio.sleep(rng.uniform(*PAUSE_SECONDS) * self._cast.clock.haste)
            await self._switch.wait()
            try:
                await step()
            except Exception as problem:  # noqa: BLE001  a step that throws never stops the show
                log.warning("robot_step_failed", problem=type(problem).__name__)

    async def _be_present(self) -> None:
        """Show the desk that they are here."""
        staff = (self._cast.moderator, *(room.robot for room in self._cast.rooms))
        while True:
            await self._switch.wait()
            for person in staff:
                await self._journal.bus.arrive(self._cast.event_id, person, _PRESENT_SECONDS)
            await asyncio.sleep(_PRESENT_SECONDS / 2)
