"""The programme: rooms, and the sessions that run in them with their method and run-sheet. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from wall.model import Frozen, Name, Time, at_border
from wall.speaking import Walls

TITLE_LIMIT = 300
"""Longest title of a session or text of a prompt, in code points."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LIMIT), BeforeValidator(at_border)]
Note = Annotated[str, StringConstraints(max_length=1_000), BeforeValidator(at_border)]
"""What a facilitator writes for a chair or a contributor; at most 1,000 code points."""


MOST_DELAY = 3_600
"""Most seconds that a stream may be behind the room."""


def _web_address(value: str) -> str:
    if value and not is_web_address(value):
        raise ValueError("it must be an address that begins with https:// or http://")
    return value


def is_web_address(value: str) -> bool:
    """Whether this is an address of a page: http or https, with a host, and nothing that no address has."""
    if any(character.isspace() or not character.isprintable() for character in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


WebAddress = Annotated[
    str, StringConstraints(max_length=2_000), BeforeValidator(at_border), AfterValidator(_web_address)
]
"""Where something is on the web, at most 2,000 code points; empty: nowhere."""
Delay = Annotated[int, Field(ge=0, le=MOST_DELAY)]
"""Seconds that a stream is behind the room."""


class Method(StrEnum):
    """How a session works towards its result (DESIGN §2)."""

    PLENARY = "plenary"
    DELPHI = "delphi"
    CONSENSUS = "consensus"
    APPRECIATIVE = "appreciative"
    GUIDED = "guided"
    CHAT = "chat"
    JOURNAL_CLUB = "journal-club"


class SessionState(StrEnum):
    """A session is begun and ended by a person; the clock only proposes."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


class PromptKind(StrEnum):
    """What a step of a run-sheet is."""

    PROMPT = "prompt"
    """A question that is put to everybody, such as Q1 of a tweet chat."""
    PHASE = "phase"
    """A part of the session, such as one of the four of an appreciative inquiry."""
    ITEM = "item"
    """Something that is decided on, such as one of a Delphi list."""
    BREAK = "break"
    """An online break: what is said online is brought into the room."""


class Level(StrEnum):
    """What a prompt means people to do with what they know: Bloom's taxonomy as revised by Anderson and
    Krathwohl (2001). Empty: nobody said."""

    UNSAID = ""
    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"
    EVALUATE = "evaluate"
    CREATE = "create"


PromptCode = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{1,2}[0-9]{1,3})?$")]
"""How people name a prompt in what they write: "Q1". Answers to it say "A1". Empty: it has no name."""


class Prompt(Frozen):
    """One step of a run-sheet: what is asked, and in which minute after the session's beginning."""

    id: str
    text: Title
    minute: Annotated[int, Field(ge=0, le=24 * 60)]
    code: PromptCode = ""
    kind: PromptKind = PromptKind.PROMPT
    level: Level = Level.UNSAID


class Room(Frozen):
    """A place in the venue, with a floor. `position` orders rooms on every page."""

    id: str
    event_id: str
    name: Title
    position: int
    version: int


class Session(Frozen):
    """One item of the programme. `starts_at` and `ends_at` are planned, `begun_at` and `ended_at` real.

    `facilitators` are ids of the people whose session it is; none: any facilitator's. `prompt` is
    the id of the prompt that is being discussed now, since `prompt_at`. `note` is for the chair.
    `hashtags` are its own besides the event's, folded: what is said with one of them belongs to it.
    `delay_seconds`: how far its stream is behind the room. `source`: its id where it was imported from.
    `walls` and `slides_private` are what its speakers asked for: the strictest of each.
    """

    id: str
    event_id: str
    room_id: str
    title: Title
    method: Method
    speakers: tuple[Title, ...]
    facilitators: tuple[str, ...]
    starts_at: Time
    ends_at: Time
    prompts: tuple[Prompt, ...]
    prompt: str | None
    state: SessionState
    begun_at: Time | None
    ended_at: Time | None
    note: Note
    version: int
    prompt_at: Time | None = None
    hashtags: tuple[Name, ...] = ()
    stream: WebAddress = ""
    captions: WebAddress = ""
    recording: WebAddress = ""
    delay_seconds: Delay = 0
    source: Annotated[str, StringConstraints(max_length=500), BeforeValidator(at_border)] = ""
    walls: Walls = Walls.ON
    slides_private: bool = False


def heard_from_afar(session: Session, moment: datetime) -> datetime:
    """When those who follow a session's stream see and hear what happens in the room at this moment.

    Whatever closes or is counted against time, and that they may take part in, closes then.
    """
    return moment + timedelta(seconds=session.delay_seconds)
