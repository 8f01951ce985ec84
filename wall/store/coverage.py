"""What coverage is counted from: who said what and when, how it was gathered, and where it got to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from wall.model import PostState
from wall.store.tables import contribution, contribution_post, post, receipt, relay, tag, tagging

_SAID = (
    select(
        post.c.id,
        post.c.network,
        post.c.author_key,
        post.c.created_at,
        post.c.content,
        contribution_post.c.contribution_id,
    )
    .select_from(post.outerjoin(contribution_post, contribution_post.c.post_id == post.c.id))
    .where(post.c.event_id == bindparam("event"), post.c.state == PostState.APPROVED.value)
)
_RAISED = select(
    relay.c.contribution_id,
    relay.c.session_id,
    relay.c.state,
    relay.c.detail,
    relay.c.raised_at,
    relay.c.floor_at,
).where(relay.c.event_id == bindparam("event"))
_TAGGED = (
    select(tagging.c.contribution_id, tagging.c.tag_id, tag.c.set)
    .join(tag, tag.c.id == tagging.c.tag_id)
    .join(contribution, contribution.c.id == tagging.c.contribution_id)
    .where(contribution.c.event_id == bindparam("event"))
)
_RECEIPTS = select(receipt.c.contribution_id, receipt.c.state).where(
    receipt.c.event_id == bindparam("event")
)


class SaidRow(NamedTuple):
    """A post that is shown. `point`: the contribution that it is in, None where it is in none."""

    post: str
    network: str
    author: str
    at: datetime
    lang: str
    point: str | None


class RaisedRow(NamedTuple):
    """An attempt to bring a point into a session."""

    point: str
    session: str
    state: str
    detail: str
    raised_at: datetime
    floor_at: datetime | None


class TaggedRow(NamedTuple):
    """A tag of a point, and of which set it is."""

    point: str
    tag: str
    set: str


def said(conn: Connection, event_id: str) -> Iterator[SaidRow]:
    """The posts of an event that are shown; nothing of their words."""
    for row in conn.execute(_SAID, {"event": event_id}):
        lang = json.loads(row.content).get("lang") or ""
        yield SaidRow(row.id, row.network, row.author_key, row.created_at, lang, row.contribution_id)


def raised(conn: Connection, event_id: str) -> list[RaisedRow]:
    """Every attempt to bring a point of an event into a session."""
    return [RaisedRow(*row) for row in conn.execute(_RAISED, {"event": event_id})]


def tagged(conn: Connection, event_id: str) -> list[TaggedRow]:
    """Every tag that is set in an event."""
    return [TaggedRow(*row) for row in conn.execute(_TAGGED, {"event": event_id})]


def receipts(conn: Connection, event_id: str) -> list[tuple[str, str]]:
    """Every receipt of an event: (contribution, state)."""
    return [(row.contribution_id, row.state) for row in conn.execute(_RECEIPTS, {"event": event_id})]
