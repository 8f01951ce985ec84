"""Who may see what, over every role, state and subject."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from tests.support.summit import MORNING, post
from wall.entries import PUBLIC, Drop, Put, Scope, owner, render, sees_held, visible
from wall.entries.audience import holdable
from wall.entries.cards import PostValue
from wall.entries.projections import post_value
from wall.model import Event, Feed, FeedState, Member, Mode, PostState, Reason, Role, StoredPost

SEES_HELD = {Role.ORGANISER, Role.MODERATOR, Role.FACILITATOR}
SEES_FEEDS = {Role.ORGANISER, Role.MODERATOR, Role.TECHNICIAN}
NOWHERE = {
    PostState.STUB,
    PostState.REPOST,
    PostState.TWIN,
    PostState.UNAVAILABLE,
    PostState.WITHDRAWN,
}


def scope(*roles: Role, person: str | None = "ann") -> Scope:
    return Scope(frozenset(roles), person)


def stored(state: PostState, *, shown: int = 3, received: int = 2) -> StoredPost:
    return StoredPost(
        id="p1",
        event_id="e1",
        post=post(text="What was said"),
        state=state,
        reasons=(Reason(code="empty"),),
        version=4,
        received=received,
        shown=shown,
        received_at=MORNING,
        reposts=7,
        edits=0,
    )


EVENT = Event(
    id="e1",
    slug="e",
    name="Summit",
    hashtags=("x",),
    zone="UTC",
    languages=("en",),
    mode=Mode.AUTO,
    epoch="ep",
    seq=9,
    last_at=MORNING,
    tip="hash",
    version=1,
    shown=5,
    held=2,
    reposts=1,
)
FEED = Feed(
    id="f1",
    event_id="e1",
    network="replay",
    config={"path": "/secret/place", "token": "hunter2"},
    cursor="17",
    state=FeedState.RUNNING,
    problem=None,
    accepted=1,
    dropped=0,
    version=1,
)


def member(*roles: Role, person: str = "ben") -> Member:
    return Member(event_id="e1", person_id=person, name="Ben", roles=roles, version=1)


FEW_ROLES = list(chain.from_iterable(combinations(Role, count) for count in range(3)))
"""No role, each role, and each pair."""


@pytest.mark.parametrize("state", PostState)
def test_a_post_is_seen_by_those_who_may_and_nobody_else(state: PostState) -> None:
    for roles in FEW_ROLES:
        may = state not in NOWHERE and (state is PostState.APPROVED or not SEES_HELD.isdisjoint(roles))
        assert visible(stored(state), scope(*roles)) is may, roles
        assert (post_value(stored(state), scope(*roles)) is not None) is may, roles


@pytest.mark.parametrize("role", Role)
def test_feeds_members_and_held_posts_are_for_their_roles(role: Role) -> None:
    assert sees_held(scope(role)) is (role in SEES_HELD)
    assert visible(FEED, scope(role)) is (role in SEES_FEEDS)
    assert visible(member(Role.CHAIR), scope(role)) is (role is Role.ORGANISER)


def test_everybody_sees_the_event_and_its_counts() -> None:
    assert visible(EVENT, PUBLIC)
    assert visible(EVENT.counts, PUBLIC)
    assert not any(visible(one, PUBLIC) for one in (FEED, member(Role.CHAIR), stored(PostState.HELD)))


def test_a_person_sees_their_own_membership_while_they_have_one() -> None:
    assert visible(member(Role.CHAIR), scope(person="ben"))
    assert not visible(member(), scope(person="ben"))
    assert not visible(member(), scope(Role.ORGANISER))
    assert isinstance(render(member(), scope(person="ben")), Drop)


def test_only_a_membership_has_an_owner() -> None:
    assert owner(member(Role.CHAIR)) == "ben"
    assert {owner(one) for one in (EVENT, EVENT.counts, FEED, stored(PostState.HELD))} == {None}


@pytest.mark.parametrize("roles", FEW_ROLES)
def test_what_can_be_seen_can_be_held(roles: tuple[Role, ...]) -> None:
    states = [EVENT, EVENT.counts, FEED, member(Role.CHAIR), member(), *map(stored, PostState)]
    for state in states:
        if visible(state, scope(*roles)):
            assert holdable(state, scope(*roles))
            assert isinstance(render(state, scope(*roles)), Put)


def test_what_nobody_saw_needs_no_removal_and_tells_no_id() -> None:
    assert render(stored(PostState.HELD, shown=0), PUBLIC) is None
    assert render(stored(PostState.REPOST, shown=0), PUBLIC) is None
    assert render(stored(PostState.STUB, shown=0, received=0), scope(Role.MODERATOR)) is None
    assert render(FEED, PUBLIC) is None
    assert render(member(Role.CHAIR), PUBLIC) is None


@pytest.mark.parametrize("state", sorted(set(PostState) - {PostState.APPROVED}))
def test_what_was_shown_once_is_dropped_when_it_is_not_any_more(state: PostState) -> None:
    assert render(stored(state), PUBLIC) == Drop(type="post", id="p1")


def test_the_public_learns_no_state_reason_count_or_setting_that_is_not_its_business() -> None:
    card = post_value(stored(PostState.APPROVED), PUBLIC)
    assert isinstance(card, PostValue)
    assert (card.state, card.reasons, card.order) == (None, None, 3)
    desk = post_value(stored(PostState.APPROVED), scope(Role.MODERATOR))
    assert desk is not None
    assert (desk.state, desk.order) == ("approved", 2)
    counts = render(EVENT.counts, PUBLIC)
    assert isinstance(counts, Put)
    assert counts.value.model_dump() == {"shown": 5, "reposts": 1, "held": None}


def test_nobody_is_sent_the_credentials_cursor_or_path_of_a_feed() -> None:
    change = render(FEED, scope(Role.ORGANISER))
    assert change is not None
    sent = change.model_dump_json()
    assert not any(secret in sent for secret in ("hunter2", "/secret/place", "17"))


def test_a_scope_has_one_key_whatever_the_order_and_hides_the_person() -> None:
    one, other = scope(Role.CHAIR, Role.TAGGER), scope(Role.TAGGER, Role.CHAIR)
    assert one.key == other.key
    assert "ann" not in one.key
    keys = {PUBLIC.key, one.key, one.shared.key, scope(person="ben").key, scope(Role.CHAIR).key}
    assert len(keys) == 5
    assert PUBLIC.shared is PUBLIC
