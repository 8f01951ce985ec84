"""A hashtag's timeline over REST: what came while nothing streamed, and a net under the stream.

The place of a hashtag moves only here: after a page was told whole. A stream that breaks, stalls or
skips can thus lose nothing; it is only faster.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any

from wall.feeds.base import Dropped
from wall.feeds.common.problems import Passing
from wall.feeds.kin.ids import back, order
from wall.feeds.kin.instance import About, Health, Instance, id_in
from wall.feeds.kin.merge import Merge
from wall.feeds.kin.rest import NotThere, Params
from wall.feeds.kin.signals import Signals
from wall.feeds.shapes.common import Record
from wall.model import utc_now

PAGE = 40
"""Statuses of a page: the most that Mastodon gives."""

SMALL_PAGES = (5, 1)
"""Tried in turn where a page is too large to be read."""

FIRST_PAGES = 25
FIRST_DAYS = 7
"""A feed without a cursor starts with this many pages at most, of posts of the last days."""

KNOWN_PAGES = 5
"""Pages before the cursor that are read again at a start: edits missed meanwhile, and local ids."""


class Timelines:
    """The hashtags of one instance."""

    def __init__(
        self,
        instance: Instance,
        about: About,
        tags: tuple[str, ...],
        merge: Merge,
        signals: Signals,
        poll: float | None,
    ) -> None:
        """`poll` seconds between two looks at a hashtag, where the organiser wants them rarer."""
        self._instance = instance
        self._params = about.page_params
        self._compares = about.software.chooses_languages
        self._signals = signals
        self._tags = tags
        self._merge = merge
        self._poll = max(poll or 0.0, instance.times.poll * len(tags))

    async def run(self) -> None:
        """Look again and again, sooner while nothing streams. Raises FeedFatal."""
        health = Health(self._instance.name, self._instance.times, self._merge)
        overlap, watched, known = self._instance.times.long_overlap, False, False
        while True:
            self._signals.looks(watched=watched)
            try:
                if not known:
                    await self._look_back()
                    known = True
                news = [await self.catch_up(tag, overlap) for tag in self._tags]
            except Exception as problem:  # noqa: BLE001  judged by the table
                overlap, watched = self._instance.times.long_overlap, False
                await self._merge.budget(self._instance.rest.left)
                await asyncio.sleep(await health.trouble(problem))
                continue
            await health.well()
            await self._merge.budget(self._instance.rest.left)
            if watched and any(news):
                self._signals.judge()
            watched = await self._until_next()
            overlap = self._instance.times.overlap if watched else self._instance.times.long_overlap

    async def catch_up(self, tag: str, overlap: float) -> bool:
        """Tell what came since the place of a hashtag less `overlap` seconds. Whether there was news."""
        reached = self._merge.place.min_id(self._instance.name, tag)
        if reached is None:
            return await self._start(tag)
        at, news = back(reached, overlap), False
        while True:
            page = await self._page(tag, {"min_id": at})
            fresh = await self._tell(tag, page)
            newest = _newest(page)
            if newest is None or order(newest) <= order(at):
                return news
            news = news or fresh
            await self._merge.reached(self._instance.name, tag, newest, self._instance.ids)
            at = newest
            if not fresh and len(page) < PAGE:
                return news

    async def _until_next(self) -> bool:
        """Wait for the next look. Whether it is due by time, and not because the stream came or went."""
        self._signals.told = 0
        every = self._instance.times.catch_up if self._signals.trusted else self._poll
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every):
                await self._signals.look.wait()
            return False
        return True

    async def _look_back(self) -> None:
        """Read once more what was read last before this start."""
        for tag in self._tags:
            reached = self._merge.place.min_id(self._instance.name, tag)
            pages = await self._before(tag, reached, KNOWN_PAGES) if reached else []
            for page in reversed(pages):
                await self._tell(tag, page)

    async def _start(self, tag: str) -> bool:
        """The newest posts of a hashtag that was never read, the oldest of them first."""
        pages = await self._before(tag, None, FIRST_PAGES)
        news = False
        for page in reversed(pages):
            news = await self._tell(tag, page) or news
        if pages and (newest := _newest(pages[0])):
            await self._merge.reached(self._instance.name, tag, newest, self._instance.ids)
        return news

    async def _before(self, tag: str, max_id: str | None, most: int) -> list[list[Record]]:
        """Pages before an id (None: the newest), newest first, of the last days at most."""
        pages: list[list[Record]] = []
        while len(pages) < most:
            page = await self._page(tag, {"max_id": max_id} if max_id else {})
            ids = [id_in(status) for status in page if id_in(status)]
            oldest = min(ids, key=order, default=None)
            if oldest is None or (max_id and order(oldest) >= order(max_id)):
                break
            pages.append(page)
            max_id = oldest
            if len(page) < PAGE or _is_old(page[-1]):
                break
        return pages

    async def _page(self, tag: str, where: Params) -> list[Record]:
        for limit in (PAGE, *SMALL_PAGES):
            try:
                said = await self._instance.rest.get(
                    f"/api/v1/timelines/tag/{tag}", {**self._params, **where, "limit": str(limit)}
                )
            except NotThere as problem:
                raise Passing("server_error", f"It answers with status {problem.status}") from None
            except Passing as problem:
                if problem.code != "too_large" or limit == SMALL_PAGES[-1]:
                    raise
            else:
                return await self._statuses(said, tag)
        raise AssertionError("unreachable")

    async def _statuses(self, said: Any, tag: str) -> list[Record]:
        if not isinstance(said, list):
            raise Passing("not_json", "It answers with something else than posts")
        for part in said:
            if not isinstance(part, dict):
                await self._merge.loss(Dropped("unusable_post", self._where(tag)))
        return [part for part in said if isinstance(part, dict)]

    async def _tell(self, tag: str, page: list[Record]) -> bool:
        """Tell of a page, the oldest first. Whether there was news."""
        statuses = sorted(page, key=lambda status: order(id_in(status)))
        news = False
        for status in statuses:
            if self._compares and self._signals.watched and not self._instance.knows(status):
                self._signals.hearing.read(status)
            news = await self._instance.take(status, self._where(tag), self._merge) or news
        return news

    def _where(self, tag: str) -> str:
        return f"{self._instance.name} #{tag}"


def _newest(page: list[Record]) -> str | None:
    return max((id_in(status) for status in page), key=order, default="") or None


def _is_old(status: Record) -> bool:
    try:
        made = datetime.fromisoformat(status["created_at"])
        return made < utc_now() - timedelta(days=FIRST_DAYS)
    except (LookupError, TypeError, ValueError):
        return False
