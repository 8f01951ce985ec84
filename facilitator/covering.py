"""Coverage of an event as it is now, read from its rows. Kept for the journal's head it was read at."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection

from sqlalchemy import Connection

from facilitator.coverage import Coverage, Made, Raised, Said, coverage, unheard
from wall.codebook import TagSet
from wall.hygiene import tidy_line
from wall.model import Event, Frozen
from wall.parallel import TAKEN_BACK, ReceiptState, RelayState
from wall.store import coverage as rows
from wall.store import posts

ROOM = "room"
"""The network of what was said in a room and noted there."""
KEPT = 16


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


class Covering:
    """Reads coverage once for each state of a journal, however many look at it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int], list[Made]] = OrderedDict()

    def coverage(self, conn: Connection, event: Event) -> Coverage:
        """What came to the floors of an event, as of `event.seq` or later."""
        return coverage(self._made(conn, event))

    def unheard(self, conn: Connection, event: Event, seed: str) -> tuple[Unheard, ...]:
        """Some of those of whom nothing came to a floor yet, in an order drawn by `seed`."""
        chosen = [said.post for said in unheard(self._made(conn, event), seed)]
        known = posts.by_ids(conn, event.id, chosen)
        return tuple(
            Unheard(
                post=post_id,
                name=tidy_line(known[post_id].post.author.name),
                handle=tidy_line(known[post_id].post.author.handle),
                network=known[post_id].post.network,
            )
            for post_id in chosen
            if post_id in known
        )

    def _made(self, conn: Connection, event: Event) -> list[Made]:
        key = (event.id, event.epoch, event.seq)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = made(conn, event.id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


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
