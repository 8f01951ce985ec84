"""Public replies over a store: who may have one, and what comes of it; the list of who is owed."""

from __future__ import annotations

from typing import Any

import pytest

from facilitator import joining, pointing, publicly, receipts, relays
from facilitator.owed import Asked, Owed, owed
from tests.facilitator.floor import ORGANISER, PARTICIPANT, Floor
from tests.support.summit import GRAVES, post
from wall.entries import Scope, kinds
from wall.errors import BadInput, Refused
from wall.intake import moves
from wall.journal import Tx
from wall.model import Author, Feed, FeedState, Reason, new_id
from wall.parallel import ReceiptState, Relay, RelayState
from wall.replies import PublicReply
from wall.routes.words import Words
from wall.store import Store, contributions, feeds, replies

WORDS = Words()
PIA = Scope(person="pia")
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
        return [due.reply for due in replies.take_due(conn, 10, 60.0)]


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


def joined_point(summit: Floor, session: str) -> tuple[Relay, str, str]:
    """A discussed point, of a post that leads and one of a phone: its relay, and the two posts."""
    relay = discussed(summit, session, "1", network="x")
    one, two = summit.stored("1").id, summit.said("2", author=PARTICIPANT)
    summit.do(lambda tx: joining.join(tx, ORGANISER, one, [two]))
    return relay, one, two


def quoted(summit: Floor, relay: Relay, *, public: bool = False) -> None:
    """Everybody is told what the draft says, which repeats the beginning of the post that leads."""
    words = listed(summit)[0].draft
    assert "Said 1" in words
    summit.do(lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, words, public))


def published(summit: Floor, relay: Relay) -> list[str]:
    with summit.store.reading() as conn:
        page = pointing.read(conn, summit.event, relay.contribution_id, WORDS, "en")
    return [one.words for one in page.replies] if page else []


def on_the_phone(held: Any, post_id: str) -> str:
    return str(held.subjects["point", post_id]["reply"])


def test_what_repeats_a_post_is_shown_only_while_that_post_is(summit: Floor, session: str) -> None:
    relay, one, two = joined_point(summit, session)
    quoted(summit, relay)
    phone = summit.held(PIA)

    def shown() -> tuple[bool, bool]:
        phone.apply(summit.frame(PIA, phone.seq))
        assert phone.subjects == summit.held(PIA).subjects
        page = published(summit, relay)
        return any("Said 1" in words for words in page), "Said 1" in on_the_phone(phone, two)

    assert shown() == (True, True)
    stored = summit.stored("1")
    summit.do(lambda tx: moves.hide(tx, one, stored.version, Reason(code="spam")))
    assert shown() == (False, False)
    summit.do(lambda tx: moves.approve(tx, one, stored.version + 1))
    assert shown() == (True, True)
    summit.do(lambda tx: joining.split(tx, ORGANISER, two))
    summit.do(lambda tx: moves.withdraw(tx, one, stored.version + 2, GRAVES))
    assert shown() == (False, False)
    assert [receipt.words for receipt in summit.receipts(relay.contribution_id)] == [""]
    with summit.store.reading() as conn:
        assert contributions.receipts_of_posts(conn, {two})[two].words == ""


def test_a_reply_that_repeats_a_post_that_was_taken_back_is_not_posted(summit: Floor, session: str) -> None:
    account(summit)
    relay = discussed(summit, session, "1", network="x")
    discussed(summit, session, "2", "bo")
    one, bo = summit.stored("1").id, summit.stored("2", "mastodon").id
    summit.do(lambda tx: joining.join(tx, ORGANISER, one, [bo]))
    quoted(summit, relay, public=True)
    summit.do(lambda tx: moves.withdraw(tx, one, summit.stored("1").version, GRAVES))
    assert sent(summit) == []
    with summit.store.reading() as conn:
        reply = replies.newest_of_posts(conn, summit.event_id, {bo})[bo]
    assert (reply.words, reply.state, reply.problem) == ("", "refused", "post_gone")
    assert {receipt.words for receipt in summit.receipts(relay.contribution_id)} == {""}


def test_who_left_the_walls_is_owed_but_not_answered_in_public(summit: Floor, session: str) -> None:
    account(summit)
    relay = discussed(summit, session, "1")
    stored = summit.stored("1", "mastodon")
    summit.do(lambda tx: moves.hide(tx, stored.id, stored.version, Reason(code="spam")))
    assert told(summit, relay)["public"] == []
