"""Themes among texts: groups of those that are like each other, with a name suggested for each. Pure.

Suggestions only: nothing here is applied to anything. Groups are made by average linkage over
`likeness`; `clustering` does it with the extra `themes`.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from facilitator.statistics.likeness import Likeness, same_words, telling_words

APART = 0.06
"""Groups whose texts are on average less like each other than this are not joined."""
_FAINT = 0.04
"""A likeness below this counts as none, so that not every pair has to be kept."""


@dataclass(frozen=True)
class Theme:
    """A group of texts, by their places, the most like its others first. `words` tell it from the rest;
    its name is made of them."""

    places: tuple[int, ...]
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """A name for somebody to better."""
        return ", ".join(self.words)


def themes(texts: Sequence[str], *, least: int = 3, apart: float = APART) -> list[Theme]:
    """Groups of at least `least` texts that are like each other, the largest first. Needs nothing but
    Python; 1,000 texts take some seconds. Texts that say the same count once for what is like what."""
    likeness = Likeness(texts)
    units = _units(texts)
    joined = _linked(units, likeness, apart)
    found = [theme_of(places, likeness) for places in joined if len(places) >= least]
    return sorted((one for one in found if one.words), key=lambda one: (-len(one.places), one.places))


def adjusted_rand(one: Sequence[object], other: Sequence[object]) -> float:
    """The adjusted Rand index of two partitions of the same things (Hubert and Arabie 1985, doi
    10.1007/BF01908075): 1 for the same, 0 on average for chance. Raises ValueError where they are of
    different sizes."""
    cells = Counter(zip(one, other, strict=True))
    both = sum(comb(number, 2) for number in cells.values())
    rows = sum(comb(number, 2) for number in Counter(one).values())
    columns = sum(comb(number, 2) for number in Counter(other).values())
    all_pairs = comb(len(one), 2)
    expected = rows * columns / all_pairs if all_pairs else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _units(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Texts that say the same as one, all others alone."""
    same = same_words(texts)
    gathered = {place for group in same for place in group}
    return same + [(place,) for place in range(len(texts)) if place not in gathered]


def _linked(units: Sequence[tuple[int, ...]], likeness: Likeness, apart: float) -> list[list[int]]:
    """Average linkage (Sokal and Michener 1958): the two groups that are most like each other are joined
    until none are `apart` enough. A unit weighs 1, however often it was said."""
    groups = {number: list(unit) for number, unit in enumerate(units)}
    sizes = dict.fromkeys(groups, 1)
    sums = _sums(units, likeness)
    heap = [
        (-total, one, other) for one, near in sums.items() for other, total in near.items() if one < other
    ]
    heapq.heapify(heap)
    fresh = len(units)
    while heap and -heap[0][0] >= apart:
        _, one, other = heapq.heappop(heap)
        if one not in groups or other not in groups:
            continue
        groups[fresh] = groups.pop(one) + groups.pop(other)
        sizes[fresh] = sizes[one] + sizes[other]
        for third, total in _joined(sums, one, other).items():
            sums[fresh][third] = sums[third][fresh] = total
            heapq.heappush(heap, (-total / (sizes[fresh] * sizes[third]), third, fresh))
        fresh += 1
    return list(groups.values())


def _sums(units: Sequence[tuple[int, ...]], likeness: Likeness) -> dict[int, dict[int, float]]:
    """The likeness of the first texts of two units, for each pair that has any."""
    of_first = {unit[0]: number for number, unit in enumerate(units)}
    sums: dict[int, dict[int, float]] = defaultdict(dict)
    for first, number in of_first.items():
        for place, like in likeness.neighbours(first).items():
            other = of_first.get(place)
            if other is not None and other != number and like >= _FAINT:
                sums[number][other] = like
    return sums


def _joined(sums: dict[int, dict[int, float]], one: int, other: int) -> dict[int, float]:
    """The likeness of two groups, taken together, to all others; they are themselves gone."""
    first, second = sums.pop(one), sums.pop(other)
    total = {
        third: first.get(third, 0.0) + second.get(third, 0.0) for third in (first.keys() | second.keys())
    }
    total.pop(one, None)
    total.pop(other, None)
    for third in total:
        sums[third].pop(one, None)
        sums[third].pop(other, None)
    return total


def theme_of(places: Sequence[int], likeness: Likeness) -> Theme:
    """A theme with its most typical text first."""
    inside = set(places)
    typical = {
        place: sum(like for other, like in likeness.neighbours(place).items() if other in inside)
        for place in places
    }
    ordered = tuple(sorted(places, key=lambda place: (-typical[place], place)))
    return Theme(ordered, telling_words(likeness.words, places))
