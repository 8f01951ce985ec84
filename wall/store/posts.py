"""Posts: looking up what is known, storing what is new, and reading what faces show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from wall.model import Post, PostState, StoredPost
from wall.store.chunks import ids_in_chunks, in_chunks
from wall.store.codec import reasons_from_json, reasons_to_json, twins_from_json, twins_to_json
from wall.store.tables import post, post_revision

_STORED = (
    post.c.id,
    post.c.event_id,
    post.c.content,
    post.c.state,
    post.c.reasons,
    post.c.version,
    post.c.received,
    post.c.shown,
    post.c.received_at,
    post.c.reposts,
    post.c.edits,
    post.c.by_hand,
    post.c.left_off,
    post.c.twins,
    post.c.twin_of,
)

_UNSAID = [state.value for state in (PostState.STUB, PostState.REPOST, PostState.TWIN, PostState.WITHDRAWN)]
"""States of what counts as nobody's post where a flood is looked for: it is another one's, or nothing."""

Query = Select[Any]

# Built once, because to build a statement costs more than to run it. Lists are bound as one
# expanding parameter: the statement is compiled once, whatever their length.
_KNOWN = select(post.c.key, *_STORED).where(
    post.c.event_id == bindparam("event"),
    post.c.network == bindparam("network"),
    post.c.key.in_(bindparam("keys", expanding=True)),
)
_BY_IDS = select(*_STORED).where(
    post.c.event_id == bindparam("event"), post.c.id.in_(bindparam("ids", expanding=True))
)
_SAVE = update(post).where(post.c.id == bindparam("post"))
_SEEN = select(
    post.c.network, post.c.key, post.c.author_key, post.c.created_at, post.c.text_digest, post.c.state
).where(post.c.state.not_in(_UNSAID))
_ADD_REPOSTS = (
    update(post).where(post.c.id == bindparam("post")).values(reposts=post.c.reposts + bindparam("more"))
)


def known(conn: Connection, event_id: str, network: str, keys: Collection[str]) -> dict[str, StoredPost]:
    """The posts that are already there under these keys, by key (a stored key may be a tombstone)."""
    found: dict[str, StoredPost] = {}
    for some in in_chunks(keys):
        asked = {"event": event_id, "network": network, "keys": some}
        found.update((row.key, _stored(row)) for row in conn.execute(_KNOWN, asked))
    return found


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredPost]:
    """Posts by id; ids of other events or of nothing are absent from the answer.

    What can be no id is not asked for (NUL stops PostgreSQL).
    """
    found: dict[str, StoredPost] = {}
    for some in ids_in_chunks(ids):
        found.update(
            (row.id, _stored(row)) for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
        )
    return found


def add(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store new posts, given as rows of `new_row`; sorted by key so that no two writers deadlock."""
    if rows:
        conn.execute(insert(post), sorted(rows, key=lambda row: (row["network"], row["key"])))


def new_row(
    stored: StoredPost,
    *,
    words: str,
    original_id: str | None = None,
    text_digest: str | None = None,
    twin_key: str | None = None,
) -> dict[str, Any]:
    """The columns of a post that is stored for the first time."""
    content = stored.post
    return {
        "id": stored.id,
        "event_id": stored.event_id,
        "network": content.network,
        "key": content.key,
        "original_id": original_id,
        "author_key": content.author.key,
        "state": stored.state.value,
        "prior_state": None,
        "reasons": reasons_to_json(stored.reasons),
        "version": stored.version,
        "received": stored.received,
        "shown": stored.shown,
        "received_at": stored.received_at,
        "created_at": content.created_at,
        "reposts": stored.reposts,
        "edits": stored.edits,
        "content": content.model_dump_json(exclude_defaults=True),
        "words": words,
        "text_digest": text_digest,
        "left_off": stored.left_off,
        "quote_key": _quote_key(content),
        "twin_key": twin_key,
    }


def save(conn: Connection, post_id: str, **columns: Any) -> None:
    """Write the columns of one post that changed. `reasons`, `twins` and `post` are given as models."""
    if "twins" in columns:
        columns["twins"] = twins_to_json(columns["twins"])
    if "reasons" in columns:
        columns["reasons"] = reasons_to_json(columns["reasons"])
    if "post" in columns:
        changed: Post = columns.pop("post")
        columns["content"] = changed.model_dump_json(exclude_defaults=True)
        columns["author_key"], columns["created_at"] = changed.author.key, changed.created_at
        columns["quote_key"] = _quote_key(changed)
    conn.execute(_SAVE, {"post": post_id, **columns})


def add_reposts(conn: Connection, counted: Iterable[tuple[str, int]]) -> None:
    """Add to the repost counts of posts: (post id, how many more)."""
    rows = [{"post": post_id, "more": more} for post_id, more in sorted(counted)]
    if rows:
        conn.execute(_ADD_REPOSTS, rows)


def keep_revision(conn: Connection, old: StoredPost, at: datetime) -> None:
    """Keep the text that an edit replaces; not what it quotes, whose words go when their author takes them
    back."""
    content = old.post.model_copy(update={"quote": None}).model_dump_json(exclude_defaults=True)
    conn.execute(
        insert(post_revision).values(post_id=old.id, edit=old.edits, content=content, replaced_at=at)
    )


def purge(conn: Connection, post_id: str, *, tombstone: str, emptied: Post) -> None:
    """Remove every word of a post: its text, its revisions, its words in the search index."""
    conn.execute(post_revision.delete().where(post_revision.c.post_id == post_id))
    content = emptied.model_dump_json(exclude_defaults=True)
    gone: dict[str, Any] = {
        "key": tombstone,
        "author_key": emptied.author.key.lstrip("-"),
        "content": content,
        "words": "",
        "text_digest": None,
        "left_off": None,
        "quote_key": None,
        **dict.fromkeys(("twin_key", "twin_of", "twin_state", "twin_why", "twins")),
    }
    conn.execute(
        update(post)
        .where(post.c.id == post_id)
        .values(**gone, reasons="[]", prior_state=None, state=PostState.WITHDRAWN.value)
    )


def prior_state(conn: Connection, post_id: str) -> PostState:
    """The state that an unavailable post had before."""
    value = conn.execute(select(post.c.prior_state).where(post.c.id == post_id)).scalar_one()
    return PostState(value)


def approved_authors(
    conn: Connection, event_id: str, author_keys: Collection[str]
) -> list[tuple[str, str]]:
    """(network, author key) of those among these authors who had a post approved, ever."""
    query = select(post.c.network, post.c.author_key).distinct()
    approved = (post.c.event_id == event_id, post.c.state == PostState.APPROVED.value)
    return [
        (row.network, row.author_key)
        for some in in_chunks(author_keys)
        for row in conn.execute(query.where(*approved, post.c.author_key.in_(_bound(some))))
    ]


def seen_between(
    conn: Connection,
    event_id: str,
    start: datetime,
    end: datetime,
    *,
    authors: Collection[str],
    digests: Collection[str],
) -> Iterator[tuple[str, str, str, datetime, str | None, bool]]:
    """Posts of a time that are by these authors or say the same: (network, key, author key, when,
    digest, approved). A post may come twice."""
    for column, wanted in ((post.c.author_key, authors), (post.c.text_digest, digests)):
        for some in in_chunks(wanted):
            query = _SEEN.where(
                post.c.event_id == event_id,
                post.c.created_at.between(start, end),
                column.in_(_bound(some)),
            )
            for row in conn.execute(query):
                approved = row.state == PostState.APPROVED.value
                yield row.network, row.key, row.author_key, row.created_at, row.text_digest, approved


def _bound(values: Sequence[str]) -> Any:
    return bindparam(None, values, expanding=True)


def to_recheck(conn: Connection, event_id: str, network: str, limit: int) -> list[StoredPost]:
    """The newest posts of a network on display, those that another network's stand for, and all that its
    source no longer returned."""
    ours = (post.c.event_id == event_id, post.c.network == network)
    shown = select(*_STORED).where(*ours, post.c.state == PostState.APPROVED.value)
    twins = select(*_STORED).where(*ours, post.c.state == PostState.TWIN.value)
    lost = select(*_STORED).where(*ours, post.c.state == PostState.UNAVAILABLE.value)
    return [
        *_page(conn, shown, post.c.shown, limit, None),
        *_page(conn, twins, post.c.received, limit, None),
        *_page(conn, lost, post.c.received, limit, None),
    ]


def lost(conn: Connection, event_id: str) -> list[StoredPost]:
    """The posts of an event that their sources do not return now."""
    gone = (post.c.event_id == event_id, post.c.state == PostState.UNAVAILABLE.value)
    return stored_from(conn.execute(select(*_STORED).where(*gone)))


def lost_before(conn: Connection, event_id: str, network: str, at: datetime) -> set[str]:
    """Ids of the posts that have been unavailable since before `at`."""
    query = select(post.c.id).where(
        post.c.event_id == event_id,
        post.c.network == network,
        post.c.state == PostState.UNAVAILABLE.value,
        post.c.lost_at <= at,
    )
    return set(conn.execute(query).scalars())


def original_of(conn: Connection, post_id: str) -> str | None:
    """The id of the post that this one repeats, if it is a repost."""
    return conn.execute(select(post.c.original_id).where(post.c.id == post_id)).scalar_one_or_none()


def shown_window(
    conn: Connection, event_id: str, limit: int, before: int | None = None
) -> list[StoredPost]:
    """Approved posts, newest shown first; `before` pages to those shown before that seq."""
    query = select(*_STORED).where(post.c.event_id == event_id, post.c.state == PostState.APPROVED.value)
    return _page(conn, query, post.c.shown, limit, before)


def desk_window(conn: Connection, event_id: str, limit: int, before: int | None = None) -> list[StoredPost]:
    """Posts of every state that a moderator sees, newest arrival first."""
    seen = [PostState.APPROVED, PostState.HELD, PostState.REJECTED, PostState.HIDDEN, PostState.RECEIVED]
    query = select(*_STORED).where(
        post.c.event_id == event_id, post.c.received > 0, post.c.state.in_([state.value for state in seen])
    )
    return _page(conn, query, post.c.received, limit, before)


def _page(conn: Connection, query: Query, order: Any, limit: int, before: int | None) -> list[StoredPost]:
    if before is not None:
        query = query.where(order < before)
    return [_stored(row) for row in conn.execute(query.order_by(order.desc()).limit(limit))]


def stored_columns() -> tuple[Any, ...]:
    """The columns that make a StoredPost, for other queries of this package."""
    return _STORED


def stored_from(rows: Iterable[Row[Any]]) -> list[StoredPost]:
    """Posts from rows of `stored_columns`."""
    return [_stored(row) for row in rows]


def _stored(row: Any) -> StoredPost:
    return StoredPost(
        id=row.id,
        event_id=row.event_id,
        post=Post.model_validate_json(row.content),
        state=PostState(row.state),
        reasons=reasons_from_json(row.reasons),
        version=row.version,
        received=row.received,
        shown=row.shown,
        received_at=row.received_at,
        reposts=row.reposts,
        edits=row.edits,
        by_hand=bool(row.by_hand),
        left_off=row.left_off,
        twins=twins_from_json(row.twins),
        twin_of=row.twin_of,
    )


def _quote_key(content: Post) -> str | None:
    """The key of the post whose words are in this one."""
    return content.quote.key if content.quote else None
