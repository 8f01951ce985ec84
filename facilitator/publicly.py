"""Replies in the networks where points were made: who may have one, sending it, and what came of it.

A person wrote and sent each. An author gets at most one for each session, and what their network will
not have stays owed, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from wall.entries import reply_kinds as kinds
from wall.errors import BadInput, NotFound
from wall.feeds.base import open_replier
from wall.journal import Tx
from wall.model import Feed, PostState, StoredPost, at_border, new_id
from wall.parallel import Receipt, ReceiptState
from wall.replies import PublicReply, PublicReplyState
from wall.store import contributions, feeds, posts, relays, replies
from wall.store.channel import is_own
from wall.text import safe_url

_WRITTEN_HERE = frozenset({"web", "room"})

LOCAL = "here"
"""Why there is no public reply to a post that was written here: its author has a phone."""


def author_of(stored: StoredPost) -> str:
    """Who an author is, across their posts: a network and their id there."""
    return f"{stored.post.network}:{stored.post.author.key}"


def barred(stored: StoredPost, accounts: dict[str, Feed], able: Collection[str], answered: set[str]) -> str:
    """Why a post can have no public reply, as a code; empty where it can. Pure.

    `accounts` are the feeds that may reply, by network; `able` the networks that have any account;
    `answered` the authors who had a reply about this session.
    """
    if is_own(stored) or stored.post.network in _WRITTEN_HERE:
        return LOCAL
    if stored.post.network not in accounts:
        return "switched_off" if stored.post.network in able else "no_account"
    return "answered" if author_of(stored) in answered else ""


def accounts_of(every: Sequence[Feed]) -> tuple[dict[str, Feed], frozenset[str]]:
    """The feeds by whose account replies may be posted, by network, and the networks that have one."""
    able = [feed for feed in every if can_reply(feed)]
    first: dict[str, Feed] = {}
    for feed in able:
        if feed.replies:
            first.setdefault(feed.network, feed)
    return first, frozenset(feed.network for feed in able)


def can_reply(feed: Feed) -> bool:
    """Whether a feed has an account by which replies could be posted."""
    try:
        return open_replier(feed.network, feed.config, feed.cursor) is not None
    except BadInput:
        return False


def switch(tx: Tx, feed_id: str, on: bool) -> dict[str, Any]:
    """Let replies be posted by a feed's account, or no longer. Raises NotFound, and BadInput for a feed
    that has no account."""
    feed = feeds.by_ids(tx.conn, tx.event.id, {feed_id}).get(feed_id)
    if feed is None:
        raise NotFound("There is no such feed in this event.")
    if on and not can_reply(feed):
        raise BadInput(
            "This feed has no account that could reply.",
            remedy="Give it a user's token that may write posts, as the network's page in the docs says.",
        )
    if feed.replies is not on:
        tx.append(kinds.RepliesSwitched(on=on), ("feed", feed_id))
        feeds.move(tx.conn, feed_id, replies=on)
    return {"feed": feed_id, "replies": on}


def sending(tx: Tx, post_ids: Sequence[str]) -> set[str]:
    """Those of these posts to which a reply is being posted now."""
    newest = replies.newest_of_posts(tx.conn, tx.event.id, post_ids)
    return {post_id for post_id, one in newest.items() if one.state is PublicReplyState.SENDING}


def sent_out(tx: Tx, owed: Sequence[Receipt], words: str) -> dict[str, PublicReply]:
    """Send public replies to those of these who can have one, by post."""
    accounts, able = accounts_of(feeds.listed(tx.conn, tx.event.id))
    there = posts.by_ids(tx.conn, tx.event.id, {receipt.post_id for receipt in owed})
    heard = relays.plain(tx.conn, tx.event.id, {receipt.relay_id for receipt in owed})
    sent: dict[str, PublicReply] = {}
    for receipt in owed:
        session = heard[receipt.relay_id].session_id
        answered = replies.answered_authors(tx.conn, tx.event.id, session)
        stored = there[receipt.post_id]
        if stored.state is not PostState.APPROVED or barred(stored, accounts, able, answered):
            continue
        feed = accounts[stored.post.network]
        sent[stored.id] = _sent(tx, receipt, stored, feed, session, words)
    return sent


def posted(tx: Tx, reply_id: str, url: str) -> Receipt | None:
    """A reply stands in its network; the receipt that it settles, if that is still owed. An `url` that must
    not be opened is left out: the reply stands all the same."""
    reply = _reply(tx, reply_id)
    if reply is None:
        return None
    tx.append(kinds.ReplyPosted(post=reply.post_id), ("post", reply.post_id))
    replies.save(tx.conn, _ended(tx, reply, PublicReplyState.POSTED, url=safe_url(at_border(url)) or ""))
    return owed_for(tx, reply)


def refused(tx: Tx, reply_id: str, problem: str) -> None:
    """A network would not have a reply: its author is still owed one."""
    reply = _reply(tx, reply_id)
    if reply is not None:
        tx.append(kinds.ReplyRefused(post=reply.post_id, problem=problem), ("post", reply.post_id))
        replies.save(tx.conn, _ended(tx, reply, PublicReplyState.REFUSED, problem=problem))


def owed_for(tx: Tx, reply: PublicReply) -> Receipt | None:
    """The receipt that a reply is for, while it is owed."""
    found = contributions.receipts_of_posts(tx.conn, {reply.post_id}).get(reply.post_id)
    return found if found is not None and found.state is ReceiptState.OWED else None


def _sent(
    tx: Tx, receipt: Receipt, stored: StoredPost, feed: Feed, session_id: str, words: str
) -> PublicReply:
    reply = PublicReply(
        id=new_id(),
        event_id=tx.event.id,
        contribution_id=receipt.contribution_id,
        post_id=stored.id,
        session_id=session_id,
        feed_id=feed.id,
        author=author_of(stored),
        words=words,
        state=PublicReplyState.SENDING,
        url="",
        problem="",
        attempts=0,
        sent_by=tx.actor,
        sent_at=tx.now,
        ended_at=None,
        lead=receipt.lead,
    )
    tx.append(kinds.ReplySent(post=stored.id, feed=feed.id), ("post", stored.id))
    replies.add(tx.conn, reply)
    return reply


def _reply(tx: Tx, reply_id: str) -> PublicReply | None:
    """A reply that is still being sent."""
    found = replies.by_ids(tx.conn, tx.event.id, {reply_id}).get(reply_id)
    return found if found is not None and found.state is PublicReplyState.SENDING else None


def _ended(tx: Tx, reply: PublicReply, state: PublicReplyState, **more: Any) -> PublicReply:
    return reply.model_copy(update={"state": state, "ended_at": tx.now, **more})
