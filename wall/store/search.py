"""Full-text search over posts: FTS5 on SQLite, tsvector with unaccent on PostgreSQL, one function.

Both fold case and accents. Every word must occur; the last one may be the beginning of a word, so
that results follow the typing. Words are quoted: nothing a person types is query syntax.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select, text

from wall.model import PostState, StoredPost
from wall.store.posts import stored_columns, stored_from
from wall.store.tables import post

_WORD = re.compile(r"\w+")
_MOST_WORDS = 16


def search(
    conn: Connection,
    event_id: str,
    words: str,
    *,
    states: tuple[PostState, ...] = (PostState.APPROVED,),
    limit: int = 50,
    before: int | None = None,
) -> list[StoredPost]:
    """Posts of an event that contain all `words`, newest arrival first.

    `before` pages to posts received before that seq. No words, or none with a letter or digit:
    nothing is found.
    """
    terms = _WORD.findall(words)[:_MOST_WORDS]
    if not terms:
        return []
    query = select(*stored_columns()).where(
        post.c.event_id == event_id, post.c.state.in_([state.value for state in states])
    )
    matching = _sqlite(query, terms) if conn.dialect.name == "sqlite" else _postgres(query, terms)
    if before is not None:
        matching = matching.where(post.c.received < before)
    return stored_from(conn.execute(matching.order_by(post.c.received.desc()).limit(limit)))


def _sqlite(query: Select[Any], terms: list[str]) -> Select[Any]:
    match = " ".join(f'"{term}"' for term in terms) + "*"
    found = text("SELECT rowid FROM post_search WHERE post_search MATCH :match").bindparams(match=match)
    return query.where(post.c.num.in_(found.columns(literal_column("rowid")).scalar_subquery()))


def _postgres(query: Select[Any], terms: list[str]) -> Select[Any]:
    match = " & ".join(f"'{term}'" for term in terms) + ":*"
    column: Any = literal_column("post.search")
    return query.where(column.op("@@")(func.to_tsquery("backchannel", match)))
