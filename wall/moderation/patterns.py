"""Patterns of an organiser, in RE2: the time to match is linear in the text whatever the pattern. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import re2

from wall.moderation.terms import Span

PATTERNS_LIMIT = 1_000
"""Most patterns of one event."""

_SET_BYTES = 64 << 20
_PATTERN_BYTES = 1 << 20
_ANYTHING = ""
"""A pattern that every text matches, to tell a set that found nothing from one that gave up."""


class BadPattern(ValueError):
    """RE2 cannot use a pattern; says why, without the pattern."""


class Patterns:
    """Patterns that are searched for all at once, without regard to case.

    `\\w` and `\\b` know ASCII letters only, as RE2 defines them. Raises BadPattern.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._each = [compiled(pattern) for pattern in patterns]
        self._set = re2.Set.SearchSet(_options(_SET_BYTES))
        self._set.Add(_ANYTHING)
        try:
            for pattern in self._each:
                self._set.Add(pattern.pattern)
            self._set.Compile()
        except re2.error as error:
            raise BadPattern("together with the others it is too large") from error

    def find(self, text: str, most: int) -> Iterator[Span]:
        """Where patterns match something of a text, at most `most` places of each."""
        if not self._each:
            return
        for pattern in self._matching(text):
            spans = (match.span() for match in pattern.finditer(text))
            yield from islice((span for span in spans if span[0] < span[1]), most)

    def _matching(self, text: str) -> list[Any]:
        found = self._set.Match(text)
        if not found or 0 not in found:
            return self._each
        return [self._each[number - 1] for number in sorted(found) if number]


def compiled(pattern: str) -> Any:
    """One pattern, compiled. Raises BadPattern for one that RE2 cannot use or that matches nothingness."""
    try:
        regexp = re2.compile(pattern, _options(_PATTERN_BYTES))
    except re2.error as error:
        raise BadPattern(_why(error)) from error
    if regexp.search("") is not None:
        raise BadPattern("it matches even an empty text")
    return regexp


def _options(max_bytes: int) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = max_bytes
    return options


def _why(error: Exception) -> str:
    """RE2's own words; what follows the colon repeats the pattern."""
    said = error.args[0] if error.args else ""
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return words.partition(":")[0] or "RE2 cannot read it"
