"""A programme from iCalendar (RFC 5545). Pure.

Each VEVENT is read by itself, so that one that is broken costs one session. A calendar's own definitions
of time zones are not used: a TZID is a name of the IANA database, or one that Windows gives to such a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Event
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from facilitator.programme_import.rows import (
    MOST_ROWS,
    BadRow,
    FileRead,
    FileRow,
    Source,
    WrongTime,
    collected,
    row_of,
    the_moment,
)
from wall.routes.events import zones

_READ = frozenset(
    {
        "UID",
        "SUMMARY",
        "LOCATION",
        "STATUS",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "RECURRENCE-ID",
    }
)
"""What of a VEVENT is read."""
_NAME = re.compile(r"[A-Z0-9-]+")


def read_ical(text: str, zone: str) -> FileRead:
    """The sessions of a calendar; times without a zone are of this one. What is cancelled is left out.
    Raises BadFile."""
    read: list[FileRow | BadRow] = []
    for number, block in _blocks(text):
        if len(read) > MOST_ROWS:
            break
        found = BadRow(number, "broken") if block is None else _row(number, block, zone)
        if found is not None:
            read.append(found)
    return collected(Source.ICAL, read)


def _blocks(text: str) -> Iterator[tuple[int, str | None]]:
    """Each VEVENT with the number of its first line, and of it what is read; None for one that has no
    end."""
    began, lines = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        told = line.strip().upper()
        if told == "BEGIN:VEVENT":
            if began:
                yield began, None
            began, lines = number, []
        elif began and told == "END:VEVENT":
            yield began, "\r\n".join(["BEGIN:VEVENT", *_told(lines), "END:VEVENT", ""])
            began = 0
        elif began:
            lines.append(line)
    if began:
        yield began, None


def _told(lines: Iterable[str]) -> Iterator[str]:
    """The lines of what is read of an event, with those that go on from them (RFC 5545 §3.1); nothing of
    what is inside it, such as alarms."""
    reads, inside = False, 0
    for line in lines:
        if not line.startswith((" ", "\t")):
            name = _NAME.match(line.upper())
            named = name[0] if name else ""
            inside += (named == "BEGIN") - (named == "END")
            reads = named in _READ and not inside
        if reads:
            yield line


def _row(number: int, block: str, zone: str) -> FileRow | BadRow | None:
    """The session of a VEVENT; None for one that is cancelled."""
    try:
        event = Event.from_ical(block)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return BadRow(number, "broken")
    if not isinstance(event, Event):
        return BadRow(number, "broken")
    title, uid = _said(event, "SUMMARY"), _said(event, "UID")
    source = f"ical:{uid}" if uid else ""
    if _said(event, "STATUS").upper() == "CANCELLED":
        return None
    try:
        times = _times(event, zone)
    except WrongTime as wrong:
        return BadRow(number, wrong.code, wrong.details, title[:300], source)
    return row_of(number, source, {"title": title, "room": _said(event, "LOCATION"), **times})


def _first(event: Event, name: str) -> Any:
    """A property; of one that is there several times the first."""
    value = event.get(name)
    return value[0] if isinstance(value, list) else value


def _said(event: Event, name: str) -> str:
    """A property as text; nothing where there is none."""
    value = _first(event, name)
    return "" if value is None else str(value).strip()


def _told_of(value: Any) -> Any:
    """What a property of a time says; None for one that is broken."""
    try:
        return getattr(value, "dt", None)
    except ValueError:
        return None


def _times(event: Event, zone: str) -> dict[str, datetime]:
    if any(event.get(name) is not None for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        raise WrongTime("repeats")
    begin = _moment(event, "DTSTART", zone)
    if event.get("DTEND") is not None:
        return {"starts_at": begin, "ends_at": _moment(event, "DTEND", zone)}
    lasts = _told_of(_first(event, "DURATION"))
    if not isinstance(lasts, timedelta):
        raise WrongTime("end")
    try:
        return {"starts_at": begin, "ends_at": begin + lasts}
    except OverflowError:
        raise WrongTime("duration") from None


def _moment(event: Event, name: str, zone: str) -> datetime:
    """The moment of a property. Raises WrongTime."""
    value = _first(event, name)
    told = _told_of(value)
    wrong = "begin" if name == "DTSTART" else "end"
    if not isinstance(told, date) or not 1970 <= told.year <= 2200:
        raise WrongTime(wrong)
    if not isinstance(told, datetime):
        raise WrongTime("all_day")
    if told.tzinfo is UTC or told.tzname() == "UTC":
        return told.astimezone(UTC)
    return the_moment(told.replace(tzinfo=None, fold=0), _zone(value, zone))


def _zone(value: Any, zone: str) -> str:
    """The zone of a property: its own, or the event's. Raises WrongTime for one that nobody knows."""
    named = str(getattr(value, "params", {}).get("TZID", ""))
    if not named:
        return zone
    known = WINDOWS_TO_OLSON.get(named, named.removeprefix("/"))
    if known not in zones():
        raise WrongTime("zone", zone=named[:80])
    return known
