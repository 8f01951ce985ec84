"""Thinking so too: participants support points of others, and how many did is told at a calm pace.

Who supports what is rows that name nobody, and no entry of the journal: neither time nor order can unmask
anyone. Nothing is ordered by these counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import structlog
from sqlalchemy import Connection

from wall.entries.point_kinds import SupportCounted
from wall.errors import NotFound, Refused
from wall.journal import Journal, Tx
from wall.model import PostState, StoredPost
from wall.store import posts, supports
from wall.wishes import may_show

COUNT_SECONDS = 5.0
"""Between two counts: a number that goes up with each tap would say who tapped."""
AT_ONCE = 200
"""Posts of one entry."""
ACTOR = "participants"
"""The journal knows that some did, and not who."""

log = structlog.get_logger(__name__)


def support(
    conn: Connection, event_id: str, post_id: str, keys: Collection[str], digest: str, on: bool
) -> dict[str, Any]:
    """Think so too of a post, or no longer; twice changes nothing. `keys` are the author keys of whoever
    does, `digest` stands for them at this post and nowhere else.

    Raises NotFound for a post that is not shown, Refused for one's own.
    """
    stored = posts.by_ids(conn, event_id, {post_id}).get(post_id)
    if stored is None or not _is_shown(stored):
        raise NotFound("There is no such point on the walls.", remedy="Load the page again.")
    if stored.post.author.key in keys:
        raise Refused(
            "This is your own point.", remedy="Others can say that they think so too.", post=post_id
        )
    (supports.add if on else supports.take_back)(conn, event_id, post_id, digest)
    return {"post": post_id, "on": on}


def count(tx: Tx) -> int:
    """Tell readers what changed since it was last counted; of how many posts."""
    changed = supports.count_due(tx.conn, tx.event.id, AT_ONCE)
    if changed:
        tx.append(SupportCounted(), *(("support", one.id) for one in changed))
    return len(changed)


class Counting:
    """Counts the support of every event, for as long as it runs."""

    def __init__(self, journal: Journal, *, seconds: float = COUNT_SECONDS) -> None:
        self._journal = journal
        self._seconds = seconds

    async def run(self) -> None:
        """Count what changed, again and again. What fails is counted the next time."""
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.count_due()
            except Exception:
                log.exception("support.not_counted")

    async def count_due(self) -> None:
        """Count once what changed in each event."""
        for event_id in await self._journal.store.read(supports.due):
            try:
                await self._journal.command(event_id, ACTOR, count)
            except Exception:
                log.exception("support.not_counted", event_id=event_id)


def _is_shown(stored: StoredPost) -> bool:
    return stored.state is PostState.APPROVED and may_show(stored)
