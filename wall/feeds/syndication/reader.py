"""One feed of a source: asked again and again, as rarely as it wants, and read where it changed."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from wall.confined.process import Failed, Pool
from wall.errors import FeedFatal
from wall.feeds.base import Trouble
from wall.feeds.common.problems import Passing
from wall.feeds.common.setbacks import Setbacks
from wall.feeds.syndication.charset import decoded
from wall.feeds.syndication.config import Times
from wall.feeds.syndication.documents import Deleted, Document, NotAFeed, is_page
from wall.feeds.syndication.fetching import Answer, Fetcher
from wall.feeds.syndication.json_documents import of_json
from wall.feeds.syndication.memory import Seen
from wall.feeds.syndication.posts import Loss, Place, Told, told_of
from wall.feeds.syndication.problems import Lost, understood
from wall.feeds.syndication.xml_documents import Xml, xml_of
from wall.model import utc_now


@dataclass(frozen=True, slots=True)
class Read:
    """One answer of a feed, ready to be told. `seen` holds once all of it was."""

    address: str
    seen: Seen
    read_at: datetime
    told: Sequence[Told] = ()
    losses: Sequence[Loss] = ()
    deleted: Sequence[Deleted] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """A feed that cannot go on, or the program's fault in it."""

    name: str
    problem: Exception


PATIENCE = 5
"""Failures in a row after which where a feed moved to is given up: hosts die too."""

Flow = asyncio.Queue[Read | Ended | Trouble | None]
"""Where the feeds of one stream put what they have. None: it is over."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the feeds of one stream have in common. `parsing`: one at a time, or they would all be slow."""

    fetcher: Fetcher
    pool: Pool
    times: Times
    wanted: frozenset[str]
    poll: float
    flow: Flow
    parsing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Reader:
    """The task of one feed."""

    def __init__(self, address: str, name: str, seen: Seen, shared: Shared) -> None:
        self._address = address
        self._name = name
        self._seen = seen
        self._shared = shared
        self._body = b""
        self._setbacks = Setbacks(name, shared.times.first_wait, shared.times.longest_wait)

    async def run(self) -> None:
        """Look again and again, until the feed is gone for good. Never raises: it tells the flow."""
        try:
            while True:
                wait = await self._look()
                await asyncio.sleep(wait)
        except Exception as problem:  # noqa: BLE001  handed to who reads the stream
            if isinstance(problem, FeedFatal):
                code = str(problem.details.get("problem", problem.code))
                await self._shared.flow.put(Trouble(self._name, code, problem.message))
            await self._shared.flow.put(Ended(self._name, problem))

    async def _look(self) -> float:
        """One look; seconds until the next. Raises FeedFatal and faults of the program."""
        try:
            answer = await self._shared.fetcher.get(self._address, self._seen)
            read = await self._read(answer)
        except Exception as problem:  # noqa: BLE001  judged by the table
            return await self._troubled(problem)
        self._seen = read.seen
        for item in self._setbacks.well():
            await self._shared.flow.put(item)
        await self._shared.flow.put(read)
        pace = min(read.seen.pace, self._shared.times.longest_pace)
        return max(self._shared.poll, pace) * random.uniform(1.0, 1.1)  # noqa: S311  not all at once

    async def _read(self, answer: Answer) -> Read:
        """What an answer says, read where it is not what it was. Raises NotAFeed."""
        read = Read(self._address, answer.seen, utc_now())
        if answer.body is None:
            return read
        body = hashlib.sha256(answer.body).digest()
        if body == self._body:
            return replace(read, seen=replace(answer.seen, pace=max(answer.seen.pace, self._seen.pace)))
        place = Place(self._address, self._name, answer.seen.at)
        async with self._shared.parsing:
            document = await parsed(answer.body, answer.content_type, self._shared.pool)
            told, losses = await asyncio.to_thread(
                told_of, document, place, self._shared.wanted, read.read_at
            )
        self._body = body
        seen = replace(answer.seen, pace=max(answer.seen.pace, document.pace))
        return replace(read, seen=seen, told=told, losses=losses, deleted=document.deleted)

    async def _troubled(self, problem: Exception) -> float:
        """It failed: seconds to wait. Raises the FeedFatal, or the problem if it is none of a feed."""
        known = understood(problem)
        if self._seen.moved and isinstance(known, Lost | NotAFeed | FeedFatal):
            self._seen = Seen()
            known = known if isinstance(known, Passing) else Passing("gone", known.message)
        if not isinstance(known, Passing):
            raise known or problem
        wait, told = self._setbacks.trouble(known)
        if self._setbacks.failed >= PATIENCE:
            self._seen = replace(self._seen, moved="")
        for item in told:
            await self._shared.flow.put(item)
        return wait


def opened(body: bytes, content_type: str) -> Document | Xml:
    """A document of JSON; one of XML only looked through: the worker reads it. Raises NotAFeed."""
    text = decoded(body, content_type)
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return of_json(text.lstrip("\ufeff"))
    if is_page(text):
        raise NotAFeed("It answers with a page in place of a feed: give the address of the feed itself")
    if "<" not in text:
        raise NotAFeed("It answers with something else than RSS, Atom or JSON Feed")
    return xml_of(text.lstrip("\ufeff"))


async def parsed(body: bytes, content_type: str, pool: Pool) -> Document:
    """A document of any of the formats. Raises NotAFeed, also for one that takes too long."""
    found = await asyncio.to_thread(opened, body, content_type)
    if isinstance(found, Document):
        return found
    try:
        answer = await pool.ask(found.request)
    except Failed:
        raise NotAFeed("It is not safe to read: reading it takes far too much time or memory") from None
    return await asyncio.to_thread(found.document, *answer)
