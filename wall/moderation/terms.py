"""Words as moderation compares them: folded, cut into tokens, found as whole words. Pure.

Folded text has no case, accents, width or invisible characters, so that `ÉCOLE`, `e\u0301cole` and
`eco\u200ble` are one word. Scripts that are written without spaces, and emoji, are tokens sign by
sign: a term of theirs is found anywhere.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

_UNHEARD = frozenset({"Mn", "Mc", "Me", "Cf"})
_REMEMBERED = 20_000

_SIGNS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\u2190-\u2bff\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[^\W_{_SIGNS}]+|[{_SIGNS}]")
_SIGN = re.compile(f"[{_SIGNS}]")
_CUT_BYTES = bytes(
    code if code > 127 else ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(256)
)
"""Bytes of UTF-8 → the same with ASCII letters small and all other ASCII signs but digits as spaces."""
_GAP = re.compile(r"[^.!?;:\n]{0,3}|\.")
"""What may stand between the words of one term: not the end of a sentence."""

Span = tuple[int, int]
"""Start and end (exclusive) in code points."""


class _Table(dict[int, str]):
    """Code point → what becomes of it, worked out once for each."""

    def __init__(self, work_out: Callable[[str], str]) -> None:
        self._work_out = work_out

    def __missing__(self, code: int) -> str:
        worked_out = self._work_out(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = worked_out
        return worked_out


def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(part for part in plain if unicodedata.category(part) not in _UNHEARD)


def _spaced(char: str) -> str:
    """The folded form of a sign, with spaces for what parts tokens."""
    return "".join(
        f" {part} " if _SIGN.match(part) else part if part.isalnum() else " "
        for part in _FOLDING[ord(char)]
    )


_FOLDING = _Table(_folded)
_SPACING = _Table(_spaced)


def fold(text: str) -> str:
    """Text without case, accents, width and invisible characters. May be longer or shorter."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def tokens_of(text: str) -> tuple[str, ...]:
    """The tokens of a text, folded, in order."""
    return tuple(_cut(text))


def _cut(text: str) -> list[str]:
    # What `_TOKEN` finds in the folded text, in a fraction of its time: nearly all of most texts is ASCII.
    return text.encode("ascii", _SPACED).translate(_CUT_BYTES).decode().split()


def _space(found: Any) -> tuple[bytes, int]:
    """What takes the place of a run of what ASCII does not have: the codec's own handler of errors."""
    end: int = found.end
    return found.object[found.start : end].translate(_SPACING).encode(), end


_SPACED = "wall.moderation.spaced"
codecs.register_error(_SPACED, _space)


class Folded:
    """A text with its folded form and tokens. Spans in the folded form lead back to the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _cut(text)

    @cached_property
    def folded(self) -> str:
        """The folded form: few texts have anything that is looked for in it."""
        return fold(self.text)

    @cached_property
    def places(self) -> list[Span]:
        """Where each token stands in the folded form."""
        return [match.span() for match in _TOKEN.finditer(self.folded)]

    @cached_property
    def _origins(self) -> list[int] | None:
        if self.text.isascii():
            return None
        return [at for at, char in enumerate(self.text) for _ in _FOLDING[ord(char)]]

    def original(self, span: Span) -> Span:
        """The span in the text that a span of at least one code point in the folded form came from."""
        origins = self._origins
        return span if origins is None else (origins[span[0]], origins[span[1] - 1] + 1)


class Terms:
    """A list of terms, each of one or more words, that is searched for all at once.

    The time does not depend on how many terms there are.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._tree: dict[str, Any] = {}
        for term in terms:
            self._add(tokens_of(term))
        self._firsts = frozenset(self._tree)

    def _add(self, tokens: tuple[str, ...]) -> None:
        if not tokens:
            return
        branch = self._tree
        for token in tokens:
            branch = branch.setdefault(token, {})
        branch[""] = True

    def __contains__(self, term: str) -> bool:
        """Whether this term, however it is written, is one of the list."""
        return self.has(tokens_of(term))

    def has(self, tokens: tuple[str, ...]) -> bool:
        """Whether these tokens together are one term of the list."""
        branch = self._tree
        for token in tokens:
            if token not in branch:
                return False
            branch = branch[token]
        return "" in branch

    def find(self, where: Folded) -> Iterable[Span]:
        """Where terms stand in the folded form, the longest at each place, from left to right."""
        return () if self._firsts.isdisjoint(where.tokens) else self._found(where)

    def _found(self, where: Folded) -> Iterator[Span]:
        for at, token in enumerate(where.tokens):
            if token in self._firsts and (end := self._longest(where, at)):
                yield where.places[at][0], end

    def _longest(self, where: Folded, at: int) -> int:
        """Where the longest term that starts with this token ends; 0 where none does."""
        branch, end, last = self._tree, 0, at
        for here in range(at, len(where.tokens)):
            token = where.tokens[here]
            if token not in branch or not _adjoin(where, last, here):
                break
            branch, last = branch[token], here
            if "" in branch:
                end = where.places[here][1]
        return end


def _adjoin(where: Folded, last: int, here: int) -> bool:
    if last == here:
        return True
    return _GAP.fullmatch(where.folded, where.places[last][1], where.places[here][0]) is not None
