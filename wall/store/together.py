"""What posts were joined with, as their own authors are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from wall.model import PostState, StoredPost
from wall.points import Together
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.tables import contribution, contribution_post, post
from wall.wishes import may_show

_IDS: Any = bindparam("ids", expanding=True)
_IN = (
    select(contribution_post.c.contribution_id, contribution_post.c.post_id, contribution.c.wording)
    .join(contribution, contribution.c.id == contribution_post.c.contribution_id)
    .where(contribution_post.c.contribution_id.in_(_IDS))
    .order_by(contribution_post.c.position)
)
_OWN_IN = (
    select(*posts.stored_columns())
    .join(contribution_post, contribution_post.c.post_id == post.c.id)
    .where(
        contribution_post.c.contribution_id.in_(_IDS),
        or_(post.c.author_key.like("participant:%"), post.c.author_key.like("person:%")),
    )
)


def of_posts(conn: Connection, event_id: str, made: Mapping[str, str]) -> dict[str, Together]:
    """What each of these posts (post id → contribution id) was joined with, where there is something to
    tell, by post id."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for some in ids_in_chunks(set(made.values())):
        for row in conn.execute(_IN, {"ids": some}):
            rows[row.contribution_id].append(row)
    telling = {id_: found for id_, found in rows.items() if len(found) > 1 or found[0].wording}
    there = posts.by_ids(conn, event_id, {row.post_id for found in telling.values() for row in found})
    shown = {id_ for id_, stored in there.items() if _is_shown(stored)}
    return {
        post_id: _together(post_id, telling[contribution_id], shown)
        for post_id, contribution_id in made.items()
        if contribution_id in telling
    }


def written_here(conn: Connection, contributions: Collection[str]) -> dict[str, StoredPost]:
    """The posts of these contributions whose authors wrote them here and follow them, by id."""
    found: Iterable[StoredPost] = (
        stored
        for some in ids_in_chunks(contributions)
        for stored in posts.stored_from(conn.execute(_OWN_IN, {"ids": some}))
    )
    return {stored.id: stored for stored in found}


def _together(post_id: str, rows: list[Any], shown: set[str]) -> Together:
    others = sum(row.post_id in shown for row in rows if row.post_id != post_id)
    return Together(others=others, wording=(rows[0].wording or "") if rows[0].post_id in shown else "")


def _is_shown(stored: StoredPost) -> bool:
    return stored.state is PostState.APPROVED and may_show(stored)
