"""Twins where points are made: a pair is one point, and what was made of it goes on when one is deleted."""

from __future__ import annotations

import pytest

from facilitator import relays, tagging
from facilitator.arriving import arrived
from tests.facilitator.floor import ORGANISER, Floor
from tests.support.twins import skeet, toot
from wall.entries import Scope
from wall.feeds.base import Withdrawn
from wall.model import PostState, Role
from wall.parallel import RelayState
from wall.store import Store

DESK = Scope(frozenset({Role.ORGANISER}))


@pytest.fixture
def summit(store: Store) -> Floor:
    return Floor(store, arrivals=(arrived,))


def test_a_pair_is_one_point_of_one_post(summit: Floor) -> None:
    one, other = summit.arrive(toot(), skeet()).ids
    tag = summit.tag()
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, one, tag, True))
    found = summit.contribution(one)
    assert found is not None
    assert found.posts == (one,)
    assert summit.contribution(other) is None


def test_its_point_with_its_tags_goes_on_with_the_twin_when_the_other_is_deleted(
    summit: Floor,
) -> None:
    one, other = summit.arrive(toot(), skeet()).ids
    tag = summit.tag()
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, one, tag, True))
    held = summit.held(DESK)
    summit.admit(Withdrawn("mastodon", toot().key))
    found = summit.contribution(other)
    assert found is not None
    assert found.tags == (tag,)
    held.apply(summit.frame(DESK, held.seq))
    assert held.subjects == summit.held(DESK).subjects
    assert summit.stored(skeet().key, "bluesky").state is PostState.APPROVED


def test_what_is_in_the_room_leaves_it_with_the_standing_one_and_can_come_up_again(summit: Floor) -> None:
    one, other = summit.arrive(toot(), skeet()).ids
    session = summit.session(summit.room())
    done = summit.do(lambda tx: relays.raise_point(tx, ORGANISER, one, session))
    summit.admit(Withdrawn("mastodon", toot().key))
    assert summit.relay(done.result["relay"]).state is RelayState.DROPPED
    again = summit.do(lambda tx: relays.raise_point(tx, ORGANISER, other, session))
    assert summit.relay(again.result["relay"]).state is RelayState.QUEUED
