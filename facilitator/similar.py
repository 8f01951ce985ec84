"""What is said in much the same words: how alike two texts are. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from wall.model import Post, fold_hashtag
from wall.moderation.likeness import fold_text

ALIKE = 0.25
"""From so much shared weight on, two posts are worth a look side by side."""

OFFERED = 3
"""How many are offered for one post."""

_SHORTEST = 3
"""Letters of a word that tells anything, in writing that has spaces."""


def terms_of(post: Post, own_tags: Iterable[str]) -> tuple[str, ...]:
    """The words of a post that may tell it from others, each once: no addresses, no mentions, none of the
    event's own hashtags (`own_tags`), which everybody writes."""
    common = {fold_text(fold_hashtag(tag)) for tag in own_tags}
    words = dict.fromkeys(fold_text(post.text).split())
    return tuple(word for word in words if word not in common and _tells(word))


def weights(texts: Sequence[Sequence[str]]) -> dict[str, float]:
    """What each word weighs among these texts: the fewer have it, the more. The inverse document
    frequency of Spärck Jones (1972), smoothed so that no word weighs nothing."""
    having: dict[str, int] = {}
    for words in texts:
        for word in set(words):
            having[word] = having.get(word, 0) + 1
    return {word: math.log(1 + len(texts) / number) for word, number in having.items()}


def likeness(one: Sequence[str], other: Sequence[str], weighs: Mapping[str, float]) -> float:
    """How much two texts share: the weight of the words that both have over the weight of all, 0 to 1
    (the Jaccard index over weighted words)."""
    both, either = set(one) & set(other), set(one) | set(other)
    total = math.fsum(weighs[word] for word in either)
    return math.fsum(weighs[word] for word in both) / total if total else 0.0


def most_alike(terms: Sequence[str], others: Mapping[str, Sequence[str]]) -> list[tuple[str, float]]:
    """Those of `others` (id → words) that are alike enough to offer, the likest first."""
    weighs = weights([terms, *others.values()])
    scored = [(id_, likeness(terms, words, weighs)) for id_, words in others.items()]
    alike = sorted((one for one in scored if one[1] >= ALIKE), key=lambda one: (-one[1], one[0]))
    return alike[:OFFERED]


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST or not word.isascii()
