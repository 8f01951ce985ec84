"""Public replies over a store: who may have one, and what comes of it; the list of who is owed."""

from __future__ import annotations

from typing import Any

import pytest

from facilitator import publicly, receipts, relays
from facilitator.owed import Asked, Owed, owed
from tests.facilitator.floor import ORGANISER, PARTICIPANT, Floor
from tests.support.summit import post
from wall.entries import kinds
from wall.errors import BadInput, Refused
from wall.intake import moves
from wall.journal import Tx
from wall.model import Author, Feed, FeedState, Reason, new_id
from wall.parallel import ReceiptState, Relay, RelayState
from wall.replies import PublicReply
from wall.routes.words import Words
from wall.store import Store, feeds, replies

WORDS = Words()
TOKEN = "a-token-of-a-user"


@pytest.fixture
def summit(store: Store) -> Floor:
    return Floor(store)


@pytest.fixture
def session(summit: Floor) -> str:
    return summit.session(summit.room("Room A"))


def account(summit: Floor, *, replies: bool = True, token: str | None = TOKEN) -> str:
    """A Mastodon feed; with a token it has an account that may reply."""
    instance = {"host": "mastodon.example", "token": token}
    feed = Feed(
        id=new_id(),
        event_id=summit.event_id,
        network="mastodon",
        config={"instances": [instance], "hashtags": ["smsummit"], "poll_seconds": None},
        cursor=None,
        state=FeedState.RUNNING,
        problem=None,
        accepted=0,
        dropped=0,
        version=1,
        replies=replies,
    )

    def add(tx: Tx) -> None:
        feeds.add(tx.conn, feed)
        tx.append(kinds.FeedAdded(network="mastodon"), ("feed", feed.id))

    summit.do(add)
    return feed.id


def discussed(
    summit: Floor, session: str, key: str, author: str = "ada", network: str = "mastodon"
) -> Relay:
    """A point from a network that the room discussed."""
    wrote = (
        PARTICIPANT if author == "pia" else Author(key=f"at/{author}", handle=author, name=author.title())
    )
    summit.arrive(post(key, f"Said {key}", network=network, author=wrote))
    post_id = summit.stored(key, network).id
    raised = summit.do(lambda tx: relays.raise_point(tx, ORGANISER, post_id, session)).result["relay"]
    relay = summit.move(summit.relay(raised), "take_up")
    return summit.move(relay, "close", RelayState.DISCUSSED, "", "The room agreed.")


def told(summit: Floor, relay: Relay, *, public: bool = True) -> dict[str, Any]:
    words = "It was discussed."
    return summit.do(lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, words, public)).result


def states(summit: Floor, relay: Relay) -> list[ReceiptState]:
    return [receipt.state for receipt in summit.receipts(relay.contribution_id)]


def sent(summit: Floor) -> list[PublicReply]:
    with summit.store.writing() as conn:
        return replies.take_due(conn, 10, 60.0)


def listed(summit: Floor, which: Any = "owed") -> tuple[Owed, ...]:
    with summit.store.reading() as conn:
        return owed(conn, Asked(summit.event, WORDS, "https://event.example"), which)


def test_a_reply_in_public_stays_owed_until_it_stands_there(summit: Floor, session: str) -> None:
    account(summit)
    relay = discussed(summit, session, "1")
    answer = told(summit, relay)
    assert (len(answer["public"]), answer["posts"]) == (1, [])
    assert states(summit, relay) == [ReceiptState.OWED]
    with pytest.raises(Refused, match="being posted"):
        told(summit, relay)
    (reply,) = sent(summit)
    assert (reply.words, sent(summit)) == ("It was discussed.", [])
    (one,) = listed(summit)
    assert (one.authors[0].sending, one.words) == (True, "It was discussed.")

    def stands(tx: Tx) -> None:
        receipt = publicly.posted(tx, reply.id, "https://mastodon.example/@summit/1")
        assert receipt is not None
        receipts.told(tx, receipt, reply.words)

    summit.do(stands)
    assert states(summit, relay) == [ReceiptState.TOLD]
    (all_,) = listed(summit, "all")
    assert all_.authors[0].url == "https://mastodon.example/@summit/1"


def test_what_a_network_refuses_stays_owed_with_the_reason_and_can_be_told_here(
    summit: Floor, session: str
) -> None:
    account(summit)
    relay = discussed(summit, session, "1")
    told(summit, relay)
    (reply,) = sent(summit)
    summit.do(lambda tx: publicly.refused(tx, reply.id, "scope_missing"))
    again = summit.do(lambda tx: publicly.refused(tx, reply.id, "unreachable"))
    assert again.prev == again.seq
    (one,) = listed(summit)
    assert (one.authors[0].problem, one.authors[0].sending, one.authors[0].public) == (
        "scope_missing",
        False,
        "",
    )
    assert told(summit, relay, public=False)["public"] == []
    assert states(summit, relay) == [ReceiptState.TOLD]


def test_an_author_gets_one_public_reply_for_each_session(summit: Floor, session: str) -> None:
    account(summit)
    first, second = discussed(summit, session, "1"), discussed(summit, session, "2")
    other = discussed(summit, session, "3", "bo")
    assert len(told(summit, first)["public"]) == 1
    assert told(summit, second)["public"] == []
    assert states(summit, second) == [ReceiptState.TOLD]
    assert len(told(summit, other)["public"]) == 1
    summit.end(session)
    later = summit.session(summit.room("Room B"))
    assert len(told(summit, discussed(summit, later, "4"))["public"]) == 1


def test_why_there_is_no_public_reply_is_said(summit: Floor, session: str) -> None:
    relay = discussed(summit, session, "1")
    assert listed(summit)[0].authors[0].public == "no_account"
    feed = account(summit, replies=False)
    assert listed(summit)[0].authors[0].public == "switched_off"
    summit.do(lambda tx: publicly.switch(tx, feed, True))
    assert listed(summit)[0].authors[0].public == ""
    told(summit, relay)
    discussed(summit, session, "2")
    assert listed(summit)[-1].authors[0].public == "answered"
    discussed(summit, session, "3", "pia", "web")
    assert listed(summit)[-1].authors[0].public == publicly.LOCAL


def test_only_a_feed_with_a_token_is_switched_on(summit: Floor) -> None:
    feed = account(summit, replies=False, token=None)
    with pytest.raises(BadInput):
        summit.do(lambda tx: publicly.switch(tx, feed, True))
    able = account(summit, replies=False)
    summit.do(lambda tx: publicly.switch(tx, able, True))
    again = summit.do(lambda tx: publicly.switch(tx, able, True))
    assert again.prev == again.seq


def test_a_draft_says_what_where_when_and_what_came_of_it(summit: Floor, session: str) -> None:
    relay = discussed(summit, session, "1")
    (one,) = listed(summit)
    assert one.draft == (
        "Your point “Said 1” was discussed in Room A at 9:00 AM. The room agreed. "
        f"https://event.example/point/{summit.event.slug}/{relay.contribution_id}"
    )
    assert one.link in one.draft


def test_who_left_the_walls_is_owed_but_not_answered_in_public(summit: Floor, session: str) -> None:
    account(summit)
    relay = discussed(summit, session, "1")
    stored = summit.stored("1", "mastodon")
    summit.do(lambda tx: moves.hide(tx, stored.id, stored.version, Reason(code="spam")))
    assert told(summit, relay)["public"] == []
