"""Coverage of an event, read from its rows: once for everybody who asks within some seconds."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from facilitator.coverage import Coverage, Made, Raised, Said, coverage, drawn, unheard
from wall.codebook import TagSet
from wall.hygiene import tidy_line
from wall.model import Frozen, PostState
from wall.parallel import TAKEN_BACK, ReceiptState, RelayState
from wall.store import Store, posts
from wall.store import coverage as rows

ROOM = "room"
"""The network of what was said in a room and noted there."""
OLDEST_SECONDS = 10.0
"""What was read longer ago is read anew: reading it takes every post of an event."""


class Unheard(Frozen):
    """Somebody of whom nothing came to a floor yet, as they present themselves, and their newest post."""

    post: str
    name: str
    handle: str
    network: str


def made(conn: Connection, event_id: str) -> list[Made]:
    """The points of an event: contributions, and each post that is in none."""
    said: defaultdict[str, list[Said]] = defaultdict(list)
    online: dict[str, bool] = {}
    for row in rows.said(conn, event_id):
        point = row.point or row.post
        said[point].append(Said(row.post, f"{row.network}:{row.author}", row.lang, row.at))
        online[point] = online.get(point, False) or row.network != ROOM
    raised: defaultdict[str, list[Raised]] = defaultdict(list)
    for one in rows.raised(conn, event_id):
        if not (one.state == RelayState.DROPPED and one.detail == TAKEN_BACK):
            raised[one.point].append(
                Raised(one.session, RelayState(one.state), one.raised_at, one.floor_at)
            )
    themes = _themes(rows.tagged(conn, event_id))
    counted = _counted(rows.receipts(conn, event_id))
    return [
        Made(
            said=tuple(posted),
            online=online[point],
            themes=themes.get(point, frozenset()),
            raised=tuple(raised.get(point, ())),
            owed=counted.get((point, ReceiptState.OWED), 0),
            told=counted.get((point, ReceiptState.TOLD), 0),
        )
        for point, posted in said.items()
    ]


def named(conn: Connection, event_id: str, silent: Collection[Said], seed: str) -> tuple[Unheard, ...]:
    """Some of those of whom nothing came to a floor yet, in an order drawn by `seed`."""
    chosen = [said.post for said in drawn(silent, seed)]
    known = posts.by_ids(conn, event_id, chosen)
    return tuple(
        Unheard(
            post=post_id,
            name=tidy_line(known[post_id].post.author.name),
            handle=tidy_line(known[post_id].post.author.handle),
            network=known[post_id].post.network,
        )
        for post_id in chosen
        if post_id in known and known[post_id].state is PostState.APPROVED
    )


@dataclass(frozen=True)
class Covered:
    """What came to the floors of an event, and a post of each of those of whom nothing did."""

    coverage: Coverage
    silent: tuple[Said, ...]


@dataclass(frozen=True)
class _Reading:
    """`since`: seconds, by a clock that only goes forward."""

    since: float
    task: asyncio.Task[Covered]


class Covering:
    """Coverage of events, at most OLDEST_SECONDS old: however many ask, one reads, and all share it.

    `clock` gives seconds. Of one event loop.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._readings: dict[str, _Reading] = {}

    async def of(self, event_id: str) -> Covered:
        """Coverage of an event. Raises what reading raises, to all who waited for that."""
        now = self._clock()
        for old, reading in list(self._readings.items()):
            if reading.task.done() and now - reading.since >= OLDEST_SECONDS:
                del self._readings[old]
        if event_id not in self._readings:
            self._readings[event_id] = _Reading(now, asyncio.create_task(self._read(event_id)))
        return await asyncio.shield(self._readings[event_id].task)

    async def _read(self, event_id: str) -> Covered:
        try:
            return await self._store.read(lambda conn: _covered(conn, event_id))
        except BaseException:
            del self._readings[event_id]
            raise


def _covered(conn: Connection, event_id: str) -> Covered:
    points = made(conn, event_id)
    return Covered(coverage(points), tuple(unheard(points)))


def _themes(tagged: Collection[rows.TaggedRow]) -> dict[str, frozenset[str]]:
    """The themes of each point: its tags of the theme sets; of a codebook without any, all of its tags."""
    has_themes = any(one.set == TagSet.THEME for one in tagged)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in tagged:
        if one.set == TagSet.THEME or not has_themes:
            found[one.point].add(one.tag)
    return {point: frozenset(tags) for point, tags in found.items()}


def _counted(receipts: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    counted: defaultdict[tuple[str, str], int] = defaultdict(int)
    for pair in receipts:
        counted[pair] += 1
    return counted
