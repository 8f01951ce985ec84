"""The table of moves between the states of moderation."""

from __future__ import annotations

import itertools

import pytest

from wall.entries.audience import _NOWHERE
from wall.intake.moves import ALLOWED, ON_A_DESK
from wall.model import PostState

S = PostState
EXPECTED = {
    ("approve", S.RECEIVED): S.APPROVED,
    ("approve", S.HELD): S.APPROVED,
    ("approve", S.REJECTED): S.APPROVED,
    ("approve", S.HIDDEN): S.APPROVED,
    ("reject", S.RECEIVED): S.REJECTED,
    ("reject", S.HELD): S.REJECTED,
    ("hide", S.APPROVED): S.HIDDEN,
    ("reconsider", S.APPROVED): S.HELD,
    ("reconsider", S.REJECTED): S.HELD,
    ("reconsider", S.HIDDEN): S.HELD,
    ("lose", S.RECEIVED): S.UNAVAILABLE,
    ("lose", S.APPROVED): S.UNAVAILABLE,
    ("lose", S.HELD): S.UNAVAILABLE,
    ("lose", S.REJECTED): S.UNAVAILABLE,
    ("lose", S.HIDDEN): S.UNAVAILABLE,
    ("lose", S.TWIN): S.UNAVAILABLE,
    ("find", S.UNAVAILABLE): None,
    **{("withdraw", state): S.WITHDRAWN for state in S if state is not S.WITHDRAWN},
}
"""Every move that the design allows (DESIGN §6); None leads back to where the post was lost from."""


@pytest.mark.parametrize(("verb", "state"), list(itertools.product(ALLOWED, PostState)))
def test_a_move_is_allowed_exactly_where_the_design_says(verb: str, state: PostState) -> None:
    starts, target = ALLOWED[verb]  # type: ignore[index]
    assert (state in starts) is ((verb, state) in EXPECTED)
    if state in starts:
        assert target == EXPECTED[verb, state]


def test_withdrawn_is_the_end_and_everything_else_can_get_there() -> None:
    assert not any(S.WITHDRAWN in starts for starts, _ in ALLOWED.values())
    assert ALLOWED["withdraw"][0] == set(S) - {S.WITHDRAWN}


def test_no_move_starts_from_or_leads_to_a_stub_or_a_repost() -> None:
    for verb, (starts, target) in ALLOWED.items():
        assert target not in (S.STUB, S.REPOST)
        if verb != "withdraw":
            assert starts.isdisjoint((S.STUB, S.REPOST))


def test_what_is_on_a_desk_is_what_a_moderator_can_be_shown() -> None:
    assert ON_A_DESK.isdisjoint(_NOWHERE)
    assert set(S) == ON_A_DESK | _NOWHERE
