"""A moderator's word on twins: taken apart, put back, and remembered of the two accounts."""

from __future__ import annotations

import pytest

from tests.store.cards import cards, counts, summit
from tests.store.journaling import broken
from tests.store.test_twins import SAID, shown, stored
from tests.support.summit import GRAVES, MORNING, Summit
from tests.support.twins import named_toot, skeet, toot, tweet
from wall.entries import PUBLIC
from wall.errors import NotFound, Refused, Stale
from wall.feeds.base import Edited, Withdrawn
from wall.intake import moves, parting
from wall.model import Author, Mode, Post, Reason

__all__ = ["summit"]

NEXT = "Another thing that she says on both networks, in so many words #summit"
BEN = Author(key="did:plc:ben", handle="ben.example", name="Somebody Else")


def part(summit: Summit, standing: Post, twin: Post) -> None:
    """Take two posts apart."""
    one, other = stored(summit, standing), stored(summit, twin)
    summit.do(lambda tx: parting.part(tx, one.id, other.id, one.version, GRAVES.person))


def pair(summit: Summit, standing: Post, twin: Post) -> None:
    """Say that two posts are one person's."""
    one, other = stored(summit, standing), stored(summit, twin)
    summit.do(lambda tx: parting.pair(tx, one.id, other.id, one.version, GRAVES.person))


def test_a_wrong_twin_is_taken_apart_and_shown_by_itself(summit: Summit) -> None:
    summit.arrive(named_toot(), tweet())
    part(summit, named_toot(), tweet())
    assert shown(summit) == [("mastodon", ()), ("x", ())]
    assert counts(summit) == (2, 0, 0)
    assert broken(summit) is None


def test_these_two_accounts_are_never_joined_again_by_themselves(summit: Summit) -> None:
    summit.arrive(named_toot(), tweet())
    part(summit, named_toot(), tweet())
    summit.admit(Edited(tweet(text=SAID + " …", edited_at=MORNING)))
    summit.arrive(named_toot("t2", NEXT, minutes=3), tweet("x2", NEXT, minutes=4))
    assert len(shown(summit)) == 4
    summit.admit(Withdrawn("x", tweet().key))
    summit.arrive(named_toot("t3", NEXT + " 3", minutes=5), tweet("x3", NEXT + " 3", minutes=6))
    assert len(shown(summit)) == 5


def test_taking_apart_can_be_taken_back(summit: Summit) -> None:
    summit.arrive(named_toot(), tweet())
    part(summit, named_toot(), tweet())
    pair(summit, named_toot(), tweet())
    assert shown(summit) == [("mastodon", ("x",))]
    summit.arrive(named_toot("t2", NEXT, minutes=3), tweet("x2", NEXT, minutes=4))
    assert shown(summit) == [("mastodon", ("x",)), ("mastodon", ("x",))]


def test_two_accounts_that_a_moderator_paired_are_known_from_then_on(summit: Summit) -> None:
    summit.arrive(toot(), skeet(who=BEN))
    assert len(shown(summit)) == 2
    pair(summit, toot(), skeet())
    assert shown(summit) == [("mastodon", ("bluesky",))]
    assert counts(summit) == (1, 0, 0)
    summit.arrive(toot("t2", NEXT, minutes=3), skeet("s2", NEXT, minutes=4, who=BEN))
    assert shown(summit) == [("mastodon", ("bluesky",)), ("mastodon", ("bluesky",))]


def test_what_was_hidden_because_of_the_other_one_waits_for_nobody_when_they_are_strangers(
    summit: Summit,
) -> None:
    summit.arrive(toot(), skeet(noindex=True))
    assert shown(summit) == []
    part(summit, toot(), skeet())
    assert shown(summit) == [("mastodon", ())]


def test_words_that_were_hidden_are_not_shown_by_taking_them_apart(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    summit.do(lambda tx: moves.hide(tx, standing.id, standing.version, Reason(code="off_topic")))
    part(summit, toot(), skeet())
    assert shown(summit) == []


def test_where_a_person_approves_everything_a_separated_post_waits_for_one(summit: Summit) -> None:
    other = Summit(summit.store, mode=Mode.PRE)
    other.arrive(toot(), skeet())
    standing = stored(other, toot())
    other.do(lambda tx: moves.approve(tx, standing.id, standing.version))
    part(other, toot(), skeet())
    assert shown(other) == [("mastodon", ())]
    assert counts(other) == (1, 1, 0)


def test_only_what_is_one_is_taken_apart_and_only_what_says_the_same_is_paired(summit: Summit) -> None:
    summit.arrive(
        toot(), skeet(text="Something else that has nothing to do with it", who=BEN), toot("u", NEXT)
    )
    with pytest.raises(NotFound):
        part(summit, toot(), skeet())
    with pytest.raises(Refused, match="do not say the same"):
        pair(summit, toot(), skeet())
    with pytest.raises(Refused, match="two networks"):
        pair(summit, toot(), toot("u"))
    assert len(cards(summit, PUBLIC)) == 3


def test_whoever_looked_at_an_older_text_is_told_so(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    one, other = stored(summit, toot()), stored(summit, skeet())
    summit.admit(Edited(toot(text=SAID + " !", edited_at=MORNING)))
    with pytest.raises(Stale):
        summit.do(lambda tx: parting.part(tx, one.id, other.id, one.version, GRAVES.person))
