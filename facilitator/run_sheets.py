"""Run-sheets: where online breaks belong in them. Pure.

A facilitator reads out what is said online every 10 to 15 minutes, so that the online side is heard
before the room has moved on (docs/how-to/run-a-session.md has the sources).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wall.programme import Prompt, PromptKind

SOONEST, LATEST = 10, 15
"""Minutes between one break and the next."""
USUAL = 12
"""Minutes after the last break where no prompt begins at a fitting time."""


def proposed_breaks(prompts: Sequence[Prompt], minutes: int) -> tuple[int, ...]:
    """The minutes in which a session of so many minutes should have online breaks besides those that it
    has: 10 to 15 minutes after the one before, where a prompt begins if one does.

    Nothing is proposed within SOONEST minutes of the end or of a break that is there already.
    """
    there = sorted({one.minute for one in prompts if one.kind is PromptKind.BREAK})
    begins = sorted({one.minute for one in prompts if one.kind is not PromptKind.BREAK})
    stops = [0, *(at for at in there if 0 < at < minutes), minutes]
    return tuple(at for start, end in pairwise(stops) for at in _between(start, end, begins))


def _between(start: int, end: int, begins: Sequence[int]) -> list[int]:
    found: list[int] = []
    last = start
    while end - last > LATEST:
        fitting = [at for at in begins if last + SOONEST <= at <= last + LATEST]
        last = fitting[0] if fitting else last + USUAL
        if end - last < SOONEST:
            break
        found.append(last)
    return found
