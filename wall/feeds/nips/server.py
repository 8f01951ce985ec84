"""One Nostr server, over every reconnection: what is new, what was missed, and what is taken back.

A subscription makes it fast: it brings what comes in, whatever its date (but for what is dated over a week
ago: servers copy whole archives from one another). Reading back makes it whole: what the server took while
nobody listened is found by its date alone, and dates are from authors' clocks. So a new connection reads
from 15 minutes before the last post, by our clock; every five minutes the same is read beside the
subscription; and at the start and every hour a whole day is.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from wall.feeds.base import Dropped, Trouble
from wall.feeds.common.fields import name_of
from wall.feeds.common.problems import Passing
from wall.feeds.common.setbacks import Setbacks
from wall.feeds.common.tasks import together
from wall.feeds.nips.config import NostrConfig, Times
from wall.feeds.nips.connection import Connection, Filter, Subscription, connected
from wall.feeds.nips.events import DELETION, GENERIC_REPOST, NOTE, REPOST, VANISHING, Event
from wall.feeds.nips.flow import Flow
from wall.feeds.nips.memory import CHUNK, CHUNKS, Known, Proofs
from wall.feeds.nips.problems import understood

PAGE = 500
"""Posts that are asked for at once; servers answer with as many or fewer."""
MOST_PAGES = 200
"""Requests of one reading: a server that gives the same again and again is left."""
SMALL = 20
"""A page with fewer is taken to be all that there is: no server is known that answers with less."""
FIRST_MOST = 2_500
"""Posts that a feed which starts for the first time reads back, of each server."""
BACK_MOST = 10_000
"""The same for one that goes on; it says so when there are more."""

TOO_MUCH = "More than 10,000 posts came while it was away: the oldest of them were left out"


class Server:
    """One server of a feed. `connection` is there while it can be asked."""

    def __init__(self, relay: str, config: NostrConfig, times: Times) -> None:
        self.name = name_of(relay)
        self.connection: Connection | None = None
        self._relay = relay
        self._times = times
        self._wanted: Filter = {"kinds": [NOTE], "#t": list(config.hashtags)}
        if config.authors:
            self._wanted["authors"] = list(config.authors)
        self._posts = Setbacks(self.name, times.first_wait, times.longest_wait)
        self._deletions = Setbacks(f"{self.name} deletions", times.first_wait, times.longest_wait)
        self._at: int | None = None
        """Up to when, in seconds by our clock, everything was told; None: nothing was yet."""
        self._is_whole = False
        self._kept = self._swept = -math.inf
        self._watched = 0

    async def run(self, at: int | None, flow: Flow, proofs: Proofs) -> None:
        """Read it for ever, from a time on. Raises what is a fault of the program."""
        self._at, self._is_whole = at, False
        while True:
            try:
                await self._listen(flow, proofs)
            except Exception as problem:  # noqa: BLE001  judged by the table
                await self._wait(problem, flow)

    async def _wait(self, problem: Exception, flow: Flow) -> None:
        known = understood(problem)
        if not isinstance(known, Passing):
            raise known or problem
        seconds, told = self._posts.trouble(known)
        await flow.troubles(told)
        await asyncio.sleep(seconds)

    async def _listen(self, flow: Flow, proofs: Proofs) -> None:
        async def lost(code: str, what: str) -> None:
            await flow.loss(Dropped(code, self.name), what)

        async with await connected(self._relay, self._times) as socket:
            connection = Connection(socket, self._times, proofs, lost)
            try:
                await together(
                    connection.run(), self._read(connection, flow), self._watch(connection, flow)
                )
            finally:
                self.connection, self._is_whole = None, False

    async def _read(self, connection: Connection, flow: Flow) -> None:
        """Subscribe, read what was missed, and go on reading the last of it again and again."""
        is_first = self._at is None
        if is_first:
            self._swept = time.monotonic()
        while True:
            began = int(time.time())
            await self._subscribe(connection, flow)
            self.connection = connection
            if self._at is None:
                since = began - self._times.look_back
            else:
                since = min(began, self._at) - self._times.near
            await self._back(connection, flow, since, is_first=is_first)
            is_first = False
            await flow.troubles(self._posts.well())
            self._is_whole = True
            await self._reached(began, flow)
            if time.monotonic() - self._swept >= self._times.sweeps:
                self._swept = time.monotonic()
                await self._back(connection, flow, began - self._times.far)
            await asyncio.sleep(self._times.sweep)

    async def _subscribe(self, connection: Connection, flow: Flow) -> None:
        async def heard(event: Event) -> None:
            await flow.found(event, self.name)
            now = time.monotonic()
            if self._is_whole and now - self._kept >= self._times.checkpoint:
                self._kept = now
                await self._reached(int(time.time()), flow)

        async def ended(problem: Passing | None) -> None:
            if problem is not None:
                raise problem

        since = int(time.time() - self._times.look_back)
        wanted = Subscription(heard, ended)
        await connection.subscribe("posts", [self._wanted | {"since": since, "limit": 1}], wanted)

    async def _reached(self, at: int, flow: Flow) -> None:
        self._at = max(at, self._at or at)
        await flow.reached(self.name, self._at)

    async def _back(
        self, connection: Connection, flow: Flow, since: float, *, is_first: bool = False
    ) -> None:
        """Tell of all posts that are dated since then."""
        count, most = 0, FIRST_MOST if is_first else BACK_MOST
        async with aclosing(self._pages(connection, int(since))) as pages:
            async for page in pages:
                for event in sorted(page, key=lambda one: one.at):
                    await flow.found(event, self.name)
                count += len(page)
                if count >= most:
                    break
        if count >= BACK_MOST:
            await flow.troubles([Trouble(f"{self.name} history", "too_much", TOO_MUCH)])

    async def _pages(self, connection: Connection, since: int) -> AsyncGenerator[list[Event], None]:
        """Posts from the newest on. A server gives the newest of what it is asked for, as many as it likes,
        so it is asked again for what is not after the oldest of them, until there is no more."""
        until: int | None = None
        had: set[str] = set()
        for _ in range(MOST_PAGES):
            dates = {"since": since} if until is None else {"since": since, "until": until}
            given, is_whole = await connection.page([self._wanted | dates | {"limit": PAGE}])
            page = [event for event in given if event.at >= since and (until is None or event.at <= until)]
            new = [event for event in page if event.id not in had]
            had.update(event.id for event in new)
            yield new
            if is_whole and len(page) < SMALL:
                return
            oldest = min((event.at for event in page), default=since)
            until = oldest if new else oldest - 1
            if until < since:
                return

    async def _watch(self, connection: Connection, flow: Flow) -> None:
        """Subscribe to the deletions of what is told, and to who repeats it; for ever."""
        news, loop = asyncio.Event(), asyncio.get_running_loop()
        self._watched = 0

        def again() -> None:
            self._watched = 0
            news.set()

        async def ended(problem: Passing | None) -> None:
            if problem is None:
                await flow.troubles(self._deletions.well())
            else:
                seconds, told = self._deletions.trouble(problem)
                await flow.troubles(told)
                loop.call_later(seconds, again)

        wanted = Subscription(flow.heard_of, ended)
        news.set()
        flow.news.add(news)
        try:
            while True:
                await news.wait()
                await asyncio.sleep(self._times.watch)
                news.clear()
                await self._watch_more(connection, flow.known, wanted)
        finally:
            flow.news.discard(news)

    async def _watch_more(self, connection: Connection, known: Known, wanted: Subscription) -> None:
        """Subscribe to the chunks of posts that grew. A chunk takes the place of the oldest."""
        since = int((self._at or time.time()) - self._times.near)
        for number, chunk in known.numbered():
            if number * CHUNK + len(chunk) <= self._watched:
                continue
            ids, authors = [one for one, _ in chunk], list(dict.fromkeys(who for _, who in chunk))
            filters: list[Filter] = [
                {"kinds": [DELETION], "#e": ids},
                {"kinds": [VANISHING], "authors": authors},
                {"kinds": [REPOST, GENERIC_REPOST], "#e": ids, "since": since},
            ]
            self._watched = number * CHUNK + len(chunk)
            await connection.subscribe(f"watch{number % CHUNKS}", filters, wanted)
