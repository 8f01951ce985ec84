"""The `nostr` network: hashtags from several relays, every post signed by its author.

Configuration: `relays`, `hashtags`, and `authors` where only some are trusted.
`docs/reference/networks/nostr.md` has it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wall.feeds.base import Item, Rechecked
from wall.feeds.common.fields import name_of
from wall.feeds.common.tasks import together
from wall.feeds.nips import problems
from wall.feeds.nips.asking import Asking
from wall.feeds.nips.config import NostrConfig, Times, checked
from wall.feeds.nips.flow import Flow
from wall.feeds.nips.memory import Place, Proofs, place_of
from wall.feeds.nips.people import People
from wall.feeds.nips.recheck import recheck
from wall.feeds.nips.server import Server

TIMES = Times()
"""The pace of every source that is opened by name."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults. Raises BadInput."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> NostrSource:
    """A source for these hashtags. Raises BadInput."""
    return NostrSource(checked(config), times=TIMES)


@dataclass(frozen=True, slots=True)
class _Running:
    """One stream: what came of it, and its task."""

    flow: Flow
    asking: Asking
    task: asyncio.Task[None]

    async def end(self) -> None:
        """End it; whoever waits for its next item gets none. Safe to call twice."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.flow.end()


class NostrSource:
    """Hashtags of several relays as one stream; one in trouble does not stop the others.

    A recheck asks by the connections of the stream that runs.
    """

    network = "nostr"

    def __init__(self, config: NostrConfig, *, times: Times) -> None:
        self.places = tuple(map(name_of, config.relays))
        self._config = config
        self._times = times
        self._running: _Running | None = None

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Posts of all hashtags, for ever; from the last 7 days where there is no cursor. What passes is
        waited for and told of."""
        await self._end()
        place = place_of(cursor)
        servers = [Server(relay, self._config, self._times) for relay in self._config.relays]
        asking = Asking(servers)
        flow = Flow(self._config, place, People(asking, self._times), self._times)
        running = self._running = _Running(
            flow, asking, asyncio.create_task(self._read(servers, place, flow))
        )
        try:
            async for item in flow.items():
                yield item
        finally:
            await running.end()

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """What the relays have, and what its author took back. What they do not have is unknown, as is
        everything while none is connected."""
        if self._running is None:
            return Rechecked()
        return await recheck(keys, self._running.asking, self._running.flow, self._times)

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.nips.problems`."""
        return problems.retry_after(problem, attempt)

    async def aclose(self) -> None:
        """End the stream and close every connection."""
        await self._end()

    async def _read(self, servers: Sequence[Server], place: Place, flow: Flow) -> None:
        proofs = Proofs()
        try:
            await together(flow.run(), *(one.run(place.at.get(one.name), flow, proofs) for one in servers))
        except Exception as problem:  # noqa: BLE001  handed to who reads the stream
            await flow.failed(problem)

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.end()
