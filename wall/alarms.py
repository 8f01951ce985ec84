"""When organisers are alarmed: something waits, and nobody is at a desk who could see to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wall.entries.staff_kinds import Matter, Way

PATIENCE = timedelta(minutes=5)
"""For so long something may wait with nobody there before organisers are told."""
PERIOD = timedelta(minutes=15)
"""Organisers are told of one matter at most once in this time, whatever happens meanwhile."""
AGAIN = (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
"""After which time they are told a second, a third and a fourth time while nobody comes. Then nobody is
told again before somebody was at a desk: an event's night is not spent with alarms."""


@dataclass(frozen=True)
class Waits:
    """How much of a matter waits, and since when the oldest of it does."""

    matter: Matter
    since: datetime
    count: int


@dataclass(frozen=True)
class Alarm:
    """Organisers were told `times` times of what waits since then, `told_at` the last time. No `times`: it
    is over, and only the moment of the last telling counts."""

    matter: Matter
    since: datetime
    told_at: datetime
    times: int


@dataclass(frozen=True)
class Reach:
    """A way by which one organiser is reached. `target`: an e-mail address or a web address, "" for their
    browsers; `key` signs what is sent to a web address. `problem`: the code of why it failed last."""

    event_id: str
    person_id: str
    way: Way
    target: str
    key: str
    lang: str
    reached_at: datetime | None = None
    problem: str | None = None
    problem_at: datetime | None = None


@dataclass(frozen=True)
class Attended:
    """Who could see to a matter: whether somebody who may is at a desk now, and when somebody was last
    (None: nobody was, as far as is known)."""

    now: bool
    last: datetime | None = None


NOBODY = Attended(now=False)


@dataclass(frozen=True)
class Tell:
    """Organisers are to be told of what waits: this alarm is to be written first. `waiting`: how much."""

    alarm: Alarm
    waiting: int


@dataclass(frozen=True)
class Clear:
    """An alarm is over: to be written as this."""

    alarm: Alarm


Step = Tell | Clear


def decide(
    now: datetime,
    waits: Sequence[Waits],
    attended: Mapping[Matter, Attended],
    alarms: Sequence[Alarm],
) -> list[Step]:
    """What is to be done about what waits now. `attended` by matter; one that is not in it is nobody's.

    A matter is alarming when it waited PATIENCE with nobody there: since it came or since somebody left,
    whichever is later. Never alarms while somebody is there, and at most once a PERIOD.
    """
    known = {one.matter: one for one in alarms}
    there = {one.matter: one for one in waits}
    steps: list[Step] = []
    for matter in sorted({*known, *there}):
        before, waiting = known.get(matter), there.get(matter)
        who = attended.get(matter, NOBODY)
        if waiting is None or who.now or not _too_long(now, waiting, who):
            if before is not None and before.times:
                steps.append(Clear(Alarm(matter, before.since, before.told_at, 0)))
        elif before is None or now - before.told_at >= _pause(before):
            times = before.times + 1 if before else 1
            if times <= len(AGAIN) + 1:
                steps.append(Tell(Alarm(matter, waiting.since, now, times), waiting.count))
    return steps


def _too_long(now: datetime, waiting: Waits, who: Attended) -> bool:
    return now - max(waiting.since, who.last or waiting.since) >= PATIENCE


def _pause(before: Alarm) -> timedelta:
    """How long nobody is told after they were told so often."""
    return AGAIN[min(before.times, len(AGAIN)) - 1] if before.times else PERIOD
