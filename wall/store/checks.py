"""Checks: what was found about the claims of posts, as everybody may read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from wall.codebook import Check, CheckCode, Checked, TagSet
from wall.entries.cards import host_of
from wall.model import StoredPost
from wall.store.chunks import ids_in_chunks
from wall.store.tables import contribution, contribution_post, tag, tagging

_IDS: Any = bindparam("ids", expanding=True)
_FOUND = (
    select(contribution_post.c.post_id, tag.c.code, tagging.c.source)
    .join(tagging, tagging.c.contribution_id == contribution_post.c.contribution_id)
    .join(tag, tag.c.id == tagging.c.tag_id)
    .where(
        contribution_post.c.post_id.in_(_IDS),
        tag.c.set == TagSet.CHECK.value,
        tag.c.code.in_([code.value for code in CheckCode]),
    )
    .order_by(tagging.c.tagged_at, tagging.c.tag_id)
)
_SOURCE = select(tagging.c.source).where(
    tagging.c.contribution_id == bindparam("contribution"), tagging.c.tag_id == bindparam("tag")
)
_VERSIONS = (
    select(contribution_post.c.post_id, contribution.c.version)
    .join(contribution, contribution.c.id == contribution_post.c.contribution_id)
    .where(contribution_post.c.post_id.in_(_IDS))
)


def of_posts(conn: Connection, listed: Iterable[StoredPost]) -> list[Checked]:
    """These posts, as far as they are in a contribution, each with what was found about it: nothing,
    for those about which nothing was."""
    posts = {stored.id: stored for stored in listed}
    versions: dict[str, int] = {}
    for ids in ids_in_chunks(posts):
        versions.update({row.post_id: row.version for row in conn.execute(_VERSIONS, {"ids": ids})})
    checks = by_post(conn, versions)
    return [
        Checked(stored=posts[post_id], checks=checks.get(post_id, ()), version=version)
        for post_id, version in versions.items()
    ]


def by_post(conn: Connection, post_ids: Collection[str]) -> dict[str, tuple[Check, ...]]:
    """What was found about these posts; those about which nothing was are not there."""
    checks: dict[str, list[Check]] = defaultdict(list)
    for ids in ids_in_chunks(post_ids):
        for row in conn.execute(_FOUND, {"ids": ids}):
            checks[row.post_id].append(_check(row.code, row.source or ""))
    return {post_id: tuple(listed) for post_id, listed in checks.items()}


def found(conn: Connection, listed: Iterable[StoredPost]) -> list[Checked]:
    """Those of these posts about which something was found."""
    return [checked for checked in of_posts(conn, listed) if checked.checks]


def source(conn: Connection, contribution_id: str, tag_id: str) -> str:
    """The source with which a tag was set; empty for none."""
    asked = {"contribution": contribution_id, "tag": tag_id}
    return conn.execute(_SOURCE, asked).scalar() or ""


def set_source(conn: Connection, contribution_id: str, tag_id: str, source: str) -> None:
    """Write the source of a tag that is set."""
    here = (tagging.c.contribution_id == contribution_id, tagging.c.tag_id == tag_id)
    conn.execute(update(tagging).where(*here).values(source=source))


def _check(code: str, source: str) -> Check:
    return Check(code=CheckCode(code), host=host_of(source), url=source)
