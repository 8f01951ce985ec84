"""Where it could be feigned who posted both, whoever feigns it takes nobody's post off the walls."""

from __future__ import annotations

from typing import Any

import pytest

from tests.store.cards import counts, kinds, summit
from tests.store.journaling import broken
from tests.store.test_twins import REASON, everything, shown, stored
from tests.support.summit import GRAVES, MORNING, Summit
from tests.support.twins import named_toot, skeet, toot, tweet
from wall.feeds.base import Edited, Withdrawn
from wall.intake import leaving, moves
from wall.model import PostState, StoredPost

__all__ = ["summit"]

FAKE, REAL = named_toot, tweet
"""A copy that came first, under the name and the handle of the one who wrote it."""


def fake(summit: Summit) -> StoredPost:
    """The copy as it is stored now."""
    return stored(summit, FAKE())


def do(summit: Summit, verb: str) -> None:
    """Let a moderator decide of the copy."""
    one, how = fake(summit), getattr(moves, verb)
    more: dict[str, Any] = {"withdraw": {"tombstone": GRAVES}, "reconsider": {}}
    given = more.get(verb, {"reason": REASON})
    summit.do(lambda tx: how(tx, one.id, one.version, **given))


def show(summit: Summit, post: StoredPost) -> None:
    """Let a moderator show a post."""
    summit.do(lambda tx: moves.approve(tx, post.id, post.version))


@pytest.mark.parametrize("verb", ["withdraw", "hide", "reject"])
def test_a_moderator_who_takes_a_copy_off_the_walls_decides_of_the_real_post_by_itself(
    summit: Summit, verb: str
) -> None:
    summit.arrive(FAKE(), REAL())
    assert shown(summit) == [("mastodon", ("x",))]
    if verb == "reject":
        do(summit, "reconsider")
    do(summit, verb)
    real = stored(summit, REAL())
    assert (real.state, [one.code for one in real.reasons]) == (PostState.HELD, ["reconsidered"])
    assert counts(summit) == (0, 1, 0)
    assert "post.untwinned" in kinds(summit)
    show(summit, real)
    assert shown(summit) == [("x", ())]
    assert broken(summit) is None


def test_a_copy_that_is_taken_back_for_good_leaves_only_the_real_post(summit: Summit) -> None:
    summit.arrive(FAKE(url="https://fake.example/1"), REAL())
    do(summit, "withdraw")
    assert fake_is_gone(summit)
    assert stored(summit, REAL()).post.text == REAL().text
    summit.arrive(FAKE())
    assert stored(summit, REAL()).state is PostState.HELD


def fake_is_gone(summit: Summit) -> bool:
    """Whether nothing of the copy is in any row."""
    return "fake.example" not in everything(summit)


def test_a_sure_twin_goes_and_a_feigned_one_stays_when_their_other_is_taken_back(summit: Summit) -> None:
    who = skeet().author.model_copy(update={"handle": "ada_okoro_md.a.example"})
    summit.arrive(FAKE(), REAL(), skeet(who=who))
    assert shown(summit) == [("mastodon", ("x", "bluesky"))]
    do(summit, "withdraw")
    assert stored(summit, REAL()).state is PostState.HELD
    assert counts(summit) == (0, 1, 0)


def test_a_copy_whose_author_is_left_off_leaves_the_real_post_where_it_was(summit: Summit) -> None:
    summit.arrive(FAKE(), REAL())
    one = fake(summit)
    summit.do(lambda tx: leaving.leave_author_off(tx, one.id, GRAVES.person))
    assert shown(summit) == [("x", ())]


def test_a_copy_that_is_off_the_walls_covers_nothing_when_it_or_the_real_post_is_edited(
    summit: Summit,
) -> None:
    summit.arrive(FAKE(), REAL())
    do(summit, "hide")
    show(summit, stored(summit, REAL()))
    for made in (FAKE, REAL):
        summit.admit(Edited(made(text=made().text + " !", edited_at=MORNING)))
        assert shown(summit) == [("x", ())]


def test_a_copy_that_asks_not_to_be_seen_by_an_edit_covers_nothing_any_more(summit: Summit) -> None:
    summit.arrive(FAKE(), REAL())
    summit.admit(Edited(FAKE(noindex=True, edited_at=MORNING)))
    assert shown(summit) == [("x", ())]


def test_a_copy_that_is_found_again_while_it_is_hidden_covers_nothing(summit: Summit) -> None:
    summit.arrive(FAKE(), REAL())
    summit.do(lambda tx: vars(moves.lost(tx, stored(summit, REAL()))))
    do(summit, "hide")
    summit.do(lambda tx: vars(moves.found(tx, stored(summit, REAL()))))
    assert stored(summit, REAL()).state is not PostState.TWIN


def test_a_copy_that_its_author_deletes_leaves_the_real_post_shown(summit: Summit) -> None:
    summit.arrive(FAKE(), REAL())
    summit.admit(Withdrawn("mastodon", FAKE().key))
    assert shown(summit) == [("x", ())]


@pytest.mark.parametrize("verb", ["hide", "withdraw"])
def test_what_is_sure_to_be_one_persons_is_still_decided_once(summit: Summit, verb: str) -> None:
    summit.arrive(toot(), skeet())
    do(summit, verb)
    there = stored(summit, skeet()).state if verb == "hide" else None
    assert (shown(summit), there) == ([], PostState.TWIN if verb == "hide" else None)
