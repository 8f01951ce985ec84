"""Questions back, translations, offers between rooms and hand-over notes as readers hold them. These
models are the wire's values."""

from __future__ import annotations

from wall.entries.cards import PostValue, card, copied
from wall.model import Frozen, Time
from wall.replies import Handover, StoredQuestion, StoredRouting, StoredTranslation


class QuestionValue(Frozen):
    """`question`: what a facilitator asked the author of a post, and what came back.

    `state`: asked, answered, or shared: then the answer may be read by everybody beside the point.
    """

    id: str
    post: str
    words: str
    answer: str
    state: str
    asked_at: Time
    answered_at: Time | None
    version: int


class TranslationValue(Frozen):
    """`translation`: a post in another language, by a person; it stands beside the original."""

    id: str
    post: str
    lang: str
    text: str
    version: int


class RoutingValue(Frozen):
    """`routing`: a point that one room offers to another, with the card of the post that leads it.

    `from_session` None: from the inbox. `state`: offered, accepted, returned, cancelled.
    """

    id: str
    from_session: str | None
    to_session: str
    post: PostValue
    note: str
    answer: str
    state: str
    sent_at: Time
    version: int


class HandoverValue(Frozen):
    """`handover`: what somebody leaves to who takes over a session's desk. Its id is the session's."""

    id: str
    words: str
    name: str
    written_at: Time
    version: int


ReplyValue = QuestionValue | TranslationValue | RoutingValue | HandoverValue


def question_value(stored: StoredQuestion) -> QuestionValue:
    """A question, for who may see it."""
    own = {"post": stored.question.post_id}
    return QuestionValue(**copied(stored.question, QuestionValue, *own), **own)


def translation_value(stored: StoredTranslation) -> TranslationValue:
    """A translation, for who may see its post."""
    own = {"post": stored.translation.post_id}
    return TranslationValue(**copied(stored.translation, TranslationValue, *own), **own)


def routing_value(stored: StoredRouting) -> RoutingValue:
    """An offer, for the staff of the floors."""
    own = {"post": card(stored.lead, staff=False)}
    return RoutingValue(**copied(stored.routing, RoutingValue, *own), **own)


def handover_value(handover: Handover) -> HandoverValue:
    """A hand-over note, for those who work at desks."""
    return HandoverValue(**copied(handover, HandoverValue))
