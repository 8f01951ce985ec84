"""What running a session leaves beside its floor: answers to its prompts, conclusions, messages. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from wall.model import Frozen, StoredPost, Time, at_border
from wall.programme import Note

ROOM = "room"
"""The network of what was said in a room and typed there by the staff."""

Conclusive = Annotated[str, StringConstraints(min_length=1, max_length=500), BeforeValidator(at_border)]
"""The words of a conclusion; at most 500 code points: it is read on a wall."""


class Answering(StrEnum):
    """How it is known what a post was said to."""

    CODE = "code"
    """It says so: "A1"."""
    TIME = "time"
    """It was written while one prompt, and no other, was on."""
    ROOM = "room"
    """It was typed in the room, as a note of this session."""
    HAND = "hand"
    """A person said so."""


class Answer(Frozen):
    """A post was said to a prompt of a session; without a prompt, to the session. Its id is the post's."""

    id: str
    event_id: str
    session_id: str
    prompt_id: str | None
    how: Answering
    version: int


class StoredAnswer(Frozen):
    """An answer with the post that it hangs on."""

    answer: Answer
    stored: StoredPost


ENDORSABLE = timedelta(minutes=60)
"""For so long after a session's end phones may still endorse what it concluded."""


class Conclusion(Frozen):
    """What a session concluded, in words that were worked out on screen.

    `endorsed` counts phones, each once; `room` is how many in the room endorsed it, as somebody counted
    them (None: nobody did). Both are of these words: other words start over. `worded` counts how often
    somebody changed it: endorsements, which come by the dozen, do not.
    """

    id: str
    event_id: str
    session_id: str
    position: int
    text: Conclusive
    endorsed: Annotated[int, Field(ge=0)]
    room: Annotated[int, Field(ge=0, le=100_000)] | None
    removed: bool
    worded: Annotated[int, Field(ge=0)]
    version: int


class Receiver(StrEnum):
    """Whom a message is for."""

    CHAIR = "chair"
    DESK = "desk"


class Signal(StrEnum):
    """What a chair says to the desk by one tap. Empty: words instead."""

    WORDS = ""
    MORE = "more"
    LATER = "later"
    WRAP_UP = "wrap_up"
    THANK_YOU = "thank_you"


class Message(Frozen):
    """A message between the desk and the chair of a session. Without `ok_at`, nobody acknowledged it."""

    id: str
    event_id: str
    session_id: str
    to: Receiver
    signal: Signal
    text: Note
    sent_by: str
    sent_at: Time
    ok_by: str | None
    ok_at: Time | None
    version: int
