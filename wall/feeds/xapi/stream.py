"""The filtered stream: the fast way, and never the only one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

from wall.errors import FeedFatal
from wall.feeds.base import Dropped
from wall.feeds.common.problems import Passing
from wall.feeds.common.tasks import together
from wall.feeds.shapes.common import Record
from wall.feeds.xapi.api import CONNECTIONS, Api
from wall.feeds.xapi.config import Times
from wall.feeds.xapi.flow import Flow
from wall.feeds.xapi.problems import BudgetUsed, TooManyConnections, of_words
from wall.feeds.xapi.rules import Rules
from wall.feeds.xapi.signals import Signals
from wall.feeds.xapi.standing import PLACE, Standing
from wall.model import utc_now

WHERE = f"{PLACE} stream"
LINE_LIMIT = 4 << 20
"""Longest line that is kept, in bytes."""


class Stream:
    """The stream of one feed, over every reconnection."""

    def __init__(self, api: Api, rules: Rules, flow: Flow, times: Times) -> None:
        self._api = api
        self._rules = rules
        self._flow = flow
        self._times = times
        self._standing = Standing(WHERE, times, flow.tell, patience=1)
        self._cleaned: float | None = None
        """When connections of ours that X still counted were ended (monotonic)."""

    async def run(self, signals: Signals) -> None:
        """Listen, and connect again whenever it ends. Raises FeedFatal."""
        while True:
            await self._flow.affordable()
            try:
                await self._rules.ensure()
                await self._listen(signals)
            except BudgetUsed:
                signals.closed()
            except Exception as problem:  # noqa: BLE001  judged by the table
                signals.closed()
                if not (isinstance(problem, TooManyConnections) and await self._cleaned_up()):
                    await asyncio.sleep(await self._standing.trouble(problem))

    async def _listen(self, signals: Signals) -> None:
        async with self._api.stream() as parts:
            signals.opened()
            await together(self._hear(parts), self._keep_rules())

    async def _hear(self, parts: AsyncIterator[bytes]) -> None:
        async for line in lines(parts):
            await self._take(line)
            await self._standing.well()
            if self._flow.meter.page(utc_now()) is None:
                raise BudgetUsed
            await self._flow.health.well()
        raise Passing("stream_lost", "Its stream broke off")

    async def _keep_rules(self) -> None:
        """Look now and then whether the rules are there: without them the stream only is silent."""
        while True:
            await asyncio.sleep(self._times.net)
            with contextlib.suppress(Passing):
                await self._rules.ensure()

    async def _take(self, line: bytes | None) -> None:
        """One line: a post, a word of the API, or nothing but a sign of life."""
        if line is None:
            await self._flow.tell(Dropped("too_large", WHERE))
        elif line.strip():
            record = _record(line)
            if record is None:
                await self._flow.tell(Dropped("unusable_event", WHERE))
            else:
                await self._read(record)

    async def _read(self, record: Record) -> None:
        if "data" in record:
            await self._api.taken(record)
            if self._rules.matched(record):
                await self._flow.take(record, WHERE)
            return
        if (said := of_words(record)) is not None:
            raise said
        if "errors" in record:
            raise Passing("stream_lost", "X ended its stream")

    async def _cleaned_up(self) -> bool:
        """End the connections of this app that X still counts: an unclean end of ours leaves one. Not twice
        in 15 minutes: another program would be thrown out again and again. Whether it was done: what X says
        of the stream itself counts, not of this."""
        now = time.monotonic()
        if self._cleaned is not None and now - self._cleaned < self._times.cleanup:
            return False
        self._cleaned = now
        try:
            await self._api.send("DELETE", CONNECTIONS)
        except (Passing, FeedFatal):
            return False
        return True


async def lines(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """Lines as they come, without their `\\n`; None in place of one that is too long.

    Only `\\n` ends a line: a post may hold U+2028 and the like.
    """
    begun, skipping = bytearray(), False
    async for part in parts:
        *whole, rest = part.split(b"\n")
        for end in whole:
            begun += end
            yield None if skipping or len(begun) > LINE_LIMIT else bytes(begun)
            begun, skipping = bytearray(), False
        begun += rest
        if len(begun) > LINE_LIMIT:
            begun, skipping = bytearray(), True


def _record(line: bytes) -> Record | None:
    """A line as an object; None for what is none."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
