"""Joining contributions and taking them apart again: the rows that move, and that remember where from.

A contribution that is taken in keeps its row and points at the other (`merged_into`). Its posts, its
relays and those of its tags that the other lacked become the other's, and each remembers whose it was
(`made_in`, `made_for`, `via`): so it can leave as it came, whatever was joined before or since.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from wall.store.beside import call_off
from wall.store.chunks import ids_in_chunks
from wall.store.codec import to_json
from wall.store.reply_tables import public_reply
from wall.store.tables import contribution, contribution_post, receipt, relay, tagging

_MOST_STEPS = 200
"""Contributions that were taken in one by the next; a point has no more posts than that."""

_IDS: Any = bindparam("ids", expanding=True)
_MERGED_INTO = select(contribution.c.id).where(contribution.c.merged_into.in_(_IDS))
_POSTS_IN = (
    select(contribution_post)
    .where(contribution_post.c.contribution_id == bindparam("whole"))
    .order_by(contribution_post.c.position)
)
_ENDS = (
    select(contribution_post.c.contribution_id, func.max(contribution_post.c.position).label("end"))
    .where(contribution_post.c.contribution_id.in_(_IDS))
    .group_by(contribution_post.c.contribution_id)
)


def append(conn: Connection, behind: Mapping[str, Sequence[str]]) -> None:
    """Put posts that are in no contribution yet behind those that are in one, contribution → posts, and
    raise the versions of these contributions. However many there are, it takes as many statements."""
    if not behind:
        return
    ends: dict[str, int] = {}
    for some in ids_in_chunks(behind.keys()):
        ends.update((row.contribution_id, row.end) for row in conn.execute(_ENDS, {"ids": some}))
        raised = update(contribution).where(contribution.c.id.in_(some))
        conn.execute(raised.values(version=contribution.c.version + 1))
    rows = [
        {"post_id": post_id, "contribution_id": into, "position": ends.get(into, -1) + number}
        for into, post_ids in behind.items()
        for number, post_id in enumerate(post_ids, start=1)
    ]
    conn.execute(insert(contribution_post), rows)


def take_in(conn: Connection, into: str, other: str, displaced: Sequence[str], *, first: bool) -> None:
    """Make what one contribution has another one's. `displaced`: relays that were closed for it;
    `first`: its posts come before those that are there."""
    rows = conn.execute(_POSTS_IN, {"whole": other}).all()
    start = _start(conn, into) - len(rows) if first else _end(conn, into)
    for number, row in enumerate(rows):
        values = {"contribution_id": into, "position": start + number, "made_in": row.made_in or other}
        _change_post(conn, row.post_id, **values)
    _change(conn, other, merged_into=into, displaced=to_json(list(displaced)))
    _take_relays(conn, into, other)
    _lend_tags(conn, into, other)


def let_out(conn: Connection, whole: str, other: str) -> tuple[str, ...]:
    """Give back to a contribution what it had when it was taken in; the ids of the relays that were
    closed for it."""
    family = _family(conn, other)
    rows = [row for row in conn.execute(_POSTS_IN, {"whole": whole}) if row.made_in in family]
    for row in rows:
        made_in = None if row.made_in == other else row.made_in
        _change_post(conn, row.post_id, contribution_id=other, made_in=made_in)
    displaced = select(contribution.c.displaced).where(contribution.c.id == other)
    closed = json.loads(conn.execute(displaced).scalar_one() or "[]")
    _change(conn, other, merged_into=None, displaced=None)
    _give_relays_back(conn, whole, other, family)
    of_whole = and_(tagging.c.contribution_id == whole, tagging.c.via.in_(sorted(family)))
    conn.execute(delete(tagging).where(or_(tagging.c.via == other, of_whole)))
    return tuple(closed)


def stands_in(conn: Connection, contribution_id: str) -> str:
    """The contribution that has what this one had; itself where it was taken in by none."""
    for _ in range(_MOST_STEPS):
        query = select(contribution.c.merged_into).where(contribution.c.id == contribution_id)
        into = conn.execute(query).scalar_one_or_none()
        if into is None:
            break
        contribution_id = into
    return contribution_id


def move_post(conn: Connection, post_id: str, into: str) -> None:
    """Make a post another contribution's, alone, as if it had always been there."""
    _change_post(conn, post_id, contribution_id=into, position=_end(conn, into), made_in=None)


def lead(conn: Connection, contribution_id: str, post_id: str) -> None:
    """Put one post of a contribution before its others."""
    _change_post(conn, post_id, position=_start(conn, contribution_id) - 1)


def came_from(conn: Connection, whole: str, post_id: str) -> str | None:
    """The contribution that a post came from when that was taken in; None for one that was made here."""
    here = (contribution_post.c.post_id == post_id, contribution_post.c.contribution_id == whole)
    return conn.execute(select(contribution_post.c.made_in).where(*here)).scalar_one_or_none()


def posts_from(conn: Connection, whole: str, other: str) -> tuple[str, ...]:
    """The posts that would leave with a contribution that was taken in, in order."""
    family = _family(conn, other)
    rows = conn.execute(_POSTS_IN, {"whole": whole})
    return tuple(row.post_id for row in rows if row.made_in in family)


def forget_wording(conn: Connection, post_id: str) -> None:
    """Leave nothing of what a facilitator made of the words of this post, in the point that it is in and in
    those that it came from, nor of what their authors were told in those words."""
    home = conn.execute(select(contribution_post).where(contribution_post.c.post_id == post_id)).first()
    if home is None:
        return
    passed = _passed(conn, home.made_in, home.contribution_id)
    worded = (contribution.c.id.in_(passed), contribution.c.wording != "")
    if conn.execute(select(contribution.c.id).where(*worded).limit(1)).first() is None:
        return
    conn.execute(update(contribution).where(*worded).values(wording=None))
    there = select(contribution_post.c.post_id).where(
        contribution_post.c.contribution_id == home.contribution_id
    )
    for table in (public_reply, receipt):
        conn.execute(update(table).where(table.c.post_id.in_(there)).values(words=""))
    call_off(conn)


def _passed(conn: Connection, made_in: str | None, whole: str) -> list[str]:
    """The contributions that a post was in one after the other, up to the one that it is in now."""
    passed = [whole]
    while made_in is not None and made_in not in passed:
        passed.append(made_in)
        into = select(contribution.c.merged_into).where(contribution.c.id == made_in)
        made_in = conn.execute(into).scalar_one_or_none()
    return passed


def _family(conn: Connection, root: str) -> frozenset[str]:
    """A contribution with all that it had taken in itself."""
    found, newest = {root}, {root}
    while newest:
        newest = set(conn.execute(_MERGED_INTO, {"ids": sorted(newest)}).scalars()) - found
        found |= newest
    return frozenset(found)


def _take_relays(conn: Connection, into: str, other: str) -> None:
    whose = func.coalesce(relay.c.made_for, other)
    here = relay.c.contribution_id == other
    conn.execute(update(relay).where(here).values(contribution_id=into, made_for=whose))


def _give_relays_back(conn: Connection, whole: str, other: str, family: Collection[str]) -> None:
    here = (relay.c.contribution_id == whole, relay.c.made_for.in_(sorted(family)))
    conn.execute(update(relay).where(*here).values(contribution_id=other))
    own = (relay.c.contribution_id == other, relay.c.made_for == other)
    conn.execute(update(relay).where(*own).values(made_for=None))


def _lend_tags(conn: Connection, into: str, other: str) -> None:
    there = select(tagging.c.tag_id).where(tagging.c.contribution_id == into)
    known = set(conn.execute(there).scalars())
    rows = conn.execute(select(tagging).where(tagging.c.contribution_id == other)).all()
    lent = [
        row._asdict() | {"contribution_id": into, "via": row.via or other}
        for row in rows
        if row.tag_id not in known
    ]
    if lent:
        conn.execute(insert(tagging), lent)


def _start(conn: Connection, contribution_id: str) -> int:
    return _bound(conn, contribution_id, func.min(contribution_post.c.position), 0)


def _end(conn: Connection, contribution_id: str) -> int:
    return _bound(conn, contribution_id, func.max(contribution_post.c.position), -1) + 1


def _bound(conn: Connection, contribution_id: str, bound: Any, empty: int) -> int:
    found = conn.execute(
        select(bound).where(contribution_post.c.contribution_id == contribution_id)
    ).scalar_one()
    return empty if found is None else int(found)


def _change_post(conn: Connection, post_id: str, **columns: Any) -> None:
    conn.execute(update(contribution_post).where(contribution_post.c.post_id == post_id).values(**columns))


def _change(conn: Connection, contribution_id: str, **columns: Any) -> None:
    conn.execute(update(contribution).where(contribution.c.id == contribution_id).values(**columns))
