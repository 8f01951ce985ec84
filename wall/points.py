"""Points from their participants' side: who thinks so too, what one was joined with, second looks.
Frozen, as they are stored. Pure."""

from __future__ import annotations

from enum import StrEnum

from wall.model import Frozen, PostState, StoredPost, Time
from wall.programme import Note

TURNED_DOWN = frozenset({PostState.REJECTED, PostState.HIDDEN})
"""The states of a post that a person decided against: its author may ask for a second look."""


class Support(Frozen):
    """How many phones said "I think so too" of a post when that was last counted. Its id is the post's."""

    id: str
    event_id: str
    people: int
    version: int


class StoredSupport(Frozen):
    """A count with its post: who may not see that hears nothing of it."""

    support: Support
    stored: StoredPost


class Together(Frozen):
    """What a post was joined with: how many other posts that are shown say the same, and a facilitator's
    wording of them all, empty where its leading post is not shown."""

    others: int
    wording: str


class LookState(StrEnum):
    """A second look, asked for by the author of a post that is not shown."""

    ASKED = "asked"
    KEPT = "kept"


class SecondLook(Frozen):
    """That an author asks a person to look at their post again, with their `words` and, once somebody left
    it as it was, what they were answered. Its id is the post's: there is one for each. A post that is shown
    again needs no answer."""

    id: str
    event_id: str
    words: Note
    asked_at: Time
    state: LookState
    answer: Note
    answered_by: str | None
    answered_at: Time | None
    version: int


class StoredSecondLook(Frozen):
    """A second look with its post."""

    look: SecondLook
    stored: StoredPost

    @property
    def waits(self) -> bool:
        """Whether a person has yet to look."""
        return self.look.state is LookState.ASKED and self.stored.state in TURNED_DOWN
