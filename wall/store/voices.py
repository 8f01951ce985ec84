"""How many people wrote for an event."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from wall.model import PostState
from wall.store.tables import post


def by_network(conn: Connection, event_id: str) -> list[tuple[str, int]]:
    """The authors of shown posts by network, the most first."""
    people = func.count(func.distinct(post.c.author_key)).label("people")
    shown = (post.c.event_id == event_id, post.c.state == PostState.APPROVED.value)
    counted = select(post.c.network, people).where(*shown).group_by(post.c.network)
    found = [(str(row.network), int(row.people)) for row in conn.execute(counted)]
    return sorted(found, key=lambda one: (-one[1], one[0]))
