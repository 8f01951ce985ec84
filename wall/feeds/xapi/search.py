"""Searches of the last 7 days: what came while nothing streamed, a net under the stream, and a way by
itself.

The place of a feed moves only here: after everything up to it was told. A stream that breaks, stalls or
skips can thus lose nothing; it is only faster.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta

from wall.feeds.shapes.common import Record, parts_of
from wall.feeds.xapi.api import SEARCH, Api
from wall.feeds.xapi.config import SEARCH_HOURS, Times, XConfig
from wall.feeds.xapi.flow import Flow
from wall.feeds.xapi.ids import back, is_id, moment_of, order
from wall.feeds.xapi.place import TIME
from wall.feeds.xapi.problems import BudgetUsed, EndlessSearch, Refused
from wall.feeds.xapi.rules import QUERY_LIMIT, queries
from wall.feeds.xapi.signals import Signals
from wall.feeds.xapi.standing import PLACE, Standing
from wall.model import utc_now

WHERE = f"{PLACE} search"
MOST_PAGES = 500
"""Of one search: 50,000 posts, and more requests than X allows in 15 minutes."""
MOST_EMPTY = 2
"""Pages without a post that follow one another and say that there is more: nothing bills them, so no budget
ends them."""
LATEST = timedelta(seconds=60)
"""So long ago a search begins at least: it ends 30 seconds ago, and X takes none that begins after that."""


class Search:
    """The searches of one feed."""

    def __init__(self, api: Api, config: XConfig, flow: Flow, times: Times) -> None:
        self._api = api
        self._queries = queries(config.hashtags, QUERY_LIMIT)
        self._poll = times.poll or config.poll_seconds * len(self._queries)
        self._flow = flow
        self._times = times
        self._began = flow.place.start(utc_now() - timedelta(hours=config.look_back_hours))
        self._standing = Standing(WHERE, times, flow.tell)
        self._by_time = False
        """Whether X refused an id to search from: one that is too old for it."""

    async def run(self, signals: Signals) -> None:
        """Search again and again, seldom while the stream works. Raises FeedFatal."""
        overlap = self._times.long_overlap
        while True:
            await self._flow.affordable()
            signals.look.clear()
            try:
                await self._search(overlap)
            except BudgetUsed:
                continue
            except Exception as problem:  # noqa: BLE001  judged by the table
                overlap = self._times.long_overlap
                await asyncio.sleep(await self._failed(problem, signals))
                continue
            await self._flow.health.well()
            await self._standing.well()
            overlap = self._times.overlap if await self._until_next(signals) else self._times.long_overlap

    async def _failed(self, problem: Exception, signals: Signals) -> float:
        """Say that it failed: the whole feed, or this way of it while the stream brings posts. Seconds to
        wait. Raises what an organiser must change."""
        standing = self._standing if signals.live else self._flow.health
        return await standing.trouble(problem)

    async def _search(self, overlap: float) -> None:
        """Tell what came since the place, less `overlap` seconds, and move it."""
        newest = ""
        for query in self._queries:
            newest = max(newest, await self._tell(query, self._since(overlap)), key=order)
        self._flow.place.reached(newest)

    async def _tell(self, query: str, since: dict[str, str]) -> str:
        """Tell all pages of a query, the oldest first; the newest id among them. What was paid for is told
        also where the next page failed, or was too dear."""
        pages: list[Record] = []
        try:
            await self._read(query, since, pages)
        except Exception:
            await self._take(pages)
            raise
        return await self._take(pages)

    async def _take(self, pages: list[Record]) -> str:
        newest = ""
        for page in reversed(pages):
            await self._flow.take(page, WHERE)
            newest = max(newest, _newest(page), key=order)
        return newest

    async def _read(self, query: str, since: dict[str, str], pages: list[Record]) -> None:
        asked, token, empty = {"query": query, **since}, None, 0
        for _ in range(MOST_PAGES):
            size = self._flow.meter.page(utc_now())
            if size is None:
                raise BudgetUsed
            page = await self._page({**asked, "max_results": str(size)})
            pages.append(page)
            token = _next_token(page, token)
            if token is None:
                return
            empty = 0 if parts_of(page.get("data")) else empty + 1
            if empty == MOST_EMPTY:
                break
            asked["next_token"] = token
        raise EndlessSearch

    async def _page(self, asked: dict[str, str]) -> Record:
        try:
            return await self._api.read(SEARCH, self._api.posts, asked)
        except Refused:
            self._by_time = self._by_time or "since_id" in asked
            raise

    def _since(self, overlap: float) -> dict[str, str]:
        """From where is searched: an id, or a time where that would be too far back for X."""
        since = self._flow.place.since
        if since is None:
            return {"start_time": _time(self._began)}
        if self._by_time or utc_now() - moment_of(since) > timedelta(hours=SEARCH_HOURS):
            return {"start_time": _time(moment_of(back(since, overlap)))}
        return {"since_id": back(since, overlap)}

    async def _until_next(self, signals: Signals) -> bool:
        """Wait for the next search. Whether it is due by time, and not because the stream came or went: a
        search that ran meanwhile does not count for a new connection."""
        if signals.look.is_set():
            return False
        if signals.live:
            signals.settling = max(0, signals.settling - 1)
        every = self._poll
        if signals.live:
            every = self._times.settle if signals.settling else self._times.net
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every):
                await signals.look.wait()
            return False
        return True


def _time(wanted: datetime) -> str:
    """A time as X takes it: not over 7 days ago, and not after the end of what it searches."""
    now = utc_now()
    return f"{min(max(wanted, now - timedelta(hours=SEARCH_HOURS)), now - LATEST):{TIME}}"


def _newest(page: Record) -> str:
    """The newest id of a page, as it says itself."""
    meta = page.get("meta")
    newest = str(meta.get("newest_id")) if isinstance(meta, dict) else ""
    return newest if is_id(newest) else ""


def _next_token(page: Record, before: str | None) -> str | None:
    """Where the next page is; None: there is none."""
    meta = page.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token and token != before else None
