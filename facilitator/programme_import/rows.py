"""What a programme's file says: rows that can be used, and lines that cannot, with the reason. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, ValidationError, model_validator

from facilitator.programme import Address, Hashtags, Speakers, Words, line
from facilitator.programme_times import after_gap, moments
from wall.errors import BadInput
from wall.model import Frozen
from wall.programme import Delay, Method
from wall.routes.contributing import Moment

MOST_ROWS = 1_000
"""Sessions that one file may have."""


class Source(StrEnum):
    """Where a file comes from."""

    PRETALX = "pretalx"
    ICAL = "ical"
    CSV = "csv"


class FileRow(Frozen):
    """One session of a file. `line`: where in it, from 1. `source`: its id there with the kind of file
    before it (`pretalx:…`), empty where it has none. None: the file says nothing about it."""

    line: int
    source: Annotated[str, StringConstraints(max_length=400), BeforeValidator(line)] = ""
    room: Words
    title: Words
    starts_at: Moment
    ends_at: Moment
    method: Method | None = None
    speakers: Speakers | None = None
    hashtags: Hashtags | None = None
    stream: Address | None = None
    captions: Address | None = None
    recording: Address | None = None
    delay_seconds: Delay | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> FileRow:
        if self.ends_at <= self.starts_at:
            raise ValueError("a session ends after it starts")
        return self

    @property
    def key(self) -> str:
        """A short name of this row that is the same whenever the file is read: for a form's fields."""
        natural = (self.room.casefold(), self.starts_at.isoformat(), self.title)
        told = self.source or "\n".join(natural)
        return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


@dataclass(frozen=True)
class BadRow:
    """A line that cannot be used: a code of `import.wrong.*` and what its sentence names; `source` as far
    as it could be read, so that nobody takes its session for one that is gone."""

    line: int
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    source: str = ""


@dataclass(frozen=True)
class FileRead:
    """What was read from a file."""

    kind: Source
    rows: tuple[FileRow, ...]
    bad: tuple[BadRow, ...]


class BadFile(BadInput):
    """A file of which nothing can be used. Its detail `problem` is a code of `import.wrong.*`."""

    code = "bad_programme"
    remedy = "Correct the file, or choose another one. Nothing was changed."


def bad_file(problem: str, **details: Any) -> BadFile:
    """The error for a file with this problem."""
    return BadFile("This file cannot be read as a programme.", problem=problem, **details)


class WrongTime(Exception):
    """A time of a row that is no moment, or two: a code of `import.wrong.*`."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def row_of(number: int, source: str, said: Mapping[str, Any]) -> FileRow | BadRow:
    """A row of what one line says by the fields of `FileRow`; what is no row, with the first reason."""
    try:
        return FileRow.model_validate({"line": number, "source": source, **said})
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        code = str(where[0]) if where else "order"
        return BadRow(number, code, title=str(said.get("title") or "")[:300], source=source)


def collected(kind: Source, read: list[FileRow | BadRow]) -> FileRead:
    """All rows of a file, each session once. Raises BadFile for none, and for more than `MOST_ROWS`."""
    if len(read) > MOST_ROWS:
        raise bad_file("many", most=MOST_ROWS)
    if not read:
        raise bad_file("empty")
    seen: dict[str, int] = {}
    rows: list[FileRow] = []
    bad: list[BadRow] = []
    for one in read:
        if isinstance(one, BadRow):
            bad.append(one)
        elif one.key in seen:
            bad.append(BadRow(one.line, "double", {"other": seen[one.key]}, one.title, one.source))
        else:
            seen[one.key] = one.line
            rows.append(one)
    return FileRead(kind, tuple(rows), tuple(bad))


def the_moment(told: datetime, zone: str) -> datetime:
    """The moment that a local time names. Raises WrongTime for one that clocks skip or show twice."""
    found = moments(told.date(), told.time(), zone)
    if len(found) == 1:
        return found[0]
    clock = f"{told:%H:%M}"
    if found:
        raise WrongTime("twice", time=clock, offset=_offset(found[0], told))
    raise WrongTime("skipped", time=clock, instead=f"{after_gap(told.date(), told.time(), zone):%H:%M}")


def _offset(first: datetime, told: datetime) -> str:
    """How the first of two moments is written with its offset: 01:30-04:00."""
    minutes = round((told - first.replace(tzinfo=None)).total_seconds() / 60)
    return f"{told:%H:%M}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
