"""Twins: the same person's same post on two networks, recognised by words, time and who they are. Pure.

Words alone never suffice: many people say the same about one slide. `docs/decisions/0032` has the table.
"""

from wall.twins.evidence import HERE, SIGNS, WINDOW, Told, evidence, is_copy, same
from wall.twins.fingerprint import Words, fits, key_of, words_of
from wall.twins.profile import elsewhere
from wall.twins.standing import by_itself, marked

__all__ = [
    "HERE",
    "SIGNS",
    "WINDOW",
    "Told",
    "Words",
    "by_itself",
    "elsewhere",
    "evidence",
    "fits",
    "is_copy",
    "key_of",
    "marked",
    "same",
    "words_of",
]
