"""What the stream did not bring: a search for the hashtags after every connection, with an app password.

The AppView answers a search to nobody without an account (since January 2025), and Bluesky asks that bots
do not search all the time: it is a net under the stream, not a way beside it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.events import moment
from wall.feeds.atproto.flow import Flow, Found
from wall.feeds.atproto.posts import is_post, labels_of
from wall.feeds.atproto.problems import PasswordRefused
from wall.feeds.atproto.session import Session
from wall.feeds.atproto.standing import PLACE, Standing
from wall.feeds.common.problems import Passing
from wall.feeds.shapes.common import Record, parts_of
from wall.model import utc_now

PAGE = 100
"""Posts of a page: the most that the AppView gives."""

MOST_PAGES = 25
"""Pages of one hashtag that one search reads."""

FIRST_DAYS = 7
"""A feed without a cursor starts with the posts of the last days."""


class Search:
    """The searches of one feed."""

    def __init__(self, session: Session, hashtags: tuple[str, ...], flow: Flow, times: Times) -> None:
        self._session = session
        self._hashtags = hashtags
        self._flow = flow
        self._times = times
        self._standing = Standing(f"{PLACE} search", times, flow.trouble)

    async def run(self, opened: asyncio.Event, at: int | None) -> None:
        """Search now from a time in microseconds (None: the last days), and after each connection of the
        stream, which sets `opened`. Ends when the app password is refused."""
        since = utc_now() - timedelta(days=FIRST_DAYS) if at is None else moment(at)
        while True:
            began = utc_now()
            try:
                await self._search(since - timedelta(seconds=self._times.overlap))
            except PasswordRefused as problem:
                await self._standing.over(problem.code, problem.message)
                return
            except Exception as problem:  # noqa: BLE001  judged by the table
                await asyncio.sleep(await self._standing.trouble(problem))
                continue
            await self._standing.well()
            await self._flow.budget("search", self._session.left)
            since = began
            opened.clear()
            await asyncio.sleep(self._times.search)
            await opened.wait()

    async def _search(self, since: datetime) -> None:
        for tag in self._hashtags:
            for page in reversed(await self._pages(tag, since)):
                for view in reversed(page):
                    await self._take(view, tag)

    async def _pages(self, tag: str, since: datetime) -> list[list[Record]]:
        pages: list[list[Record]] = []
        asked = {"q": f"#{tag}", "tag": tag, "sort": "latest", "limit": str(PAGE)}
        asked["since"] = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        while len(pages) < MOST_PAGES:
            said = await self._session.get("app.bsky.feed.searchPosts", asked)
            if not isinstance(said.get("posts"), list):
                raise Passing("not_json", "It answers with something else than posts")
            pages.append(parts_of(said["posts"]))
            cursor = said.get("cursor")
            if not isinstance(cursor, str) or not pages[-1] or cursor == asked.get("cursor"):
                break
            asked["cursor"] = cursor
        return pages

    async def _take(self, view: Record, tag: str) -> None:
        """Tell of a post that was found, if the hashtag is really on it: a search also finds words."""
        record, uri = view.get("record"), view.get("uri")
        if not isinstance(record, dict) or not is_post(uri) or not self._flow.is_wanted(record):
            return
        known = self._flow.known.version(uri)
        if known is not None:  # an edit that the stream told is newer than what a search shows
            return
        cid = view.get("cid")
        await self._flow.found(
            Found(
                uri=uri,
                record=record,
                where=f"search #{tag}",
                cid=cid if isinstance(cid, str) else None,
                labels=labels_of(view),
            )
        )
