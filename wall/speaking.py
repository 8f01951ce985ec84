"""What speakers ask for: what walls show while they talk, and whether their slides may be shared. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from wall.model import Frozen, Post, Time, at_border

NAME_LIMIT = 120
"""Longest name of a speaker, in code points."""
NOTE_LIMIT = 1_000
"""Longest note of a speaker, in code points."""

_ASKS = re.compile(r"[?？؟⁇⁈՞፧](?:\s|$|[\"'”’»)\]])")
_ADDRESS = re.compile(r"https?://\S+")


class Walls(StrEnum):
    """What the walls of a session's room show while it runs."""

    ON = "on"
    CURATED = "curated"
    """Only what is pinned or was approved by a person."""
    QUESTIONS = "questions"
    """Only what asks something."""
    CURATED_QUESTIONS = "curated_questions"
    """Both of these: what counts where one speaker asked for the one, and another for the other."""
    OFF = "off"
    """No posts: only title, floor and programme."""


CHOICES = (Walls.ON, Walls.CURATED, Walls.QUESTIONS, Walls.OFF)
"""What one speaker may ask for."""


class Speaker(Frozen):
    """Somebody who speaks in a session, by the link that an organiser made for them. `walls` is None until
    they answered; `revoked_at`: the link was taken back. The link itself is known by a digest only."""

    id: str
    event_id: str
    session_id: str
    name: Annotated[str, StringConstraints(max_length=NAME_LIMIT), BeforeValidator(at_border)]
    made_by: str
    made_at: Time
    walls: Walls | None
    slides_private: bool
    note: Annotated[str, StringConstraints(max_length=NOTE_LIMIT), BeforeValidator(at_border)]
    answered_at: Time | None
    revoked_at: Time | None
    version: int


def strictest(asked: Iterable[Walls]) -> Walls:
    """What counts where several speakers asked: what suits every one of them; on where nobody asked."""
    found = set(asked)
    if Walls.OFF in found:
        return Walls.OFF
    curated = not found.isdisjoint({Walls.CURATED, Walls.CURATED_QUESTIONS})
    questions = not found.isdisjoint({Walls.QUESTIONS, Walls.CURATED_QUESTIONS})
    if curated and questions:
        return Walls.CURATED_QUESTIONS
    return Walls.CURATED if curated else Walls.QUESTIONS if questions else Walls.ON


def agreed(speakers: Iterable[Speaker]) -> tuple[Walls, bool]:
    """What counts for a session of these speakers: its walls, and whether its slides are not to be shared.
    Who did not answer asks for nothing; who was taken off the list no longer does."""
    counted = [one for one in speakers if one.revoked_at is None and one.walls is not None]
    walls = strictest(one.walls for one in counted if one.walls is not None)
    return walls, any(one.slides_private for one in counted)


def shows_picture(post: Post) -> bool:
    """Whether a picture or film is attached to a post: slides would be seen on it."""
    return any(one.kind in {"image", "video"} for one in post.media)


def asks(text: str) -> bool:
    """Whether something is asked; question marks inside of addresses do not count.
    `ui/src/wall/policies.ts` says the same."""
    return _ASKS.search(_ADDRESS.sub("", text)) is not None
