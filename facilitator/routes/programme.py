"""HTTP API: rooms and sessions, and running a session."""

from __future__ import annotations

from typing import Literal

from fastapi import Request

from facilitator import floor, programme
from facilitator.programme import Id, NewRoom, NewSession, Remark, RoomChange, SessionChange, Version
from facilitator.routes import Commands, IdHere
from wall.journal import Journal
from wall.model import Frozen
from wall.parallel import RelayState
from wall.programme import SessionState
from wall.routes import AskingHere
from wall.routes.commands import CauseHere


class RoomNow(Frozen):
    """A room that was added or edited."""

    room: str
    version: int
    seq: int


class SessionNow(Frozen):
    """A session that was added, edited or moved."""

    session: str
    state: SessionState
    version: int
    seq: int


class Seen(Frozen):
    """A session as it was looked at."""

    version: Version


class PromptChoice(Seen):
    """A prompt of the run-sheet to go to; None: none of them."""

    prompt: Id | None


class SessionNote(Seen):
    """What the chair should know."""

    note: Remark


class Advance(Frozen):
    """What the person saw on the floor and as next, and how the room has dealt with the first."""

    floor: Id | None
    next: Id | None
    state: Literal[RelayState.DISCUSSED, RelayState.ANSWERED] = RelayState.DISCUSSED
    outcome: Remark | None = None


class Advanced(Frozen):
    """Ids of the relays that were closed, are on the floor, and are next."""

    closed: str | None
    floor: str | None
    next: str | None
    seq: int


class ProgrammeRoutes(Commands):
    """`…/rooms` and `…/sessions`."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "programme")
        add = self.router.add_api_route
        add("/rooms", self.add_room, methods=["POST"], status_code=201)
        add("/rooms/{room_id}", self.change_room, methods=["PATCH"])
        add("/sessions", self.add_session, methods=["POST"], status_code=201)
        add("/sessions/{session_id}", self.change_session, methods=["PATCH"])
        add("/sessions/{session_id}/begin", self.begin, methods=["POST"])
        add("/sessions/{session_id}/end", self.end, methods=["POST"])
        add("/sessions/{session_id}/prompt", self.prompt, methods=["POST"])
        add("/sessions/{session_id}/note", self.note, methods=["POST"])
        add("/sessions/{session_id}/advance", self.advance, methods=["POST"])

    async def add_room(
        self, new: NewRoom, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> RoomNow:
        """Add a room to the venue."""
        asking.require("programme.change")
        return RoomNow(**await self.run(asking, request, cause, lambda tx, _: programme.add_room(tx, new)))

    async def change_room(
        self,
        room_id: IdHere,
        change: RoomChange,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> RoomNow:
        """Edit a room."""
        asking.require("programme.change")
        return RoomNow(
            **await self.run(
                asking, request, cause, lambda tx, _: programme.change_room(tx, room_id, change)
            )
        )

    async def add_session(
        self, new: NewSession, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> SessionNow:
        """Add a session to the programme."""
        asking.require("programme.change")
        return SessionNow(
            **await self.run(asking, request, cause, lambda tx, _: programme.add_session(tx, new))
        )

    async def change_session(
        self,
        session_id: IdHere,
        change: SessionChange,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> SessionNow:
        """Edit a session."""
        asking.require("programme.change")
        return SessionNow(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: programme.change_session(tx, acting, session_id, change),
            )
        )

    async def begin(
        self, session_id: IdHere, seen: Seen, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> SessionNow:
        """Begin a session, or go on with one that was ended. One session runs in a room."""
        asking.require("session.run")
        return SessionNow(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: programme.begin(tx, acting, session_id, seen.version),
            )
        )

    async def end(
        self, session_id: IdHere, seen: Seen, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> SessionNow:
        """End a session: what is on the floor was discussed, what waits is left to the report."""
        asking.require("session.run")
        return SessionNow(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: programme.end(tx, acting, session_id, seen.version),
            )
        )

    async def prompt(
        self,
        session_id: IdHere,
        choice: PromptChoice,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> SessionNow:
        """Go to a prompt of the run-sheet."""
        asking.require("session.run")
        return SessionNow(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: programme.go_to_prompt(
                    tx, acting, session_id, choice.version, choice.prompt
                ),
            )
        )

    async def note(
        self,
        session_id: IdHere,
        written: SessionNote,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> SessionNow:
        """Write what the chair should know."""
        asking.require("session.run")
        return SessionNow(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: programme.write_note(
                    tx, acting, session_id, written.version, written.note
                ),
            )
        )

    async def advance(
        self,
        session_id: IdHere,
        move: Advance,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> Advanced:
        """Move the queue on by one key: the floor is closed, next goes to the floor, the head is next."""
        asking.require("queue.move")
        return Advanced(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: floor.advance(
                    tx, acting, session_id, move.floor, move.next, move.state, move.outcome
                ),
            )
        )
