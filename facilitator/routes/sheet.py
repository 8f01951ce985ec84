"""HTTP API: running a session beside its floor. Room notes, answers, conclusions, messages to the chair."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter

from facilitator import answers, conclusions, messages, room_notes
from facilitator.conclusions import ConclusionChange, NewConclusion
from facilitator.messages import MessageWords
from facilitator.programme import Id
from facilitator.room_notes import NoteWords
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.intake import Graves
from wall.model import Frozen, PostState
from wall.sheet import Signal

Notes = Annotated[Doing, doing("room.note")]
Links = Annotated[Doing, doing("session.run")]
Words = Annotated[Doing, doing("conclusion.word")]
Sends = Annotated[Doing, doing("message.send")]
Signals = Annotated[Doing, doing("stage.signal")]
Reads = Annotated[Doing, doing("message.read")]


class Noting(Frozen):
    """One line of what was said in the room."""

    text: NoteWords


class Noted(Frozen):
    """The post that a note became. `held`: a moderator reads it first."""

    post: str
    state: PostState
    seq: int


class Linking(Frozen):
    """The prompt that a post answers; None: none of them."""

    session: Id | None
    prompt: Id | None


class Linked(Frozen):
    """What a post was said to."""

    post: str
    session: str | None
    prompt: str | None
    seq: int


class ConclusionNow(Frozen):
    """A conclusion that was added or edited."""

    conclusion: str
    worded: int
    version: int
    seq: int


class ToChair(Frozen):
    """What the chair should read now."""

    text: MessageWords


class ToDesk(Frozen):
    """What the chair says by one tap."""

    signal: Literal[Signal.MORE, Signal.LATER, Signal.WRAP_UP, Signal.THANK_YOU]


class MessageNow(Frozen):
    """A message, and whether it was acknowledged."""

    message: str
    acknowledged: bool
    seq: int


class SheetRoutes:
    """`…/sessions/{id}/room-notes|conclusions|messages|signals`, `…/posts/{id}/answer`,
    `…/conclusions/{id}` and `…/messages/{id}/acknowledge`."""

    def __init__(self, graves: Graves) -> None:
        self._graves = graves
        self.router: APIRouter = event_router("sessions")
        add = self.router.add_api_route
        add("/sessions/{session_id}/room-notes", self.note, methods=["POST"], status_code=201)
        add("/sessions/{session_id}/conclusions", self.conclude, methods=["POST"], status_code=201)
        add("/sessions/{session_id}/messages", self.send, methods=["POST"], status_code=201)
        add("/sessions/{session_id}/signals", self.signal, methods=["POST"], status_code=201)
        add("/posts/{post_id}/answer", self.link, methods=["POST"])
        add("/conclusions/{conclusion_id}", self.change, methods=["PATCH"])
        add("/messages/{message_id}/acknowledge", self.acknowledge, methods=["POST"])

    async def note(self, session_id: IdHere, sent: Noting, doing: Notes) -> Noted:
        """Write down what was said in the room; it is public like any post."""
        return await doing.run(
            Noted, lambda tx, acting: room_notes.write(tx, acting, session_id, sent.text, self._graves)
        )

    async def link(self, post_id: IdHere, sent: Linking, doing: Links) -> Linked:
        """Say which prompt a post answers, or (neither given) that it answers none."""
        if sent.session is None or sent.prompt is None:
            return await doing.run(Linked, lambda tx, acting: answers.unlink(tx, acting, post_id))
        session, prompt = sent.session, sent.prompt
        return await doing.run(
            Linked, lambda tx, acting: answers.link(tx, acting, post_id, session, prompt)
        )

    async def conclude(self, session_id: IdHere, new: NewConclusion, doing: Words) -> ConclusionNow:
        """Word a conclusion of a session."""
        return await doing.run(
            ConclusionNow, lambda tx, acting: conclusions.add(tx, acting, session_id, new)
        )

    async def change(self, conclusion_id: IdHere, change: ConclusionChange, doing: Words) -> ConclusionNow:
        """Reword a conclusion, count the room, remove it or bring it back."""
        return await doing.run(
            ConclusionNow, lambda tx, acting: conclusions.change(tx, acting, conclusion_id, change)
        )

    async def send(self, session_id: IdHere, sent: ToChair, doing: Sends) -> MessageNow:
        """Write to the chair, who has to say OK."""
        return await doing.run(
            MessageNow, lambda tx, acting: messages.send(tx, acting, session_id, sent.text)
        )

    async def signal(self, session_id: IdHere, sent: ToDesk, doing: Signals) -> MessageNow:
        """Signal from the chair to the desk."""
        return await doing.run(MessageNow, lambda tx, _: messages.signal(tx, session_id, sent.signal))

    async def acknowledge(self, message_id: IdHere, doing: Reads) -> MessageNow:
        """Say that one read a message."""
        return await doing.run(MessageNow, lambda tx, acting: messages.acknowledge(tx, acting, message_id))
