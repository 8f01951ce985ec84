"""The order in which everything comes out: posts wait for their authors, and no cursor is ahead of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.facets import any_of, folded, hashtags_of
from wall.feeds.atproto.memory import Known
from wall.feeds.atproto.people import People
from wall.feeds.atproto.posts import NETWORK, Person, did_of, post_of, quoted_uri
from wall.feeds.atproto.problems import understood
from wall.feeds.atproto.standing import PLACE, Standing
from wall.feeds.base import Arrived, Budget, Checkpoint, Dropped, Edited, Item, Trouble, Withdrawn
from wall.feeds.common.budgets import Budgets
from wall.feeds.common.outlet import Outlet
from wall.feeds.common.problems import Passing
from wall.feeds.shapes.common import Record, attempt
from wall.model import Post

WAITING = 1_000
"""Posts that may wait for their authors; then the stream waits."""

TOGETHER = 100
"""Posts whose authors are asked for together."""


TRIED_TOGETHER = 3
"""Failures in a row after which authors are asked for one by one."""

MORE_TRIES = 10
"""How often an author for whom the AppView fails is asked for besides."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that one of the hashtags is on, or that was told before. `at`: when the stream had it, in
    microseconds; None: a search found it. `labels`: of the post, where somebody said them."""

    uri: str
    record: Record
    where: str
    at: int | None = None
    cid: str | None = None
    edited_at: datetime | None = None
    seen_at: datetime | None = None
    labels: tuple[str, ...] = ()
    tries: int = 0
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class _Reached:
    at: int


class Flow(Outlet):
    """Where stream and search put what they find, and where it comes out."""

    def __init__(self, known: Known, people: People, hashtags: tuple[str, ...], times: Times) -> None:
        super().__init__()
        self.known = known
        self._people = people
        self._wanted = frozenset(map(folded, hashtags))
        self._times = times
        self._found: asyncio.Queue[Found | _Reached] = asyncio.Queue(WAITING)
        self._late: list[Found] = []
        self._place = 0
        self._kept = 0.0
        self._unkept = False
        self._budgets = Budgets()
        self.authors = Standing(f"{PLACE} authors", times, self.trouble)

    def is_wanted(self, record: Record) -> bool:
        """Whether one of the hashtags is on a record: marked in its text, or beside it."""
        try:
            return any_of(hashtags_of(record), self._wanted)
        except (LookupError, TypeError, AttributeError):
            return False

    async def found(self, found: Found) -> None:
        """Tell of a record, once its author is known."""
        await self._found.put(found)

    async def deleted(self, uri: str) -> None:
        """Tell that a post is deleted, at once; one that was never told is remembered, should it come."""
        if self.known.delete(uri):
            await self.withdrawn(uri)

    async def withdrawn(self, uri: str) -> None:
        """Tell that a post is deleted, whether or not that was told."""
        await self.tell(Withdrawn(NETWORK, uri))

    async def loss(self, code: str, where: str, name: str) -> None:
        """Tell that something could not be used, once for each name."""
        if self.known.is_new_loss(code, name):
            await self.tell(Dropped(code, where))

    async def reached(self, at: int) -> None:
        """Tell that everything of the stream up to this time was put here."""
        await self._found.put(_Reached(at))

    async def trouble(self, trouble: Trouble) -> None:
        """Tell how a connection is."""
        await self.tell(trouble)

    async def budget(self, way: str, left: Budget | None) -> None:
        """Tell what is left of a limit, where it is known and moved."""
        if left is not None and self._budgets.is_news(told := replace(left, where=f"{PLACE} {way}")):
            await self.tell(told)

    async def told_again(self, post: Post, *, edited: bool) -> None:
        """Tell of a post that was read once more and is not as it was told."""
        await self.tell(Edited(post) if edited else Arrived(post))

    async def run(self) -> None:
        """Take what is found, learn who wrote it, and tell it; for ever."""
        while True:
            some = await self._next()
            found = [one for one in some if isinstance(one, Found)]
            await self._learn(found)
            quotes = await self._quotes(one.record for one in found)
            for one in some:
                if isinstance(one, Found):
                    await self._tell(one, quotes)
                else:
                    self._place = max(self._place, one.at)
            if any(isinstance(one, _Reached) for one in some):
                await self._checkpoint()

    async def _next(self) -> list[Found | _Reached]:
        """What is to be told now: asked for and stored together, and with it those who were late."""
        some: list[Found | _Reached] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._until_due()):
                some.append(await self._found.get())
        if any(isinstance(one, Found) for one in some):
            await asyncio.sleep(self._times.gather)
        while not self._found.empty() and len(some) < TOGETHER:
            some.append(self._found.get_nowait())
        now = time.monotonic()
        due = [one for one in self._late if one.due <= now]
        self._late = [one for one in self._late if one.due > now]
        return [*due, *some]

    def _until_due(self) -> float | None:
        due = min((one.due for one in self._late), default=None)
        return None if due is None else max(0.0, due - time.monotonic())

    async def _learn(self, some: list[Found]) -> None:
        """Ask who wrote these, until there is an answer: nobody is told before their labels are known.

        Where asking for them together goes on failing, they are asked for one by one: one for whom the
        AppView has no answer must not keep the others back.
        """
        failed = 0
        while some:
            ask = self._people.ask if failed < TRIED_TOGETHER else self._people.ask_singly
            try:
                await ask(did_of(one.uri) for one in some)
            except Exception as problem:  # noqa: BLE001  judged by the table
                failed += 1
                await asyncio.sleep(await self.authors.trouble(problem))
            else:
                await self.authors.well()
                await self.budget("authors", self._people.left)
                return

    async def _tell(self, found: Found, quotes: Mapping[str, Record]) -> None:
        person = self._people.get(did_of(found.uri))
        if self.known.is_deleted(found.uri):
            return
        if person is None:
            await self._again_later(found)
            return
        for item in attempt(found.where, _items, found, person, quotes):
            if isinstance(item, Dropped):
                await self.loss(item.code, item.where, f"{found.uri} {found.cid}")
            elif isinstance(item, Arrived | Edited) and self.known.is_news(item, found.cid):
                self._unkept = True
                await self.tell(item)

    async def _again_later(self, found: Found) -> None:
        """The AppView does not show an author: it may be late, or they may be nobody's business. One for
        whom it fails is asked for again for ten minutes more."""
        waits = self._times.author_tries
        if self._people.is_failing(did_of(found.uri)):
            waits += (self._times.longest_wait,) * MORE_TRIES
        if found.tries < len(waits):
            due = time.monotonic() + waits[found.tries]
            self._late.append(replace(found, tries=found.tries + 1, due=due))
        else:
            await self.loss("author_not_shown", found.where, found.uri)

    async def _quotes(self, records: Iterable[Record]) -> dict[str, Record]:
        """The posts that these quote. None of them waits for it: without an answer they come bare."""
        uris = [uri for record in records if (uri := quoted_uri(record))]
        try:
            return await self._people.posts(uris)
        except Exception as problem:
            if not isinstance(understood(problem), Passing):
                raise
            return {}

    async def _checkpoint(self) -> None:
        """Keep a place, less often while nothing was told that it would cover."""
        now = time.monotonic()
        if not self._unkept and now - self._kept < self._times.quiet:
            return
        self._unkept, self._kept = False, now
        late = [one.at for one in self._late if one.at is not None]
        await self.tell(Checkpoint(str(self.known.at(min([self._place, *(at - 1 for at in late)])))))


def _items(found: Found, person: Person, quotes: Mapping[str, Record]) -> list[Item]:
    """What a record is told as. Raises as `post_of` does."""
    post = post_of(
        found.uri,
        found.record,
        person,
        labels=found.labels,
        quote=quotes.get(quoted_uri(found.record) or ""),
        edited_at=found.edited_at,
        seen_at=found.seen_at,
    )
    return [Edited(post) if found.edited_at else Arrived(post)]
