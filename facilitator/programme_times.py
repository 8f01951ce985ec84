"""Times of day in an event's zone, also where the clocks change. Pure.

A time that is skipped (clocks go forward) is no moment, one that is repeated (clocks go back) is two. A
person is asked which they mean; a program that shifts times by days takes what RFC 5545 §3.3.5 takes:
the first of two, and a skipped one by the offset from before the gap.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def moments(day: date, clock: time, zone: str) -> tuple[datetime, ...]:
    """The moments, in UTC, at which clocks of this zone show this: none, one, or two, the earlier first."""
    told = datetime.combine(day, clock)
    first, second = (_moment(told, zone, fold) for fold in (0, 1))
    if first == second:
        return (first,)
    return (first, second) if first < second else ()


def after_gap(day: date, clock: time, zone: str) -> time:
    """What clocks show instead of a time that they skip: as far after the gap as it was before its end."""
    return local(_moment(datetime.combine(day, clock), zone, 0), zone).time()


def moment(told: datetime, zone: str) -> datetime:
    """The moment, in UTC, of a local time without a zone: the first of two, or after a gap what the
    offset from before it makes of it."""
    return _moment(told, zone, 0)


def local(at: datetime, zone: str) -> datetime:
    """What clocks in this zone show, without a zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def moved(at: datetime, days: int, zone: str) -> datetime:
    """The same time of day so many days later (or, below 0, earlier). Raises OverflowError."""
    return moment(local(at, zone) + timedelta(days=days), zone)


def rewritten(at: datetime, zone: str, new_zone: str) -> datetime:
    """The moment at which clocks of another zone show what those of this one show."""
    return moment(local(at, zone).replace(fold=0), new_zone)


def fold_of(at: datetime, zone: str) -> str:
    """Of a time of day that comes twice, which of them this moment is: `first` or `second`; else empty."""
    told = local(at, zone)
    found = moments(told.date(), told.time().replace(fold=0), zone)
    return "" if len(found) < 2 else ("first" if at == found[0] else "second")


def _moment(told: datetime, zone: str, fold: int) -> datetime:
    return told.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
