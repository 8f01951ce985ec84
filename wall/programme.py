"""The programme: rooms, and the sessions that run in them with their method and run-sheet. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from wall.model import Frozen, Name, Time, at_border

TITLE_LIMIT = 300
"""Longest title of a session or text of a prompt, in code points."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LIMIT), BeforeValidator(at_border)]
Note = Annotated[str, StringConstraints(max_length=1_000), BeforeValidator(at_border)]
"""What a facilitator writes for a chair or a contributor; at most 1,000 code points."""


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
