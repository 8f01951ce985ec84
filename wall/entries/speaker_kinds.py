"""Kinds of entries about speakers, guidance and posts that were added by their address. Part of the
catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data
from wall.speaking import Walls


class SpeakerInvited(Data):
    """An organiser made a link for a speaker of a session."""

    kind: Literal["speaker.invited"] = "speaker.invited"
    speaker: str


class SpeakerAnswered(Data):
    """A speaker said what walls show during their talk, and whether their slides may be shared."""

    kind: Literal["speaker.answered"] = "speaker.answered"
    speaker: str
    walls: Walls
    slides_private: bool


class SpeakerRevoked(Data):
    """A speaker's link was taken back, and what they asked for with it."""

    kind: Literal["speaker.revoked"] = "speaker.revoked"
    speaker: str


class PostReserved(Data):
    """A shown post with a picture waits for a person: a speaker asked that their slides are not shared."""

    kind: Literal["post.reserved"] = "post.reserved"
    session: str


class PostPasted(Data):
    """Somebody of the staff added a post by its address; `permission` is a code."""

    kind: Literal["post.pasted"] = "post.pasted"
    network: str
    permission: Literal["public", "author", "own"]


class GuidanceWritten(Data):
    """An organiser wrote the event's guidance; `version` counts from 1."""

    kind: Literal["guidance.written"] = "guidance.written"
    version: int


SpeakerData = (
    SpeakerInvited | SpeakerAnswered | SpeakerRevoked | PostReserved | PostPasted | GuidanceWritten
)
