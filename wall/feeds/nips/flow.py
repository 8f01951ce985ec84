"""The order in which everything comes out: posts wait a moment for their authors; no cursor is ahead."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wall.feeds.base import Arrived, Checkpoint, Dropped, Item, Trouble, Withdrawn
from wall.feeds.common.fields import name_of
from wall.feeds.common.matching import plain_fold
from wall.feeds.common.outlet import Outlet
from wall.feeds.nips.config import NostrConfig, Times
from wall.feeds.nips.events import (
    DELETION,
    GENERIC_REPOST,
    NOTE,
    REPOST,
    VANISHING,
    Event,
    is_asked_to_vanish,
    is_wanted,
)
from wall.feeds.nips.memory import Known, Place
from wall.feeds.nips.people import People
from wall.feeds.nips.posts import NETWORK, post_of, quoted_id, repost_of
from wall.feeds.shapes.common import attempt

WAITING = 1_000
"""Posts that may wait for their authors; then servers wait."""
TOGETHER = 100
"""Posts that are asked about together."""


@dataclass(frozen=True, slots=True)
class _Found:
    event: Event
    where: str


@dataclass(frozen=True, slots=True)
class _Reached:
    server: str
    at: int


class Flow(Outlet):
    """Where servers put what they bring, and where it comes out."""

    def __init__(self, config: NostrConfig, place: Place, people: People, times: Times) -> None:
        super().__init__()
        self.known = Known(place)
        self.news: set[asyncio.Event] = set()
        """Set whenever posts were told."""
        self._at = dict(place.at)
        self._people = people
        self._times = times
        self._hashtags = frozenset(map(plain_fold, config.hashtags))
        self._authors = frozenset(config.authors)
        self._servers = frozenset(name_of(one).lower() for one in config.relays)
        self._found: asyncio.Queue[_Found | _Reached] = asyncio.Queue(WAITING)

    async def found(self, event: Event, where: str) -> None:
        """Tell of an event that a server gives as a post with one of the hashtags."""
        if not is_wanted(event, self._hashtags, self._authors):
            await self.loss(Dropped("not_asked_for", where), event.id)
        elif self.known.see(event):
            await self._found.put(_Found(event, where))

    async def heard_of(self, event: Event) -> None:
        """Tell what an event means for posts that were told: that they are deleted, or repeated."""
        if event.kind == DELETION:
            await self._deleted(event)
        elif event.kind == VANISHING:
            await self._vanished(event)
        elif self._is_repost(event) and self.known.see(event):
            for item in attempt("", _repost, event, self._people):
                if isinstance(item, Arrived) and self.known.author(item.post.repost_of or ""):
                    await self.tell(item)

    async def loss(self, item: Dropped, name: str) -> None:
        """Tell that something could not be used, once for each name."""
        if self.known.is_new_loss(item, name):
            await self.tell(item)

    async def reached(self, server: str, at: int) -> None:
        """Tell that everything of a server up to this time (seconds, our clock) was put here."""
        await self._found.put(_Reached(server, at))

    async def troubles(self, troubles: Iterable[Trouble]) -> None:
        """Tell how servers are."""
        for trouble in troubles:
            await self.tell(trouble)

    async def run(self) -> None:
        """Take what is found, learn who wrote it and whether they took it back, and tell it; for ever."""
        while True:
            some = await self._next()
            events = [one.event for one in some if isinstance(one, _Found)]
            quoted = await self._learn(events)
            for one in some:
                if isinstance(one, _Found):
                    await self._tell(one, quoted.get(quoted_id(one.event) or ""))
            for news in self.news if events else ():
                news.set()
            await self._withdraw(self.known.over(time.time()))
            reached = [one for one in some if isinstance(one, _Reached)]
            self._at |= {one.server: one.at for one in reached}
            if reached:
                await self.tell(Checkpoint(str(self.known.place(self._at))))

    async def _next(self) -> list[_Found | _Reached]:
        """What is to be told now, together; nothing when a post is over before anything comes."""
        some: list[_Found | _Reached] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._until_end()):
                some.append(await self._found.get())
        if any(isinstance(one, _Found) for one in some):
            await asyncio.sleep(self._times.gather)
        while not self._found.empty() and len(some) < TOGETHER:
            some.append(self._found.get_nowait())
        return some

    def _until_end(self) -> float | None:
        end = self.known.next_end()
        return None if end == math.inf else min(max(0.0, end - time.time()), 3_600.0)

    async def _learn(self, events: Sequence[Event]) -> dict[str, Event]:
        """Ask who wrote these, whether they took them back, and what they quote; the latter, by id."""
        if not events:
            return {}
        wanted = {one for event in events if (one := quoted_id(event))}
        about = await self._people.ask(events, list(wanted))
        quoted = {event.id: event for event in about if event.id in wanted and event.kind == NOTE}
        if quoted:
            about += await self._people.ask(list(quoted.values()))
        for event in about:
            if event.kind in (DELETION, VANISHING):
                await self.heard_of(event)
        now = time.time()
        return {one: event for one, event in quoted.items() if not self.known.is_gone(event, now)}

    async def _tell(self, found: _Found, quoted: Event | None) -> None:
        event = found.event
        if self.known.is_gone(event, time.time()):
            return
        for item in attempt(found.where, _arrived, event, self._people, quoted):
            if isinstance(item, Dropped):
                await self.loss(item, event.id)
            else:
                self.known.tell(event)
                await self.tell(item)

    def _is_repost(self, event: Event) -> bool:
        trusted = not self._authors or event.pubkey in self._authors
        return trusted and event.kind in (REPOST, GENERIC_REPOST)

    async def _deleted(self, event: Event) -> None:
        """Only what is the same person's is gone: deleting somebody else's post does nothing (NIP-09)."""
        await self._withdraw([one for one in event.ids() if self.known.delete(one, event.pubkey)])

    async def _vanished(self, event: Event) -> None:
        if is_asked_to_vanish(event, self._servers):
            await self._withdraw(self.known.vanish(event.pubkey, event.at))

    async def _withdraw(self, ids: Sequence[str]) -> None:
        for one in ids:
            await self.tell(Withdrawn(NETWORK, one))


def _arrived(event: Event, people: People, quoted: Event | None) -> list[Item]:
    return [Arrived(post_of(event, people.known, quoted))]


def _repost(event: Event, people: People) -> list[Item]:
    post = repost_of(event, people.known)
    return [Arrived(post)] if post else []
