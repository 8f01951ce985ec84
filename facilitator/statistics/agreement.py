"""Agreement between people who tag the same things: percent, Cohen, Fleiss, Krippendorff. Pure.

What is tagged is a *unit*; what a person says of it is a *value* of a nominal scale (any hashable).
A measure that has no value for these data raises `Undefined`, with a code for which there are words:
where all values are the same, agreement by chance is certain and the measures above chance are 0/0.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Value = Hashable
Pair = tuple[Value, Value]
Unit = Mapping[str, Value]
"""What each person who tagged this unit said of it: person → value. Who is not in it did not tag it."""
Problem = Literal["no_pairs", "one_value", "ragged"]

RESAMPLES = 1_000
"""How often units are drawn anew for an interval."""


class Undefined(Exception):
    """These data have no such measure. `code` is `no_pairs` (no unit was tagged by two people),
    `one_value` (everybody said the same of everything) or `ragged` (Fleiss needs as many values for
    each unit)."""

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code: Problem = code


@dataclass(frozen=True)
class Interval:
    """A bootstrap interval: where the middle `level` of the resampled measures lie. `resamples` are
    those that had a value."""

    low: float
    high: float
    level: float
    resamples: int


def pairs_of(units: Iterable[Unit], one: str, other: str) -> list[Pair]:
    """What two people said of the units that both of them tagged."""
    return [(unit[one], unit[other]) for unit in units if one in unit and other in unit]


def table_of(counts: Sequence[Sequence[int]]) -> list[Pair]:
    """The pairs behind a table of counts: row i, column j is how often the first person said i and the
    second j."""
    return [
        (row, column)
        for row, line in enumerate(counts)
        for column, number in enumerate(line)
        for _ in range(number)
    ]


def percent(units: Iterable[Unit]) -> float:
    """The share, from 0 to 1, of pairs of people who say the same of one unit, over all such pairs. For
    two people: of the units that both tagged, those on which they agree. Raises Undefined."""
    agreeing = there = 0
    for unit in units:
        size = len(unit)
        there += size * (size - 1)
        agreeing += sum(number * (number - 1) for number in Counter(unit.values()).values())
    if there == 0:
        raise Undefined("no_pairs")
    return agreeing / there


def cohen(pairs: Sequence[Pair]) -> float:
    """Cohen's kappa of two people (Cohen 1960, doi 10.1177/001316446002000104): (p_o - p_e) / (1 - p_e),
    with p_e from each one's own shares. Raises Undefined."""
    if not pairs:
        raise Undefined("no_pairs")
    size = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    observed = sum(one == other for one, other in pairs) / size
    chance = sum(number * second[value] for value, number in first.items()) / size**2
    if len(first.keys() | second.keys()) == 1:
        raise Undefined("one_value")
    return (observed - chance) / (1 - chance)


def fleiss(counts: Sequence[Sequence[int]]) -> float:
    """Fleiss' kappa (Fleiss 1971, doi 10.1037/h0031619). `counts`: for each unit, how many people said
    each value; each unit must have as many people, at least two. Raises Undefined."""
    if not counts or sum(counts[0]) < 2:
        raise Undefined("no_pairs")
    people = sum(counts[0])
    if any(sum(line) != people for line in counts):
        raise Undefined("ragged")
    units = len(counts)
    shares = [sum(column) / (units * people) for column in zip(*counts, strict=True)]
    if sum(share > 0 for share in shares) == 1:
        raise Undefined("one_value")
    within = sum(sum(number * (number - 1) for number in line) for line in counts)
    observed = within / (units * people * (people - 1))
    chance = math.fsum(share**2 for share in shares)
    return (observed - chance) / (1 - chance)


def counts_of(units: Iterable[Unit]) -> list[list[int]]:
    """Units as `fleiss` takes them: the order of its columns is that of the values' first mention."""
    listed = [Counter(unit.values()) for unit in units]
    values = list(dict.fromkeys(value for unit in listed for value in unit))
    return [[unit[value] for value in values] for unit in listed]


def krippendorff(units: Iterable[Unit]) -> float:
    """Krippendorff's alpha for nominal data, any number of people, with missing values (Krippendorff
    2011, "Computing Krippendorff's Alpha-Reliability"): 1 - D_o/D_e over the values that can be paired.
    Raises Undefined."""
    return _alpha([_pattern(unit) for unit in units])


def interval(
    units: Iterable[Unit], *, seed: int, level: float = 0.95, resamples: int = RESAMPLES
) -> Interval:
    """A percentile bootstrap interval of Krippendorff's alpha: units are drawn with replacement, as many
    as there are. The same seed gives the same interval. Resamples in which alpha has no value are left
    out. Raises Undefined as `krippendorff`."""
    patterns = [_pattern(unit) for unit in units if len(unit) > 1]
    _alpha(patterns)
    drawn = _resampled(patterns, random.Random(seed), resamples)  # noqa: S311 - statistics, not secrets
    low, high = quantile(drawn, (1 - level) / 2), quantile(drawn, (1 + level) / 2)
    return Interval(low, high, level, len(drawn))


def quantile(ordered: Sequence[float], at: float) -> float:
    """The quantile of sorted numbers by linear interpolation (Hyndman and Fan's type 7)."""
    place = (len(ordered) - 1) * at
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def in_words(measure: Callable[[], float]) -> tuple[float | None, Problem | None]:
    """What a measure gives, or the code of why it has no value."""
    try:
        return measure(), None
    except Undefined as problem:
        return None, problem.code


@dataclass(frozen=True)
class _Pattern:
    """A unit as alpha sees it: how often each value was said, and how much its people differ."""

    counts: tuple[tuple[Value, int], ...]
    apart: float


def _pattern(unit: Unit) -> _Pattern:
    said = Counter(unit.values())
    size = sum(said.values())
    if size < 2:
        return _Pattern((), 0.0)
    differing = size**2 - sum(number**2 for number in said.values())
    return _Pattern(tuple(sorted(said.items(), key=repr)), differing / (size - 1))


def _alpha(patterns: Iterable[_Pattern]) -> float:
    return _alpha_of(Counter(patterns))


def _alpha_of(drawn: Mapping[_Pattern, int]) -> float:
    """Alpha of units, given how often each pattern comes."""
    said: Counter[Value] = Counter()
    apart = 0.0
    for pattern, times in drawn.items():
        apart += pattern.apart * times
        for value, number in pattern.counts:
            said[value] += number * times
    size = sum(said.values())
    if size == 0:
        raise Undefined("no_pairs")
    if len(said) == 1:
        raise Undefined("one_value")
    expected = size**2 - sum(number**2 for number in said.values())
    return 1 - (size - 1) * apart / expected


def _resampled(patterns: Sequence[_Pattern], draw: random.Random, resamples: int) -> list[float]:
    """Alphas of samples of these units, in ascending order."""
    counted = Counter(patterns)
    kinds, weights = list(counted), list(counted.values())
    places = range(len(kinds))
    found = []
    for _ in range(resamples):
        sample = Counter(draw.choices(places, weights, k=len(patterns)))
        try:
            found.append(_alpha_of({kinds[place]: times for place, times in sample.items()}))
        except Undefined:
            continue
    return sorted(found)
