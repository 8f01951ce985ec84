"""Kinds of entries about the staff, their links and their alarms. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from wall.entries.data import Data
from wall.model import Role

Matter = Literal["posts", "points", "feeds"]
"""What waits: posts for a person's decision, points in the queue of a running session, or feeds that are
silent for longer than their own rhythm explains."""
Way = Literal["push", "email", "webhook"]
"""How an organiser is reached."""


class LinkMade(Data):
    """An organiser made a link with which somebody may join the staff."""

    kind: Literal["link.made"] = "link.made"
    link: str
    role: Role


class MemberChanged(Data):
    """A person's roles in this event were set (none: removed)."""

    kind: Literal["member.changed"] = "member.changed"
    roles: tuple[Role, ...]


class LinkRevoked(Data):
    """An organiser ended a link before all its places were taken or it ran out."""

    kind: Literal["link.revoked"] = "link.revoked"
    link: str


class AlarmRaised(Data):
    """Something waited too long while nobody was at a desk who could see to it. `times` counts how often
    organisers were told, from 1; `waiting` how much there was."""

    kind: Literal["alarm.raised"] = "alarm.raised"
    matter: Matter
    times: int
    waiting: int


class AlarmCleared(Data):
    """Nothing waits too long any more, or somebody is at a desk."""

    kind: Literal["alarm.cleared"] = "alarm.cleared"
    matter: Matter


class AlarmUndelivered(Data):
    """An organiser could not be reached by one of their ways; `problem` is the code of why."""

    kind: Literal["alarm.undelivered"] = "alarm.undelivered"
    person: str
    way: Way
    problem: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class AlarmWaysChosen(Data):
    """An organiser chose by which ways alarms reach them (none: by none)."""

    kind: Literal["alarm.ways_chosen"] = "alarm.ways_chosen"
    ways: tuple[Way, ...]


StaffData = (
    LinkMade | LinkRevoked | MemberChanged | AlarmRaised | AlarmCleared | AlarmUndelivered | AlarmWaysChosen
)
