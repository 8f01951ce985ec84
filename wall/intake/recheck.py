"""Asking a source again what it still has: what is gone comes off every face, and stays purged only
when that is certain (DESIGN §6).

A post that its source no longer returns is *unavailable* at once: off every face, reversible. Absent
again at least five minutes later it is withdrawn. Where much is gone at once the fault is taken to be
upstream: everything gone is hidden, the feed says so, and nothing is purged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from wall.feeds.base import Source
from wall.intake import moves
from wall.intake.door import Graves
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
class Rechecked:
    """What a recheck found, in posts. `fault`: so much was gone that nothing was purged."""

    asked: int
    lost: int = 0
    found: int = 0
    withdrawn: int = 0
    fault: bool = False


async def recheck(journal: Journal, event_id: str, source: Source, actor: str, graves: Graves) -> Rechecked:
    """Ask a source for the posts of its network that are on display or were lost, and act on it.

    Raises whatever the source raises; then nothing was changed.
    """
    network = source.network
    shown = await journal.store.read(lambda conn: posts.to_recheck(conn, event_id, network, RECHECKED))
    if not shown:
        return Rechecked(0)
    gone = await source.recheck([stored.post.key for stored in shown])
    return (
        await journal.command(event_id, actor, lambda tx: settle(tx, network, shown, gone, graves))
    ).result


def settle(tx: Tx, network: str, asked: Iterable[StoredPost], gone: set[str], graves: Graves) -> Rechecked:
    """Move the posts that were asked for according to which of them are gone.

    Posts that moved since they were asked for are left to the next recheck.
    """
    before = {stored.post.key: stored for stored in asked}
    now = posts.known(tx.conn, tx.event.id, network, before.keys())
    same = [stored for key, stored in now.items() if stored.version == before[key].version]
    fault = len(gone) >= FAULT_AT_LEAST and len(gone) > FAULT_SHARE * len(before)
    lost = found = withdrawn = 0
    certain = posts.lost_before(tx.conn, tx.event.id, network, tx.now - CERTAIN_AFTER)
    for stored in same:
        if stored.post.key not in gone:
            if stored.state is PostState.UNAVAILABLE:
                moves.found(tx, stored)
                found += 1
        elif stored.state is not PostState.UNAVAILABLE:
            moves.lost(tx, stored)
            lost += 1
        elif stored.id in certain and not fault:
            moves.withdrawn(tx, stored, "network", graves)
            withdrawn += 1
    if withdrawn:
        forget_words(tx.conn)
    return Rechecked(len(before), lost, found, withdrawn, fault)
