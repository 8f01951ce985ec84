"""A list of held words against a text, with the terms that no list can hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from wall.moderation.disguises import Disguises
from wall.moderation.patterns import Patterns
from wall.moderation.rules import Rules, pattern_of
from wall.moderation.terms import Folded, Span, Terms
from wall.moderation.vocabulary import CLINICAL

_CLINICAL_TERMS = Terms(CLINICAL)


class WordList:
    """Plain words, phrases and patterns. Raises BadPattern for a pattern that RE2 cannot use."""

    def __init__(self, lines: Iterable[str], never: Iterable[str]) -> None:
        lines = tuple(lines)
        plain = [line for line in lines if pattern_of(line) is None]
        self._words = Terms(plain)
        self._disguises = Disguises(plain)
        self._patterns = Patterns(pattern for line in lines if (pattern := pattern_of(line)) is not None)
        self._never = Terms(never)
        self._empty = not lines

    def find(self, text: str, most: int) -> list[Span]:
        """Where words of the list stand in a text, from left to right, at most `most` places.

        A place inside a term that is never held is none.
        """
        if self._empty or not text:
            return []
        where = Folded(text)
        folded = [*self._words.find(where), *self._disguises.find(where)]
        spans = [where.original(span) for span in folded] if folded else folded
        spans += self._patterns.find(text, most)
        if not spans:
            return spans
        return list(islice(_apart(_outside(sorted(spans), self._never_held(where))), most))

    def _never_held(self, where: Folded) -> list[Span]:
        spans = [*_CLINICAL_TERMS.find(where), *self._never.find(where)]
        return sorted(where.original(span) for span in spans)


def idle_words(rules: Rules) -> tuple[str, ...]:
    """Lines of the word list that hold nothing, because they are clinical vocabulary."""
    return tuple(line for line in rules.words if pattern_of(line) is None and line in _CLINICAL_TERMS)


def _outside(spans: Iterable[Span], others: list[Span]) -> Iterator[Span]:
    """Spans that are not inside one of the others; both are sorted."""
    furthest, at = 0, 0
    for start, end in spans:
        while at < len(others) and others[at][0] <= start:
            furthest = max(furthest, others[at][1])
            at += 1
        if end > furthest:
            yield start, end


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans without those that overlap an earlier one."""
    end = 0
    for span in spans:
        if span[0] >= end:
            yield span
            end = span[1]
