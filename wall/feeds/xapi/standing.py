"""How one way to X is doing: counts failures, and says when that changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wall.feeds.base import Item, Trouble
from wall.feeds.common.problems import Passing
from wall.feeds.xapi.config import Times
from wall.feeds.xapi.problems import retry_after, understood

PLACE = "X"
"""What an organiser knows all of it by; a way to it is this with a word (`X stream`)."""

Tell = Callable[[Item], Awaitable[None]]


class Standing:
    """One way to X. `patience`: so many cuts in a row, which happen, are not worth a word."""

    def __init__(self, where: str, times: Times, tell: Tell, *, patience: int = 0) -> None:
        self._where = where
        self._times = times
        self._tell = tell
        self._patience = patience
        self._failed = 0
        self._code: str | None = None

    async def well(self) -> None:
        """It works."""
        self._failed = 0
        if self._code is not None:
            self._code = None
            await self._tell(Trouble(self._where, None))

    async def trouble(self, problem: Exception) -> float:
        """It failed: seconds to wait. Raises the problem if an organiser, or a programmer, must change
        something."""
        known = understood(problem)
        if not isinstance(known, Passing):
            raise known or problem
        wait = retry_after(known, self._failed + 1, self._times) or 0.0
        await self.failed(known, wait)
        return wait

    async def failed(self, problem: Passing, wait: float, more: str = "") -> None:
        """It failed, and is tried again in `wait` seconds. `more`: what else an organiser should know."""
        self._failed += 1
        quiet = self._patience if type(problem) is Passing else 0
        if problem.code != self._code and self._failed > quiet:
            self._code = problem.code
            await self._tell(Trouble(self._where, problem.code, f"{problem.message}{more}", wait))

    async def over(self, problem: Passing) -> None:
        """It waits for an organiser, or for a day that is far."""
        if problem.code != self._code:
            self._code = problem.code
            await self._tell(Trouble(self._where, problem.code, problem.message))
