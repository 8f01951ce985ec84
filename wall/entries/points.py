"""What participants do with points, as readers hold it. These models are the wire's values."""

from __future__ import annotations

from wall.entries.cards import copied
from wall.model import Frozen, PostState, Time
from wall.points import LookState, SecondLook, StoredSecondLook, StoredSupport


class SupportValue(Frozen):
    """`support`: how many phones think so too of the post of the same id, as it was last counted."""

    id: str
    people: int
    version: int


class SecondLookValue(Frozen):
    """`second_look`: the author of the post of the same id asks a person to look again, and why."""

    id: str
    words: str
    asked_at: Time
    version: int


class LookedValue(Frozen):
    """What became of an author's wish for a second look: `state` asked, kept (it stays as it is; `answer`
    says why) or shown."""

    state: str
    answer: str


TakingPartValue = SupportValue | SecondLookValue


def support_value(stored: StoredSupport) -> SupportValue:
    """A count, for who may see its post."""
    return SupportValue(**copied(stored.support, SupportValue))


def second_look_value(stored: StoredSecondLook) -> SecondLookValue:
    """A second look that waits, for those who see held posts."""
    return SecondLookValue(**copied(stored.look, SecondLookValue))


def looked(look: SecondLook, state: PostState) -> LookedValue:
    """A second look as the author of its post, which is in this state now, follows it."""
    shown = look.state is LookState.ASKED and state is PostState.APPROVED
    return LookedValue(state="shown" if shown else look.state.value, answer=look.answer)
