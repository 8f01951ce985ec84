"""Sessions that are planned for one room at one time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from wall.programme import Session


class Planned(NamedTuple):
    """What of a session can clash: its id (empty: it is new), its room and its planned times."""

    id: str
    room: str
    title: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, session: Session) -> Planned:
        """A session's."""
        return cls(session.id, session.room_id, session.title, session.starts_at, session.ends_at)


def overlap(one: Planned, other: Planned) -> bool:
    """Whether two are in one room at one time; one that begins when the other ends is not."""
    if one.room != other.room or (one.id and one.id == other.id):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashes_of(one: Planned, others: Iterable[Planned]) -> list[Planned]:
    """What a session would be in its room with, by their times."""
    return sorted((other for other in others if overlap(one, other)), key=lambda it: it.starts_at)


def clashes(planned: Iterable[Planned]) -> list[tuple[Planned, Planned]]:
    """All pairs that are in one room at one time, by their times."""
    rooms: dict[str, list[Planned]] = {}
    for one in sorted(planned, key=lambda it: (it.starts_at, it.id)):
        rooms.setdefault(one.room, []).append(one)
    found = [pair for inside in rooms.values() for pair in combinations(inside, 2) if overlap(*pair)]
    return sorted(found, key=lambda pair: (pair[0].starts_at, pair[1].starts_at))
