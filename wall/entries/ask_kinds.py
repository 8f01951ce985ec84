"""Kinds of entries about quick asks. Part of the catalogue in `kinds`.

An answer is no entry, because ballots are rows: `ask.counted` says that some came, at most once a second,
and neither whose nor how many.
"""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class AskDrafted(Data):
    """A question to participants was written. `session`: None for the whole event."""

    kind: Literal["ask.drafted"] = "ask.drafted"
    session: str | None


class AskChanged(Data):
    """A draft was edited or removed; `fields` are the names of what changed."""

    kind: Literal["ask.changed"] = "ask.changed"
    fields: tuple[str, ...]


class AskOpened(Data):
    """Participants may answer; for so many seconds, where somebody said so."""

    kind: Literal["ask.opened"] = "ask.opened"
    seconds: int | None = None


class AskCounted(Data):
    """Answers came and were counted."""

    kind: Literal["ask.counted"] = "ask.counted"


class AskClosing(Data):
    """A person closed it: late viewers of the stream have so many seconds more."""

    kind: Literal["ask.closing"] = "ask.closing"
    seconds: int


class AskClosed(Data):
    """Nobody may answer any more."""

    kind: Literal["ask.closed"] = "ask.closed"


class AskShown(Data):
    """The result is everybody's to see."""

    kind: Literal["ask.shown"] = "ask.shown"


class AskKept(Data):
    """The result is kept back."""

    kind: Literal["ask.kept"] = "ask.kept"


class AskPut(Data):
    """It was put on the walls, or taken off them."""

    kind: Literal["ask.put"] = "ask.put"
    on: bool


class AskJudged(Data):
    """A person decided that words which were answered may be shown, or not; nothing says which."""

    kind: Literal["ask.judged"] = "ask.judged"
    shown: bool


AskData = (
    AskDrafted
    | AskChanged
    | AskOpened
    | AskCounted
    | AskClosing
    | AskClosed
    | AskShown
    | AskKept
    | AskPut
    | AskJudged
)
