"""Who is left off the walls of an event, and which posts that concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, or_, select, update

from wall.model import PostState, StoredPost
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
_GONE = (PostState.STUB.value, PostState.REPOST.value, PostState.WITHDRAWN.value)


def add(conn: Connection, new: OptOut, digests: Iterable[str]) -> None:
    """Leave somebody off who is known by these digests; those that are known already stay as they are."""
    conn.execute(insert(opt_out).values(**new.model_dump()))
    known = names(conn, new.event_id)
    rows = [
        {"event_id": new.event_id, "digest": digest, "opt_out_id": new.id}
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
    """Write how many posts an opt-out kept off; its version goes up."""
    known = opt_out.c.id == opt_out_id
    conn.execute(update(opt_out).where(known).values(posts=number, version=opt_out.c.version + 1))


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


def posts_of_author(conn: Connection, event_id: str, network: str, key: str) -> list[StoredPost]:
    """The posts of an author by their key."""
    return _found(conn, _all(event_id).where(post.c.network == network, post.c.author_key == key))


def posts_naming(conn: Connection, event_id: str, network: str, handle: str) -> list[StoredPost]:
    """Posts of a network in which these letters stand, whatever their case: whoever asks looks closer."""
    part = handle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    naming = func.lower(post.c.content).like(f"%{part}%", escape="\\")
    return _found(conn, _all(event_id).where(post.c.network == network, naming))


def posts_quoting(conn: Connection, event_id: str, network: str, keys: Collection[str]) -> list[StoredPost]:
    """Posts that quote one of these posts of their network."""
    return [
        found
        for some in in_chunks(keys)
        for found in _found(
            conn, _all(event_id).where(post.c.network == network, post.c.quote_key.in_(some))
        )
    ]


def quoting_posts(conn: Connection, event_id: str, network: str) -> list[StoredPost]:
    """Posts of a network that quote any post."""
    return _found(conn, _all(event_id).where(post.c.network == network, post.c.quote_key.is_not(None)))


def _all(event_id: str) -> Select[tuple[object, ...]]:
    return select(*posts.stored_columns()).where(
        post.c.event_id == event_id, or_(post.c.state.not_in(_GONE), post.c.left_off.is_not(None))
    )


def _found(conn: Connection, query: Select[tuple[object, ...]]) -> list[StoredPost]:
    return posts.stored_from(conn.execute(query.order_by(post.c.num)))


def _opt_out(row: Row[tuple[object, ...]]) -> OptOut:
    return OptOut.model_validate(row._asdict())
