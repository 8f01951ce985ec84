"""What running a session leaves, as readers hold it. These models are the wire's values."""

from __future__ import annotations

from wall.entries.cards import copied
from wall.model import Frozen, Time
from wall.sheet import Answering, Conclusion, Message, Receiver, Signal, StoredAnswer


class AnswerValue(Frozen):
    """`answer`: the post of the same id was said to this prompt of a session, or only to the session."""

    id: str
    session: str
    prompt: str | None
    how: Answering
    version: int


class ConclusionValue(Frozen):
    """`conclusion`: what a session concluded. `endorsed` counts phones; `room` is how many in the room
    endorsed it, None where nobody counted. `worded` counts how often it was changed: who changes it says
    which it was that they saw."""

    id: str
    session: str
    position: int
    text: str
    endorsed: int
    room: int | None
    worded: int
    version: int


class MessageValue(Frozen):
    """`message`: from the desk to the chair of a session, or back. `ok_at`: when it was acknowledged."""

    id: str
    session: str
    to: Receiver
    signal: Signal
    text: str
    sent_at: Time
    ok_at: Time | None
    version: int


SheetValue = AnswerValue | ConclusionValue | MessageValue


def answer_value(stored: StoredAnswer) -> AnswerValue:
    """An answer, for who may see its post."""
    one = stored.answer
    own = {"session": one.session_id, "prompt": one.prompt_id}
    return AnswerValue(**copied(one, AnswerValue, *own), **own)


def conclusion_value(conclusion: Conclusion) -> ConclusionValue:
    """A conclusion, for everybody."""
    own = {"session": conclusion.session_id}
    return ConclusionValue(**copied(conclusion, ConclusionValue, *own), **own)


def message_value(message: Message) -> MessageValue:
    """A message, for the desk and the chair."""
    own = {"session": message.session_id}
    return MessageValue(**copied(message, MessageValue, *own), **own)
