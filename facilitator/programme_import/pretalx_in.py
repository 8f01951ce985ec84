"""A programme from a schedule in JSON as pretalx (and frab) export it: `…/schedule/export/schedule.json`.
Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from facilitator.programme_import.rows import (
    MOST_ROWS,
    BadRow,
    FileRead,
    FileRow,
    Source,
    WrongTime,
    bad_file,
    collected,
    row_of,
    the_moment,
)

_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})")


def read_pretalx(text: str, zone: str) -> FileRead:
    """The sessions of a schedule; a row's `line` is its place among the talks. Raises BadFile."""
    try:
        file = json.loads(text)
    except json.JSONDecodeError as exc:
        raise bad_file("json", line=exc.lineno) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets within brackets
        raise bad_file("json", line=1) from None
    read: list[FileRow | BadRow] = []
    for number, (room, talk) in enumerate(_talks(file), start=1):
        if number > MOST_ROWS + 1:
            break
        read.append(_row(number, room, talk, zone))
    return collected(Source.PRETALX, read)


def _talks(file: Any) -> Iterator[tuple[str, Any]]:
    """Each talk with the name of its room, by days as the file has them."""
    days = _inside(file, "schedule", "conference", "days")
    if not isinstance(days, list):
        raise bad_file("no_schedule")
    for day in days:
        rooms = _inside(day, "rooms")
        for room, talks in rooms.items() if isinstance(rooms, dict) else ():
            for talk in talks if isinstance(talks, list) else ():
                yield room, talk


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _row(number: int, room: str, talk: Any, zone: str) -> FileRow | BadRow:
    if not isinstance(talk, dict):
        return BadRow(number, "broken")
    named = next((talk[name] for name in ("guid", "code", "id") if _is_id(talk.get(name))), "")
    source = f"pretalx:{named}" if named else ""
    title = talk.get("title") if isinstance(talk.get("title"), str) else ""
    try:
        times = _times(talk, zone)
    except WrongTime as wrong:
        return BadRow(number, wrong.code, wrong.details, str(title)[:300], source)
    said = {"title": title, "room": room, "speakers": _speakers(talk), **times}
    return row_of(number, source, said)


def _is_id(value: Any) -> bool:
    return (isinstance(value, str) and bool(value)) or (isinstance(value, int) and value is not True)


def _speakers(talk: Mapping[str, Any]) -> tuple[str, ...]:
    persons = talk.get("persons")
    listed = [one for one in persons if isinstance(one, dict)] if isinstance(persons, list) else []
    names = (one.get("public_name") or one.get("name") or "" for one in listed)
    return tuple(name for name in names if isinstance(name, str) and name.strip())


def _times(talk: Mapping[str, Any], zone: str) -> dict[str, datetime]:
    begin = _begin(talk.get("date"), zone)
    found = _DURATION.fullmatch(str(talk.get("duration") or ""))
    if not found:
        raise WrongTime("duration")
    lasts = timedelta(days=int(found[1] or 0), hours=int(found[2]), minutes=int(found[3]))
    return {"starts_at": begin, "ends_at": begin + lasts}


def _begin(said: Any, zone: str) -> datetime:
    try:
        told = datetime.fromisoformat(said) if isinstance(said, str) and len(said) > 10 else None
    except ValueError:
        told = None
    if told is None or not 1970 <= told.year <= 2200:
        raise WrongTime("begin")
    return told.astimezone(UTC) if told.tzinfo else the_moment(told, zone)
