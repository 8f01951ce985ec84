"""The queues of moderation: what waits, oldest first, and what was decided against, newest first."""

from __future__ import annotations

from sqlalchemy import Connection, Select, select

from wall.model import PostState, StoredPost
from wall.store.posts import stored_columns, stored_from
from wall.store.tables import post

_TURNED_DOWN = (PostState.REJECTED, PostState.HIDDEN)


def waiting(conn: Connection, event_id: str, limit: int, after: int | None = None) -> list[StoredPost]:
    """Held posts in the order in which they arrived; `after` pages to those received after that seq."""
    query = _in_states(event_id, (PostState.HELD,))
    if after is not None:
        query = query.where(post.c.received > after)
    return stored_from(conn.execute(query.order_by(post.c.received).limit(limit)))


def turned_down(conn: Connection, event_id: str, limit: int, before: int | None = None) -> list[StoredPost]:
    """Rejected and hidden posts, newest arrival first; `before` pages to those received before that seq."""
    query = _in_states(event_id, _TURNED_DOWN)
    if before is not None:
        query = query.where(post.c.received < before)
    return stored_from(conn.execute(query.order_by(post.c.received.desc()).limit(limit)))


def _in_states(event_id: str, states: tuple[PostState, ...]) -> Select[tuple[object, ...]]:
    return select(*stored_columns()).where(
        post.c.event_id == event_id,
        post.c.received > 0,
        post.c.state.in_([state.value for state in states]),
    )
