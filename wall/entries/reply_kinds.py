"""Kinds of entries about replies, questions back, translations, routing and hand-over. Part of the
catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class ReplySent(Data):
    """A person sent a reply that shall be posted in a network by this feed's account."""

    kind: Literal["reply.sent"] = "reply.sent"
    post: str
    feed: str


class ReplyPosted(Data):
    """A reply stands in its network."""

    kind: Literal["reply.posted"] = "reply.posted"
    post: str


class ReplyRefused(Data):
    """A network would not have a reply: it stays owed. `problem` is the code of why."""

    kind: Literal["reply.refused"] = "reply.refused"
    post: str
    problem: str


class RepliesSwitched(Data):
    """An organiser let replies be posted by a feed's account, or no longer."""

    kind: Literal["feed.replies_switched"] = "feed.replies_switched"
    on: bool


class QuestionAsked(Data):
    """A facilitator asked the author of a post something."""

    kind: Literal["question.asked"] = "question.asked"
    post: str


class QuestionAnswered(Data):
    """The author of a post answered."""

    kind: Literal["question.answered"] = "question.answered"
    post: str


class QuestionShared(Data):
    """An answer may be read beside its point (`on`), or no longer."""

    kind: Literal["question.shared"] = "question.shared"
    on: bool


class QuestionWithdrawn(Data):
    """A question was taken back, or purged with its post."""

    kind: Literal["question.withdrawn"] = "question.withdrawn"


class TranslationWritten(Data):
    """A person translated a post, or corrected that."""

    kind: Literal["translation.written"] = "translation.written"
    post: str
    lang: str


class TranslationRemoved(Data):
    """A translation was removed, or purged with its post."""

    kind: Literal["translation.removed"] = "translation.removed"
    post: str


class PointRouted(Data):
    """A point was offered to another session."""

    kind: Literal["point.routed"] = "point.routed"
    contribution: str
    session: str


class RoutingAccepted(Data):
    """The other room took a point that it was offered."""

    kind: Literal["routing.accepted"] = "routing.accepted"
    relay: str


class RoutingReturned(Data):
    """The other room gave a point back."""

    kind: Literal["routing.returned"] = "routing.returned"


class RoutingCancelled(Data):
    """An offer was taken back."""

    kind: Literal["routing.cancelled"] = "routing.cancelled"


class HandoverWritten(Data):
    """Somebody left a note to who takes over a session's desk."""

    kind: Literal["handover.written"] = "handover.written"


ReplyData = (
    ReplySent
    | ReplyPosted
    | ReplyRefused
    | RepliesSwitched
    | QuestionAsked
    | QuestionAnswered
    | QuestionShared
    | QuestionWithdrawn
    | TranslationWritten
    | TranslationRemoved
    | PointRouted
    | RoutingAccepted
    | RoutingReturned
    | RoutingCancelled
    | HandoverWritten
)
