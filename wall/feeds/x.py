"""The `x` network: hashtags of X, by its filtered stream or by searches, within a budget.

Configuration: `hashtags`, `token`, `way`, `budget`, `poll_seconds`, `look_back_hours`.
`docs/reference/networks/x.md` has it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wall.feeds.base import Item, Rechecked
from wall.feeds.common.tasks import together
from wall.feeds.xapi import problems
from wall.feeds.xapi.api import Api
from wall.feeds.xapi.config import Times, XConfig, checked
from wall.feeds.xapi.flow import Flow
from wall.feeds.xapi.meter import Meter
from wall.feeds.xapi.place import Place
from wall.feeds.xapi.recheck import Recheck
from wall.feeds.xapi.rules import Rules
from wall.feeds.xapi.search import Search
from wall.feeds.xapi.signals import Signals
from wall.feeds.xapi.standing import PLACE
from wall.feeds.xapi.stream import Stream

TIMES = Times()
"""The pace of every source that is opened by name."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults, the token included. Raises BadInput, which shows none."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> XSource:
    """A source for these hashtags. Raises BadInput."""
    return XSource(checked(config), times=TIMES)


@dataclass(frozen=True, slots=True)
class _Running:
    """One stream: what came of it, and its task."""

    flow: Flow
    task: asyncio.Task[None]

    async def end(self) -> None:
        """End it; whoever waits for its next item gets none. Safe to call twice."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.flow.end()


class XSource:
    """Hashtags of X, and what reading them cost.

    A source that streams should also be the one that is asked to `recheck`: it has one meter for both.
    """

    network = "x"
    places = (PLACE,)

    def __init__(self, config: XConfig, *, times: Times) -> None:
        self._config = config
        self._times = times
        self._meter = Meter(config.budget)
        self._versions: dict[str, str] = {}
        self._api = Api(config, times, self._meter, self._tell)
        self._recheck = Recheck(self._api, self._meter, self._versions, times)
        self._running: _Running | None = None

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Posts of all hashtags, for ever; where there is no cursor, from `look_back_hours` ago.

        What passes is waited for and told of, a budget that is used up included. Raises FeedFatal for a
        token that is refused.
        """
        await self._end()
        flow = Flow(Place(cursor, self._meter), self._meter, self._versions, self._times)
        running = self._running = _Running(flow, asyncio.create_task(self._read(flow)))
        try:
            async for item in flow.items():
                yield item
        finally:
            await running.end()

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """What X still shows of these, and what it says is gone; what it is not time, or no money, to ask
        for is unknown. Raises Passing, FeedFatal without an answer."""
        return await self._recheck.ask(keys, self._running.flow if self._running else None)

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.xapi.problems`."""
        return problems.retry_after(problem, attempt, self._times)

    async def aclose(self) -> None:
        """End the stream and close every connection."""
        await self._end()
        await self._api.aclose()

    async def _read(self, flow: Flow) -> None:
        await self._api.tell_money()
        signals = Signals()
        work: list[Coroutine[Any, Any, None]] = [
            Search(self._api, self._config, flow, self._times).run(signals),
            flow.keep(),
        ]
        if self._config.way == "stream":
            rules = Rules(self._api, self._config.hashtags, flow.place.mark)
            work.append(Stream(self._api, rules, flow, self._times).run(signals))
        try:
            await together(*work)
        except Exception as problem:  # noqa: BLE001  handed to who reads the stream
            await flow.failed(problem)

    async def _tell(self, item: Item) -> None:
        """Tell what a request showed of limits and money, where somebody listens."""
        if self._running is not None:
            await self._running.flow.tell(item)

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.end()
