"""Kinds of entries about running a session: answers, conclusions, messages. Part of the catalogue in
`kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data
from wall.sheet import Answering, Receiver, Signal


class AnswerLinked(Data):
    """It is known what a post was said to."""

    kind: Literal["answer.linked"] = "answer.linked"
    session: str
    prompt: str | None
    how: Answering


class AnswerCleared(Data):
    """Somebody decided that a post was said to no prompt."""

    kind: Literal["answer.cleared"] = "answer.cleared"


class ConclusionAdded(Data):
    """A session's conclusion was worded."""

    kind: Literal["conclusion.added"] = "conclusion.added"
    session: str


class ConclusionChanged(Data):
    """A conclusion was edited, counted in the room, removed or brought back; `fields` are the names of
    what changed."""

    kind: Literal["conclusion.changed"] = "conclusion.changed"
    fields: tuple[str, ...]


class ConclusionEndorsed(Data):
    """Somebody on a phone endorsed a conclusion, or took that back; nobody knows who."""

    kind: Literal["conclusion.endorsed"] = "conclusion.endorsed"
    on: bool


class MessageSent(Data):
    """The desk wrote to the chair of a session, or the chair to the desk."""

    kind: Literal["message.sent"] = "message.sent"
    session: str
    to: Receiver
    signal: Signal = Signal.WORDS


class MessageAcknowledged(Data):
    """Whom a message was for said that they read it."""

    kind: Literal["message.acknowledged"] = "message.acknowledged"


SheetData = (
    AnswerLinked
    | AnswerCleared
    | ConclusionAdded
    | ConclusionChanged
    | ConclusionEndorsed
    | MessageSent
    | MessageAcknowledged
)
