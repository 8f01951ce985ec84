"""Whether a post would have come, by its hashtags and without asking anybody. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wall.model import fold_hashtag
from wall.text import find_hashtags

Answer = Literal["yes", "all", "other", "accents", "bare", "none"]
"""It would; any post would; another hashtag; another by accents only; the word without `#`; no hashtag."""
Fold = Callable[[str], str]
"""A hashtag as a network compares it."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a post would have come. `tag` is what decided, as it is written; `wanted` what the feed
    reads: the hashtag that it was compared with, or all of them."""

    answer: Answer
    tag: str = ""
    wanted: tuple[str, ...] = ()


def plain_fold(tag: str) -> str:
    """Width and case do not matter; accents do."""
    return fold_hashtag(unicodedata.normalize("NFKC", tag))


def accentless(tag: str) -> str:
    """Neither do accents of Latin letters, as Mastodon compares (`HashtagNormalizer`)."""
    apart = unicodedata.normalize("NFKD", fold_hashtag(tag))
    return unicodedata.normalize("NFC", "".join(one for one in apart if not "\u0300" <= one <= "\u036f"))


def by_hashtags(config: Mapping[str, Any], text: str, fold: Fold = plain_fold) -> Match:
    """Whether a post with these words would have come to a feed with these settings: `fold` says which
    hashtags are one to its network. A feed without hashtags takes every post of its source."""
    wanted = [str(tag) for tag in config.get("hashtags") or ()]
    if not wanted:
        return Match("all")
    folded = {fold(tag): tag for tag in wanted}
    found = find_hashtags(text)
    for tag in found:
        if fold(tag) in folded:
            return Match("yes", tag, (folded[fold(tag)],))
    bald = {accentless(tag): tag for tag in wanted}
    for tag in found:
        if accentless(tag) in bald:
            return Match("accents", tag, (bald[accentless(tag)],))
    for word in _WORD.findall(text):
        if word not in found and fold(word) in folded:
            return Match("bare", word, (folded[fold(word)],))
    return Match("other", found[0], tuple(wanted)) if found else Match("none", "", tuple(wanted))
