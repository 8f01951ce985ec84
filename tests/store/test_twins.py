"""The same person's same post on two networks is shown once, and everything that follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.store.cards import DESK, cards, counts, kinds, summit
from tests.store.journaling import broken, lines
from tests.support.summit import GRAVES, MORNING, Summit
from tests.support.twins import SAID, bridged, named_toot, skeet, toot, tweet
from wall.entries import PUBLIC
from wall.feeds.base import Edited, Withdrawn
from wall.intake import leaving, moves
from wall.model import Post, PostState, Quote, Reason, StoredPost
from wall.store.tables import metadata

__all__ = ["summit"]

REASON = Reason(code="off_topic")


def stored(summit: Summit, post: Post) -> StoredPost:
    """A post as it is stored."""
    return summit.stored(post.key, post.network)


def shown(summit: Summit) -> list[tuple[str, tuple[str, ...]]]:
    """Every public card: its network, and where else it was posted."""
    held = summit.held(PUBLIC).subjects
    found = [value for (kind, _), value in held.items() if kind == "post"]
    return sorted((one["network"], tuple(also["network"] for also in one["also"])) for one in found)


def test_the_same_post_on_two_networks_is_one_card_marked_with_both(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    assert shown(summit) == [("mastodon", ("bluesky",))]
    assert counts(summit) == (1, 0, 0)
    assert stored(summit, skeet()).state is PostState.TWIN
    assert kinds(summit)[-3:] == ["post.received", "post.received", "post.twinned"]
    assert broken(summit) is None


def test_the_one_that_came_first_stands_for_both_in_whatever_order_they_were_posted(summit: Summit) -> None:
    summit.arrive(skeet())
    summit.arrive(toot())
    assert shown(summit) == [("bluesky", ("mastodon",))]


def test_one_batch_and_two_batches_end_alike(summit: Summit) -> None:
    other = Summit(summit.store)
    summit.arrive(toot(), skeet())
    for given in (toot(), skeet()):
        other.arrive(given)
    assert shown(summit) == shown(other)


def test_a_second_delivery_changes_nothing(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    seq, before = summit.event.seq, cards(summit)
    tally = summit.arrive(skeet(), toot())
    assert (tally.known, summit.event.seq, cards(summit)) == (2, seq, before)


def test_desks_see_one_card_too_and_why(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    (card,) = cards(summit, DESK).values()
    assert card["also"] == [
        {
            "network": "bluesky",
            "url": "https://bluesky.example/s",
            "post": stored(summit, skeet()).id,
            "why": "domain",
        }
    ]
    (public,) = cards(summit).values()
    assert public["also"][0]["why"] is None is public["also"][0]["post"]


def test_two_people_who_say_the_same_are_two_cards(summit: Summit) -> None:
    somebody = skeet().author.model_copy(update={"handle": "ben.bsky.social", "name": "Ben"})
    summit.arrive(toot(), skeet(who=somebody))
    assert shown(summit) == [("bluesky", ()), ("mastodon", ())]


def test_an_hour_later_it_is_another_post(summit: Summit) -> None:
    summit.arrive(toot(), skeet(minutes=-59))
    assert len(shown(summit)) == 2


def test_of_each_network_there_is_one(summit: Summit) -> None:
    summit.arrive(toot(), skeet(), skeet("again", minutes=2))
    assert shown(summit) == [("bluesky", ()), ("mastodon", ("bluesky",))]


def test_three_networks_are_one_card(summit: Summit) -> None:
    summit.arrive(
        named_toot(),
        tweet(),
        skeet(who=skeet().author.model_copy(update={"handle": "ada_okoro_md.a.example"})),
    )
    assert shown(summit) == [("mastodon", ("x", "bluesky"))]


@pytest.mark.parametrize("verb", ["hide", "reject", "hold"])
def test_what_is_decided_of_one_counts_for_both(summit: Summit, verb: str) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    if verb == "reject":
        summit.do(lambda tx: moves.reconsider(tx, standing.id, standing.version))
        standing = stored(summit, toot())
        summit.do(lambda tx: moves.reject(tx, standing.id, standing.version, REASON))
    elif verb == "hide":
        summit.do(lambda tx: moves.hide(tx, standing.id, standing.version, REASON))
    else:
        summit.do(lambda tx: moves.reconsider(tx, standing.id, standing.version))
    assert shown(summit) == []
    standing = stored(summit, toot())
    summit.do(lambda tx: moves.approve(tx, standing.id, standing.version))
    assert shown(summit) == [("mastodon", ("bluesky",))]


def test_a_twin_that_comes_after_its_other_was_hidden_is_not_shown(summit: Summit) -> None:
    summit.arrive(toot())
    standing = stored(summit, toot())
    summit.do(lambda tx: moves.hide(tx, standing.id, standing.version, REASON))
    summit.arrive(skeet())
    assert shown(summit) == []


def test_when_its_author_deletes_the_standing_one_the_other_stands_by_itself(summit: Summit) -> None:
    summit.arrive(toot(text=SAID + " one"), skeet(text=SAID + " ONE"))
    summit.admit(Withdrawn("mastodon", toot().key))
    assert list(cards(summit)) == [SAID + " ONE"]
    assert shown(summit) == [("bluesky", ())]
    assert counts(summit) == (1, 0, 0)
    summit.arrive(toot())
    assert shown(summit) == [("bluesky", ())]  # a tombstone: no backfill brings it back


def test_a_deleted_standing_post_leaves_its_words_in_no_row(summit: Summit) -> None:
    summit.arrive(toot(text=SAID + " one", warning="unusual warning"), skeet(text=SAID + " ONE"))
    summit.admit(Withdrawn("mastodon", toot().key))
    assert everything(summit).count(SAID + " one") == 0
    assert "unusual warning" not in everything(summit)


def test_when_its_author_deletes_the_twin_the_mark_goes(summit: Summit) -> None:
    summit.arrive(toot(), skeet(warning="unusual warning"))
    assert next(iter(cards(summit).values()))["warning"] == "unusual warning"
    summit.admit(Withdrawn("bluesky", skeet().key))
    assert shown(summit) == [("mastodon", ())]
    assert "unusual warning" not in everything(summit)
    assert "bluesky.example" not in everything(summit)
    summit.arrive(skeet())
    assert shown(summit) == [("mastodon", ())]


@pytest.mark.parametrize("first", ["original", "copy"])
def test_a_deleted_post_takes_what_a_bridge_made_of_it_with_it(summit: Summit, first: str) -> None:
    given = [toot(), bridged(text=SAID.upper())]
    summit.arrive(*(given if first == "original" else reversed(given)))
    assert counts(summit) == (1, 0, 0)
    summit.admit(Withdrawn("mastodon", toot().key), Withdrawn("bluesky", bridged().key))
    assert (shown(summit), counts(summit)) == ([], (0, 0, 0))
    assert "disagree" not in everything(summit).lower()
    summit.arrive(toot(), bridged())
    assert shown(summit) == []
    assert broken(summit) is None


def test_a_copy_that_its_bridge_deleted_leaves_the_original_alone(summit: Summit) -> None:
    summit.arrive(toot(), bridged())
    summit.admit(Withdrawn("bluesky", bridged().key))
    assert shown(summit) == [("mastodon", ())]


def test_both_deleted_in_one_batch_leave_nothing(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.admit(Withdrawn("mastodon", toot().key), Withdrawn("bluesky", skeet().key))
    assert (shown(summit), counts(summit)) == ([], (0, 0, 0))
    assert "disagree" not in everything(summit)


def test_what_was_hidden_stays_hidden_when_the_standing_one_is_deleted(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    summit.do(lambda tx: moves.hide(tx, standing.id, standing.version, REASON))
    summit.admit(Withdrawn("mastodon", toot().key))
    assert shown(summit) == []
    heir = stored(summit, skeet())
    assert (heir.state, heir.reasons) == (PostState.HIDDEN, (REASON,))


def test_a_moderator_who_takes_one_back_for_good_takes_both(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    summit.do(lambda tx: moves.withdraw(tx, standing.id, standing.version, GRAVES))
    assert (shown(summit), "disagree" in everything(summit)) == ([], False)
    summit.arrive(toot(), skeet())
    assert shown(summit) == []


def test_an_edit_that_says_something_else_separates_them(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.admit(Edited(toot(text="Something else entirely, said anew #summit", edited_at=MORNING)))
    assert shown(summit) == [("bluesky", ()), ("mastodon", ())]
    assert counts(summit) == (2, 0, 0)


def test_an_edit_of_the_twin_that_says_something_else_separates_them(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.admit(Edited(skeet(text="Something else entirely, said anew #summit", edited_at=MORNING)))
    assert shown(summit) == [("bluesky", ()), ("mastodon", ())]


def test_an_edit_that_both_get_leaves_them_one(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    for made in (toot, skeet):
        summit.admit(Edited(made(text=SAID + " (typo corrected)", edited_at=MORNING)))
    assert shown(summit) == [("mastodon", ("bluesky",))]


def test_an_edit_that_only_adds_a_link_keeps_them_one(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.admit(Edited(toot(text=SAID + " https://a.example/more", edited_at=MORNING)))
    assert shown(summit) == [("mastodon", ("bluesky",))]


def test_a_lost_standing_post_lets_the_other_stand_and_is_its_twin_when_it_is_found(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.do(lambda tx: vars(moves.lost(tx, stored(summit, toot()))))
    assert shown(summit) == [("bluesky", ())]
    summit.do(lambda tx: vars(moves.found(tx, stored(summit, toot()))))
    assert shown(summit) == [("bluesky", ("mastodon",))]
    assert counts(summit) == (1, 0, 0)


def test_a_lost_twin_is_no_mark_until_it_is_found(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.do(lambda tx: vars(moves.lost(tx, stored(summit, skeet()))))
    assert shown(summit) == [("mastodon", ())]
    summit.do(lambda tx: vars(moves.found(tx, stored(summit, skeet()))))
    assert shown(summit) == [("mastodon", ("bluesky",))]


def test_a_twin_that_is_found_after_the_other_was_deleted_stands_by_itself(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    summit.do(lambda tx: vars(moves.lost(tx, stored(summit, skeet()))))
    summit.admit(Withdrawn("mastodon", toot().key))
    assert shown(summit) == []
    summit.do(lambda tx: vars(moves.found(tx, stored(summit, skeet()))))
    assert shown(summit) == [("bluesky", ())]


@pytest.mark.parametrize("first", ["toot", "skeet"])
def test_a_wish_of_either_holds_for_both(summit: Summit, first: str) -> None:
    given = [toot(), skeet(labels=("!no-unauthenticated",))]
    summit.arrive(*(given if first == "toot" else reversed(given)))
    assert (shown(summit), counts(summit)[0]) == ([], 0)
    summit.admit(Withdrawn("bluesky", skeet().key))
    assert len(shown(summit)) == (1 if first == "toot" else 0)


def test_who_can_only_feign_to_be_somebody_takes_nobody_off_the_walls(summit: Summit) -> None:
    summit.arrive(named_toot(), tweet(noindex=True))
    assert shown(summit) == [("mastodon", ())]


def test_an_opt_out_on_one_network_holds_for_both_and_ends_for_both(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    summit.do(lambda tx: leaving.leave_author_off(tx, standing.id, GRAVES.person))
    assert shown(summit) == []
    summit.arrive(skeet("later", text="Words of hers that only Bluesky has, as it happens"))
    assert shown(summit) == []


def test_staff_put_somebody_back_on_both_networks_by_one_post(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    summit.do(lambda tx: leaving.leave_author_off(tx, standing.id, GRAVES.person))
    assert shown(summit) == []
    summit.do(lambda tx: leaving.put_author_back(tx, standing.id, GRAVES.person))
    assert (shown(summit), counts(summit)) == ([("mastodon", ("bluesky",))], (1, 0, 0))


def test_who_is_back_on_one_network_alone_is_not_shown_by_the_pair(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    standing = stored(summit, toot())
    summit.do(lambda tx: leaving.leave_author_off(tx, standing.id, GRAVES.person))
    own = stored(summit, toot()).left_off or ""
    summit.do(lambda tx: leaving.put_back(tx, own, GRAVES.person))
    assert (shown(summit), counts(summit)) == ([], (0, 0, 0))


def test_an_opt_out_of_the_twins_account_takes_the_pair_down_until_it_ends(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    twin = stored(summit, skeet())
    done = summit.do(lambda tx: leaving.leave_author_off(tx, twin.id, GRAVES.person))
    assert (shown(summit), counts(summit)) == ([], (0, 0, 0))
    summit.do(lambda tx: leaving.put_back(tx, done.result["opt_out"], GRAVES.person))
    assert shown(summit) == [("mastodon", ("bluesky",))]


def test_the_content_warning_of_either_covers_both(summit: Summit) -> None:
    summit.arrive(toot(), skeet(warning="spiders", sensitive=True))
    (card,) = cards(summit).values()
    assert (card["warning"], card["sensitive"]) == ("spiders", True)


def test_quotes_of_the_twin_follow_what_is_decided_of_the_other(summit: Summit) -> None:
    quote = Quote(key=skeet().key, author=skeet().author, text=SAID)
    ben = skeet().author.model_copy(update={"key": "did:plc:ben", "handle": "ben.bsky.social"})
    summit.arrive(toot(), skeet(), skeet("q", text="Well said", who=ben, quote=quote, quote_of=quote.key))
    assert cards(summit)["Well said"]["quote"]["text"] == SAID
    standing = stored(summit, toot())
    summit.do(lambda tx: moves.hide(tx, standing.id, standing.version, REASON))
    assert cards(summit)["Well said"]["quote"] is None
    summit.arrive(skeet("r", text="Hear, hear", who=ben, quote=quote, quote_of=quote.key))
    assert cards(summit)["Hear, hear"]["quote"] is None


def test_entries_hold_ids_and_codes_alone(summit: Summit) -> None:
    summit.arrive(toot(), skeet())
    (entry,) = [one for one in lines(summit) if one["kind"] == "post.twinned"]
    ids = (stored(summit, toot()).id, stored(summit, skeet()).id)
    assert entry["data"] == {"stands": ids[0], "twin": ids[1], "why": "domain"}


def everything(summit: Summit) -> str:
    """All text in all rows."""
    with summit.store.reading() as conn:
        rows: list[Any] = [row for table in metadata.sorted_tables for row in conn.execute(table.select())]
    return "\n".join(str(tuple(row)) for row in rows)
