"""Posts that were added by their address, with how it was permitted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from wall.model import StoredPost
from wall.store import people, posts
from wall.store.speaker_tables import pasted_post
from wall.store.tables import post

MOST = 200
"""Posts that one list shows: the newest."""


@dataclass(frozen=True)
class Pasted:
    """A post that somebody of the staff added. `permission` is a code; `given`: how, by whom, in words."""

    post_id: str
    permission: str
    given: str
    added_by: str
    added_at: datetime
    stored: StoredPost
    adder: str


def add(
    conn: Connection, event_id: str, post_id: str, permission: str, given: str, by: str, at: datetime
) -> None:
    """Keep how a post was permitted, and by whom it was added (the id of a person)."""
    values = {"permission": permission, "given": given, "added_by": by, "added_at": at}
    conn.execute(insert(pasted_post).values(post_id=post_id, event_id=event_id, **values))


def with_url(conn: Connection, event_id: str, url: str) -> bool:
    """Whether a post of an event that was not taken back stands at this address. Reads the event's posts:
    for what a person asks now and then."""
    quoted = (
        json.dumps(url, ensure_ascii=False).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    )
    query = select(*posts.stored_columns()).where(
        post.c.event_id == event_id, post.c.content.like(f'%"url":{quoted}%', escape="\\")
    )
    return any(one.post.url == url for one in posts.stored_from(conn.execute(query)))


def listed(conn: Connection, event_id: str) -> list[Pasted]:
    """The posts of an event that were added by their address, newest first."""
    newest = (
        select(pasted_post)
        .where(pasted_post.c.event_id == event_id)
        .order_by(pasted_post.c.added_at.desc(), pasted_post.c.post_id)
        .limit(MOST)
    )
    rows = list(conn.execute(newest))
    stored = posts.by_ids(conn, event_id, {row.post_id for row in rows})
    names = people.names(conn, {row.added_by for row in rows})
    return [
        Pasted(
            row.post_id,
            row.permission,
            row.given,
            row.added_by,
            row.added_at,
            stored[row.post_id],
            names.get(row.added_by, ""),
        )
        for row in rows
        if row.post_id in stored
    ]


def purge(conn: Connection, post_id: str) -> None:
    """Forget the words in which it was permitted: the post was taken back."""
    conn.execute(update(pasted_post).where(pasted_post.c.post_id == post_id).values(given=""))
