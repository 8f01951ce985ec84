"""Samples for a second tagging: which posts, who said what of each, and what was agreed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wall.codebook import Reconciliation, Sample, SecondTagging, TagSet
from wall.model import PostState
from wall.store.chunks import ids_in_chunks
from wall.store.codebook_tables import reconciliation, sample, sample_post, second_tagging
from wall.store.codec import to_json
from wall.store.tables import contribution_post, post, tag, tagging

_IDS: Any = bindparam("ids", expanding=True)
_IN_EVENT = select(sample).where(sample.c.event_id == bindparam("event"))
_ONE = _IN_EVENT.where(sample.c.id == bindparam("sample"))
_LISTED = _IN_EVENT.order_by(sample.c.made_at.desc(), sample.c.id.desc())
_POSTS = (
    select(sample_post.c.post_id)
    .where(sample_post.c.sample_id == bindparam("sample"))
    .order_by(sample_post.c.position)
)
_SECOND = select(second_tagging).where(second_tagging.c.sample_id == bindparam("sample"))
_AGREED = select(reconciliation).where(reconciliation.c.sample_id == bindparam("sample"))
_LIVE = (
    select(contribution_post.c.post_id, tagging.c.tag_id, tagging.c.tagged_by)
    .join(tagging, tagging.c.contribution_id == contribution_post.c.contribution_id)
    .join(tag, tag.c.id == tagging.c.tag_id)
    .where(contribution_post.c.post_id.in_(_IDS), tag.c.set == bindparam("set"))
    .order_by(tagging.c.tagged_at, tagging.c.tag_id)
)
_ELIGIBLE = (
    select(post.c.id)
    .where(post.c.event_id == bindparam("event"), post.c.state == PostState.APPROVED.value)
    .order_by(post.c.received)
)


@dataclass(frozen=True)
class Live:
    """The tags that the desk set on a post within one set, and who did."""

    tags: tuple[str, ...]
    by: frozenset[str]


def eligible(conn: Connection, event_id: str) -> list[str]:
    """Ids of the posts that can be sampled, in the order in which they came: all that are shown."""
    return list(conn.execute(_ELIGIBLE, {"event": event_id}).scalars())


def add(conn: Connection, new: Sample, posts: Sequence[str]) -> None:
    """Store a new sample with its posts."""
    conn.execute(insert(sample).values(**new.model_dump()))
    rows = [
        {"sample_id": new.id, "post_id": post_id, "position": number}
        for number, post_id in enumerate(posts)
    ]
    conn.execute(insert(sample_post), rows)


def by_id(conn: Connection, event_id: str, sample_id: str) -> Sample | None:
    """A sample of an event."""
    row = conn.execute(_ONE, {"event": event_id, "sample": sample_id}).one_or_none()
    return Sample(**row._asdict()) if row else None


def listed(conn: Connection, event_id: str) -> list[Sample]:
    """All samples of an event, the newest first."""
    return [Sample(**row._asdict()) for row in conn.execute(_LISTED, {"event": event_id})]


def posts_of(conn: Connection, sample_id: str) -> list[str]:
    """Ids of a sample's posts, in their order."""
    return list(conn.execute(_POSTS, {"sample": sample_id}).scalars())


def second(conn: Connection, sample_id: str) -> list[SecondTagging]:
    """What people said of a sample's posts."""
    return [SecondTagging(**_tagged(row)) for row in conn.execute(_SECOND, {"sample": sample_id})]


def put_second(conn: Connection, new: SecondTagging) -> None:
    """Write what somebody says of a post, for the first time or instead of what they said."""
    here = (
        second_tagging.c.sample_id == new.sample_id,
        second_tagging.c.post_id == new.post_id,
        second_tagging.c.person_id == new.person_id,
    )
    values = new.model_dump() | {"tags": to_json(list(new.tags))}
    if conn.execute(update(second_tagging).where(*here).values(**values)).rowcount == 0:
        conn.execute(insert(second_tagging).values(**values))


def agreed(conn: Connection, sample_id: str) -> dict[str, Reconciliation]:
    """What was agreed, by post."""
    found = (Reconciliation(**_tagged(row)) for row in conn.execute(_AGREED, {"sample": sample_id}))
    return {one.post_id: one for one in found}


def put_agreed(conn: Connection, new: Reconciliation) -> None:
    """Write what was agreed for a post, for the first time or instead of what was."""
    here = (reconciliation.c.sample_id == new.sample_id, reconciliation.c.post_id == new.post_id)
    first = None if new.first is None else to_json(list(new.first))
    values = new.model_dump() | {"tags": to_json(list(new.tags)), "first": first}
    if conn.execute(update(reconciliation).where(*here).values(**values)).rowcount == 0:
        conn.execute(insert(reconciliation).values(**values))


def live(conn: Connection, wanted: TagSet, posts: Collection[str]) -> dict[str, Live]:
    """What the desk set on these posts within a set; those on which it set nothing are not there."""
    tags: dict[str, list[str]] = defaultdict(list)
    by: dict[str, set[str]] = defaultdict(set)
    for ids in ids_in_chunks(posts):
        for row in conn.execute(_LIVE, {"ids": ids, "set": wanted.value}):
            tags[row.post_id].append(row.tag_id)
            by[row.post_id].add(row.tagged_by)
    return {post_id: Live(tuple(found), frozenset(by[post_id])) for post_id, found in tags.items()}


def _tagged(row: Row[Any]) -> dict[str, Any]:
    found = row._asdict()
    for name in ("tags", "first"):
        if found.get(name) is not None:
            found[name] = json.loads(found[name])
    return found
