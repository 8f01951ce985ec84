"""What the tests of frames, feeds and overlays have in common: an event into which any posts come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.live.api import Api, api_over
from tests.support.summit import GRAVES, open_rules, post
from wall.feeds.base import Arrived, Edited
from wall.intake import admit, moves
from wall.journal import Tx
from wall.model import Post, Reason
from wall.store import posts


class Elsewhere:
    """An application with one event in which everything passes, and what anybody gets from it."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.slug = api.event.slug
        with api.parts.store.writing() as conn:
            open_rules(conn, api.event.id)

    async def bring(self, *given: Post) -> list[str]:
        """Let posts arrive, in this order; their ids."""
        return list(await self._do(lambda tx: admit(tx, [Arrived(one) for one in given], GRAVES).ids))

    async def say(self, *texts: str, **more: Any) -> list[str]:
        """Let posts with these texts arrive."""
        return await self.bring(*(post(text[:20], text, **more) for text in texts))

    async def edit(self, changed: Post) -> None:
        """Let an edit arrive."""
        await self._do(lambda tx: admit(tx, [Edited(changed)], GRAVES).ids)

    async def hide(self, post_id: str) -> None:
        """Take a post down."""
        await self._do(lambda tx: moves.hide(tx, post_id, _version(tx, post_id), Reason(code="off_topic")))

    async def withdraw(self, post_id: str) -> None:
        """Take a post back for good."""
        await self._do(lambda tx: moves.withdraw(tx, post_id, _version(tx, post_id), GRAVES))

    async def _do(self, fn: Any) -> Any:
        done = await self.api.parts.journal.command(self.api.event.id, "system", fn)
        return done.result

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """GET as anybody."""
        async with self.api.client(**headers) as client:
            return await client.get(path)


def _version(tx: Tx, post_id: str) -> int:
    return posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id].version


@asynccontextmanager
async def elsewhere_at(url: str, directory: Path) -> AsyncIterator[Elsewhere]:
    """For as long as the block runs."""
    async with api_over(url, directory) as api:
        yield Elsewhere(api)
