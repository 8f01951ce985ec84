"""When two texts say the same: for floods of one text from many accounts. Pure."""

from __future__ import annotations

import re
from hashlib import blake2b

from wall.moderation.terms import tokens_of

SHORTEST = 20
"""Letters and digits of the shortest text that is compared: many people say "Yes!" or "Thank you"."""

_ASIDE = re.compile(r"h(?i:ttps?://\S+)|H(?i:ttps?://\S+)|w(?i:ww\.\S+)|W(?i:ww\.\S+)|@(?<![\w.]@)[\w@.-]+")
"""Addresses and mentions. Each alternative begins with a letter of its own, to which the expression
engine skips."""


def fold_text(text: str) -> str:
    """The words of a text in the form in which texts are compared: no links, mentions, case, accents,
    punctuation; one space between words."""
    return " ".join(tokens_of(_ASIDE.sub(" ", text)))


def text_digest(text: str) -> str | None:
    """The same 32 letters for every text that says the same; None for one too short to compare.

    Whoever has a digest can try texts against it: it is personal data of the post, and goes with it.
    """
    folded = fold_text(text)
    if len(folded) - folded.count(" ") < SHORTEST:
        return None
    return blake2b(folded.encode(), digest_size=16).hexdigest()
