"""What pictures on disk are compared with: the posts that have some, and whether any may have lost one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, exists, select

from wall.model import Post, PostState
from wall.store.tables import entry, event, post

_EMPTY = tuple(state.value for state in (PostState.WITHDRAWN, PostState.STUB, PostState.REPOST))
_LOSING = ("post.withdrawn", "post.edited")
"""Kinds of entries after which a post may no longer show a picture that it showed."""

Heads = Mapping[str, tuple[str, int]]
"""Event → its epoch and seq."""


def heads(conn: Connection) -> Heads:
    """How far the journal of each event is."""
    return {
        row.id: (row.epoch, row.seq) for row in conn.execute(select(event.c.id, event.c.epoch, event.c.seq))
    }


def lost_since(conn: Connection, before: Heads, now: Heads) -> bool:
    """Whether a post lost a picture between the two, or a history is another one than before."""
    for event_id, (epoch, seq) in now.items():
        known, after = before.get(event_id, (epoch, 0))
        if known != epoch or seq < after:
            return True
        of_kind = entry.c.kind.in_(_LOSING)
        between = (entry.c.event_id == event_id, entry.c.seq > after, entry.c.seq <= seq, of_kind)
        if seq > after and conn.execute(select(exists().where(*between))).scalar_one():
            return True
    return False


def posts_after(conn: Connection, post_id: str, limit: int) -> list[tuple[str, Post]]:
    """Posts of all events with their ids, in the order of the ids; not those that were emptied."""
    query = (
        select(post.c.id, post.c.content)
        .where(post.c.id > post_id, post.c.state.not_in(_EMPTY))
        .order_by(post.c.id)
        .limit(limit)
    )
    return [(row.id, Post.model_validate_json(row.content)) for row in conn.execute(query)]
