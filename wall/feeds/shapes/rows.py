"""Tables: the rows of a CSV file as records, whatever their columns are called.

Pure. A row may go over several lines; it is named by its first. A quotation mark that is never closed costs
the rows up to the longest cell that is read, and no more.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from wall.feeds.shapes.common import Record

DELIMITERS = (",", ";", "\t")
"""What separates columns, as spreadsheets write them."""

Numbered = tuple[int, Record | str]
"""The number of a row's first line, from 1, and its cells by column, or the code of why it has none."""

Problem = Literal["line_too_long", "not_utf8", "unreadable_line", "wrong_columns"]


HEAD_LINES = 20
"""Lines over which the names of a table's columns may go: a form's questions have line breaks in them."""

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_BREAKS = re.compile(r"\s*[\r\n]\s*")


class Table(NamedTuple):
    """What separates the columns of a table, their names, and over how many `lines` these go."""

    delimiter: str
    names: tuple[str, ...]
    lines: int = 1


def columns_of(head: Sequence[bytes | str]) -> Table | None:
    """The table that begins with these lines, of which HEAD_LINES are enough; None if it is none. A line
    break in a name is a space."""
    lines = list(_texts(head))
    if not lines or lines[0].lstrip().startswith(("{", "[")):
        return None
    lines, outside = _first_row(lines)
    delimiter = max(DELIMITERS, key=outside.count)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        names = tuple(_BREAKS.sub(" ", name.strip()) for name in next(reader, []))
    except csv.Error:
        return None
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        return None
    return Table(delimiter, names, reader.line_num)


def _texts(head: Sequence[bytes | str]) -> Iterator[str]:
    """The lines up to the first that cannot be read."""
    for line in head[:HEAD_LINES]:
        try:
            yield line.decode()  # type: ignore[union-attr]
        except (AttributeError, UnicodeDecodeError):
            return


def _first_row(lines: list[str]) -> tuple[list[str], str]:
    """The lines of the first row, and what of them is outside quotation marks. A mark that is never closed
    is one that somebody wrote."""
    for count in range(1, len(lines) + 1):
        row = "".join(lines[:count])
        if row.count('"') % 2 == 0:
            return lines[:count], _QUOTED.sub("", row)
    return lines[:1], _QUOTED.sub("", lines[0])


def rows(lines: Iterator[bytes | str], table: Table) -> Iterator[Numbered]:
    """The rows after the names of a table's columns; `lines` begins with those, and holds a code in place
    of a line that cannot be read."""
    source = _Lines(lines)
    for _ in range(table.lines):
        next(source, None)
    reader = csv.reader(source, delimiter=table.delimiter)
    while True:
        first = source.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            yield from source.problems()
            return
        except csv.Error:
            yield from source.problems()
            yield first, "unreadable_line"
            continue
        yield from source.problems()
        if any(cells):
            yield first, _record(cells, table.names)


def _record(cells: list[str], names: tuple[str, ...]) -> Record | str:
    if any(cells[len(names) :]):
        return "wrong_columns"
    return dict(zip(names, cells, strict=False))


class _Lines:
    """Lines as text, counted. One that cannot be read is an empty one, and its code is kept."""

    def __init__(self, lines: Iterator[bytes | str]) -> None:
        self.number = 0
        self._lines = lines
        self._problems: deque[Numbered] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        if isinstance(line, str):
            return self._unread(line)
        try:
            # Python's reader ends at NUL before 3.11 and passes it on since: it is made harmless later.
            return line.decode()
        except UnicodeDecodeError:
            return self._unread("not_utf8")

    def problems(self) -> Iterator[Numbered]:
        """What could not be read since the last time, in order."""
        while self._problems:
            yield self._problems.popleft()

    def _unread(self, code: str) -> str:
        self._problems.append((self.number, code))
        return "\n"
