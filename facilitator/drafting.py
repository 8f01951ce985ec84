"""What a reply says before somebody edits it. Pure: words come from the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

TOPIC_CHARACTERS = 80
"""Of a point, so much is repeated in its reply, in code points."""


class Catalogue(Protocol):
    """Sentences by key and language."""

    def say(self, lang: str, key: str, **fields: str) -> str:
        """The sentence of a key with its fields filled in."""
        ...


@dataclass(frozen=True)
class Heard:
    """What a room did with a point. `state` is discussed or answered; `clock` the time of day in words."""

    topic: str
    state: str
    room: str
    clock: str
    outcome: str
    link: str


def draft(words: Catalogue, lang: str, heard: Heard) -> str:
    """The reply to the authors of a point: what it was about, where and when it came up, what came of it,
    and where that can be read."""
    fields = {"topic": heard.topic, "room": heard.room, "time": heard.clock}
    kind = "draft" if heard.topic else "draft_untitled"
    began = words.say(lang, f"reply.{kind}.{heard.state}", **fields)
    ended = _sentence(heard.outcome)
    return " ".join(part for part in (began, ended, heard.link) if part)


def topic_of(text: str, most: int = TOPIC_CHARACTERS) -> str:
    """The beginning of what was said, on one line and never in the middle of a word, where that can be."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) >= most // 2 else cut).rstrip(' ,;:.')}…"


def _sentence(outcome: str) -> str:
    """An outcome with a mark at its end, so that what follows does not run into it."""
    said = " ".join(outcome.split())
    return said if not said or said[-1] in ".!?…。؟！？" else f"{said}."
