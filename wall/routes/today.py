"""Today's programme on the join page: what runs, what comes next, and where it can be followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from wall.entries.channel import RoomValue, SessionValue
from wall.model import Event, utc_now
from wall.programme import SessionState


@dataclass(frozen=True)
class Planned:
    """A session of today and the name of its room. `is_next`: the first there that was not begun."""

    session: SessionValue
    room: str
    is_next: bool


def day_of(event: Event) -> date:
    """Which day it is where the event is."""
    return _local(utc_now(), event)


def todays(
    event: Event, rooms: Sequence[RoomValue], sessions: Sequence[SessionValue], today: date
) -> tuple[Planned, ...]:
    """The sessions that begin on this day, or still run on it, by their times."""
    names = {room.id: room.name for room in rooms}
    here = [
        one
        for one in sessions
        if one.room in names
        and (_local(one.starts_at, event) == today or one.state == SessionState.RUNNING)
    ]
    listed = sorted(here, key=lambda one: (one.starts_at, names[one.room], one.id))
    following = {one.room: one.id for one in reversed(listed) if one.state == SessionState.PLANNED}
    return tuple(Planned(one, names[one.room], following.get(one.room) == one.id) for one in listed)


def _local(moment: datetime, event: Event) -> date:
    try:
        return moment.astimezone(ZoneInfo(event.zone)).date()
    except OverflowError:
        return moment.astimezone(UTC).date()
