"""What goes back and forth beside a point: public replies, questions to its author, translations, offers
to another room, and hand-over notes. Frozen, as they are stored. Pure.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from wall.model import Frozen, StoredPost, Time, at_border
from wall.programme import Note

TRANSLATION_LIMIT = 5_000
"""Longest translation, in code points."""

Translated = Annotated[str, StringConstraints(max_length=TRANSLATION_LIMIT), BeforeValidator(at_border)]
Lang = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$")]
"""A language as BCP 47 has it, such as `fr` or `pt-BR`."""


class PublicReplyState(StrEnum):
    """A reply in the network where a point was made; a person sent each."""

    SENDING = "sending"
    POSTED = "posted"
    REFUSED = "refused"


class PublicReply(Frozen):
    """One reply that is, or shall be, posted in a network by a feed's own account there.

    `author` names whom it answers (network and key), so that there is one for each author and session.
    `url` is where it stands once it is posted; `problem` is the code of why it is not. `attempts` counts
    tries that may be repeated. `lead`: the post whose beginning `words` may repeat.
    """

    id: str
    event_id: str
    contribution_id: str
    post_id: str
    session_id: str
    feed_id: str
    author: str
    words: Note
    state: PublicReplyState
    url: str
    problem: str
    attempts: int
    sent_by: str
    sent_at: Time
    ended_at: Time | None
    lead: str | None = None


class QuestionState(StrEnum):
    """A facilitator's question to the author of a point, until its answer may be read beside the point."""

    ASKED = "asked"
    ANSWERED = "answered"
    SHARED = "shared"
    WITHDRAWN = "withdrawn"


class Question(Frozen):
    """A question to the author of one post, with their answer; both are empty when it was taken back.

    `shared_at`: when its answer could first be read by everybody.
    """

    id: str
    event_id: str
    post_id: str
    words: Note
    answer: Note
    state: QuestionState
    asked_by: str
    asked_at: Time
    answered_at: Time | None
    shared_at: Time | None
    version: int


class StoredQuestion(Frozen):
    """A question with the post whose author it is for."""

    question: Question
    stored: StoredPost


class Translation(Frozen):
    """What a person made of a post in another language. It stands beside the original, never for it; of a
    post that was taken back it is empty."""

    id: str
    event_id: str
    post_id: str
    lang: Lang
    text: Translated
    made_by: str
    made_at: Time
    version: int


class StoredTranslation(Frozen):
    """A translation with its post."""

    translation: Translation
    stored: StoredPost


class RoutingState(StrEnum):
    """An offer of a point to another room."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Routing(Frozen):
    """A point that one room offers to another, by the post that leads it: whatever it is joined with.

    `origin` is the relay that was set aside for it, if any; `note` goes with it, `answer` comes back.
    """

    id: str
    event_id: str
    post_id: str
    from_session: str | None
    to_session: str
    origin: str | None
    note: Note
    answer: Note
    state: RoutingState
    sent_by: str
    sent_at: Time
    settled_at: Time | None
    version: int


class StoredRouting(Frozen):
    """An offer with the post that leads what is offered."""

    routing: Routing
    lead: StoredPost


class Handover(Frozen):
    """What somebody leaves to who takes over a session's desk. Its id is the session's."""

    id: str
    event_id: str
    words: Note
    written_by: str
    name: str
    written_at: Time
    version: int
