"""Sends notifications to browsers, by the push services that they named."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from sqlalchemy import Connection

from wall.errors import BadInput
from wall.push.outgoing import Outgoing, Undelivered
from wall.push.sealing import Note, ServerKey, sealed
from wall.store import Store, pushes
from wall.store.pushes import Subscription

GONE = frozenset({404, 410})
"""The push service knows this browser no more: it is forgotten (RFC 8030, 7.3)."""
MOST_FAILURES = 10
"""After so many in a row a subscription is forgotten too: nobody can be there."""

log = structlog.get_logger(__name__)


class Pusher:
    """Notifications of one instance. `subject`: how push services reach whoever runs it."""

    def __init__(
        self,
        store: Store,
        outgoing: Outgoing,
        key: ServerKey,
        subject: str,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self.outgoing = outgoing
        self.key = key
        self._subject = subject
        self._now = now

    async def send(
        self, subscriptions: Sequence[Subscription], note: Note, *, seconds: int, urgent: bool = False
    ) -> list[str]:
        """Tell these browsers: for each the code of why it could not be told, "" where it was. What its
        push service cannot pass on within so many seconds is not told any more."""
        return list(
            await asyncio.gather(
                *(self._one(one, note, seconds=seconds, urgent=urgent) for one in subscriptions)
            )
        )

    async def _one(self, to: Subscription, note: Note, *, seconds: int, urgent: bool) -> str:
        try:
            await self._posted(to, note, seconds=seconds, urgent=urgent)
        except Undelivered as problem:
            log.info("push.undelivered", subscription=to.id, code=problem.code, status=problem.status)
            gone = problem.status in GONE or to.failed + 1 >= MOST_FAILURES
            await self._store.write(partial(_failed, subscription_id=to.id, gone=gone))
            return problem.code
        if to.failed:
            await self._store.write(lambda conn: pushes.count_failure(conn, to.id, failed=False))
        return ""

    async def _posted(self, to: Subscription, note: Note, *, seconds: int, urgent: bool) -> None:
        origin = self.outgoing.check(to.endpoint)
        try:
            body = sealed(note.as_bytes(), to.p256dh, to.auth)
        except BadInput:
            raise Undelivered("bad_keys", lasting=True, status=410) from None
        status = await self.outgoing.post(
            to.endpoint,
            body,
            {
                "authorization": self.key.header(origin, self._subject, self._now()),
                "content-encoding": "aes128gcm",
                "content-type": "application/octet-stream",
                "ttl": str(seconds),
                "urgency": "high" if urgent else "normal",
            },
        )
        if not 200 <= status < 300:
            code = "gone" if status in GONE else "too_many" if status == 429 else "refused"
            raise Undelivered(code, lasting=status < 500 and status != 429, status=status)


def _failed(conn: Connection, subscription_id: str, *, gone: bool) -> None:
    if gone:
        pushes.drop_id(conn, subscription_id)
    else:
        pushes.count_failure(conn, subscription_id, failed=True)
