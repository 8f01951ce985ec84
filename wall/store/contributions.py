"""Contributions: which posts make one point, its tags and wording, and who is owed a reply for it.

A contribution that was joined with another one keeps its row and nothing else: its posts, relays and
tags are the other's until it leaves that again (`wall.store.joining`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from wall.model import PostState
from wall.parallel import Contribution, Receipt, ReceiptState
from wall.store import relays
from wall.store.chunks import ids_in_chunks
from wall.store.tables import contribution, contribution_post, post, receipt, tagging

_GONE = frozenset({PostState.TWIN.value, PostState.UNAVAILABLE.value, PostState.WITHDRAWN.value})
_IDS: Any = bindparam("ids", expanding=True)
_BY_IDS = select(contribution).where(
    contribution.c.event_id == bindparam("event"), contribution.c.id.in_(_IDS)
)
_POSTS = (
    select(contribution_post, post.c.state, post.c.shown)
    .join(post, post.c.id == contribution_post.c.post_id)
    .where(contribution_post.c.contribution_id.in_(_IDS))
    .order_by(contribution_post.c.position)
)
_OF_POSTS = select(contribution_post).where(contribution_post.c.post_id.in_(_IDS))
_TAGS = (
    select(tagging.c.contribution_id, tagging.c.tag_id)
    .where(tagging.c.contribution_id.in_(_IDS))
    .order_by(tagging.c.tagged_at, tagging.c.tag_id)
)
_OWED = (
    select(contribution_post.c.contribution_id, receipt.c.state, func.count().label("number"))
    .join(receipt, receipt.c.post_id == contribution_post.c.post_id)
    .where(contribution_post.c.contribution_id.in_(_IDS))
    .group_by(contribution_post.c.contribution_id, receipt.c.state)
)
_RECEIPTS_OF_POSTS = select(receipt).where(receipt.c.post_id.in_(_IDS))
_RECEIPTS = (
    select(receipt)
    .join(contribution_post, contribution_post.c.post_id == receipt.c.post_id)
    .where(contribution_post.c.contribution_id == bindparam("contribution"))
)


def add(conn: Connection, *new: Contribution) -> None:
    """Store new contributions with their posts; they have no tags, relays or receipts yet."""
    values = [
        {"id": one.id, "event_id": one.event_id, "noted": one.noted, "version": one.version} for one in new
    ]
    rows = [
        {"post_id": post_id, "contribution_id": one.id, "position": position}
        for one in new
        for position, post_id in enumerate(one.posts)
    ]
    if values:
        conn.execute(insert(contribution), values)
    if rows:
        conn.execute(insert(contribution_post), rows)


def save(conn: Connection, contribution_id: str, **columns: Any) -> None:
    """Write columns of a contribution: `noted`, `version`, `wording`, `worded`."""
    conn.execute(update(contribution).where(contribution.c.id == contribution_id).values(**columns))


def of_posts(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    """The contribution of each of these posts that is in one: post id → contribution id."""
    return {
        row.post_id: row.contribution_id
        for some in ids_in_chunks(ids)
        for row in conn.execute(_OF_POSTS, {"ids": some})
    }


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Contribution]:
    """Contributions of an event by id."""
    found: dict[str, Contribution] = {}
    for some in ids_in_chunks(ids):
        found.update(_some(conn, event_id, some))
    return found


def set_tag(conn: Connection, contribution_id: str, tag_id: str, tagged_by: str, now: datetime) -> None:
    """Set a tag that is not set yet."""
    values = {"contribution_id": contribution_id, "tag_id": tag_id, "tagged_by": tagged_by}
    conn.execute(insert(tagging).values(**values, tagged_at=now))


def clear_tag(conn: Connection, contribution_id: str, tag_id: str) -> None:
    """Take a tag off."""
    here = (tagging.c.contribution_id == contribution_id, tagging.c.tag_id == tag_id)
    conn.execute(delete(tagging).where(*here))


def receipts(conn: Connection, contribution_id: str) -> list[Receipt]:
    """What the authors of a contribution are owed and were told, by post."""
    found = conn.execute(_RECEIPTS, {"contribution": contribution_id})
    return sorted((Receipt(**row._asdict()) for row in found), key=lambda one: one.post_id)


def receipts_of_posts(conn: Connection, ids: Collection[str]) -> dict[str, Receipt]:
    """The receipts of these posts, by post id."""
    return {
        row.post_id: Receipt(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_RECEIPTS_OF_POSTS, {"ids": some})
    }


def put_receipt(conn: Connection, changed: Receipt) -> None:
    """Write a receipt, new or known: a post has one, whatever it was joined with since."""
    values = changed.model_dump()
    here = update(receipt).where(receipt.c.post_id == changed.post_id)
    if conn.execute(here.values(**values)).rowcount == 0:
        conn.execute(insert(receipt).values(**values))


def _some(conn: Connection, event_id: str, ids: Sequence[str]) -> dict[str, Contribution]:
    asked = {"ids": ids}
    rows = conn.execute(_BY_IDS, {"event": event_id, **asked}).all()
    if not rows:
        return {}
    posts, tags = defaultdict(list), defaultdict(list)
    for row in conn.execute(_POSTS, asked):
        posts[row.contribution_id].append(row)
    for row in conn.execute(_TAGS, asked):
        tags[row.contribution_id].append(row.tag_id)
    counted = {(row.contribution_id, row.state): row.number for row in conn.execute(_OWED, asked)}
    newest = relays.newest_of(conn, ids)
    return {
        row.id: Contribution(
            id=row.id,
            event_id=row.event_id,
            noted=row.noted,
            version=row.version,
            wording=row.wording or "",
            worded=row.worded or 0,
            **_made_of(posts[row.id]),
            tags=tuple(tags[row.id]),
            relay=newest.get(row.id),
            owed=counted.get((row.id, ReceiptState.OWED), 0),
            told=counted.get((row.id, ReceiptState.TOLD), 0),
        )
        for row in rows
    }


def _made_of(members: Sequence[Any]) -> dict[str, Any]:
    """The posts of a contribution, and where moderation has the first; one without was joined with
    another: whoever may hear of any contribution hears that it is gone."""
    return {
        "posts": tuple(one.post_id for one in members),
        "lead": members[0].state if members else PostState.APPROVED,
        "shown": any(one.shown > 0 for one in members) or not members,
        "there": any(one.state not in _GONE for one in members),
    }
