"""Twins: what may be one, what another post stands for, and what moderators said of accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, bindparam, insert, select, update

from wall.model import PostState, StoredPost
from wall.store.chunks import in_chunks
from wall.store.posts import stored_columns, stored_from
from wall.store.tables import post
from wall.store.twin_tables import twin_told
from wall.twinned import TwinWhy
from wall.twins import Told

MOST_CANDIDATES = 50
"""Posts of other networks that begin alike within the hour and are looked at."""

STANDING = (
    PostState.APPROVED,
    PostState.RECEIVED,
    PostState.HELD,
    PostState.REJECTED,
    PostState.HIDDEN,
)
"""States of a post that may stand for another one: what was decided of it counts for both."""

_THERE = [state.value for state in (*STANDING, PostState.TWIN)]
_TWIN = post.c.state == PostState.TWIN.value
_BEGINS = (
    post.c.event_id == bindparam("event"),
    post.c.created_at.between(bindparam("start"), bindparam("end")),
    post.c.state.in_(_THERE),
)
_ELSEWHERE = (
    select(post.c.twin_key, post.c.network)
    .where(*_BEGINS, post.c.twin_key.in_(bindparam("keys", expanding=True)))
    .distinct()
)
_CANDIDATES = (
    select(*stored_columns())
    .where(*_BEGINS, post.c.twin_key == bindparam("key"), post.c.network != bindparam("network"))
    .order_by(post.c.received)
    .limit(MOST_CANDIDATES)
)
_COVERED = (
    select(*stored_columns(), post.c.twin_state, post.c.twin_why)
    .where(post.c.twin_of == bindparam("standing"), _TWIN)
    .order_by(post.c.received)
)
_OF = select(*stored_columns(), post.c.twin_state, post.c.twin_why).where(post.c.id == bindparam("twin"))


@dataclass(frozen=True)
class Covered:
    """A post that another one stands for, or did before its source lost it: where moderation would have it
    by itself, and why they are one."""

    stored: StoredPost
    state: PostState
    why: TwinWhy


def elsewhere(
    conn: Connection, event_id: str, keys: Collection[str], start: datetime, end: datetime
) -> set[tuple[str, str]]:
    """Of which networks there are posts of this time that begin like these: (key, network)."""
    asked = {"event": event_id, "start": start, "end": end}
    return {
        (row.twin_key, row.network)
        for some in in_chunks(keys)
        for row in conn.execute(_ELSEWHERE, {"keys": some, **asked})
    }


def candidates(
    conn: Connection, event_id: str, key: str, network: str, start: datetime, end: datetime
) -> list[StoredPost]:
    """The posts of other networks and this time that begin alike, the first that came first."""
    asked = {"event": event_id, "key": key, "network": network, "start": start, "end": end}
    return stored_from(conn.execute(_CANDIDATES, asked))


def covered(conn: Connection, standing_id: str) -> list[Covered]:
    """What a post stands for now, the first that came first."""
    return [_covered(row) for row in conn.execute(_COVERED, {"standing": standing_id})]


def of(conn: Connection, post_id: str) -> Covered | None:
    """What is known of a post as somebody's twin; None where it is none, and was none."""
    row = conn.execute(_OF, {"twin": post_id}).first()
    return _covered(row) if row is not None and row.twin_of else None


def hand_over(conn: Connection, old: str, new: str) -> None:
    """Let one post stand for all that another one stood for, those included that their source lost."""
    mine = (post.c.twin_of == old, post.c.id != new)
    conn.execute(update(post).where(*mine).values(twin_of=new))


def told(conn: Connection, event_id: str, pairs: Collection[str]) -> dict[str, Told]:
    """What moderators said of pairs of accounts, by the digests of these."""
    query = select(twin_told.c.pair, twin_told.c.told).where(twin_told.c.event_id == event_id)
    return {
        row.pair: cast("Told", row.told)
        for some in in_chunks(pairs)
        for row in conn.execute(query.where(twin_told.c.pair.in_(some)))
    }


def tell(conn: Connection, event_id: str, pair: str, said: Told, at: datetime) -> None:
    """Remember what a moderator said of two accounts; the last word counts."""
    here = (twin_told.c.event_id == event_id, twin_told.c.pair == pair)
    values = {"told": said, "at": at}
    if conn.execute(update(twin_told).where(*here).values(**values)).rowcount == 0:
        conn.execute(insert(twin_told).values(event_id=event_id, pair=pair, **values))


def _covered(row: Any) -> Covered:
    (stored,) = stored_from([row])
    return Covered(stored, PostState(row.twin_state or stored.state), row.twin_why)
