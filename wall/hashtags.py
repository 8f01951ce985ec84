"""What an organiser should know about a hashtag before it is printed on slides. Pure.

Sources: Mastodon folds accents when it compares hashtags (`HashtagNormalizer`: lower case, then
ASCII folding), X and Bluesky do not; on all three a hashtag ends before an emoji, a space or a punctuation
mark, and digits alone are none. Whether a word is common is guessed here from a short list and from its
length: only a network can tell how much is posted under it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from wall.model import fold_hashtag

Code = Literal["common", "short", "accent", "signs", "digits"]
SHORT = 3
"""Letters. Nearly every word of so many is somebody's abbreviation."""
BUSY_A_DAY = 100
"""Posts a day on one server from which a hashtag counts as busy: the event's own would drown."""

_WORDS = """
ai amour art beauty bonjour books business care climate community conference congres congress covid
covid19 culture design digital doctor doctors ecole edtech education event events family fashion
fitness food formation forum friday fun future global happy health healthcare help history hope
hospital innovation internet it jeudi job jobs kids leadership learning life live london love lundi
mardi medecine meded mededu media medical medicine meeting mercredi monday montreal motivation music
musique nature news nurse nurses nursing online paris people pharmacy photo photography politics
presentation press question questions research sante saturday school science sciences session
sessions social socialmedia sport sports story student students summit sunday symposium talk teacher
teachers teaching team tech technology thursday today toronto training travel tuesday tv university
video webinar wednesday women work workshop world
"""
_COMMON = frozenset(_WORDS.split())


@dataclass(frozen=True)
class Advice:
    """One thing about a hashtag. `plain`: a spelling to add as a second one; empty where there is none."""

    tag: str
    code: Code
    plain: str = ""


def advice_about(tags: Iterable[str]) -> tuple[Advice, ...]:
    """What is to be known of these hashtags, in their order. A plain spelling that is among them already
    is not advised again."""
    listed = [tag.strip().lstrip("#＃") for tag in tags]
    known = {fold_hashtag(tag) for tag in listed}
    found = (one for tag in listed if tag for one in _advice(tag))
    return tuple(one for one in found if not one.plain or fold_hashtag(one.plain) not in known)


def plain_of(tag: str) -> str:
    """A hashtag as every network reads it: without accents, emoji and punctuation; empty if nothing is
    left. Letters of other alphabets stay."""
    apart = unicodedata.normalize("NFKD", tag)
    bare = "".join(char for char in apart if not _is_accent(char))
    kept = "".join(char for char in unicodedata.normalize("NFC", bare) if _in_hashtag(char))
    return kept if not kept.isdecimal() else ""


def works_everywhere(tag: str) -> bool:
    """Whether networks read all of it as one hashtag; its accents may be compared or not."""
    word = unicodedata.normalize("NFKC", tag)
    return bool(word) and all(_in_hashtag(char) for char in word) and not word.isdecimal()


def _advice(tag: str) -> Iterable[Advice]:
    plain = plain_of(tag)
    if tag.isdecimal():
        yield Advice(tag, "digits")
    elif not works_everywhere(tag):
        yield Advice(tag, "signs", plain)
    elif plain and plain.casefold() != fold_hashtag(tag):
        yield Advice(tag, "accent", plain)
    if fold_hashtag(plain) in _COMMON:
        yield Advice(tag, "common")
    elif 0 < len(plain) <= SHORT:
        yield Advice(tag, "short")


def _is_accent(char: str) -> bool:
    """A combining mark of Latin, Greek or Cyrillic; the vowel signs of other scripts are letters."""
    return "\u0300" <= char <= "\u036f"


def _in_hashtag(char: str) -> bool:
    return char == "_" or char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")
