"""The tables: every state with every verb, and the ranks of a queue."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.states import (
    CLOSES,
    DETAILS,
    GAP,
    RECEIPTS,
    RELAYS,
    ReceiptVerb,
    Verb,
    rank_at,
    rank_first,
    rank_last,
)
from wall.parallel import HEARD, OPEN, ReceiptState, RelayState

ALLOWED = {
    RelayState.QUEUED: {"place", "ready", "take_up", "defer", "return", "drop", "annotate"},
    RelayState.NEXT: {"queue", "take_up", "defer", "return", "drop", "annotate"},
    RelayState.ON_FLOOR: {
        *("ready", "queue", "discuss", "answer", "defer", "return", "drop", "annotate"),
    },
    RelayState.DISCUSSED: {"reopen", "annotate"},
    RelayState.ANSWERED: {"reopen", "annotate"},
    RelayState.DEFERRED: {"reopen", "annotate"},
    RelayState.RETURNED: {"reopen", "annotate"},
    RelayState.DROPPED: {"reopen", "annotate"},
}
"""DESIGN's machine in other words: a change of RELAYS must be made here, too."""


@pytest.mark.parametrize("verb", get_args(Verb))
@pytest.mark.parametrize("state", RelayState)
def test_a_relay_moves_as_written_down(state: RelayState, verb: Verb) -> None:
    assert ((state, verb) in RELAYS) == (verb in ALLOWED[state])


def test_only_the_floor_can_be_discussed_or_answered() -> None:
    for heard in HEARD:
        starts = {state for (state, verb) in RELAYS if verb == CLOSES[heard]}
        assert starts == {RelayState.ON_FLOOR}


def test_every_closed_state_has_a_verb_and_every_open_one_none() -> None:
    assert set(CLOSES) == set(RelayState) - set(OPEN)
    assert set(DETAILS) <= set(CLOSES)
    for state, verb in CLOSES.items():
        assert {RELAYS[start, verb] for start in OPEN if (start, verb) in RELAYS} == {state}


@pytest.mark.parametrize("verb", get_args(ReceiptVerb))
@pytest.mark.parametrize("state", [None, *ReceiptState])
def test_what_was_told_stays_told(state: ReceiptState | None, verb: ReceiptVerb) -> None:
    leads = RECEIPTS.get((state, verb))
    if state is ReceiptState.TOLD:
        assert leads is None
    if verb in {"tell", "waive"}:
        assert (leads is not None) == (state is ReceiptState.OWED)


RANKS = st.lists(st.integers(-50, 50), max_size=12).map(sorted)


@given(ranks=RANKS, place=st.integers(0, 12))
def test_what_is_put_into_a_queue_stands_where_it_was_put(ranks: list[int], place: int) -> None:
    index = min(place, len(ranks))
    rank, moved = rank_at(ranks, index)
    now = [moved.get(at, one) for at, one in enumerate(ranks)]
    assert now == sorted(now)
    assert all(one < rank for one in now[:index]) or index == 0 or now[index - 1] < rank
    assert all(one > rank for one in now[index:])


@given(ranks=RANKS, place=st.integers(0, 12))
def test_only_those_without_a_gap_make_room(ranks: list[int], place: int) -> None:
    index = min(place, len(ranks))
    _, moved = rank_at(ranks, index)
    assert list(moved) == list(range(index, index + len(moved)))
    for at, rank in moved.items():
        assert 0 < rank - ranks[at] <= len(ranks) + 1
    if moved:
        assert ranks[index] - ranks[index - 1] < 2


def test_ends_of_a_queue_have_room_for_everybody() -> None:
    assert rank_at([], 0) == (GAP, {})
    assert rank_last([3, GAP]) == 2 * GAP
    assert rank_first([3, GAP]) == 3 - GAP
    assert rank_at([GAP, 2 * GAP], 1) == (GAP + GAP // 2, {})
    assert rank_at([5, 6, 7, 9], 1) == (6, {1: 7, 2: 8})
