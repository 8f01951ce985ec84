"""What is rendered from posts besides their cards: contributions, relays, pins, points of their authors.

Readers hear of these whenever one of their posts changes, whoever changed it: the journal asks here
for what hangs on a post, so that no writer has to think of it and none can forget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from wall.codebook import Checked
from wall.display import StoredPin
from wall.model import PostState, StoredPost
from wall.parallel import Contribution, OwnPoint, Receipt, StoredPlacement, StoredRelay
from wall.points import StoredSecondLook, StoredSupport
from wall.replies import Question, QuestionState
from wall.sheet import StoredAnswer
from wall.store import (
    answers,
    beside,
    checks,
    contributions,
    placements,
    posts,
    questions,
    relays,
    second_looks,
    supports,
    together,
    walls,
)
from wall.store.chunks import ids_in_chunks
from wall.store.tables import contribution_post, post, receipt

_IDS: Any = bindparam("ids", expanding=True)
_MADE: Any = bindparam("made", expanding=True)
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

_TOLD_WITH = (
    select(*posts.stored_columns())
    .join(receipt, receipt.c.post_id == post.c.id)
    .join(contribution_post, contribution_post.c.post_id == post.c.id)
    .where(
        post.c.event_id == bindparam("event"),
        receipt.c.told_at.is_not(None),
        or_(receipt.c.lead.in_(_IDS), contribution_post.c.contribution_id.in_(_MADE)),
    )
)
"""Posts whose authors were told something that may repeat the words of one of these, or of its point."""

Hanging = (
    Contribution
    | StoredPlacement
    | Checked
    | StoredRelay
    | OwnPoint
    | StoredPin
    | StoredAnswer
    | StoredSupport
    | StoredSecondLook
    | beside.Beside
)


def hanging_on(conn: Connection, event_id: str, changed: Collection[StoredPost]) -> list[Hanging]:
    """What else has to be rendered when these posts changed."""
    ids = {stored.id for stored in changed}
    of_posts = contributions.of_posts(conn, ids)
    answered = answers.by_ids(conn, event_id, ids).values()
    pinned: list[Hanging] = [*walls.pins_by_ids(conn, event_id, ids).values(), *answered]
    made = set(of_posts.values())
    placed: list[Hanging] = [*placements.of_posts(conn, changed), *beside.hanging_on(conn, event_id, ids)]
    placed += supports.by_ids(conn, event_id, ids).values()
    placed += second_looks.by_ids(conn, event_id, ids).values()
    if not of_posts:
        return [*points(conn, filter(is_own, changed), {}), *pinned, *placed]
    told = _told_with(conn, event_id, of_posts) | together.written_here(conn, made)
    of_told = contributions.of_posts(conn, told.keys() - ids)
    mine = {one.id: one for one in changed if is_own(one)}
    own = points(conn, (told | mine).values(), of_posts | of_told)
    raised = {one.id for one in relays.of_contributions(conn, made)}
    joined = contributions.by_ids(conn, event_id, made).values()
    moving = relays.by_ids(conn, event_id, raised).values()
    checked = checks.of_posts(conn, [*(one.lead for one in moving), *changed])
    return [*joined, *moving, *checked, *own, *pinned, *placed]


def _told_with(conn: Connection, event_id: str, of_posts: dict[str, str]) -> dict[str, StoredPost]:
    """The posts written here whose authors hold a reply that may repeat words of these posts (post id →
    contribution id) or of the points that they are in, by id."""
    found: dict[str, StoredPost] = {}
    for some in ids_in_chunks(of_posts):
        asked = {"event": event_id, "ids": some, "made": sorted({of_posts[one] for one in some})}
        told = posts.stored_from(conn.execute(_TOLD_WITH, asked))
        found.update((one.id, one) for one in told if is_own(one))
    return found


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
    asked = _asked(conn, listed)
    leads = _leads(conn, told.values())
    ids = {stored.id for stored in listed}
    event_id = listed[0].event_id if listed else ""
    joined = together.of_posts(conn, event_id, {id_: of_posts[id_] for id_ in ids & of_posts.keys()})
    looks = second_looks.plain(conn, event_id, ids)
    return [
        OwnPoint(
            stored=stored,
            relay=newest.get(of_posts.get(stored.id, "")),
            receipt=told.get(stored.id),
            question=asked.get(stored.id),
            lead=leads.get(stored.id),
            together=joined.get(stored.id),
            second=looks.get(stored.id),
        )
        for stored in listed
    ]


def _leads(conn: Connection, told: Iterable[Receipt]) -> dict[str, StoredPost]:
    """The post whose beginning a reply may repeat, where it is not its author's own, by the post that the
    reply is for."""
    led = {one.post_id: one for one in told if one.lead and one.lead != one.post_id}
    if not led:
        return {}
    event_id = next(iter(led.values())).event_id
    there = posts.by_ids(conn, event_id, {one.lead for one in led.values() if one.lead})
    return {post_id: there[one.lead] for post_id, one in led.items() if one.lead in there}


def _asked(conn: Connection, listed: Sequence[StoredPost]) -> dict[str, Question]:
    """The newest question to the author of each of these posts of one event that was not taken back."""
    if not listed:
        return {}
    found = questions.plain_of_posts(conn, listed[0].event_id, {stored.id for stored in listed})
    return {
        one.post_id: one
        for of_post in found.values()
        for one in of_post
        if one.state is not QuestionState.WITHDRAWN
    }
