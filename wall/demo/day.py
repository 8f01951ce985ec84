"""The day of the made-up summit: rooms, sessions with their run-sheets, and when people talk. Pure.

All times are minutes after the doors open; `MINUTES` is the whole day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wall.programme import Method

MINUTES = 480
OPENS = 38.0
"""Where the demo begins: both morning sessions have been running for a few minutes."""


@dataclass(frozen=True)
class Item:
    """A session of the day. `topic` names its phrases; `prompts` are (minute of the session, text)."""

    room: str
    topic: str
    title: str
    method: Method
    begins: int
    ends: int
    speakers: tuple[str, ...]
    prompts: tuple[tuple[int, str], ...]


ROOMS = ("Aspen Hall", "Birch Room")

ITEMS = (
    Item(
        "Aspen Hall",
        "ethics",
        "At our best online: ethics and professionalism",
        Method.APPRECIATIVE,
        30,
        150,
        ("Maren Oddsdalen", "Kofi Brandtsson-Asare"),
        (
            (0, "Discovery: tell of a moment online that made you proud of your profession."),
            (
                30,
                "Dream: in five years learners are safe and useful online. What do you see?",
            ),
            (65, "Design: which rule, habit or example would get us there?"),
            (95, "Destiny: what will you do on Monday, and who helps you?"),
        ),
    ),
    Item(
        "Birch Room",
        "quality",
        "What makes a blog or podcast worth teaching from?",
        Method.DELPHI,
        32,
        150,
        ("Theodora Quillfeather", "Ravi Thekkencroft"),
        (
            (0, "Round one: which indicators of quality are missing from the list?"),
            (35, "Look at the spread: what would make you change your mind?"),
            (70, "Round two: which items would you defend at the bedside?"),
            (100, "What passes at 90 %, and what do we lose by it?"),
        ),
    ),
    Item(
        "Aspen Hall",
        "scholarship",
        "When is it scholarship? Building a statement together",
        Method.CONSENSUS,
        240,
        360,
        ("Ottilie Castonbury", "Idris Falconmere"),
        (
            (0, "Read the draft: which word would you strike?"),
            (35, "What would convince your own promotion committee?"),
            (70, "Two wordings side by side: which one can you live with?"),
            (100, "Last call: what still stands between you and yes?"),
        ),
    ),
    Item(
        "Birch Room",
        "theory",
        "Which learning theory explains what we see online?",
        Method.GUIDED,
        242,
        360,
        ("Junia Halvorsfield", "Moses Adeyincourt"),
        (
            (0, "Describe one thing that you have seen learners do online. No theory yet."),
            (30, "Which theory would have predicted it?"),
            (65, "Elimination: which one could never be wrong, and is therefore no use?"),
            (95, "What would you measure, if the theory that is left were true?"),
        ),
    ),
)

PROVOCATIONS = (44, 52, 63, 77, 91, 108, 126, 139, 254, 268, 285, 301, 322, 341)
"""Minutes in which somebody says something that nobody can leave unanswered."""

ODD = (
    (39.4, "troll"),
    (40.4, "identifier"),
    (42.0, "warned"),
    (46.5, "troll"),
    (53.0, "warned"),
    (64.0, "troll"),
    (79.0, "troll"),
    (92.0, "warned"),
    (110.0, "troll"),
    (151.0, "troll"),
    (256.0, "troll"),
    (269.0, "identifier"),
    (288.0, "warned"),
    (303.0, "troll"),
    (331.0, "warned"),
    (425.0, "warned"),
    (431.0, "troll"),
)
"""When something comes that a person has to look at."""

PHONE = (35.5, 47.0, 68.0, 262.0, 452.0)
"""When the person writes whose phone the demo shows."""

_PHASES = (
    (0, "arrival", 2.4),
    (10, "keynote", 3.4),
    (28, "sessions", 3.9),
    (150, "midday", 1.1),
    (238, "sessions", 3.4),
    (360, "sessions", 1.6),
    (410, "closing", 3.0),
    (468, "closing", 1.0),
)
"""From which minute the day is in which phase, and how much is said in it, as a weight."""


def planned(item: Item) -> int:
    """When the programme says that a session begins: those that end together, together."""
    return min(other.begins for other in ITEMS if other.ends == item.ends)


def phase(minute: float) -> str:
    """What the day is about at a minute."""
    return next(name for begins, name, _ in reversed(_PHASES) if minute >= begins)


def weight(minute: float) -> float:
    """How much is said around a minute: more where something begins, and after each provocation."""
    base = next(usual for begins, _, usual in reversed(_PHASES) if minute >= begins)
    starts = [item.begins for item in ITEMS] + [0, 12, 410]
    opening = 2.6 * sum(1 for begins in starts if 0 <= minute - begins < 9)
    provoked = sum(5.0 * math.pow(0.72, minute - at) for at in PROVOCATIONS if 0 <= minute - at < 9)
    breath = 0.45 if phase(minute) == "sessions" and minute % 23 < 4 else 1.0
    return breath * base + opening + provoked


def topics(minute: float) -> tuple[str, ...]:
    """The topics of the sessions that run at a minute."""
    return tuple(item.topic for item in ITEMS if item.begins <= minute < item.ends)
