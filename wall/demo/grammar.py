"""Sentences from phrase tables: a `[kind]`, then a phrase a line; `{slot}`s are filled from others."""

from __future__ import annotations

import random
import re
from functools import cache
from importlib.resources import files

Tables = dict[str, tuple[str, ...]]

_SLOT = re.compile(r"\{(\w+)\}")
_STARTS = re.compile(r"(^|[.!?:] |[.!?]\" )([a-zà-ÿ])")
_DEEPEST = 4


@cache
def tables(name: str) -> Tables:
    """The phrases of one file, by kind, and those that every file shares."""
    found = dict(_read(name))
    return found if name == "shared" else {**tables("shared"), **found}


class Phrases:
    """Draws phrases of one file; never the same sentence twice, as far as there are others."""

    def __init__(self, name: str, rng: random.Random, said: set[str]) -> None:
        """`said`: the sentences that were drawn anywhere so far; it grows."""
        self._tables = tables(name)
        self._rng = rng
        self._said = said
        self._used: dict[str, int] = {}

    def draw(self, kind: str, *, tries: int = 30) -> str:
        """A sentence of a kind; the phrases that were drawn least come first. Raises KeyError."""
        for _ in range(tries):
            drawn = self._filled(self._fresh(kind))
            if drawn not in self._said:
                break
        self._said.add(drawn)
        return drawn

    def _fresh(self, kind: str) -> str:
        phrases = self._tables[kind]
        fewest = min(self._used.get(phrase, 0) for phrase in phrases)
        fresh = [phrase for phrase in phrases if self._used.get(phrase, 0) <= fewest + 1]
        phrase = self._rng.choice(fresh)
        self._used[phrase] = self._used.get(phrase, 0) + 1
        return phrase

    def _filled(self, phrase: str) -> str:
        for _ in range(_DEEPEST):
            filled = _SLOT.sub(lambda slot: self._rng.choice(self._tables[slot[1]]), phrase)
            if filled == phrase:
                break
            phrase = filled
        return capitals(phrase)


def capitals(text: str) -> str:
    """A capital letter where a sentence begins."""
    return _STARTS.sub(lambda start: start[1] + start[2].upper() if start[1][:1] != ":" else start[0], text)


def _read(name: str) -> Tables:
    found: dict[str, list[str]] = {}
    kind = ""
    source = files("wall.demo") / "phrases" / f"{name}.txt"
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            kind = line[1:-1]
        elif line:
            found.setdefault(kind, []).append(line)
    return {kind: tuple(phrases) for kind, phrases in found.items()}
