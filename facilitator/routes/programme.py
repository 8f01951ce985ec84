"""HTTP API: rooms and sessions, and running a session."""

from __future__ import annotations

from typing import Annotated, Literal

from facilitator import floor, programme
from facilitator.programme import Id, NewRoom, NewSession, Remark, RoomChange, SessionChange, Version
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.model import Frozen
from wall.parallel import RelayState
from wall.programme import SessionState

ChangesProgramme = Annotated[Doing, doing("programme.change")]
RunsSession = Annotated[Doing, doing("session.run")]
MovesQueue = Annotated[Doing, doing("queue.move")]

router = event_router("programme")
"""`…/rooms` and `…/sessions`."""


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


@router.post("/rooms", status_code=201)
async def add_room(new: NewRoom, doing: ChangesProgramme) -> RoomNow:
    """Add a room to the venue."""
    return await doing.run(RoomNow, lambda tx, _: programme.add_room(tx, new))


@router.patch("/rooms/{room_id}")
async def change_room(room_id: IdHere, change: RoomChange, doing: ChangesProgramme) -> RoomNow:
    """Edit a room."""
    return await doing.run(RoomNow, lambda tx, _: programme.change_room(tx, room_id, change))


@router.post("/sessions", status_code=201)
async def add_session(new: NewSession, doing: ChangesProgramme) -> SessionNow:
    """Add a session to the programme."""
    return await doing.run(SessionNow, lambda tx, _: programme.add_session(tx, new))


@router.patch("/sessions/{session_id}")
async def change_session(session_id: IdHere, change: SessionChange, doing: ChangesProgramme) -> SessionNow:
    """Edit a session."""
    return await doing.run(
        SessionNow, lambda tx, acting: programme.change_session(tx, acting, session_id, change)
    )


@router.post("/sessions/{session_id}/begin")
async def begin(session_id: IdHere, seen: Seen, doing: RunsSession) -> SessionNow:
    """Begin a session, or go on with one that was ended. One session runs in a room."""
    return await doing.run(
        SessionNow, lambda tx, acting: programme.begin(tx, acting, session_id, seen.version)
    )


@router.post("/sessions/{session_id}/end")
async def end(session_id: IdHere, seen: Seen, doing: RunsSession) -> SessionNow:
    """End a session: what is on the floor was discussed, what waits is left to the report."""
    return await doing.run(
        SessionNow, lambda tx, acting: programme.end(tx, acting, session_id, seen.version)
    )


@router.post("/sessions/{session_id}/prompt")
async def prompt(session_id: IdHere, choice: PromptChoice, doing: RunsSession) -> SessionNow:
    """Go to a prompt of the run-sheet."""
    return await doing.run(
        SessionNow,
        lambda tx, acting: programme.go_to_prompt(tx, acting, session_id, choice.version, choice.prompt),
    )


@router.post("/sessions/{session_id}/note")
async def note(session_id: IdHere, written: SessionNote, doing: RunsSession) -> SessionNow:
    """Write what the chair should know."""
    return await doing.run(
        SessionNow,
        lambda tx, acting: programme.write_note(tx, acting, session_id, written.version, written.note),
    )


@router.post("/sessions/{session_id}/advance")
async def advance(session_id: IdHere, move: Advance, doing: MovesQueue) -> Advanced:
    """Move the queue on by one key: the floor is closed, next goes to the floor, the head is next."""
    return await doing.run(
        Advanced,
        lambda tx, acting: floor.advance(
            tx, acting, session_id, move.floor, move.next, move.state, move.outcome
        ),
    )
