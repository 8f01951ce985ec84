"""HTTP API: quick asks. The staff write, open, close and show them; participants answer by phone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from facilitator import asks
from facilitator.ask_answers import Answering, give
from facilitator.asks import AskChange, NewAsk, Opening, Putting, Seen
from facilitator.routes import Doing, IdHere, doing
from facilitator.routes.phones import NOBODY, Phones
from wall.access.participants import Participant
from wall.asks import AskState
from wall.model import Event, Frozen
from wall.routes import AskingHere

PURPOSE = "ask"

Runs = Annotated[Doing, doing("ask.run")]
Judges = Annotated[Doing, doing("ask.judge")]
KeyHere = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
"""Parameter type of words that were answered."""


class AskNow(Frozen):
    """An ask after a command."""

    ask: str
    state: AskState
    worded: int
    version: int
    seq: int


class Judging(Frozen):
    """Whether words may be shown."""

    shown: bool


class Answered(Frozen):
    """What was kept as this participant's answer; words as they were understood."""

    ask: str
    picks: tuple[int, ...]
    words: tuple[str, ...]
    seq: int


class Answerer:
    """Takes the answer of a phone: from the API and from the form alike."""

    def __init__(self, phones: Phones) -> None:
        self.phones = phones

    async def answer(
        self, event: Event, who: Participant, request: Request, ask_id: str, sent: Answering
    ) -> Answered:
        """Keep it. Raises NotFound, BadInput, Refused, TooMany."""
        await self.phones.limit(who, request, "answered")
        digest = self.phones.digest(who)
        done = await self.phones.journal.command(
            event.id, NOBODY, lambda tx: give(tx, ask_id, who.key, digest, sent)
        )
        return Answered(**done.result, seq=done.seq)


class AskRoutes:
    """`…/asks` of the API."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self.router = APIRouter(prefix="/events/{slug}", tags=["asks"])
        add = self.router.add_api_route
        add("/asks", self.draft, methods=["POST"], status_code=201)
        add("/asks/{ask_id}", self.change, methods=["PATCH"])
        add("/asks/{ask_id}/remove", self.remove, methods=["POST"])
        add("/asks/{ask_id}/open", self.open, methods=["POST"])
        add("/asks/{ask_id}/close", self.close, methods=["POST"])
        add("/asks/{ask_id}/show", self.show, methods=["POST"])
        add("/asks/{ask_id}/keep", self.keep, methods=["POST"])
        add("/asks/{ask_id}/walls", self.put, methods=["POST"])
        add("/asks/{ask_id}/said/{key}", self.judge, methods=["POST"])
        add("/asks/{ask_id}/answer", self.answer, methods=["POST"])

    async def draft(self, new: NewAsk, doing: Runs) -> AskNow:
        """Write a question to the participants of a session, or of the event; nobody sees it yet."""
        return await doing.run(AskNow, lambda tx, acting: asks.draft(tx, acting, new))

    async def change(self, ask_id: IdHere, sent: AskChange, doing: Runs) -> AskNow:
        """Edit a question that nobody was asked yet."""
        return await doing.run(AskNow, lambda tx, acting: asks.change(tx, acting, ask_id, sent))

    async def remove(self, ask_id: IdHere, sent: Seen, doing: Runs) -> AskNow:
        """Remove a question that nobody was asked yet."""
        return await doing.run(AskNow, lambda tx, acting: asks.remove(tx, acting, ask_id, sent))

    async def open(self, ask_id: IdHere, sent: Opening, doing: Runs) -> AskNow:
        """Let participants answer, until somebody closes it or the seconds are over."""
        return await doing.run(AskNow, lambda tx, acting: asks.open_ask(tx, acting, ask_id, sent))

    async def close(self, ask_id: IdHere, sent: Seen, doing: Runs) -> AskNow:
        """End answering; where the stream is behind the room, when its viewers have had their time."""
        return await doing.run(AskNow, lambda tx, acting: asks.close(tx, acting, ask_id, sent))

    async def show(self, ask_id: IdHere, sent: Seen, doing: Runs) -> AskNow:
        """Show the result to everybody, on walls and phones."""
        return await doing.run(AskNow, lambda tx, acting: asks.show(tx, acting, ask_id, sent))

    async def keep(self, ask_id: IdHere, sent: Seen, doing: Runs) -> AskNow:
        """Keep the result back, or take it back."""
        return await doing.run(AskNow, lambda tx, acting: asks.keep(tx, acting, ask_id, sent))

    async def put(self, ask_id: IdHere, sent: Putting, doing: Runs) -> AskNow:
        """Put it on the walls of its room, or take it off them."""
        return await doing.run(AskNow, lambda tx, acting: asks.put(tx, acting, ask_id, sent))

    async def judge(self, ask_id: IdHere, key: KeyHere, sent: Judging, doing: Judges) -> AskNow:
        """Decide that words which were answered may be shown, or strike them out."""
        return await doing.run(
            AskNow, lambda tx, acting: asks.judge(tx, acting, ask_id, key, shown=sent.shown)
        )

    async def answer(
        self, ask_id: IdHere, sent: Answering, asking: AskingHere, request: Request, response: Response
    ) -> Answered:
        """Answer, once from each phone, or change one's answer. What is kept names nobody."""
        phones = self._answerer.phones
        who = phones.who(asking.visitor, request)
        kept = await self._answerer.answer(asking.event, who, request, ask_id, sent)
        phones.remember(request, response, who)
        return kept
