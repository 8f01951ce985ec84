"""The `bluesky` network: hashtags of all of Bluesky, from its public stream.

Configuration: `hashtags`, and `handle` with `app_password` for searching and replying.
`docs/reference/networks/bluesky.md` has it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wall.feeds.atproto import problems
from wall.feeds.atproto.config import BlueskyConfig, Times, checked
from wall.feeds.atproto.flow import Flow
from wall.feeds.atproto.jetstream import Jetstream
from wall.feeds.atproto.memory import Known, Place, Remembered, place_of
from wall.feeds.atproto.people import People
from wall.feeds.atproto.recheck import Recheck
from wall.feeds.atproto.replying import BlueskyReplier
from wall.feeds.atproto.search import Search
from wall.feeds.atproto.session import Session
from wall.feeds.atproto.standing import PLACE
from wall.feeds.atproto.xrpc import AppView, Xrpc
from wall.feeds.base import Item, Rechecked
from wall.feeds.common.tasks import together

TIMES = Times()
"""The pace of every source that is opened by name."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults, the app password included. Raises BadInput, which shows none."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> BlueskySource:
    """A source for these hashtags. Raises BadInput."""
    return BlueskySource(checked(config), times=TIMES)


def open_replier(config: Mapping[str, Any], cursor: str | None) -> BlueskyReplier | None:
    """What posts replies by the account of an app password; None where there is none. Raises BadInput."""
    del cursor  # posts are found by their own ids
    known = checked(config)
    return BlueskyReplier(known, TIMES) if known.has_account else None


@dataclass(frozen=True, slots=True)
class _Running:
    """One stream: what came of it, and its task."""

    flow: Flow
    recheck: Recheck
    task: asyncio.Task[None]

    async def end(self) -> None:
        """End it; whoever waits for its next item gets none. Safe to call twice."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.flow.end()


class BlueskySource:
    """Hashtags of the whole network as one stream, with a search under it where there is an account.

    A source that streams should also be the one that is asked to `recheck`: it knows what was there.
    """

    network = "bluesky"
    places = (PLACE,)

    def __init__(self, config: BlueskyConfig, *, times: Times) -> None:
        self._config = config
        self._times = times
        self._appview = AppView(config.appviews, times)
        self._people = People(self._appview, times)
        self._service = Xrpc(config.service, times) if config.has_account else None
        self._posts = Remembered()
        self._running: _Running | None = None

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Posts of all hashtags, for ever; where there is no cursor, from `look_back_hours` ago, or with an
        account the last 7 days. What passes is waited for and told of."""
        await self._end()
        place, known = place_of(cursor), Known(self._posts)
        self._posts.restore(place)
        flow = Flow(known, self._people, self._config.hashtags, self._times)
        recheck = Recheck(self._people, known, self._times)
        running = self._running = _Running(flow, recheck, asyncio.create_task(self._read(flow, place)))
        try:
            async for item in flow.items():
                yield item
        finally:
            await running.end()

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """What the AppView still shows, and what it shows no more. Raises Passing without an answer."""
        if self._running is None:
            return await self._unheard(keys)
        return await self._running.recheck.ask(keys, self._running.flow)

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.atproto.problems`."""
        return problems.retry_after(problem, attempt)

    async def aclose(self) -> None:
        """End the stream and close every connection."""
        await self._end()
        await self._appview.aclose()
        if self._service is not None:
            await self._service.aclose()

    async def _unheard(self, keys: Sequence[str]) -> Rechecked:
        """A recheck without a stream: nobody is told how posts changed."""
        known = Known(self._posts)
        flow = Flow(known, self._people, self._config.hashtags, self._times)
        return await Recheck(self._people, known, self._times).ask(keys, flow)

    async def _read(self, flow: Flow, place: Place) -> None:
        stream = Jetstream(self._config, self._times, flow, self._people)
        work: list[Coroutine[Any, Any, None]] = [stream.run(place.at), flow.run()]
        if self._service is not None:
            account = self._config.handle or "", self._config.app_password or ""
            session = Session(self._service, *account)
            search = Search(session, self._config.hashtags, flow, self._times)
            work.append(search.run(stream.opened, place.at))
        try:
            await together(*work)
        except Exception as problem:  # noqa: BLE001  handed to who reads the stream
            await flow.failed(problem)

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.end()
