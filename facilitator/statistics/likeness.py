"""Which texts say the same, and which are like each other: for gathering points and finding themes. Pure.

Likeness is the cosine of TF-IDF vectors (Salton and Buckley 1988, doi 10.1016/0306-4573(88)90021-0, with
the smoothed idf log((1+n)/(1+df)) + 1) over whole words and over letters in sequence; the latter find
"moderating" beside "moderation", and need no rules of any language.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from facilitator.statistics.passed_over import PASSED_OVER
from wall.moderation import fold_text

Vector = Mapping[str, float]
Features = Callable[[str], Counter[str]]

SAME = 0.75
"""From this share of sequences in common on, two texts say the same in nearly the same words."""
LIKE = 0.2
"""From this likeness on, a text is worth showing beside another."""

_LETTERS = (3, 4, 5)
"""Lengths of sequences of letters."""
_SHINGLE = 4
_REPEATED = re.compile(r"^\s*RT\s+(?=@)")
_LAST_TAGS = re.compile(r"(?:\s*[#＃]\w+)+\W*$")


def key_of(text: str) -> str:
    """The words of a text in the form in which texts are compared: without links, mentions, case, accents,
    signs, a leading "RT @somebody" and the hashtags at its end. Empty for a text without words."""
    said = _REPEATED.sub("", text)
    return fold_text(_LAST_TAGS.sub("", said)) or fold_text(said)


def words_in(text: str) -> Counter[str]:
    """How often each word of a text comes, but for those that name nothing."""
    return Counter(_naming(text))


def letters_in(text: str) -> Counter[str]:
    """How often each sequence of three to five letters comes, within the same words; "_" is an edge."""
    found: Counter[str] = Counter()
    for word in _naming(text):
        edged = f"_{word}_"
        for length in _LETTERS:
            found.update(edged[at : at + length] for at in range(len(edged) - length + 1))
    return found


class Weighed:
    """Texts as vectors of length 1, and the weights with which other texts are compared to them."""

    def __init__(self, texts: Iterable[str], features: Features = words_in) -> None:
        self._features = features
        counted = [features(text) for text in texts]
        self._size = len(counted)
        self._in = Counter(feature for counts in counted for feature in counts)
        self.vectors = [self._weighed(counts) for counts in counted]
        self._where: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, vector in enumerate(self.vectors):
            for feature, weight in vector.items():
                self._where[feature].append((place, weight))

    def idf(self, feature: str) -> float:
        """How telling a feature is: more the fewer texts have it."""
        return math.log((1 + self._size) / (1 + self._in[feature])) + 1

    def like(self, text: str) -> dict[int, float]:
        """The likeness, from 0 to 1, of a text to each of these that shares a feature with it."""
        return self._like(self._weighed(self._features(text)))

    def neighbours(self, place: int) -> dict[int, float]:
        """The likeness of one of these texts to each of the others that shares a feature with it."""
        found = self._like(self.vectors[place])
        found.pop(place, None)
        return found

    def _like(self, vector: Vector) -> dict[int, float]:
        found: dict[int, float] = defaultdict(float)
        for feature, weight in vector.items():
            for place, other in self._where.get(feature, ()):
                found[place] += weight * other
        return dict(found)

    def _weighed(self, counts: Counter[str]) -> Vector:
        raw = {feature: number * self.idf(feature) for feature, number in counts.items()}
        length = math.sqrt(math.fsum(weight**2 for weight in raw.values())) or 1.0
        return {feature: weight / length for feature, weight in raw.items()}


class Likeness:
    """How like each other texts are: half by their words, half by their letters."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words = Weighed(texts, words_in)
        self._letters = Weighed(texts, letters_in)

    def neighbours(self, place: int) -> dict[int, float]:
        """The likeness of one of these texts to each of the others that is like it at all."""
        return _halves(self.words.neighbours(place), self._letters.neighbours(place))

    def similar(self, text: str, most: int = 5, least: float = LIKE) -> list[tuple[int, float]]:
        """The places of the texts that are most like this one, with their likeness, the likest first; of
        those alike the earlier first."""
        found = _halves(self.words.like(text), self._letters.like(text))
        near = [(place, likeness) for place, likeness in found.items() if likeness >= least]
        return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:most]


def same_words(texts: Sequence[str], least: float = SAME) -> list[tuple[int, ...]]:
    """Places of texts that say the same in nearly the same words, as groups of two and more: each is
    at least `least` like the group's first (Jaccard's index over sequences of four letters)."""
    shingled = [_shingles(key_of(text)) for text in texts]
    groups: dict[int, list[int]] = {}
    where: dict[str, list[int]] = defaultdict(list)
    for place, shingles in enumerate(shingled):
        first = _nearest(shingles, shingled, where, least)
        if first is None:
            groups[place] = [place]
            for shingle in shingles:
                where[shingle].append(place)
        else:
            groups[first].append(place)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def telling_words(weighed: Weighed, places: Iterable[int], most: int = 3) -> tuple[str, ...]:
    """The words that tell a group of texts from all others, the most telling first."""
    said: dict[str, float] = defaultdict(float)
    for place in places:
        for word, weight in weighed.vectors[place].items():
            said[word] += weight
    telling = (word for word, _ in sorted(said.items(), key=lambda pair: (-pair[1], pair[0])))
    return tuple(word for word in telling if not word.isdecimal())[:most]


def _naming(text: str) -> list[str]:
    return [word for word in key_of(text).split() if word not in PASSED_OVER]


def _halves(one: Mapping[int, float], other: Mapping[int, float]) -> dict[int, float]:
    return {place: (one.get(place, 0.0) + other.get(place, 0.0)) / 2 for place in one.keys() | other.keys()}


def _shingles(key: str) -> frozenset[str]:
    return frozenset(key[at : at + _SHINGLE] for at in range(max(1, len(key) - _SHINGLE + 1)))


def _nearest(
    shingles: frozenset[str],
    shingled: Sequence[frozenset[str]],
    where: Mapping[str, list[int]],
    least: float,
) -> int | None:
    """The first text of a group that these shingles belong to."""
    common = Counter(place for shingle in shingles for place in where.get(shingle, ()))
    best: tuple[float, int] | None = None
    for place, number in common.items():
        index = number / (len(shingles) + len(shingled[place]) - number)
        if index >= least and (best is None or (index, -place) > best):
            best = (index, -place)
    return None if best is None else -best[1]
