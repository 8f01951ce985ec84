"""Who is owed a reply: each with a draft, where it can be posted, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from facilitator.drafting import Heard, draft, topic_of
from facilitator.publicly import accounts_of, author_of, barred, can_reply
from wall.entries.cards import PostValue, card
from wall.hygiene import displayed, tidy_line
from wall.model import Event, Feed, Frozen, PostState, StoredPost, Time
from wall.parallel import Receipt, ReceiptState, StoredRelay
from wall.programme import Room, Session
from wall.replies import PublicReply, PublicReplyState
from wall.routes.when import When
from wall.routes.words import Words
from wall.store import feeds, posts, programme, relays, replies

Which = Literal["owed", "all"]
_STATES = {"owed": (ReceiptState.OWED,), "all": tuple(ReceiptState)}


class OwedAuthor(Frozen):
    """Somebody who made a point, as they present themselves. `state`: owed, told or waived.

    `public`: empty where a public reply can be posted, else the code of why it cannot (`here`,
    `no_account`, `switched_off`, `answered`). `sending`: one is being posted; `url`: where one stands;
    `problem`: the code of why their network would not have one.
    """

    post: str
    name: str
    handle: str
    network: str
    state: ReceiptState
    told_at: Time | None
    public: str
    sending: bool
    url: str
    problem: str


class Owed(Frozen):
    """A point whose authors are owed a reply, or were told: the post that leads it, what the room did
    with it, and a `draft`. `words`: what was sent already. `link`: the public page of the point."""

    contribution: str
    session: str
    state: str
    closed_at: Time | None
    outcome: str
    post: PostValue
    authors: tuple[OwedAuthor, ...]
    draft: str
    words: str
    link: str


class ReplyFeed(Frozen):
    """A feed by whose account replies could be posted, and whether an organiser lets them be."""

    feed: str
    network: str
    replies: bool


@dataclass(frozen=True)
class Asked:
    """What a list is made for: an event, the words, and the address that links begin with."""

    event: Event
    words: Words
    base: str

    def link(self, contribution_id: str) -> str:
        """The public page of a point."""
        return f"{self.base}/point/{self.event.slug}/{contribution_id}"

    def lang(self, stored: StoredPost) -> str:
        """The language of a reply: the point's, where there are words for it, else the event's first."""
        return self.words.choose(*([stored.post.lang] if stored.post.lang else []), *self.event.languages)


@dataclass(frozen=True)
class _Found:
    posts: dict[str, StoredPost]
    relays: dict[str, StoredRelay]
    sessions: dict[str, Session]
    rooms: dict[str, Room]
    replies: dict[str, PublicReply]
    feeds: list[Feed]


def owed(conn: Connection, asked: Asked, which: Which = "owed") -> tuple[Owed, ...]:
    """Who is owed a reply; with `all`, also who was told or needs none. What the room took up last comes
    last. Who took their post back is left out."""
    event_id = asked.event.id
    listed = replies.receipts(conn, event_id, _STATES[which])
    found = _found(conn, event_id, listed)
    by_point: dict[str, list[Receipt]] = {}
    for receipt in listed:
        by_point.setdefault(receipt.contribution_id, []).append(receipt)
    made = (_owed(conn, asked, found, of_point) for of_point in by_point.values())
    return tuple(
        sorted((one for one in made if one), key=lambda one: (one.closed_at is None, one.closed_at))
    )


def reply_feeds(conn: Connection, event_id: str) -> tuple[ReplyFeed, ...]:
    """The feeds of an event by whose account replies could be posted."""
    able = (feed for feed in feeds.listed(conn, event_id) if can_reply(feed))
    return tuple(ReplyFeed(feed=feed.id, network=feed.network, replies=feed.replies) for feed in able)


def _found(conn: Connection, event_id: str, listed: Iterable[Receipt]) -> _Found:
    ids = {receipt.post_id for receipt in listed}
    raised = relays.by_ids(conn, event_id, {receipt.relay_id for receipt in listed})
    return _Found(
        posts=posts.by_ids(conn, event_id, ids),
        relays=raised,
        sessions={one.id: one for one in programme.sessions(conn, event_id)},
        rooms={one.id: one for one in programme.rooms(conn, event_id)},
        replies=replies.newest_of_posts(conn, event_id, ids),
        feeds=feeds.listed(conn, event_id),
    )


def _owed(conn: Connection, asked: Asked, found: _Found, of_point: list[Receipt]) -> Owed | None:
    stored = found.relays.get(of_point[0].relay_id)
    if stored is None:
        return None
    relay = stored.relay
    session = found.sessions[relay.session_id]
    answered = replies.answered_authors(conn, asked.event.id, session.id)
    authors = tuple(one for receipt in of_point if (one := _author(found, receipt, answered)))
    if not authors:
        return None
    return Owed(
        contribution=of_point[0].contribution_id,
        session=session.id,
        state=relay.state.value,
        closed_at=relay.closed_at,
        outcome=relay.outcome,
        post=card(stored.lead, staff=False),
        authors=authors,
        draft=_draft(asked, found, stored, of_point[0].contribution_id),
        words=next((receipt.words for receipt in of_point if receipt.words), ""),
        link=asked.link(of_point[0].contribution_id),
    )


def _author(found: _Found, receipt: Receipt, answered: set[str]) -> OwedAuthor | None:
    """Somebody who is owed a reply; None for who took their post back."""
    stored = found.posts.get(receipt.post_id)
    if stored is None or stored.state is PostState.WITHDRAWN:
        return None
    accounts, able = accounts_of(found.feeds)
    reply = found.replies.get(receipt.post_id)
    sending = reply is not None and reply.state is PublicReplyState.SENDING
    own = answered - {author_of(stored)} if sending else answered
    return OwedAuthor(
        post=stored.id,
        name=tidy_line(stored.post.author.name),
        handle=tidy_line(stored.post.author.handle),
        network=stored.post.network,
        state=receipt.state,
        told_at=receipt.told_at,
        public=barred(stored, accounts, able, own),
        sending=sending,
        url=reply.url if reply else "",
        problem=reply.problem if reply else "",
    )


def _draft(asked: Asked, found: _Found, stored: StoredRelay, contribution_id: str) -> str:
    relay, lang = stored.relay, asked.lang(stored.lead)
    session = found.sessions[relay.session_id]
    runs = displayed(stored.lead.post.text, stored.lead.post.links)
    said = stored.wording or "".join(run.text for run in runs)
    at = relay.closed_at or relay.floor_at
    heard = Heard(
        topic=topic_of(said),
        state="answered" if relay.state == "answered" else "discussed",
        room=found.rooms[session.room_id].name,
        clock=When(asked.event.zone, lang, asked.words).clock(at) if at else "",
        outcome=relay.outcome,
        link=asked.link(contribution_id),
    )
    return draft(asked.words, lang, heard)
