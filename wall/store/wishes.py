"""Who is left off the walls of an event, and which posts that concerns."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from wall.model import Author, Post, PostState, StoredPost
from wall.store import posts
from wall.store.chunks import ids_in_chunks, in_chunks
from wall.store.tables import post
from wall.store.wish_tables import opt_out, opt_out_name
from wall.wishes import OptOut

OPT_OUT_WINDOW = 200
"""A snapshot holds the newest this many opt-outs."""

_BY_IDS = select(opt_out).where(
    opt_out.c.event_id == bindparam("event"), opt_out.c.id.in_(bindparam("ids", expanding=True))
)
_NEWEST = (
    select(opt_out)
    .where(opt_out.c.event_id == bindparam("event"))
    .order_by(opt_out.c.at.desc(), opt_out.c.id.desc())
    .limit(OPT_OUT_WINDOW)
)
_NAMES = select(opt_out_name.c.digest, opt_out_name.c.opt_out_id).where(
    opt_out_name.c.event_id == bindparam("event")
)
_NAME = re.compile("[:#]")
_GONE = (PostState.STUB.value, PostState.REPOST.value, PostState.WITHDRAWN.value)


def add(conn: Connection, new: OptOut) -> None:
    """Leave somebody off; `learn` says who they are."""
    conn.execute(insert(opt_out).values(**new.model_dump()))


def learn(conn: Connection, event_id: str, opt_out_id: str, digests: Iterable[str]) -> None:
    """Know by these digests who is left off; those that are known already stay as they are."""
    known = names(conn, event_id)
    rows = [
        {"event_id": event_id, "digest": digest, "opt_out_id": opt_out_id}
        for digest in sorted(set(digests) - known.keys())
    ]
    if rows:
        conn.execute(insert(opt_out_name), rows)


def remove(conn: Connection, opt_out_id: str) -> None:
    """Forget an opt-out and its digests."""
    conn.execute(delete(opt_out_name).where(opt_out_name.c.opt_out_id == opt_out_id))
    conn.execute(delete(opt_out).where(opt_out.c.id == opt_out_id))


def names(conn: Connection, event_id: str) -> dict[str, str]:
    """Every digest of an event, with the id of its opt-out."""
    return {row.digest: row.opt_out_id for row in conn.execute(_NAMES, {"event": event_id})}


def count(conn: Connection, opt_out_id: str, number: int) -> None:
    """Count this many more posts that an opt-out kept off; its version goes up."""
    known = opt_out.c.id == opt_out_id
    conn.execute(
        update(opt_out).where(known).values(posts=opt_out.c.posts + number, version=opt_out.c.version + 1)
    )


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, OptOut]:
    """Opt-outs by id."""
    return {
        row.id: _opt_out(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def listed(conn: Connection, event_id: str) -> list[OptOut]:
    """The newest opt-outs of an event."""
    return [_opt_out(row) for row in conn.execute(_NEWEST, {"event": event_id})]


def posts_left_off(conn: Connection, event_id: str, opt_out_id: str) -> list[StoredPost]:
    """The posts that an opt-out keeps off the walls."""
    return _found(conn, _all(event_id).where(post.c.left_off == opt_out_id))


def posts_of_authors(
    conn: Connection, event_id: str, network: str, keys: Collection[str]
) -> list[StoredPost]:
    """The posts of authors by their keys."""
    return [
        found
        for some in in_chunks(keys)
        for found in _found(
            conn, _all(event_id).where(post.c.network == network, post.c.author_key.in_(some))
        )
    ]


def posts_after(conn: Connection, event_id: str, network: str, seq: int) -> list[StoredPost]:
    """The posts of a network that came after the entry numbered `seq`."""
    return _found(conn, _all(event_id).where(post.c.network == network, post.c.received > seq))


def authors_named(conn: Connection, event_id: str, name: str) -> list[Author]:
    """Those who posted and may be meant by this name, as each of their posts shows them.

    Reads the texts of a whole network where they are stored: not for a write transaction.
    """
    network = _NAME.split(name, 1)[0]
    query = select(post.c.content).where(
        post.c.event_id == event_id,
        post.c.network == network,
        post.c.state.not_in(_GONE),
        _naming(_standing(name)),
    )
    found = {Post.model_validate_json(content).author for content in conn.execute(query).scalars()}
    return sorted(found, key=lambda author: (author.key, author.handle))


def posts_quoting(conn: Connection, event_id: str, network: str, keys: Collection[str]) -> list[StoredPost]:
    """Posts that quote one of these posts of their network."""
    return [
        found
        for some in in_chunks(keys)
        for found in _found(
            conn, _all(event_id).where(post.c.network == network, post.c.quote_key.in_(some))
        )
    ]


def posts_quoting_author(
    conn: Connection, event_id: str, network: str, names: Collection[str]
) -> list[StoredPost]:
    """Posts of a network that quote any post and may name somebody of these names: whoever asks looks
    closer."""
    quoting = _all(event_id).where(post.c.network == network, post.c.quote_key.is_not(None))
    found = {
        stored.id: stored
        for some in in_chunks({part for name in names for part in _standing(name)})
        for stored in _found(conn, quoting.where(_naming(some)))
    }
    return list(found.values())


def posts_quoting_unseen(conn: Connection, event_id: str, network: str, code: str) -> list[StoredPost]:
    """Posts of a network that may have a quote which is not shown, with this code of why."""
    unseen = post.c.content.like(_pattern(f'"unseen":"{code}"'), escape="\\")
    return _found(
        conn, _all(event_id).where(post.c.network == network, post.c.quote_key.is_not(None), unseen)
    )


def _naming(patterns: Iterable[str]) -> ColumnElement[bool]:
    """Whether one of these patterns is in a stored post, whatever its case."""
    content = func.lower(post.c.content)
    return or_(*(content.like(one, escape="\\") for one in patterns))


def _standing(name: str) -> Iterator[str]:
    """The patterns of how a name stands where a post says whose it is or whom it quotes: what
    `wall.wishes.names_of` makes names of."""
    said = _NAME.split(name, 1)[1].lower()
    local, at, host = said.partition("@")
    yield _pattern(f'"key":{_quoted(said)}')
    for sign in ("", "@"):
        yield _pattern(f'"handle":{_quoted(sign + said)}')
        if at:
            yield _pattern(f'"handle":{_quoted(sign + local)}')
            yield _pattern(f'"handle":{_quoted(sign + local)[:-1]}@')
    if at:
        yield _pattern('"key":"http', f"{_quoted(host)[1:-1]}/", f'{_quoted(local)[1:-1]}"')


def _pattern(*parts: str) -> str:
    """A pattern of LIKE, escaped with a backslash: these parts in this order, with anything between."""
    plain = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in parts)
    return "".join(f"%{part}" for part in plain) + "%"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _all(event_id: str) -> Select[tuple[object, ...]]:
    return select(*posts.stored_columns()).where(
        post.c.event_id == event_id, or_(post.c.state.not_in(_GONE), post.c.left_off.is_not(None))
    )


def _found(conn: Connection, query: Select[tuple[object, ...]]) -> list[StoredPost]:
    return posts.stored_from(conn.execute(query.order_by(post.c.num)))


def _opt_out(row: Row[tuple[object, ...]]) -> OptOut:
    return OptOut.model_validate(row._asdict())
