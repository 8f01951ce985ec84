"""Posts that say the same, or nearly: by their digests, and by the words that few others have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, text

from wall.model import PostState, StoredPost
from wall.store.chunks import in_chunks
from wall.store.posts import stored_columns, stored_from
from wall.store.tables import post

MOST_TERMS = 24
"""Words that are looked for at once."""

_NEWEST = (
    select(
        post.c.text_digest,
        post.c.id,
        func.row_number()
        .over(partition_by=post.c.text_digest, order_by=post.c.received.desc())
        .label("place"),
    )
    .where(
        post.c.event_id == bindparam("event"),
        post.c.text_digest.in_(bindparam("digests", expanding=True)),
        post.c.state.in_(bindparam("states", expanding=True)),
        post.c.received < bindparam("before"),
    )
    .subquery("newest")
)
_SAME = select(_NEWEST.c.text_digest, _NEWEST.c.id).where(_NEWEST.c.place == 1)


def same_text(
    conn: Connection, event_id: str, digests: Collection[str], states: Collection[PostState], before: int
) -> dict[str, str]:
    """The post of an event that says the same as something and arrived last, of those that were received
    before this place: digest → post id."""
    asked = {"event": event_id, "states": [state.value for state in states], "before": before}
    return {
        row.text_digest: row.id
        for some in in_chunks(digests)
        for row in conn.execute(_SAME, {"digests": some, **asked})
    }


def sharing_words(
    conn: Connection, event_id: str, terms: Sequence[str], *, states: Collection[PostState], limit: int
) -> list[StoredPost]:
    """Posts of an event that have at least one of these words, those that share most and rarest first.

    `terms` are folded words (`wall.text.folded_words`); of more than MOST_TERMS the first count.
    """
    wanted = list(dict.fromkeys(terms))[:MOST_TERMS]
    if not wanted:
        return []
    query = select(*stored_columns()).where(
        post.c.event_id == event_id, post.c.state.in_([state.value for state in states])
    )
    ranked = _sqlite(query, wanted) if conn.dialect.name == "sqlite" else _postgres(query, wanted)
    return stored_from(conn.execute(ranked.limit(limit)))


def _sqlite(query: Select[Any], terms: Sequence[str]) -> Select[Any]:
    match = " OR ".join(f'"{term}"' for term in terms)
    ranked = text(
        "SELECT rowid AS num, bm25(post_search) AS away FROM post_search WHERE post_search MATCH :match"
    )
    found = ranked.bindparams(match=match).columns(literal_column("num"), literal_column("away"))
    hits = found.subquery("hits")
    return query.join(hits, hits.c.num == post.c.num).order_by(hits.c.away, post.c.received)


def _postgres(query: Select[Any], terms: Sequence[str]) -> Select[Any]:
    column: Any = literal_column("post.search")
    wanted = func.to_tsquery("backchannel", " | ".join(f"'{term}'" for term in terms))
    return query.where(column.op("@@")(wanted)).order_by(
        func.ts_rank(column, wanted).desc(), post.c.received
    )
