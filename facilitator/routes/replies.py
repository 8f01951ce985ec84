"""HTTP API: who is owed a reply, questions to authors, translations, offers between rooms, hand-over."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field, StringConstraints

from facilitator import asking as questions
from facilitator import handover, publicly, routing, translating
from facilitator.owed import Asked, Owed, ReplyFeed, Which, owed, reply_feeds
from facilitator.programme import Id, Remark, Version, lines
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.access import Visitor, may
from wall.errors import NotFound, TooMany
from wall.journal import Journal
from wall.model import Event, Frozen
from wall.replies import TRANSLATION_LIMIT, Lang, QuestionState, RoutingState
from wall.routes import AskingHere, access_of
from wall.routes.commands import CauseHere, command_body
from wall.routes.contributing import checked_text
from wall.routes.words import Words

Asks = Annotated[Doing, doing("question.ask")]
Translates = Annotated[Doing, doing("translation.write")]
Routes = Annotated[Doing, doing("point.route")]
HandsOver = Annotated[Doing, doing("handover.write")]
Switches = Annotated[Doing, doing("replies.switch")]

router = event_router("replies")
"""Commands of staff: `…/posts/{id}/ask|translations|route`, `…/questions`, `…/routings`, …"""

PER_PARTICIPANT = (20, 60)
"""Answers of one phone: (times, seconds)."""

QuestionWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, strip_whitespace=True),
    BeforeValidator(lines),
]
TranslatedText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TRANSLATION_LIMIT, strip_whitespace=True),
    BeforeValidator(lines),
]


class OwedList(Frozen):
    """Who is owed a reply, and the feeds that could post one; whether whoever asks may switch them."""

    owed: tuple[Owed, ...]
    feeds: tuple[ReplyFeed, ...]
    may_switch: bool


class Switch(Frozen):
    """Whether replies may be posted by a feed's account."""

    on: bool


class Switched(Frozen):
    """How a feed is now."""

    feed: str
    replies: bool
    seq: int


class Asking(Frozen):
    """What the author of a post is asked."""

    words: QuestionWords


class Answering(Frozen):
    """What they answer."""

    words: str


class Seen(Frozen):
    """Something that was looked at as `version`."""

    version: Version


class Sharing(Seen):
    """Whether an answer may be read by everybody."""

    on: bool = True


class QuestionNow(Frozen):
    """Where a question is now."""

    question: str
    state: QuestionState
    version: int
    seq: int


class NewTranslation(Frozen):
    """A post in another language; an earlier translation was looked at as `version`, 0 where there was
    none."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    lang: Lang
    text: TranslatedText


class Translated(Frozen):
    """A translation that was written or removed."""

    translation: str
    lang: str
    version: int
    seq: int


class Route(Frozen):
    """The session to offer a point to, and the one that it comes from (None: the inbox)."""

    to_session: Id
    from_session: Id | None = None
    note: Remark = ""


class GivingBack(Seen):
    """Why an offered point goes back."""

    words: Remark = ""


class RoutingNow(Frozen):
    """Where an offer is now; `relay` is what it became in the other queue."""

    routing: str
    state: RoutingState
    version: int
    seq: int
    relay: str | None = None


class HandoverNote(Frozen):
    """A note that was looked at as `version`; 0 where there was none."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    words: Remark


class HandoverNow(Frozen):
    """A session's hand-over note now."""

    session: str
    version: int
    seq: int


@router.post("/feeds/{feed_id}/replies")
async def switch(feed_id: IdHere, sent: Switch, doing: Switches) -> Switched:
    """Let replies be posted by a feed's account, or no longer."""
    return await doing.run(Switched, lambda tx, _: publicly.switch(tx, feed_id, sent.on))


@router.post("/posts/{post_id}/ask", status_code=201)
async def ask(post_id: IdHere, sent: Asking, doing: Asks) -> QuestionNow:
    """Ask the author of a post something: it appears on their phone."""
    return await doing.run(QuestionNow, lambda tx, acting: questions.ask(tx, acting, post_id, sent.words))


@router.post("/questions/{question_id}/share")
async def share(question_id: IdHere, sent: Sharing, doing: Asks) -> QuestionNow:
    """Let an answer be read by everybody beside its point, or no longer."""
    return await doing.run(
        QuestionNow, lambda tx, acting: questions.share(tx, acting, question_id, sent.version, sent.on)
    )


@router.post("/questions/{question_id}/withdraw")
async def withdraw(question_id: IdHere, sent: Seen, doing: Asks) -> QuestionNow:
    """Take a question back, with what was answered."""
    return await doing.run(
        QuestionNow, lambda tx, acting: questions.withdraw(tx, acting, question_id, sent.version)
    )


@router.post("/posts/{post_id}/translations", status_code=201)
async def translate(post_id: IdHere, sent: NewTranslation, doing: Translates) -> Translated:
    """Write a post in another language; it stands beside the original."""
    return await doing.run(
        Translated, lambda tx, _: translating.translate(tx, post_id, sent.lang, sent.text, sent.version)
    )


@router.delete("/posts/{post_id}/translations/{translation_id}")
async def remove_translation(post_id: IdHere, translation_id: IdHere, doing: Translates) -> Translated:
    """Remove a translation."""
    return await doing.run(Translated, lambda tx, _: translating.remove(tx, post_id, translation_id))


@router.post("/posts/{post_id}/route", status_code=201)
async def route(post_id: IdHere, sent: Route, doing: Routes) -> RoutingNow:
    """Offer the point that a post makes to another room."""
    return await doing.run(
        RoutingNow,
        lambda tx, acting: routing.route(
            tx, acting, post_id, sent.to_session, sent.from_session, sent.note
        ),
    )


@router.post("/routings/{routing_id}/accept")
async def accept(routing_id: IdHere, sent: Seen, doing: Routes) -> RoutingNow:
    """Take an offered point into one's own queue."""
    return await doing.run(
        RoutingNow, lambda tx, acting: routing.accept(tx, acting, routing_id, sent.version)
    )


@router.post("/routings/{routing_id}/return")
async def give_back(routing_id: IdHere, sent: GivingBack, doing: Routes) -> RoutingNow:
    """Give an offered point back, with a word about why."""
    return await doing.run(
        RoutingNow,
        lambda tx, acting: routing.give_back(tx, acting, routing_id, sent.version, sent.words),
    )


@router.post("/routings/{routing_id}/cancel")
async def cancel(routing_id: IdHere, sent: Seen, doing: Routes) -> RoutingNow:
    """Take one's own offer back."""
    return await doing.run(
        RoutingNow, lambda tx, acting: routing.cancel(tx, acting, routing_id, sent.version)
    )


@router.post("/sessions/{session_id}/handover")
async def write_handover(session_id: IdHere, sent: HandoverNote, doing: HandsOver) -> HandoverNow:
    """Leave a note to who takes over a session's desk."""
    return await doing.run(
        HandoverNow,
        lambda tx, acting: handover.write(tx, acting, session_id, sent.version, sent.words),
    )


class ReplyRoutes:
    """`…/replies` for the desk, and `…/questions/{id}/answer` for whoever is asked."""

    def __init__(self, journal: Journal, words: Words) -> None:
        self._journal = journal
        self._words = words
        self.router = APIRouter(prefix="/events/{slug}", tags=["replies"])
        self.router.add_api_route("/replies", self.listed, methods=["GET"])
        self.router.add_api_route("/questions/{question_id}/answer", self.answer, methods=["POST"])

    async def listed(self, asking: AskingHere, request: Request, which: Which = "owed") -> OwedList:
        """Who is owed a reply, each with a draft; with `which=all`, also who was told or needs none."""
        asking.require("reply.send")
        base = access_of(request).origins.base(request.scope)
        asked = Asked(asking.event, self._words, base)

        def read(conn: Any) -> tuple[tuple[Owed, ...], tuple[ReplyFeed, ...]]:
            return owed(conn, asked, which), reply_feeds(conn, asking.event.id)

        found, feeds = await self._journal.store.read(read)
        return OwedList(owed=found, feeds=feeds, may_switch=may(asking.roles, "replies.switch"))

    async def answer(
        self,
        question_id: IdHere,
        sent: Answering,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> QuestionNow:
        """Answer a question about one's own point, as whoever holds this browser."""
        body = await command_body(request)
        return await answered(
            self._journal, asking.event, asking.visitor, question_id, sent.words, cause, body
        )


async def answered(
    journal: Journal,
    event: Event,
    visitor: Visitor,
    question_id: str,
    words: str,
    cause: str | None,
    body: bytes,
) -> QuestionNow:
    """Take the answer of whoever holds this browser. Raises NotFound, BadInput, TooMany, Refused."""
    own = visitor.person_id or visitor.participant
    if own is None:
        raise NotFound("There is no such question to you.", remedy="Open your points again.")
    text = checked_text(words)
    limit, seconds = PER_PARTICIPANT
    wait = await journal.bus.hit("answer.participant", own, limit=limit, seconds=seconds)
    if wait is not None:
        raise TooMany("That is more than may be sent at a time.", retry_after=max(1, math.ceil(wait)))
    keys = {f"participant:{own}", f"person:{own}"}
    done = await journal.command(
        event.id,
        f"participant:{own}",
        lambda tx: questions.answer(tx, keys, question_id, text),
        cause=cause,
        body=body,
    )
    return QuestionNow.model_validate({**done.result, "seq": done.seq})
