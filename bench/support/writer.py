"""Posts put into a server's database from outside, so that the server itself only delivers."""

from __future__ import annotations

import asyncio

from wall.feeds.base import Arrived
from wall.intake import Graves, admit
from wall.journal import Tx, run_command
from wall.model import Author, Post, new_id, utc_now
from wall.store import Store

_WORDS = "Has anybody tried to bring the questions of those who are not in the room to its floor first? "
_TEXT = (_WORDS * 6)[:500]
"""With what else a card holds, some 1,024 bytes on the wire."""


class Writer:
    """One event's posts, from a process beside its server."""

    def __init__(self, store: Store, event_id: str, seq: int) -> None:
        self._store = store
        self._event_id = event_id
        self.seq = seq
        """The journal's head: each post is an entry."""

    async def send(self, burst: int) -> None:
        """Admit so many posts in one transaction, as a feed does."""
        self.seq = await asyncio.to_thread(self._admit, burst)

    def _admit(self, burst: int) -> int:
        items = [Arrived(_post()) for _ in range(burst)]

        def put_in(tx: Tx) -> None:
            admit(tx, items, Graves(b"a secret of the measurements"))

        with self._store.writing() as conn:
            return run_command(conn, self._event_id, "feed:bench", put_in, None, b"", utc_now())[1].seq


def _post() -> Post:
    author = Author(key="a", handle="ada@summit.example", name="Ada Lovelace-Example")
    return Post(
        network="mastodon", key=new_id(), author=author, text=_TEXT, created_at=utc_now(), lang="en"
    )
