"""Tables: the rows of a CSV file as records, whatever their columns are called.

Pure. A row may go over several lines; it is named by its first. A quotation mark that is never closed costs
the rows up to the longest cell that is read, and no more.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import Literal

from wall.feeds.shapes.common import Record

DELIMITERS = (",", ";", "\t")
"""What separates columns, as spreadsheets write them."""

Numbered = tuple[int, Record | str]
"""The number of a row's first line, from 1, and its cells by column, or the code of why it has none."""

Problem = Literal["line_too_long", "not_utf8", "unreadable_line", "wrong_columns"]


def columns_of(first: bytes) -> tuple[str, tuple[str, ...]] | None:
    """What separates the columns of a table with this first line, and their names; None if it is none."""
    try:
        line = first.decode().strip("\r\n")
    except UnicodeDecodeError:
        return None
    if line.lstrip().startswith(("{", "[")):
        return None
    delimiter = max(DELIMITERS, key=line.count)
    names = tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter), []))
    return (delimiter, names) if len(names) > 1 and all(names) and len(set(names)) == len(names) else None


def rows(lines: Iterator[bytes | str], delimiter: str, names: tuple[str, ...]) -> Iterator[Numbered]:
    """The rows after the first line of a table; `lines` begins with that line, and holds a code in place
    of a line that cannot be read."""
    source = _Lines(lines)
    next(source, None)
    reader = csv.reader(source, delimiter=delimiter)
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
            yield first, _record(cells, names)


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
