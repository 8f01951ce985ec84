"""A sample as two or more people tagged it: how far each post is, how well they agree, and where not. Pure.

The value of a unit is everything that one person set on it within the sample's set, so that one tag more
is another value; beside it each tag stands for itself, set or not set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from facilitator.statistics.agreement import (
    Interval,
    Problem,
    cohen,
    counts_of,
    fleiss,
    in_words,
    interval,
    krippendorff,
    pairs_of,
    percent,
)

DESK = "desk"
"""The rater that stands for what was tagged at the desk."""
State = Literal["untagged", "single", "double", "reconciled"]
Tags = tuple[str, ...]
_SEED = 2_015
"""The interval is the same for whoever computes it from these data."""


@dataclass(frozen=True)
class Tagged:
    """One post of a sample: what each person said of it, and what was agreed."""

    post: str
    by: Mapping[str, Tags]
    agreed: Tags | None

    @property
    def state(self) -> State:
        """How far it is (DESIGN §6, the fourth axis)."""
        if self.agreed is not None:
            return "reconciled"
        if not self.by:
            return "untagged"
        return "single" if len(self.by) == 1 else "double"

    @property
    def split(self) -> bool:
        """Whether people disagree on it."""
        return len({tuple(sorted(tags)) for tags in self.by.values()}) > 1


@dataclass(frozen=True)
class Measure:
    """A measure's value, or the code of why it has none."""

    value: float | None
    problem: Problem | None


@dataclass(frozen=True)
class Agreement:
    """How well people agree on one question. `pairs`: Cohen's kappa for each two of them."""

    units: int
    percent: Measure
    pairs: tuple[tuple[str, str, Measure], ...]
    fleiss: Measure | None
    alpha: Measure
    interval: Interval | None


@dataclass(frozen=True)
class Compared:
    """A sample as it stands."""

    counts: Mapping[State, int]
    whole: Agreement
    each: Mapping[str, Agreement]
    split: tuple[Tagged, ...]


def compared(posts: Iterable[Tagged], tags: Sequence[str]) -> Compared:
    """Everything about a sample; `tags` are ids of the tags of its set."""
    listed = list(posts)
    whole = [{who: tuple(sorted(said)) for who, said in one.by.items()} for one in listed]
    each = {
        tag: agreement([{who: tag in said for who, said in one.by.items()} for one in listed])
        for tag in tags
    }
    split = tuple(one for one in listed if one.split and one.agreed is None)
    return Compared(Counter(one.state for one in listed), agreement(whole, fully=True), each, split)


def agreement(units: Sequence[Mapping[str, Hashable]], *, fully: bool = False) -> Agreement:
    """How well people agree on these units; `fully`: with an interval."""
    told = [unit for unit in units if len(unit) > 1]
    people = sorted({who for unit in told for who in unit}, key=lambda who: (who != DESK, who))
    alpha = _measure(lambda: krippendorff(told))
    return Agreement(
        units=len(told),
        percent=_measure(lambda: percent(told)),
        pairs=tuple((one, other, _kappa(told, one, other)) for one, other in combinations(people, 2)),
        fleiss=_measure(lambda: fleiss(counts_of(told))) if len(people) > 2 else None,
        alpha=alpha,
        interval=interval(told, seed=_SEED) if fully and alpha.value is not None else None,
    )


def _kappa(units: Sequence[Mapping[str, Hashable]], one: str, other: str) -> Measure:
    return _measure(lambda: cohen(pairs_of(units, one, other)))


def _measure(measure: Callable[[], float]) -> Measure:
    return Measure(*in_words(measure))
