"""Choosing what is tagged a second time: every nth, or at random so that anybody can choose the same again.
Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b


def every(ids: Sequence[str], step: int) -> list[str]:
    """The nth, the 2nth and so on, in their order. `step` is 1 or more."""
    return list(ids[step - 1 :: step])


def at_random(ids: Sequence[str], size: int, seed: int) -> list[str]:
    """So many of these at random, in their order. The choice depends on seed and ids alone, not on how
    many others there are, nor on any program's random numbers: those whose hash is smallest are taken."""
    chosen = set(sorted(ids, key=lambda one: _drawn(one, seed))[:size])
    return [one for one in ids if one in chosen]


def _drawn(one: str, seed: int) -> bytes:
    return blake2b(f"{seed}/{one}".encode(), digest_size=16).digest()
