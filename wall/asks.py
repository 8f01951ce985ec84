"""Quick asks: a question to the participants of a session, or of the event, and what was counted. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from wall.model import Frozen, Time, at_border
from wall.programme import Title

TELLING = 3
"""Fewest answers of which more is told than how many they are: of one or two, whoever gave the one knows
the other, and who sits beside them may too."""

MOST_OPTIONS = 8
OPTION_LIMIT = 120
"""Longest option, and longest name of a scale's end, in code points: it is read on a wall."""
MOST_WORDS = 3
"""Words or short phrases that one participant gives to a word cloud."""
WORD_LIMIT = 40
TEXT_LIMIT = 280
"""Longest phrase of a word cloud, and longest short text, in code points."""

Option = Annotated[
    str, StringConstraints(min_length=1, max_length=OPTION_LIMIT), BeforeValidator(at_border)
]
End = Annotated[str, StringConstraints(max_length=OPTION_LIMIT), BeforeValidator(at_border)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LIMIT), BeforeValidator(at_border)]


class AskKind(StrEnum):
    """What participants answer with."""

    CHOICE = "choice"
    """One of some options, or several of them."""
    SCALE = "scale"
    """A number from 1 to 5, 7 or 9."""
    TEXT = "text"
    """A short text."""
    WORDS = "words"
    """Words for a word cloud."""


class AskState(StrEnum):
    """`drafted → open → closed → shown | kept`; a draft may be removed, what closed may open again."""

    DRAFTED = "drafted"
    OPEN = "open"
    CLOSED = "closed"
    SHOWN = "shown"
    KEPT = "kept"
    """Its result is kept back: only the staff see it."""
    REMOVED = "removed"


class SaidState(StrEnum):
    """Whether words that were answered may be shown."""

    SHOWN = "shown"
    HELD = "held"
    """A rule of the event held them; a person has to decide."""
    STRUCK = "struck"
    """A person took them out."""


class SaidOften(Frozen):
    """Words that `count` participants gave. `key` names them in this ask, and says nothing about them."""

    key: str
    text: Said
    count: Annotated[int, Field(ge=1)]
    state: SaidState


class Tally(Frozen):
    """What was counted: `answered` participants; how many chose each option or number, by its place;
    what they said, and how many more things that are not listed."""

    answered: Annotated[int, Field(ge=0)] = 0
    counts: tuple[Annotated[int, Field(ge=0)], ...] = ()
    said: tuple[SaidOften, ...] = ()
    more: Annotated[int, Field(ge=0)] = 0


class Given(Frozen):
    """One participant's answer: places of options (of a scale: its numbers, from 0), or words. `held`:
    whether a rule holds each of the words."""

    picks: tuple[Annotated[int, Field(ge=0, lt=9)], ...] = ()
    words: tuple[Said, ...] = ()
    held: tuple[bool, ...] = ()


class Ask(Frozen):
    """A question to the participants of a session; of the whole event where there is no session.

    `many`: several options may be chosen. `top`: the highest number of a scale, from 1; `low` and `high`
    name its ends. `live`: its result is seen while it is open. `closes_at`: when it closes by itself.
    `walls_at`: since when it is on the walls; None: it is not. `worded` counts how often a person changed
    it: answers, which come by the dozen, do not. `uncounted`: answers came that `tally` does not hold.
    """

    id: str
    event_id: str
    session_id: str | None
    kind: AskKind
    question: Title
    options: tuple[Option, ...]
    many: bool
    top: int
    low: End
    high: End
    live: bool
    state: AskState
    opened_at: Time | None
    closes_at: Time | None
    closed_at: Time | None
    walls_at: Time | None
    tally: Tally
    uncounted: bool
    worded: Annotated[int, Field(ge=0)]
    version: int

    @property
    def there(self) -> bool:
        """Whether anybody holds it: a removed draft is nobody's."""
        return self.state is not AskState.REMOVED

    @property
    def is_public(self) -> bool:
        """Whether everybody sees what is asked."""
        return self.there and self.state not in {AskState.DRAFTED, AskState.KEPT}

    @property
    def result_is_public(self) -> bool:
        """Whether everybody sees what was answered."""
        running = self.live and self.state in {AskState.OPEN, AskState.CLOSED}
        return running or self.state is AskState.SHOWN

    @property
    def places(self) -> int:
        """How many things there are to choose from; none where words are asked for."""
        return {AskKind.CHOICE: len(self.options), AskKind.SCALE: self.top}.get(self.kind, 0)


FEEDBACK_FOR = timedelta(hours=48)
"""For so long after its end a session is open for feedback: the evening, the way home, and a day."""
REMARK_LIMIT = 500
"""Longest remark on a session, in code points."""
STEPS = 5
"""Numbers of the two scales of feedback, from 1."""

Rated = Annotated[int, Field(ge=1, le=STEPS)] | None
Remark = Annotated[str, StringConstraints(max_length=REMARK_LIMIT), BeforeValidator(at_border)]


class Feedback(Frozen):
    """What a participant says of a session that has ended: whether it was worth it and whether the online
    voice was heard, from 1 (no) to 5 (yes), one thing to keep and one to change. Only the staff read it."""

    worth: Rated = None
    heard: Rated = None
    keep: Remark = ""
    change: Remark = ""
