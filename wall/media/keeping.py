"""On disk there is only what a post still has: every process sees to it for its own folder.

Who takes a post back purges its pictures at once, but other processes do not hear of that, a purge can
be broken off, and an edit can replace a picture. So the folder is compared with the posts: at the start,
after every entry of the journal with which a picture can have been lost, and now and then anyway. Until
then nobody can see such a picture: whoever asks names a post, and gets what that post has now.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial

import structlog
from sqlalchemy import Connection

from wall.errors import BackchannelError
from wall.media.cache import Cache
from wall.media.sources import addresses
from wall.store import Store, pictures

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
SWEEP_SECONDS = 600.0
_POSTS_AT_ONCE = 500
_REST = 20
"""After a sweep the next one waits this many times as long as it took: five per cent of one processor."""


class Keeping:
    """Compares one process's folder of pictures with the posts of a store."""

    def __init__(self, store: Store, cache: Cache) -> None:
        self._store = store
        self._cache = cache
        self._heads: pictures.Heads = {}
        self._rested_at = 0.0
        self._due_at = 0.0

    async def run(self) -> None:
        """Look every few seconds, until cancelled. What fails is tried again at the next look."""
        while True:
            try:
                await self.look()
            except BackchannelError as problem:
                log.warning("pictures_not_compared", code=problem.code)
            except OSError as problem:
                log.error("pictures_not_removed", errno=problem.errno)
            except Exception:
                log.exception("pictures_not_compared")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Sweep if a post lost a picture since the last sweep, or if it is time to."""
        began = time.monotonic()
        if began < self._rested_at:
            return
        now, lost = await self._store.read(partial(self._news, due=began >= self._due_at))
        if lost:
            await self.sweep()
            self._rested_at = time.monotonic() + _REST * (time.monotonic() - began)
            self._due_at = began + SWEEP_SECONDS
        self._heads = now

    async def sweep(self) -> None:
        """Remove every picture that is too old or that no post has. Raises StoreUnavailable, OSError."""
        await asyncio.to_thread(self._cache.sweep)
        unclaimed, after = await asyncio.to_thread(self._cache.held), ""
        while unclaimed:
            last, claimed = await self._store.read(partial(self._claimed, after=after))
            unclaimed -= claimed
            if last is None:
                break
            after = last
        if unclaimed:
            await asyncio.to_thread(self._cache.drop, unclaimed)
            log.info("pictures_removed", pictures=len(unclaimed))

    def _news(self, conn: Connection, *, due: bool) -> tuple[pictures.Heads, bool]:
        now = pictures.heads(conn)
        return now, due or pictures.lost_since(conn, self._heads, now)

    def _claimed(self, conn: Connection, *, after: str) -> tuple[str | None, set[str]]:
        """Names of the pictures of some posts, and the id of the last of them."""
        found = pictures.posts_after(conn, after, _POSTS_AT_ONCE)
        names = {name for _, post in found for name in self._cache.names(addresses(post))}
        return (found[-1][0] if found else None), names
