"""Asking a source again what it still has: what is gone comes off every face, and stays purged only
when that is certain (DESIGN §6).

A post that its source no longer returns is *unavailable* at once: off every face, reversible. Absent
again at least five minutes later it is withdrawn. Where much is gone at once the fault is taken to be
upstream: everything gone is hidden, the feed says so, and nothing is purged. What the source could not
answer for stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from wall.feeds.base import Rechecked, Source
from wall.intake import moves
from wall.intake.graves import Graves
from wall.intake.pairing import Pairing
from wall.journal import Journal, Tx
from wall.model import PostState, StoredPost
from wall.store import posts
from wall.store.search import forget_words

RECHECKED = 400
"""Newest posts on display that are asked for: two snapshot windows."""
CERTAIN_AFTER = timedelta(minutes=5)
FAULT_SHARE = 0.2
FAULT_AT_LEAST = 3
"""A deleted post among four is no fault upstream; three at once may be."""


@dataclass(frozen=True)
class Settled:
    """What came of a recheck, in posts. `unknown` were asked for without an answer and left alone.
    `fault`: so much was gone that nothing was purged."""

    asked: int
    unknown: int = 0
    lost: int = 0
    found: int = 0
    withdrawn: int = 0
    fault: bool = False


async def recheck(journal: Journal, event_id: str, source: Source, actor: str, graves: Graves) -> Settled:
    """Ask a source for the posts of its network that are on display or were lost, and act on it.

    Raises whatever the source raises; then nothing was changed.
    """
    network = source.network
    shown = await journal.store.read(lambda conn: posts.to_recheck(conn, event_id, network, RECHECKED))
    if not shown:
        return Settled(0)
    said = await source.recheck([stored.post.key for stored in shown])
    return (
        await journal.command(event_id, actor, lambda tx: settle(tx, network, shown, said, graves))
    ).result


def settle(tx: Tx, network: str, asked: Iterable[StoredPost], said: Rechecked, graves: Graves) -> Settled:
    """Move the posts that were asked for according to what the source said of them.

    Posts that moved since they were asked for are left to the next recheck.
    """
    before = {stored.post.key: stored for stored in asked}
    now = posts.known(tx.conn, tx.event.id, network, before.keys())
    same = [stored for key, stored in now.items() if stored.version == before[key].version]
    fault = is_fault(before.values(), said)
    lost = found = withdrawn = 0
    certain = posts.lost_before(tx.conn, tx.event.id, network, tx.now - CERTAIN_AFTER)
    for stored in same:
        if stored.post.key in said.present and _is_away(stored):
            moves.found(tx, stored)
            Pairing(tx, graves.person).pair(stored.id)  # its twin may have come while it was away
            found += 1
        elif stored.post.key in said.gone and not _is_away(stored):
            moves.lost(tx, stored)
            lost += 1
        elif stored.post.key in said.gone and stored.id in certain and not fault:
            moves.withdrawn(tx, stored, "network", graves)
            withdrawn += 1
    if withdrawn:
        forget_words(tx.conn)
    unknown = len(before.keys() - said.gone - said.present)
    return Settled(len(before), unknown, lost, found, withdrawn, fault)


def is_fault(asked: Collection[StoredPost], said: Rechecked) -> bool:
    """Whether so much is gone that the source is doubted: over a fifth of what is known of.

    What is known: the posts that the source answered for now, and those that are off the faces since
    an earlier answer. These go on counting as gone while they are unknown: otherwise what a fault hid
    could be purged piece by piece as the source comes back and answers for a few posts at a time.
    """
    known = [one for one in asked if one.post.key in said.gone | said.present or _is_away(one)]
    gone = [one for one in known if one.post.key not in said.present]
    return len(gone) >= FAULT_AT_LEAST and len(gone) > FAULT_SHARE * len(known)


def _is_away(stored: StoredPost) -> bool:
    return stored.state is PostState.UNAVAILABLE
