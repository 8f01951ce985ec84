"""What is rendered from posts besides their cards: contributions, relays, pins, points of their authors.

Readers hear of these whenever one of their posts changes, whoever changed it: the journal asks here
for what hangs on a post, so that no writer has to think of it and none can forget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, select

from wall.display import StoredPin
from wall.model import PostState, StoredPost
from wall.parallel import Contribution, OwnPoint, StoredRelay
from wall.store import contributions, posts, relays, walls
from wall.store.tables import post

OWN_WINDOW = 50
"""A snapshot holds the newest this many points of its reader."""

_OWN = (
    select(*posts.stored_columns())
    .where(
        post.c.event_id == bindparam("event"),
        post.c.author_key.in_(bindparam("authors", expanding=True)),
        post.c.received > 0,
        post.c.state != PostState.REPOST.value,
    )
    .order_by(post.c.created_at.desc(), post.c.id.desc())
    .limit(OWN_WINDOW)
)

Hanging = Contribution | StoredRelay | OwnPoint | StoredPin


def hanging_on(conn: Connection, event_id: str, changed: Collection[StoredPost]) -> list[Hanging]:
    """What else has to be rendered when these posts changed."""
    ids = {stored.id for stored in changed}
    of_posts = contributions.of_posts(conn, ids)
    pinned = walls.pins_by_ids(conn, event_id, ids).values()
    own = points(conn, [stored for stored in changed if is_own(stored)], of_posts)
    if not of_posts:
        return [*own, *pinned]
    made = set(of_posts.values())
    raised = {one.id for one in relays.of_contributions(conn, made)}
    joined = contributions.by_ids(conn, event_id, made).values()
    return [*joined, *relays.by_ids(conn, event_id, raised).values(), *own, *pinned]


def is_own(stored: StoredPost) -> bool:
    """Whether a post was written here, by somebody who can follow it."""
    return stored.post.author.key.startswith(("person:", "participant:"))


def own_points(conn: Connection, event_id: str, person: str) -> list[OwnPoint]:
    """The newest points of somebody, by their id as a person or a participant."""
    authors = [f"person:{person}", f"participant:{person}"]
    found = posts.stored_from(conn.execute(_OWN, {"event": event_id, "authors": authors}))
    return points(conn, found, contributions.of_posts(conn, {stored.id for stored in found}))


def points_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, OwnPoint]:
    """Points by the ids of their posts."""
    found = [stored for stored in posts.by_ids(conn, event_id, ids).values() if is_own(stored)]
    joined = points(conn, found, contributions.of_posts(conn, {stored.id for stored in found}))
    return {own.stored.id: own for own in joined}


def points(conn: Connection, found: Iterable[StoredPost], of_posts: dict[str, str]) -> list[OwnPoint]:
    """Posts as their authors follow them."""
    listed = list(found)
    made = {of_posts[stored.id] for stored in listed if stored.id in of_posts}
    newest = relays.newest_of(conn, made)
    told = contributions.receipts_of_posts(conn, {stored.id for stored in listed if stored.id in of_posts})
    return [
        OwnPoint(stored=stored, relay=newest.get(of_posts.get(stored.id, "")), receipt=told.get(stored.id))
        for stored in listed
    ]
