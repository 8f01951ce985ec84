"""Patterns of an organiser, in RE2: the time to match is linear in the text whatever the pattern. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    """RE2 cannot use a pattern. `code`, of `wall.moderation.codes`, says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Patterns:
    """Patterns that are searched for all at once, without regard to case.

    `\\w` and `\\b` know ASCII letters only, as RE2 defines them. Raises BadPattern.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._each = [compiled(pattern) for pattern in patterns]
        self._set = _set_of([_ANYTHING, *(pattern.pattern for pattern in self._each)])

    def find(self, text: str, most: int) -> Iterable[Span]:
        """Where patterns match something of a text, at most `most` places of each."""
        return self._found(text, most) if self._each else ()

    def _found(self, text: str, most: int) -> Iterator[Span]:
        for pattern in self._matching(text):
            spans = (match.span() for match in pattern.finditer(text))
            yield from islice((span for span in spans if span[0] < span[1]), most)

    def _matching(self, text: str) -> list[Any]:
        found = self._set.Match(text)
        if not found or 0 not in found:
            return self._each
        return [self._each[number - 1] for number in sorted(found) if number]


class Prefilter:
    """Few and small expressions of our own, in RE2: one reading of a text tells those that match it.

    RE2 does not give up on them: what it has to remember of a text is far less than it may.
    """

    def __init__(self, *patterns: str) -> None:
        self._set = _set_of(patterns)

    def matching(self, text: str) -> Sequence[int]:
        """The numbers, from 0, of the expressions that match something of a text, in any case and order."""
        return self._set.Match(text) or ()


def _set_of(patterns: Iterable[str]) -> Any:
    together = re2.Set.SearchSet(_options(_SET_BYTES))
    try:
        for pattern in patterns:
            together.Add(pattern)
        together.Compile()
    except re2.error as error:
        raise BadPattern("patterns_too_large") from error
    return together


def compiled(pattern: str) -> Any:
    """One pattern, compiled. Raises BadPattern for one that RE2 cannot use or that matches nothingness."""
    try:
        regexp = re2.compile(pattern, _options(_PATTERN_BYTES))
    except re2.error as error:
        raise BadPattern(_why(error)) from error
    if regexp.search("") is not None:
        raise BadPattern("pattern_empty")
    return regexp


def _options(max_bytes: int) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = max_bytes
    return options


_WHY = {
    "missing ]": "pattern_bracket",
    "missing )": "pattern_bracket",
    "unexpected )": "pattern_bracket",
    "no argument for repetition operator": "pattern_repeat",
    "invalid repetition size": "pattern_repeat",
    "bad repetition operator": "pattern_repeat",
    "invalid escape sequence": "pattern_escape",
    "trailing \\": "pattern_escape",
    "invalid character class": "pattern_class",
    "invalid character class range": "pattern_class",
    "invalid perl operator": "pattern_unsupported",
    "invalid named capture group": "pattern_unsupported",
    "pattern too large - compile failed": "pattern_large",
}
"""RE2's own words → a code."""


def _why(error: Exception) -> str:
    """A code for RE2's words; what follows the colon in them repeats the pattern."""
    said = error.args[0] if error.args else ""
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return _WHY.get(words.partition(":")[0].strip(), "pattern_unreadable")
