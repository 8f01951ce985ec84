"""Words of a list that somebody spelt out (`w o r d`) or starred (`w*rd`). Pure.

Narrow on purpose: whole runs of single letters, and stars between letters. What people write about
medicine (`HLA-B*27`, `A B C D E`) is not among the words of a list, and so is no match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from wall.moderation.terms import Folded, Span, tokens_of

SHORTEST = 4
"""Letters of the shortest word that is looked for: shorter runs are initials."""

LONGEST = 30
_LOOKED_AT = 20
"""Disguises that are looked at in one text."""

_SPELT = re.compile(rf"(?<![^\W_])[^\W\d_](?:[ .\-_*·]{{1,2}}[^\W\d_]){{3,{LONGEST - 1}}}(?![^\W_])")
_STARRED = re.compile(r"(?<![^\W_*])[^\W\d_]{1,20}(?:\*{1,20}[^\W\d_]{1,20}){1,3}(?![^\W_*])")
_BETWEEN = re.compile(r"[ .\-_*·]+")
_IN_A_ROW = b"\1" * SHORTEST
"""Tokens that are letters of the words, one after the other: what a word that is spelt out is cut into."""


class Disguises:
    """The single words of a list, as they are found in disguise."""

    def __init__(self, words: Iterable[str]) -> None:
        single = (tokens[0] for word in words if len(tokens := tokens_of(word)) == 1)
        self._words = frozenset(word for word in single if SHORTEST <= len(word) <= LONGEST)
        self._letters = frozenset("".join(self._words))
        self._fewest = min(len(set(word)) for word in self._words) if self._words else SHORTEST
        self._by_shape: dict[tuple[str, str, int], list[str]] = {}
        for word in sorted(self._words):
            self._by_shape.setdefault((word[0], word[-1], len(word)), []).append(word)

    def find(self, where: Folded) -> list[Span]:
        """Where words of the list stand in disguise, in the folded form."""
        found: list[Span] = []
        tokens, letters = where.tokens, self._letters
        if len(letters.intersection(tokens)) >= self._fewest and _IN_A_ROW in bytes(
            map(letters.__contains__, tokens)
        ):
            found += self._spelt(where.folded)
        if "*" in where.text or "\ufe61" in where.text or "\uff0a" in where.text:
            found += self._starred(where.folded)
        return found

    def _spelt(self, folded: str) -> Iterator[Span]:
        for match in islice(_SPELT.finditer(folded), _LOOKED_AT):
            if _BETWEEN.sub("", match[0]) in self._words:
                yield match.span()

    def _starred(self, folded: str) -> Iterator[Span]:
        for match in islice(_STARRED.finditer(folded), _LOOKED_AT):
            if self._may_be(match[0]):
                yield match.span()

    def _may_be(self, starred: str) -> bool:
        alike = self._by_shape.get((starred[0], starred[-1], len(starred)), ())
        return any(
            all(shown in ("*", meant) for shown, meant in zip(starred, word, strict=True)) for word in alike
        )
