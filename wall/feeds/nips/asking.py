"""Every server of a feed at once: one that is slow, away or refuses is left out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from wall.feeds.nips.connection import Connection, Filter
from wall.feeds.nips.events import Event
from wall.feeds.nips.problems import understood


class Askable(Protocol):
    """A server. `connection` is there while it can be asked."""

    @property
    def connection(self) -> Connection | None:
        """The connection that is open, if one is."""
        ...


class Asking:
    """The servers of a feed, those that are connected."""

    def __init__(self, servers: Sequence[Askable]) -> None:
        self._servers = servers

    async def every(self, filters: Sequence[Filter], within: float) -> list[Event] | None:
        """What the servers have of this that answer within so many seconds, each event once; None when none
        of them answers. Raises what is a fault of the program."""
        connections = [one.connection for one in self._servers if one.connection is not None]
        asked = await asyncio.gather(
            *(_soon(one, filters, within) for one in connections), return_exceptions=True
        )
        found: dict[str, Event] = {}
        answers = 0
        for said in asked:
            if isinstance(said, list):
                answers += 1
                found |= {event.id: event for event in said}
            elif understood(said) is None:
                raise said
        return list(found.values()) if answers else None


async def _soon(connection: Connection, filters: Sequence[Filter], within: float) -> list[Event]:
    async with asyncio.timeout(within):
        return await connection.ask(filters)
