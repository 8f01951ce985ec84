"""Writing where moderation has a post now, and what follows from it: counts, quotes, what left view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wall.intake import quoting
from wall.journal import Tx
from wall.model import PostState, StoredPost
from wall.store import posts, twins

_COUNTED = {PostState.APPROVED: "shown", PostState.HELD: "held"}


@dataclass(frozen=True)
class Moved:
    """Where a post went: its new state and version."""

    post: str
    state: PostState
    version: int


def recount(tx: Tx, before: PostState | None, after: PostState) -> None:
    """Keep the event's counts in step with a post that changed state (before None: it is new)."""
    if before in _COUNTED:
        tx.count(**{_COUNTED[before]: -1})
    if after in _COUNTED:
        tx.count(**{_COUNTED[after]: 1})


def settle(tx: Tx, stored: StoredPost, state: PostState, **columns: Any) -> Moved:
    """Write a post's new state, after its entry: counts, what left view, and quotes of it follow, those of
    what it stands for too."""
    recount(tx, stored.state, state)
    if stored.state is PostState.APPROVED is not state:
        tx.left(stored.id)
    version = stored.version + 1
    posts.save(tx.conn, stored.id, state=state.value, version=version, **columns)
    if state is not stored.state and state is not PostState.WITHDRAWN:
        quoting.follow(tx, stored.post.network, {stored.post.key: state})
    if stored.twins and state is not stored.state and state in twins.STANDING:
        for one in twins.covered(tx.conn, stored.id):
            quoting.follow(tx, one.stored.post.network, {one.stored.post.key: state})
    return Moved(stored.id, state, version)
