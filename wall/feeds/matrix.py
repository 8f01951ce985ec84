"""The `matrix` network: what is said in rooms, by the long poll of a homeserver.

Configuration: `homeserver`, `token`, `rooms`, and `hashtags` where not every message is meant.
`docs/reference/networks/matrix.md` has it all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from wall.feeds.base import Item, Rechecked
from wall.feeds.common.fields import name_of
from wall.feeds.common.rounds import in_rounds
from wall.feeds.matrix_rooms import problems
from wall.feeds.matrix_rooms.api import Homeserver
from wall.feeds.matrix_rooms.config import MatrixConfig, Times, checked
from wall.feeds.matrix_rooms.recheck import Recheck
from wall.feeds.matrix_rooms.run import Run

TIMES = Times()
"""The pace of every source that is opened by name."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults, the token included. Raises BadInput, which shows none."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> MatrixSource:
    """A source for these rooms. Raises BadInput."""
    return MatrixSource(checked(config), times=TIMES)


class MatrixSource:
    """Rooms of one account as one stream; one that is closed does not stop the others."""

    network = "matrix"

    def __init__(self, config: MatrixConfig, *, times: Times) -> None:
        self.places = (name_of(config.homeserver),)
        self._config = config
        self._times = times
        self._api = Homeserver(config, times)
        self._had: dict[str, None] = {}
        self._recheck = Recheck(self._api, times, self._had)
        self._run: Run | None = None

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Messages of all rooms, for ever; where there is no cursor, from `look_back_hours` ago.

        What passes is waited for and told of. Raises FeedFatal for a token that is refused.
        """
        run = self._run = Run(self._config, self._api, self._times, cursor, self._had)
        waits = self._times.first_wait, self._times.longest_wait
        going = in_rounds(run, self.places[0], problems.understood, waits, lambda: self._run is run)
        async with aclosing(going) as items:
            async for item in items:
                yield item

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """What the homeserver still has of these, and what it has no more. Raises as `stream` does."""
        run = self._run
        rooms = run.rooms.open if run else {}
        return await self._recheck.ask(keys, rooms, run.flow if run else None)

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.matrix_rooms.problems`."""
        return problems.retry_after(problem, attempt)

    async def aclose(self) -> None:
        """End the stream and close every connection."""
        self._run = None
        await self._api.aclose()
