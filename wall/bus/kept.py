"""Words that are kept for a while under a name, by key: in one process's memory."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was kept, and how many seconds ago."""

    value: str
    age_s: float


class Kept:
    """The newest word of each key under each name."""

    def __init__(self) -> None:
        self._words: dict[str, dict[str, tuple[str, float, float]]] = {}

    def keep(self, name: str, key: str, value: str, seconds: float) -> None:
        """Keep a word for so long, in place of an earlier one of this key."""
        now = monotonic()
        self._words.setdefault(name, {})[key] = (value, now, now + seconds)

    def all(self, name: str) -> dict[str, Word]:
        """What is kept under a name, by key; what has run out is forgotten."""
        now = monotonic()
        here = {key: word for key, word in self._words.pop(name, {}).items() if word[2] > now}
        if here:
            self._words[name] = here
        return {key: Word(value, now - at) for key, (value, at, _) in here.items()}


def youngest(one: dict[str, Word], other: dict[str, Word]) -> dict[str, Word]:
    """Both, and of each key what was kept last."""
    joined = dict(one)
    for key, word in other.items():
        if key not in joined or word.age_s < joined[key].age_s:
            joined[key] = word
    return joined
