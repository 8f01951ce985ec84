"""People who are left off the walls, as the staff hold them. This model is the wire's value."""

from __future__ import annotations

from wall.entries.cards import copied
from wall.model import Frozen, Time
from wall.wishes import OptOut


class OptOutValue(Frozen):
    """`opt_out`: somebody is left off the walls. `by`: "person" who asked themselves, or "staff".

    `posts`: how many of theirs there were. Who they are is not kept.
    """

    id: str
    network: str
    by: str
    at: Time
    posts: int
    version: int


def opt_out_value(opt_out: OptOut) -> OptOutValue:
    """An opt-out, for those who see held posts."""
    return OptOutValue(**copied(opt_out, OptOutValue))
