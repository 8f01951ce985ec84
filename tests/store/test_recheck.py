"""Rechecking: what is gone comes off at once, and is purged only when that is certain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.summit import GRAVES, Summit, post
from wall.entries import PUBLIC
from wall.feeds.base import Rechecked
from wall.intake import recheck
from wall.model import PostState
from wall.store import Store, posts


def settle(summit: Summit, gone: set[str], *unknown: str) -> recheck.Settled:
    """Recheck with a source that still has what it did not lose and is not asked in vain."""
    with summit.store.reading() as conn:
        asked = posts.to_recheck(conn, summit.event_id, "x", 400)
    present = {stored.post.key for stored in asked} - gone - set(unknown)
    said = Rechecked(frozenset(gone), frozenset(present))
    return summit.do(lambda tx: recheck.settle(tx, "x", asked, said, GRAVES)).result


def states(summit: Summit, *keys: str) -> list[PostState]:
    return [summit.stored(key).state for key in keys]


def shown(summit: Summit) -> set[str]:
    return {value["text"] for (kind, _), value in summit.held(PUBLIC).subjects.items() if kind == "post"}


def day(store: Store, number: int) -> Summit:
    summit = Summit(store)
    summit.arrive(*(post(str(n), f"Text {n}") for n in range(number)))
    return summit


def test_a_post_that_is_gone_comes_off_at_once_and_may_come_back(store: Store) -> None:
    summit = day(store, 10)
    assert settle(summit, {"3"}) == recheck.Settled(10, lost=1)
    assert "Text 3" not in shown(summit)
    assert settle(summit, set()) == recheck.Settled(10, found=1)
    assert "Text 3" in shown(summit)


def test_absent_again_after_five_minutes_it_is_withdrawn_for_good(store: Store) -> None:
    summit = day(store, 10)
    settle(summit, {"3"})
    assert settle(summit, {"3"}).withdrawn == 0
    summit.now += timedelta(minutes=5)
    assert settle(summit, {"3"}) == recheck.Settled(10, withdrawn=1)
    summit.arrive(post("3", "Text 3"))
    assert "Text 3" not in shown(summit)


def test_being_found_again_starts_the_five_minutes_anew(store: Store) -> None:
    summit = day(store, 10)
    settle(summit, {"3"})
    summit.now += timedelta(minutes=5)
    settle(summit, set())
    settle(summit, {"3"})
    assert settle(summit, {"3"}).withdrawn == 0
    assert states(summit, "3") == [PostState.UNAVAILABLE]


def test_an_upstream_that_loses_everything_hides_everything_and_purges_nothing(store: Store) -> None:
    summit = day(store, 10)
    everything = {str(n) for n in range(10)}
    assert settle(summit, everything) == recheck.Settled(10, lost=10, fault=True)
    assert shown(summit) == set()
    summit.now += timedelta(hours=1)
    assert settle(summit, everything) == recheck.Settled(10, fault=True)
    assert settle(summit, set()) == recheck.Settled(10, found=10)
    assert shown(summit) == {f"Text {n}" for n in range(10)}


def test_what_is_unknown_is_neither_restored_nor_withdrawn(store: Store) -> None:
    summit = day(store, 10)
    settle(summit, {"3"})
    summit.now += timedelta(minutes=5)
    assert settle(summit, set(), "3", "4") == recheck.Settled(10, unknown=2)
    assert states(summit, "3", "4") == [PostState.UNAVAILABLE, PostState.APPROVED]
    assert settle(summit, {"3"}) == recheck.Settled(10, withdrawn=1)


def test_what_is_unknown_does_not_make_a_loss_look_small(store: Store) -> None:
    summit = day(store, 20)
    unknown = {str(n) for n in range(8, 20)}
    assert settle(summit, {"1", "2", "3"}, *unknown) == recheck.Settled(20, 12, lost=3, fault=True)
    summit.now += timedelta(minutes=5)
    assert settle(summit, {"1", "2", "3"}, *unknown).withdrawn == 0
    assert settle(summit, {"1", "2", "3"}) == recheck.Settled(20, withdrawn=3)


def test_a_source_that_comes_back_piece_by_piece_purges_nothing(store: Store) -> None:
    """What a fault hid is not purged because the next answer covers two posts of it only."""
    summit = day(store, 10)
    everything = {str(n) for n in range(10)}
    settle(summit, everything)
    summit.now += timedelta(hours=1)
    assert settle(summit, {"1", "2"}, *everything - {"1", "2"}) == recheck.Settled(10, 8, fault=True)
    assert settle(summit, {"1"}) == recheck.Settled(10, found=9, withdrawn=1)


def test_an_answer_that_is_all_unknown_changes_nothing(store: Store) -> None:
    summit = day(store, 5)
    assert settle(summit, set(), *map(str, range(5))) == recheck.Settled(5, unknown=5)
    assert len(shown(summit)) == 5


def test_a_hidden_post_is_not_asked_for_and_not_shown_again(store: Store) -> None:
    summit = day(store, 3)
    stored = summit.stored("1")
    summit.do(lambda tx: _hide(tx, stored))
    assert settle(summit, {"1"}).lost == 0
    assert states(summit, "1") == [PostState.HIDDEN]


def test_what_moved_meanwhile_is_left_to_the_next_time(store: Store) -> None:
    summit = day(store, 10)
    with store.reading() as conn:
        asked = posts.to_recheck(conn, summit.event_id, "x", 400)
    stored = summit.stored("1")
    summit.do(lambda tx: _hide(tx, stored))
    said = Rechecked(frozenset({"1"}), frozenset(stored.post.key for stored in asked) - {"1"})
    done = summit.do(lambda tx: recheck.settle(tx, "x", asked, said, GRAVES)).result
    assert done == recheck.Settled(10)
    assert states(summit, "1") == [PostState.HIDDEN]


def _hide(tx: Any, stored: Any) -> Any:
    return recheck.moves.hide(tx, stored.id, stored.version, recheck.moves.Reason(code="off_topic"))
