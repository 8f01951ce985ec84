"""Posts the replies that people sent: one process each, again while a network may still take them.

A reply that stands is told to its author's phone in the same transaction; one that is refused stays owed
with the reason. Nothing here decides to reply: a person did.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from facilitator import publicly
from facilitator.receipts import told
from wall.feeds.base import Replier, ReplyLater, ReplyRefused, open_replier
from wall.journal import Journal, Tx
from wall.model import Feed, Post, PostState
from wall.replies import PublicReply
from wall.store import contributions, feeds, posts, replies

CLAIM_SECONDS = 90.0
"""For so long a reply belongs to the process that took it: longer than any request lasts."""
LOOK_SECONDS = 2.0
"""Between two looks for replies that are due."""
MOST_TRIES = 8
"""So often a network is asked that may take a reply later: over about ten minutes."""
UNSURE_SECONDS = 3_000.0
"""So long after its first try a reply whose fate nobody knows is posted no more: Mastodon keeps an
Idempotency-Key for an hour, and after that the same reply would stand there twice."""
FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0
AT_ONCE = 5
ACTOR = "system"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Job:
    """A reply with what it takes to post it; `why` not, if it must not be posted any more."""

    reply: PublicReply
    post: Post | None
    feed: Feed | None
    why: str


class Replying:
    """Posts due replies of every event for as long as it runs."""

    def __init__(
        self, journal: Journal, *, look_seconds: float = LOOK_SECONDS, first_wait: float = FIRST_WAIT
    ) -> None:
        self._journal = journal
        self._look_seconds = look_seconds
        self._first_wait = first_wait

    async def run(self) -> None:
        """Look for replies that are due, for ever. What fails is looked at again: a database that does not
        answer now may answer later."""
        while True:
            try:
                await self.post_due()
            except Exception:
                log.exception("reply.look_failed")
            await asyncio.sleep(self._look_seconds)

    async def post_due(self) -> int:
        """Post what is due now; how many replies were tried."""
        store = self._journal.store
        if not await store.read(replies.any_due):
            return 0
        taken = await store.write(lambda conn: replies.take_due(conn, AT_ONCE, CLAIM_SECONDS))
        await asyncio.gather(*(self._one(due) for due in taken))
        return len(taken)

    async def _one(self, due: replies.Due) -> None:
        """One reply; whatever goes wrong with it is no other's trouble, and it is due again when its claim
        is over."""
        try:
            await self._try(await self._journal.store.read(lambda conn: _job(conn, due)))
        except Exception:
            log.exception("reply.unsettled", reply=due.reply.id)

    async def _try(self, job: _Job) -> None:
        if job.post is None or job.feed is None or job.why:
            return await self._refused(job.reply, job.why or "post_gone")
        try:
            posted = await _account(job.feed).reply(job.post, job.reply.words, job.reply.id)
        except ReplyRefused as problem:
            await self._refused(job.reply, problem.code)
        except ReplyLater as problem:
            await self._later(job.reply, problem)
        except Exception:
            log.exception("reply.failed", reply=job.reply.id)
            await self._later(job.reply, ReplyLater("fault"))
        else:
            await self._posted(job.reply, posted.url)

    async def _posted(self, reply: PublicReply, url: str) -> None:
        def settle(tx: Tx) -> None:
            receipt = publicly.posted(tx, reply.id, url)
            if receipt is not None:
                told(tx, receipt, reply.words)

        await self._journal.command(reply.event_id, ACTOR, settle)
        log.info("reply.posted", reply=reply.id, feed_id=reply.feed_id)

    async def _refused(self, reply: PublicReply, code: str) -> None:
        await self._journal.command(reply.event_id, ACTOR, lambda tx: publicly.refused(tx, reply.id, code))
        log.warning("reply.refused", reply=reply.id, feed_id=reply.feed_id, code=code)

    async def _later(self, reply: PublicReply, problem: ReplyLater) -> None:
        if reply.attempts >= MOST_TRIES:
            return await self._refused(reply, "unreachable")
        longer = min(LONGEST_WAIT, self._first_wait * 2.0**reply.attempts)
        wait = problem.wait or random.uniform(0.5, 1.0) * longer  # noqa: S311
        await self._journal.store.write(lambda conn: replies.save(conn, reply, min(wait, LONGEST_WAIT)))
        log.info("reply.later", reply=reply.id, code=problem.code, retry_seconds=wait)
        return None


def _account(feed: Feed) -> Replier:
    replier = None if feed.lost else open_replier(feed.network, feed.config, feed.cursor)
    if replier is None:
        raise ReplyRefused("no_account")
    return replier


def _job(conn: Connection, due: replies.Due) -> _Job:
    reply = due.reply
    about = {reply.post_id, reply.lead or reply.post_id}
    there = posts.by_ids(conn, reply.event_id, about)
    stored = there.get(reply.post_id)
    feed = feeds.by_ids(conn, reply.event_id, {reply.feed_id}).get(reply.feed_id)
    owed = contributions.receipts_of_posts(conn, {reply.post_id}).get(reply.post_id)
    why = ""
    if about != {id_ for id_, one in there.items() if one.state is PostState.APPROVED}:
        why = "post_gone"
    elif owed is None or owed.state != "owed":
        why = "not_owed"
    elif feed is None or not feed.replies:
        why = "switched_off"
    if due.since > UNSURE_SECONDS or reply.attempts > MOST_TRIES:
        why = "unsure"
    return _Job(reply, stored.post if stored else None, feed, why)
