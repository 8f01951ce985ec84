"""The programme: an organiser's rooms and sessions, and how a facilitator runs a session."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from facilitator import routing
from facilitator.floor import clear
from facilitator.guards import Acting, current, require_running, require_version, room_of, session_of
from facilitator.letting_go import let_go
from wall.entries import kinds
from wall.errors import BadInput, Refused
from wall.hygiene import tidy, tidy_line
from wall.journal import Tx
from wall.model import Frozen, at_border, fold_hashtag, new_id
from wall.programme import (
    TITLE_LIMIT,
    Delay,
    Level,
    Method,
    Note,
    Prompt,
    PromptCode,
    PromptKind,
    Room,
    Session,
    SessionState,
    WebAddress,
)
from wall.routes.contributing import Moment
from wall.store import members, programme
from wall.text import find_hashtags


def line(value: object) -> object:
    """What somebody typed as a name or a title: on one line, and nothing that disturbs what is beside
    it. Faces then show it as it is."""
    return tidy_line(at_border(value)) if isinstance(value, str) else value


def lines(value: object) -> object:
    """What somebody typed as a note, an outcome or a reply: as `line`, with its line ends."""
    return tidy(at_border(value)) if isinstance(value, str) else value


def _capitals(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _hashtag(value: str) -> str:
    tag = fold_hashtag(value)
    if find_hashtags(f"#{tag}") != (tag,):
        raise ValueError("it must be one hashtag, such as #RoomA")
    return tag


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,63}$")]
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TITLE_LIMIT, strip_whitespace=True),
    BeforeValidator(line),
]
Remark = Annotated[Note, BeforeValidator(lines)]
Position = Annotated[int, Field(ge=0, le=10_000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Hashtag = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_hashtag)]
Speakers = Annotated[tuple[Words, ...], Field(max_length=50)]
Hashtags = Annotated[tuple[Hashtag, ...], Field(max_length=20)]
Address = Annotated[WebAddress, BeforeValidator(line)]
People = Annotated[tuple[Id, ...], Field(max_length=50)]


class NewRoom(Frozen):
    """A room to add; without a position it comes last."""

    name: Words
    position: Position | None = None


class RoomChange(Frozen):
    """What to change in a room that was looked at as `version`."""

    version: Version
    name: Words | None = None
    position: Position | None = None


class NewPrompt(Frozen):
    """One step of a run-sheet, `minute` after the beginning. `code`: how people name it in what they write,
    such as Q1. `level`: of Bloom's taxonomy. `id`: the prompt that it was before."""

    text: Words
    minute: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    code: Annotated[PromptCode, BeforeValidator(_capitals)] = ""
    kind: PromptKind = PromptKind.PROMPT
    level: Level = Level.UNSAID
    id: Id | None = None


Prompts = Annotated[tuple[NewPrompt, ...], Field(max_length=100)]


class NewSession(Frozen):
    """A session to add. `facilitators` are people of this event's staff; none: any facilitator's. What is
    said with one of its own `hashtags` belongs to it."""

    room: Id
    title: Words
    method: Method
    speakers: Speakers = ()
    hashtags: Hashtags = ()
    facilitators: People = ()
    starts_at: Moment
    ends_at: Moment
    prompts: Prompts = ()
    note: Remark = ""
    stream: Address = ""
    captions: Address = ""
    recording: Address = ""
    delay_seconds: Delay = 0

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> NewSession:
        if self.ends_at <= self.starts_at:
            raise ValueError("a session ends after it starts")
        return self


class SessionChange(Frozen):
    """What to change in a session that was looked at as `version`."""

    version: Version
    room: Id | None = None
    title: Words | None = None
    method: Method | None = None
    speakers: Speakers | None = None
    hashtags: Hashtags | None = None
    facilitators: People | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    prompts: Prompts | None = None
    note: Remark | None = None
    stream: Address | None = None
    captions: Address | None = None
    recording: Address | None = None
    delay_seconds: Delay | None = None


def add_room(tx: Tx, new: NewRoom) -> dict[str, Any]:
    """Add a room to the venue."""
    last = max((room.position for room in programme.rooms(tx.conn, tx.event.id)), default=-1)
    position = min(last + 1, 10_000) if new.position is None else new.position
    room = Room(id=new_id(), event_id=tx.event.id, name=new.name, position=position, version=1)
    programme.add_room(tx.conn, room)
    tx.append(kinds.RoomAdded(), ("room", room.id))
    return _room(room)


def change_room(tx: Tx, room_id: str, change: RoomChange) -> dict[str, Any]:
    """Edit a room. Raises NotFound, Stale."""
    room = room_of(tx, room_id)
    require_version(room, change.version)
    fields = _differing(room, change.model_dump(exclude={"version"}, exclude_none=True))
    if fields:
        room = room.model_copy(update={**fields, "version": room.version + 1})
        programme.save_room(tx.conn, room)
        tx.append(kinds.RoomChanged(fields=tuple(sorted(fields))), ("room", room.id))
    return _room(room)


def add_session(tx: Tx, new: NewSession, *, source: str = "") -> dict[str, Any]:
    """Add a session to the programme; `source`: its id where it comes from. Raises NotFound for its room,
    BadInput for its facilitators."""
    room_of(tx, new.room)
    _check_facilitators(tx, new.facilitators)
    session = Session(
        id=new_id(),
        event_id=tx.event.id,
        room_id=new.room,
        **new.model_dump(exclude={"room", "prompts"}),
        prompts=_prompts(new.prompts, ()),
        prompt=None,
        state=SessionState.PLANNED,
        begun_at=None,
        ended_at=None,
        version=1,
        source=source,
    )
    programme.add_session(tx.conn, session)
    tx.append(kinds.SessionAdded(room=new.room), ("session", session.id))
    return _session(session)


def change_session(
    tx: Tx, acting: Acting, session_id: str, change: SessionChange, *, source: str | None = None
) -> dict[str, Any]:
    """Edit a session; `source`: its id where it comes from. Raises NotFound, Stale, BadInput, and Refused
    to move one that is running."""
    session = session_of(tx, acting, session_id)
    require_version(session, change.version)
    given = _given(tx, session, change) | ({} if source is None else {"source": source})
    fields = _differing(session, given)
    if "room_id" in fields and session.state is SessionState.RUNNING:
        raise Refused("A running session stays in its room.", remedy="End it first.", session=session.id)
    if not fields:
        return _session(session)
    return _session(_saved(tx, session, kinds.SessionChanged(fields=tuple(sorted(fields))), **fields))


def begin(tx: Tx, acting: Acting, session_id: str, version: int) -> dict[str, Any]:
    """Begin a session, or go on with one that was ended. Raises NotFound, NotYourSession, Stale, and
    Refused while another one runs in its room."""
    session = session_of(tx, acting, session_id)
    require_version(session, version)
    if session.state is SessionState.RUNNING:
        raise Refused("This session runs already.", current=current(session))
    for other in programme.sessions(tx.conn, tx.event.id):
        if other.room_id == session.room_id and other.state is SessionState.RUNNING:
            raise Refused(
                "Another session runs in this room.",
                remedy="End that one first.",
                session={"id": other.id, "title": other.title},
            )
    begun_at = session.begun_at or tx.now
    running = {"state": SessionState.RUNNING, "begun_at": begun_at, "ended_at": None}
    return _session(_saved(tx, session, kinds.SessionBegun(), **running))


def end(tx: Tx, acting: Acting, session_id: str, version: int) -> dict[str, Any]:
    """End a running session: what is on the floor was discussed, what still waits is left to the report.

    Raises NotFound, NotYourSession, Stale, Refused.
    """
    session = session_of(tx, acting, session_id)
    require_version(session, version)
    require_running(session)
    clear(tx, session)
    routing.ended(tx, session)
    let_go(tx, session)
    ended = {"state": SessionState.ENDED, "ended_at": tx.now}
    return _session(_saved(tx, session, kinds.SessionEnded(), **ended))


def go_to_prompt(
    tx: Tx, acting: Acting, session_id: str, version: int, prompt: str | None
) -> dict[str, Any]:
    """Go to a step of the run-sheet, or to none. Raises NotFound, NotYourSession, Stale."""
    session = session_of(tx, acting, session_id)
    require_version(session, version)
    if prompt is not None and prompt not in {one.id for one in session.prompts}:
        raise BadInput("There is no such prompt in this session's run-sheet.", field="prompt")
    if prompt == session.prompt:
        return _session(session)
    moved = {"prompt": prompt, "prompt_at": None if prompt is None else tx.now}
    return _session(_saved(tx, session, kinds.PromptMoved(prompt=prompt), **moved))


def write_note(tx: Tx, acting: Acting, session_id: str, version: int, note: str) -> dict[str, Any]:
    """Write what the chair of a session should know. Raises NotFound, NotYourSession, Stale."""
    session = session_of(tx, acting, session_id)
    require_version(session, version)
    if note == session.note:
        return _session(session)
    return _session(_saved(tx, session, kinds.SessionChanged(fields=("note",)), note=note))


def _given(tx: Tx, session: Session, change: SessionChange) -> dict[str, Any]:
    """The fields of a change as a session has them, checked."""
    given = change.model_dump(exclude={"version", "room", "prompts"}, exclude_none=True)
    if change.room is not None:
        given["room_id"] = room_of(tx, change.room).id
    if change.prompts is not None:
        given["prompts"] = _prompts(change.prompts, session.prompts)
        if session.prompt not in {one.id for one in given["prompts"]}:
            given |= {"prompt": None, "prompt_at": None}
    _check_facilitators(tx, given.get("facilitators", ()))
    if given.get("ends_at", session.ends_at) <= given.get("starts_at", session.starts_at):
        raise BadInput("A session ends after it starts.", field="ends_at")
    return given


def _prompts(given: tuple[NewPrompt, ...], known: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """A run-sheet in the order of its minutes; prompts that were there keep their ids."""
    kept = {one.id for one in known}
    ids = [one.id for one in given if one.id in kept]
    if len(ids) != len(set(ids)):
        raise BadInput("A prompt is in this run-sheet twice.", field="prompts")
    codes = [one.code for one in given if one.code]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise BadInput(
            f"Two prompts are called {twice[0]}.",
            remedy="Give each its own code.",
            field="prompts",
            problem="twice",
            code=twice[0],
            codes=twice,
        )
    made = [
        Prompt(**one.model_dump(exclude={"id"}), id=one.id if one.id in kept else new_id()) for one in given
    ]
    return tuple(sorted(made, key=lambda one: one.minute))


def as_prompts(given: tuple[NewPrompt, ...]) -> tuple[Prompt, ...]:
    """What a run-sheet of these would be, for whoever asks about one that is not saved. Raises BadInput."""
    return _prompts(given, ())


def _check_facilitators(tx: Tx, people: tuple[str, ...]) -> None:
    known = members.by_ids(tx.conn, tx.event.id, set(people)) if people else {}
    if unknown := [person for person in people if person not in known]:
        raise BadInput(
            "Somebody named as a facilitator is not on this event's staff.",
            field="facilitators",
            unknown=unknown,
        )


def _differing(state: Room | Session, given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value != getattr(state, name)}


def _saved(tx: Tx, session: Session, data: Any, **changed: Any) -> Session:
    now = session.model_copy(update={**changed, "version": session.version + 1})
    programme.save_session(tx.conn, now)
    tx.append(data, ("session", session.id))
    return now


def _room(room: Room) -> dict[str, Any]:
    return {"room": room.id, "version": room.version}


def _session(session: Session) -> dict[str, Any]:
    return {"session": session.id, "state": session.state.value, "version": session.version}
