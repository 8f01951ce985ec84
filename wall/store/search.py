"""Full-text search over posts: FTS5 on SQLite, tsvector on PostgreSQL, one function, one answer.

What is stored and what is typed are folded and split alike by `wall.text.folded_words`. Every word
must occur; the last one may be the beginning of a word, so that results follow the typing. Words
are letters and digits only, and quoted: nothing a person types is query syntax.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select, text

from wall.model import PostState, StoredPost
from wall.store.posts import stored_columns, stored_from
from wall.store.tables import post
from wall.text import folded_words

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
    terms = folded_words(words)[:_MOST_WORDS]
    if not terms:
        return []
    query = select(*stored_columns()).where(
        post.c.event_id == event_id, post.c.state.in_([state.value for state in states])
    )
    matching = _sqlite(query, terms) if conn.dialect.name == "sqlite" else _postgres(query, terms)
    if before is not None:
        matching = matching.where(post.c.received < before)
    return stored_from(conn.execute(matching.order_by(post.c.received.desc()).limit(limit)))


def forget_words(conn: Connection) -> None:
    """Leave nothing of purged words in the index: once, after the last `posts.purge` of a transaction.

    FTS5 only marks a word as deleted and keeps it until it merges; merging reads the whole index
    (a few milliseconds for each thousand posts). PostgreSQL's index is of the row and goes with it.
    """
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("INSERT INTO post_search(post_search) VALUES ('optimize')")


def _sqlite(query: Select[Any], terms: list[str]) -> Select[Any]:
    match = " ".join(f'"{term}"' for term in terms) + "*"
    found = text("SELECT rowid FROM post_search WHERE post_search MATCH :match").bindparams(match=match)
    return query.where(post.c.num.in_(found.columns(literal_column("rowid")).scalar_subquery()))


def _postgres(query: Select[Any], terms: list[str]) -> Select[Any]:
    match = " & ".join(f"'{term}'" for term in terms) + ":*"
    column: Any = literal_column("post.search")
    return query.where(column.op("@@")(func.to_tsquery("backchannel", match)))
