"""The one door for posts: what is known, counted, edited, taken back and purged, on both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.store.cards import DESK, cards, counts, grave, kinds, move, summit
from tests.support.summit import MORNING, Summit, post, repost
from wall.entries import PUBLIC
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.model import Author, PostState
from wall.store import posts
from wall.store import tables as t

__all__ = ["summit"]

LATER = timedelta(minutes=5)


def test_a_second_delivery_adds_nothing(summit: Summit) -> None:
    given = [post("a", "One"), post("b", "Two"), repost("r", "a")]
    first = summit.arrive(*given)
    before, seq = cards(summit), summit.event.seq
    second = summit.arrive(*given, *given)
    assert (first.accepted, first.reposts, first.known) == (3, 1, 0)
    assert (second.accepted, second.reposts, second.known) == (0, 0, 6)
    assert second.ids == first.ids * 2
    assert (cards(summit), summit.event.seq) == (before, seq)


def test_duplicates_in_one_batch_are_one_post(summit: Summit) -> None:
    tally = summit.arrive(post("a", "One"), post("a", "One"), post("a", "Other words"))
    assert (tally.accepted, tally.known) == (1, 2)
    assert list(cards(summit)) == ["One"]


def test_the_same_key_on_two_networks_is_two_posts(summit: Summit) -> None:
    tally = summit.arrive(post("a", "On x"), post("a", "On y", network="y"))
    assert tally.accepted == 2
    assert set(cards(summit)) == {"On x", "On y"}


def test_a_repost_is_counted_on_its_original_and_is_never_a_card(summit: Summit) -> None:
    summit.arrive(post("a", "Said"), repost("r1", "a"), repost("r2", "a"))
    for scope in (PUBLIC, DESK):
        assert [(text, card["reposts"]) for text, card in cards(summit, scope).items()] == [("Said", 2)]
    assert counts(summit) == (1, 0, 2)
    assert summit.stored("r1").post.text == ""


def test_reposts_of_what_was_not_given_wait_on_a_hidden_stub_until_it_comes(summit: Summit) -> None:
    summit.arrive(repost("r1", "a"), repost("r2", "a"))
    assert cards(summit) == cards(summit, DESK) == {}
    assert summit.stored("a").state is PostState.STUB
    tally = summit.arrive(post("a", "Here it is"))
    assert tally.accepted == 1
    for scope in (PUBLIC, DESK):
        assert [(text, card["reposts"]) for text, card in cards(summit, scope).items()] == [
            ("Here it is", 2)
        ]
    assert counts(summit) == (1, 0, 2)


def test_an_archive_that_begins_with_reposts_ends_like_one_that_does_not(summit: Summit) -> None:
    """31 posts of which 9 are originals that come before, between and after their reposts."""
    originals = [post(f"o{number}", f"Original {number}") for number in range(9)]
    reposts = [repost(f"r{number}", f"o{number % 9}") for number in range(22)]
    summit.arrive(*reposts[:10], *originals[:5], *reposts[10:])
    summit.arrive(*originals[5:])
    other = Summit(summit.store)
    other.arrive(*originals, *reposts)
    for one in (summit, other):
        assert counts(one) == (9, 0, 22)
        shown = {text: card["reposts"] for text, card in cards(one).items()}
        assert shown == {f"Original {number}": 3 if number < 4 else 2 for number in range(9)}


def test_an_original_and_its_repost_in_one_batch_in_any_order(summit: Summit) -> None:
    summit.arrive(repost("r", "a"), post("a", "Said"), repost("r2", "a"))
    assert cards(summit)["Said"]["reposts"] == 2


def test_a_stub_that_turns_out_to_be_a_repost_itself_is_no_card(summit: Summit) -> None:
    summit.arrive(repost("r1", "middle"))
    summit.arrive(repost("middle", "a"))
    summit.arrive(post("a", "Said"))
    assert list(cards(summit)) == list(cards(summit, DESK)) == ["Said"]


def test_a_post_that_claims_to_repeat_itself_costs_no_other_its_place(summit: Summit) -> None:
    tally = summit.arrive(post("a", "Fine"), repost("loop", "loop"), post("b", "Fine too"))
    assert tally.accepted == 3
    assert {"Fine", "Fine too"} <= set(cards(summit))


def test_an_edit_replaces_the_text_and_keeps_what_it_replaced(summit: Summit) -> None:
    summit.arrive(post("a", "Befroe"))
    order = cards(summit)["Befroe"]["order"]
    tally = summit.admit(Edited(post("a", "Before")), Edited(post("a", "Before all")))
    assert tally.edited == 2
    card = cards(summit)["Before all"]
    assert (card["edited"], card["order"], card["version"]) == (True, order, 3)
    with summit.store.reading() as conn:
        revisions = conn.execute(select(t.post_revision.c.content).order_by(t.post_revision.c.edit))
        kept = [content for (content,) in revisions]
    assert ["Befroe" in kept[0], '"Before"' in kept[1], len(kept)] == [True, True, 2]


def test_an_edit_that_changes_nothing_is_known(summit: Summit) -> None:
    summit.arrive(post("a", "Same"))
    assert summit.admit(Edited(post("a", "Same"))).edited == 0
    assert "post.edited" not in kinds(summit)


def test_an_edit_of_what_was_never_seen_is_its_arrival(summit: Summit) -> None:
    assert summit.admit(Edited(post("a", "First heard of"))).accepted == 1
    assert list(cards(summit)) == ["First heard of"]


def test_a_backfill_brings_the_edit_that_the_stream_missed(summit: Summit) -> None:
    summit.arrive(post("a", "Old"))
    summit.arrive(post("a", "New", edited_at=MORNING + LATER))
    assert list(cards(summit)) == ["New"]
    summit.arrive(post("a", "Old"), post("a", "Older", edited_at=MORNING))
    assert list(cards(summit)) == ["New"]


def test_an_old_edit_that_is_delivered_again_does_not_undo_a_newer_one(summit: Summit) -> None:
    first = Edited(post("a", "First", edited_at=MORNING + LATER))
    second = Edited(post("a", "Second", edited_at=MORNING + 2 * LATER))
    summit.admit(Arrived(post("a", "Draft")), first, second)
    tally = summit.admit(Arrived(post("a", "Draft")), first, second)
    assert (tally.edited, tally.known) == (0, 3)
    assert cards(summit)["Second"]["version"] == 3


def test_an_edit_is_judged_again(summit: Summit) -> None:
    summit.arrive(post("a", "Something"))
    summit.admit(Edited(post("a", "\u200b")))
    assert (cards(summit), counts(summit)) == ({}, (0, 1, 0))
    summit.admit(Edited(post("a", "Something again")))
    assert (list(cards(summit)), counts(summit)) == (["Something again"], (1, 0, 0))


@pytest.mark.parametrize(("first", "verb"), [("", "reject"), ("Words", "hide")])
def test_an_edit_does_not_bring_back_what_a_person_took_off(summit: Summit, first: str, verb: str) -> None:
    summit.arrive(post("a", first))
    move(summit, "a", verb)
    before = summit.stored("a")
    summit.admit(Edited(post("a", "Perfectly fine words")))
    after = summit.stored("a")
    assert (after.state, after.reasons) == (before.state, before.reasons)
    assert after.post.text == "Perfectly fine words"
    assert (cards(summit), counts(summit)) == ({}, (0, 0, 0))


def test_an_edit_of_a_repost_is_nothing(summit: Summit) -> None:
    summit.arrive(post("a", "Said"), repost("r", "a"))
    assert summit.admit(Edited(post("r", "Now with words", repost_of="a"))).edited == 0
    assert list(cards(summit)) == ["Said"]


def test_what_was_withdrawn_stays_withdrawn_whoever_brings_it_back(summit: Summit) -> None:
    summit.arrive(post("a", "Regret"))
    assert summit.admit(Withdrawn("x", "a")).withdrawn == 1
    newer = post("a", "Regret again", edited_at=MORNING + LATER)
    tally = summit.admit(Arrived(post("a", "Regret")), Edited(newer), Arrived(newer), Withdrawn("x", "a"))
    assert (tally.accepted, tally.edited, tally.withdrawn, tally.known) == (0, 0, 0, 4)
    assert cards(summit) == cards(summit, DESK) == {}
    assert counts(summit) == (0, 0, 0)


def test_a_removal_that_comes_before_its_post_is_remembered(summit: Summit) -> None:
    summit.admit(Withdrawn("x", "a"))
    assert summit.arrive(post("a", "Too late")).known == 1
    summit.arrive(repost("r", "a"))
    assert cards(summit) == cards(summit, DESK) == {}
    assert grave(summit, "a").state is PostState.WITHDRAWN


def test_a_tombstone_counts_for_its_own_network_only(summit: Summit) -> None:
    summit.admit(Withdrawn("x", "a"))
    summit.arrive(post("a", "On y", network="y"))
    assert list(cards(summit)) == ["On y"]


def test_a_withdrawn_repost_lowers_the_count(summit: Summit) -> None:
    summit.arrive(post("a", "Said"), repost("r1", "a"), repost("r2", "a"))
    summit.admit(Withdrawn("x", "r1"))
    assert (cards(summit)["Said"]["reposts"], counts(summit)) == (1, (1, 0, 1))
    summit.arrive(repost("r1", "a"))
    assert (cards(summit)["Said"]["reposts"], counts(summit)) == (1, (1, 0, 1))


def test_everything_may_happen_to_a_post_in_the_batch_that_brings_it(summit: Summit) -> None:
    tally = summit.admit(
        Arrived(repost("r", "a")),
        Arrived(post("a", "One")),
        Edited(post("a", "Two")),
        Arrived(post("b", "Three")),
        Withdrawn("x", "b"),
        Arrived(post("b", "Three again")),
        Withdrawn("x", "r"),
        Arrived(repost("r", "a")),
        Withdrawn("x", "c"),
        Arrived(post("c", "Four")),
    )
    assert list(cards(summit)) == ["Two"]
    assert cards(summit)["Two"]["reposts"] == 0
    assert (tally.accepted, tally.edited, tally.withdrawn, tally.known) == (3, 1, 3, 3)
    assert counts(summit) == (1, 0, 0)


def test_a_date_from_the_future_is_now_and_an_old_one_stays(summit: Summit) -> None:
    summit.arrive(post("a", "Tomorrow", created_at=MORNING + timedelta(days=400)), post("b", "Today"))
    assert summit.stored("a").post.created_at == summit.now
    assert summit.stored("b").post.created_at == MORNING
    summit.arrive(repost("r", "never-seen", created_at=MORNING + timedelta(days=9)))
    assert summit.stored("never-seen").post.created_at <= summit.now


def test_what_is_unavailable_leaves_every_face_and_comes_back_as_it_was(summit: Summit) -> None:
    summit.arrive(post("a", "Here"), post("b", ""))
    for key in "ab":
        move(summit, key, "lose")
    assert (cards(summit), cards(summit, DESK), counts(summit)) == ({}, {}, (0, 0, 0))
    for key in "ab":
        move(summit, key, "find")
    assert (list(cards(summit)), set(cards(summit, DESK))) == (["Here"], {"Here", ""})
    assert counts(summit) == (1, 1, 0)


def test_the_counts_are_those_of_the_rows(summit: Summit) -> None:
    summit.arrive(*(post(f"k{number}", "Words" if number % 3 else "") for number in range(20)))
    summit.arrive(*(repost(f"r{number}", f"k{number % 5}") for number in range(11)))
    summit.admit(Withdrawn("x", "k1"), Withdrawn("x", "k3"), Withdrawn("x", "r4"))
    move(summit, "k4", "hide")
    move(summit, "k0", "approve")
    with summit.store.reading() as conn:
        states = list(conn.execute(select(t.post.c.state)).scalars())
    expected = (states.count("approved"), states.count("held"), states.count("repost"))
    assert counts(summit) == expected


def test_a_post_with_more_words_than_an_index_takes_costs_no_other_its_place(summit: Summit) -> None:
    endless = post("a", "Hello", hashtags=tuple(f"tag{number}" for number in range(150_000)))
    author = Author(key="ü" * 500, handle="𝕏" * 5_000)
    longest = post("k", "𝕏" * 20_000, author=author).model_copy(update={"key": "𝕜" * 500})
    tally = summit.arrive(endless, longest, post("b", "Hello too"))
    assert tally.accepted == 3
    assert len(cards(summit)) == 3


def test_known_posts_are_found_in_a_batch_of_thousands(summit: Summit) -> None:
    given = [post(f"k{number}", "Words") for number in range(1_200)]
    summit.arrive(*given[:700])
    tally = summit.arrive(*given)
    assert (tally.accepted, tally.known) == (500, 700)
    with summit.store.reading() as conn:
        assert len(posts.shown_window(conn, summit.event_id, 5_000)) == 1_200


def test_an_edit_from_the_future_counts_once(summit: Summit) -> None:
    tomorrow = MORNING + timedelta(days=1)
    summit.arrive(post("1", "Before", created_at=tomorrow))
    edited = Edited(post("1", "After", created_at=tomorrow))
    assert [summit.admit(edited).edited for _ in range(3)] == [1, 0, 0]
