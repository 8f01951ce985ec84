"""A programme from a table: comma, semicolon or tab, with a first line that names its columns. Pure.

One line that is wrong costs one session: reading goes on with the next.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from facilitator.codebook_csv import unsafe
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

COLUMNS = {
    "id": ("id", "guid", "code", "uid"),
    "room": ("room", "location", "salle", "lieu"),
    "title": ("title", "name", "summary", "titre"),
    "method": ("method", "méthode"),
    "date": ("date", "day", "jour"),
    "begin": ("begin", "start", "starts", "starts_at", "from", "début"),
    "end": ("end", "ends", "ends_at", "until", "to", "fin"),
    "duration": ("duration", "minutes", "durée"),
    "speakers": ("speakers", "speaker", "intervenants"),
    "hashtags": ("hashtags", "hashtag"),
    "stream": ("stream", "stream_url", "diffusion"),
    "captions": ("captions", "captions_url", "sous-titres"),
    "recording": ("recording", "recording_url", "enregistrement"),
    "delay": ("delay", "delay_seconds", "retard"),
}
"""Headings, in small letters, under which each column is found."""
_LONGEST = 60
"""Lines that one row may go over: a quotation mark that is missing must not swallow the file."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")
_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,4})")


def read_csv(text: str, zone: str) -> FileRead:
    """The sessions of a table; times without an offset are of this zone. Raises BadFile."""
    found = _lines(text)
    if not found or isinstance(found[0], BadRow):
        raise bad_file("headings" if found else "empty")
    columns = _columns(found[0][1])
    read: list[FileRow | BadRow] = []
    for one in found[1:]:
        if isinstance(one, BadRow):
            read.append(one)
        elif any(map(str.strip, one[1])):
            read.append(_row(one[0], _cells(one[1], columns), zone))
    return collected(Source.CSV, read)


def _lines(text: str) -> list[tuple[int, list[str]] | BadRow]:
    """The rows of a table with the numbers of their lines."""
    lines = text.splitlines(keepends=True)
    by = max(",;\t", key=lines[0].count) if lines else ","
    found: list[tuple[int, list[str]] | BadRow] = []
    at = 0
    while at < len(lines) and len(found) <= MOST_ROWS + 1:
        if not lines[at].strip():
            at += 1
            continue
        reader = csv.reader(lines[at : at + _LONGEST], delimiter=by, strict=True)
        try:
            row = next(reader)
        except csv.Error:
            found.append(BadRow(at + 1, "quotes"))
            at += 1
            continue
        if row:
            found.append((at + 1, row))
        at += reader.line_num
    return found


def _columns(headings: Sequence[str]) -> dict[str, int]:
    told = {heading.strip().casefold(): place for place, heading in reversed(list(enumerate(headings)))}
    found = {
        column: next(told[name] for name in names if name in told)
        for column, names in COLUMNS.items()
        if any(name in told for name in names)
    }
    if missing := [name for name in ("room", "title", "begin") if name not in found]:
        raise bad_file("columns", missing=", ".join(missing))
    return found


def _cells(row: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {
        column: unsafe(row[place].strip()) if place < len(row) else "" for column, place in columns.items()
    }


def _row(number: int, cells: Mapping[str, str], zone: str) -> FileRow | BadRow:
    source = f"csv:{cells['id']}" if cells.get("id") else ""
    try:
        times = _times(cells, zone)
    except WrongTime as wrong:
        return BadRow(number, wrong.code, wrong.details, cells["title"][:300], source)
    said: dict[str, Any] = {"room": cells["room"], "title": cells["title"], **times}
    if cells.get("method"):
        said["method"] = cells["method"].casefold().replace(" ", "-")
    if "speakers" in cells:
        said["speakers"] = tuple(filter(None, map(str.strip, re.split("[;|\n]", cells["speakers"]))))
    if "hashtags" in cells:
        said["hashtags"] = tuple(dict.fromkeys(re.split(r"[\s,;|]+", cells["hashtags"].strip()) or ()))
        said["hashtags"] = tuple(filter(None, said["hashtags"]))
    said |= {name: cells[name] for name in ("stream", "captions", "recording") if name in cells}
    if "delay" in cells:
        said["delay_seconds"] = cells["delay"] or 0
    return row_of(number, source, said)


def _times(cells: Mapping[str, str], zone: str) -> dict[str, datetime]:
    day = _day(cells["date"]) if cells.get("date") else None
    begin, told = _time(cells["begin"], day, zone, "begin")
    if cells.get("end"):
        return {"starts_at": begin, "ends_at": _time(cells["end"], told.date(), zone, "end")[0]}
    if cells.get("duration"):
        return {"starts_at": begin, "ends_at": begin + _duration(cells["duration"])}
    raise WrongTime("end")


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said) if len(said) == 10 else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise WrongTime("date")


def _time(said: str, day: date | None, zone: str, name: str) -> tuple[datetime, datetime]:
    """A moment, and what clocks show then: of a time of day and a day, or of both written together."""
    if clock := _CLOCK.fullmatch(said):
        if day is None:
            raise WrongTime("date")
        told = datetime.combine(day, time(int(clock[1]), int(clock[2])))
        return the_moment(told, zone), told
    try:
        written = datetime.fromisoformat(said) if len(said) > 10 else None
    except ValueError:
        written = None
    if written is None or not 1970 <= written.year <= 2200:
        raise WrongTime(name)
    if written.tzinfo is None:
        return the_moment(written, zone), written
    return written.astimezone(UTC), written.replace(tzinfo=None)


def _duration(said: str) -> timedelta:
    """45, or 1:30."""
    found = _DURATION.fullmatch(said)
    if not found:
        raise WrongTime("duration")
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2]))
