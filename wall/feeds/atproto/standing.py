"""How one way to Bluesky is doing: counts failures, and says when that changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.problems import retry_after, understood
from wall.feeds.base import Trouble
from wall.feeds.common.problems import Passing

PLACE = "Bluesky"
"""What an organiser knows the whole network by; a way to it is this with a word (`Bluesky authors`)."""

Tell = Callable[[Trouble], Awaitable[None]]


class Standing:
    """One way to Bluesky. `patience`: so many failures in a row are not worth a word (other hosts)."""

    def __init__(self, name: str, times: Times, tell: Tell, *, patience: int = 0) -> None:
        self._name = name
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
            await self._tell(Trouble(self._name, None))

    async def trouble(self, problem: Exception, who: str = "") -> float:
        """It failed (`who` did): seconds to wait. Raises the problem if it is none of a network."""
        known = understood(problem)
        if not isinstance(known, Passing):
            raise known or problem
        self._failed += 1
        rounds = 1 + (self._failed - 1) // (1 + self._patience)
        wait = retry_after(known, rounds, self._times.first_wait, self._times.longest_wait) or 0.0
        if known.code != self._code and self._failed > self._patience:
            self._code = known.code
            said = f"{who}: {known.message}" if who else known.message
            await self._tell(Trouble(self._name, known.code, said, wait))
        return wait

    async def over(self, code: str, message: str) -> None:
        """It does not work, and an organiser must change something."""
        self._code = code
        await self._tell(Trouble(self._name, code, message))
