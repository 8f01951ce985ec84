"""What was answered to an ask, counted: choices by their place, words by what they say. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from wall.asks import Ask, Given, SaidOften, SaidState, Tally
from wall.hygiene import tidy_line
from wall.model import at_border

MOST_LISTED = {SaidState.HELD: 60, SaidState.SHOWN: 60, SaidState.STRUCK: 30}
"""Things said that readers hold: more than a wall shows or a person reads at a time."""
_LOOSE = "CPZ"
"""Categories (their first letters) of what does not count at the ends of a word: white space, what cannot
be seen, punctuation."""


def clean(text: str) -> str:
    """What somebody typed, on one line, so that it disturbs nothing beside it."""
    return tidy_line(str(at_border(text)))


def fold(text: str) -> str:
    """The form in which words are compared: no case, no width, nothing loose at the ends, single spaces.
    Accents stay: they tell words apart. Folding twice changes nothing. Empty: there is nothing to read."""
    folded = text
    while (once := _once(folded)) != folded:
        folded = once
    return folded


def _once(text: str) -> str:
    spaced = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    first, last = 0, len(spaced)
    while first < last and unicodedata.category(spaced[first])[0] in _LOOSE:
        first += 1
    while last > first and unicodedata.category(spaced[last - 1])[0] in _LOOSE:
        last -= 1
    return spaced[first:last]


def key_of(text: str) -> str:
    """What names words in their ask: the same for all that fold to the same."""
    return blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def count(ask: Ask, given: Iterable[Given], judged: Mapping[str, bool]) -> Tally:
    """Everything that was answered. `judged`: what persons decided, by the words' keys. A participant
    counts once for each option and for each word, however often they gave it."""
    answers = list(given)
    counts = [0] * ask.places
    for one in answers:
        for place in set(one.picks):
            counts[place] += 1
    said = [] if ask.places else _said(answers, judged)
    listed = [one for state in MOST_LISTED for one in _of(state, said)]
    return Tally(
        answered=len(answers), counts=tuple(counts), said=tuple(listed), more=len(said) - len(listed)
    )


def _of(state: SaidState, said: Iterable[SaidOften]) -> list[SaidOften]:
    those = [one for one in said if one.state is state]
    return sorted(those, key=lambda one: (-one.count, one.text))[: MOST_LISTED[state]]


def _said(answers: Iterable[Given], judged: Mapping[str, bool]) -> list[SaidOften]:
    written: dict[str, Counter[str]] = defaultdict(Counter)
    held: set[str] = set()
    for one in answers:
        for key, (text, is_held) in {
            key_of(text): (text, is_held) for text, is_held in zip(one.words, one.held, strict=True)
        }.items():
            written[key][text] += 1
            held |= {key} if is_held else set()
    return [
        SaidOften(key=key, text=_usual(forms), count=forms.total(), state=_state(key, held, judged))
        for key, forms in written.items()
    ]


def _usual(forms: Counter[str]) -> str:
    """How most people wrote it."""
    return min(forms, key=lambda text: (-forms[text], text))


def _state(key: str, held: set[str], judged: Mapping[str, bool]) -> SaidState:
    decided = judged.get(key)
    if decided is None:
        return SaidState.HELD if key in held else SaidState.SHOWN
    return SaidState.SHOWN if decided else SaidState.STRUCK
