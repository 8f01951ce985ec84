"""Where a relay and a receipt may go: two tables, and the ranks of a queue. Pure.

Guards are data: a move that is not in a table is refused with the present state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from wall.parallel import OPEN, ReceiptState, RelayState

Verb = Literal[
    "place",
    "ready",
    "queue",
    "take_up",
    "discuss",
    "answer",
    "defer",
    "return",
    "drop",
    "reopen",
    "annotate",
]

_CLOSED = tuple(state for state in RelayState if state not in OPEN)

RELAYS: Mapping[tuple[RelayState, Verb], RelayState | None] = {
    (RelayState.QUEUED, "place"): RelayState.QUEUED,
    (RelayState.QUEUED, "ready"): RelayState.NEXT,
    (RelayState.ON_FLOOR, "ready"): RelayState.NEXT,
    (RelayState.NEXT, "queue"): RelayState.QUEUED,
    (RelayState.ON_FLOOR, "queue"): RelayState.QUEUED,
    (RelayState.QUEUED, "take_up"): RelayState.ON_FLOOR,
    (RelayState.NEXT, "take_up"): RelayState.ON_FLOOR,
    (RelayState.ON_FLOOR, "discuss"): RelayState.DISCUSSED,
    (RelayState.ON_FLOOR, "answer"): RelayState.ANSWERED,
    **{(state, "defer"): RelayState.DEFERRED for state in OPEN},
    **{(state, "return"): RelayState.RETURNED for state in OPEN},
    **{(state, "drop"): RelayState.DROPPED for state in OPEN},
    **{(state, "reopen"): None for state in _CLOSED},
    **{(state, "annotate"): state for state in RelayState},
}
"""(state, verb) → state. None: back to where closing it left, as far as that place is free."""

CLOSES: Mapping[RelayState, Verb] = {
    RelayState.DISCUSSED: "discuss",
    RelayState.ANSWERED: "answer",
    RelayState.DEFERRED: "defer",
    RelayState.RETURNED: "return",
    RelayState.DROPPED: "drop",
}
"""The verb that closes a relay in each state."""

DETAILS: Mapping[RelayState, frozenset[str]] = {
    RelayState.DEFERRED: frozenset({"session", "board", "report"}),
    RelayState.DROPPED: frozenset({"duplicate", "off-topic", "out-of-time", "withdrawn"}),
}
"""Where a relay may be deferred to and why it may be dropped; in other states it has no detail."""

ReceiptVerb = Literal["owe", "tell", "waive"]

RECEIPTS: Mapping[tuple[ReceiptState | None, ReceiptVerb], ReceiptState] = {
    (None, "owe"): ReceiptState.OWED,
    (ReceiptState.WAIVED, "owe"): ReceiptState.OWED,
    (ReceiptState.OWED, "tell"): ReceiptState.TOLD,
    (ReceiptState.OWED, "waive"): ReceiptState.WAIVED,
}
"""(state, verb) → state; None: there is no receipt yet. What was told stays told."""

GAP = 1_024
"""Between the ranks of two relays that were queued one after the other."""


def rank_last(ranks: Sequence[int]) -> int:
    """The rank behind all of these."""
    return max(ranks, default=0) + GAP


def rank_first(ranks: Sequence[int]) -> int:
    """The rank before all of these."""
    return min(ranks, default=0) - GAP


def rank_at(ranks: Sequence[int], index: int) -> tuple[int, dict[int, int]]:
    """The rank of something put before `ranks[index]` (at their length: behind all), and the new ranks,
    by index, of those that have to make room: as few as follow without a gap.

    `ranks` are sorted; some may be equal.
    """
    if index == len(ranks):
        return rank_last(ranks), {}
    if index == 0:
        return rank_first(ranks), {}
    low, high = ranks[index - 1], ranks[index]
    if high - low >= 2:
        return (low + high) // 2, {}
    moved, last = {}, low + 1
    for place in range(index, len(ranks)):
        if ranks[place] > last:
            break
        last += 1
        moved[place] = last
    return low + 1, moved
