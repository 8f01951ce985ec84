"""Reading archive files: JSON lines, one JSON array, an outbox, or a table (CSV), plain or gzip, in any of
the known shapes; and the repository that Bluesky gives its users.

Synchronous. Lines end at `\\n` bytes only: texts may hold U+2028, which other readers split at.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from pydantic_core import from_json

from wall.errors import FeedFatal
from wall.feeds.atproto.export import Export, posts_of
from wall.feeds.atproto.repo import Repo, is_car
from wall.feeds.base import Checkpoint, Dropped, Item
from wall.feeds.shapes import SHAPES, Record, Shape, describe, detect
from wall.feeds.shapes.rows import HEAD_LINES, Table, columns_of, rows
from wall.feeds.shapes.tables import Columns, Mapped

LINE_LIMIT = 1_000_000
"""Longest line that is read, in bytes; a longer one is passed over without being held in memory."""

ARRAY_LIMIT = 64_000_000
"""Largest archive that is one JSON array, in bytes: an array is held in memory, lines are not."""

BURST = 500
"""Lines (or posts, where a line holds many) between two checkpoints of an archive read at once."""

_SEARCH = 50
"""Lines in which a known shape must appear."""

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)
_BETWEEN = re.compile(r"[\s,]*")

_OUTBOX = re.compile(rb'"type"\s*:\s*"OrderedCollection(?:Page)?"')
_ITEMS = re.compile(r'"orderedItems"\s*:\s*\[')
"""An outbox is one object that holds an array: what Mastodon gives people who ask for their archive."""

_SHAPES: dict[str, type[Shape]] = {**SHAPES, Export.name: Export}
_HEAD_BYTES = 32
"""So many tell what kind of file it is."""

_Line = tuple[int, bytes | str | Record]
"""The number of a line in its file, from 1, and its bytes or cells, or the code of why it is unreadable."""
_Numbered = tuple[int | str, bytes | str | Record]
"""A line, or a record with its key in place of the number."""


def read_archive(
    path: Path, *, shape: str | None = None, cursor: str | None = None, columns: Columns | None = None
) -> Iterator[Item]:
    """All items of an archive after `cursor`, with a `Checkpoint` after every burst.

    Raises FeedFatal when the file cannot be read or is of another shape, OSError when reading fails.
    """
    with closing(Archive(path, shape=shape, cursor=cursor, columns=columns)) as archive:
        while block := archive.block(BURST):
            for items in block:
                yield from items
            yield Checkpoint(str(archive.consumed))


class Archive:
    """An archive file, read in blocks of lines. May be used from any thread; opened at first use.

    `consumed` counts lines (elements of an array, rows of a table), `read_bytes` of `total_bytes` the
    file's bytes. `columns` say what is where in a table of no known shape.
    """

    def __init__(
        self,
        path: Path,
        *,
        shape: str | None = None,
        cursor: str | None = None,
        columns: Columns | None = None,
    ) -> None:
        self.consumed = 0
        self.read_bytes = 0
        self.total_bytes = 0
        self._path = path
        self._expected = _SHAPES[shape] if shape else None
        self._columns = columns
        self._skip = _lines_of(cursor)
        self._lock = threading.Lock()
        self._file: io.FileIO | None = None
        self._plain: io.BufferedReader | None = None
        self._lines: Iterator[_Numbered] = iter(())
        self._closed = False
        self._place = "line"
        self._shape: Shape

    def block(self, lines: int) -> list[list[Item]]:
        """The items of each of the next lines: at most `lines` lines, empty once there are no more.

        A block ends early when it holds `lines` items. Raises like `read_archive`.
        """
        with self._lock:
            if self._file is None and not self._closed:
                self._open()
            block: list[list[Item]] = []
            found = 0
            while len(block) < lines and found < lines and (line := next(self._lines, None)):
                block.append(self._items(*line))
                found += len(block[-1])
            self.consumed += len(block)
            return block

    def close(self) -> None:
        """Close the file; there are no more lines after this. Waits for a block being read."""
        with self._lock:
            self._closed = True
            for file in (self._plain, self._file):
                if file is not None:
                    file.close()
            self._lines = iter(())

    def _items(self, number: int | str, raw: bytes | str | Record) -> list[Item]:
        where = f"{self._place} {number}"
        if isinstance(raw, str):
            return [Dropped(raw, where)]
        record = _decode(raw)
        if record is None:
            return [Dropped("unreadable_line", where)] if raw.strip() else []  # type: ignore[union-attr]
        return self._shape.parse(record, where)

    def _open(self) -> None:
        file = self._file = _open_file(self._path)
        self.total_bytes = self._path.stat().st_size
        packed = file.read(2) == _GZIP
        file.seek(0)
        plain = self._plain = io.BufferedReader(gzip.GzipFile(fileobj=file) if packed else file)
        repository = is_car(_head_of(plain))
        if repository and packed:
            raise FeedFatal(
                "A repository cannot be read while it is packed.", remedy="Unpack the file first."
            )
        self._lines = self._records(plain) if repository else self._numbered(plain, file.tell)
        head = list(islice(self._lines, _SEARCH))
        self._shape = Mapped(self._columns) if self._columns else self._choose_shape(head)()
        self._lines = chain(head, self._lines)
        self._pass_over(self._skip)

    def _numbered(self, plain: io.BufferedReader, tell: Callable[[], int]) -> Iterator[_Numbered]:
        number = 0
        try:
            if plain.peek(3).startswith(_BOM):
                plain.read(3)
            whole = plain.peek(1).startswith(b"[") or _OUTBOX.search(plain.peek(1))
            self._place = "item" if whole else "line"
            for number, raw in self._elements(plain) if whole else self._split_or_rows(plain, tell):
                yield number, raw
        except _BROKEN:
            yield number + 1, "archive_cut"

    def _records(self, plain: io.BufferedReader) -> Iterator[_Numbered]:
        if self._columns is not None:
            _named(None, self._columns)
        self._place, repo = "record", Repo(plain)
        for done, found in enumerate(posts_of(repo), 1):
            self.read_bytes = self.total_bytes * min(done, repo.blocks) // repo.blocks
            yield found
        self.read_bytes = self.total_bytes

    def _split_or_rows(self, plain: io.BufferedReader, tell: Callable[[], int]) -> Iterator[_Line]:
        lines = self._split(plain, tell)
        head = list(islice(lines, HEAD_LINES))
        if not head:
            return iter(())
        lines, table = chain(head, lines), columns_of(head)
        if self._columns is not None:
            return rows(lines, _named(table, self._columns))
        if table is not None and detect(dict.fromkeys(table.names, "")) is not None:
            return rows(lines, table)
        return iter(enumerate(lines, 1))

    def _split(self, plain: io.BufferedReader, tell: Callable[[], int]) -> Iterator[bytes | str]:
        while line := plain.readline(LINE_LIMIT + 1):
            self.read_bytes = tell()
            if len(line) <= LINE_LIMIT or line.endswith(b"\n"):
                yield line
                continue
            while line and not line.endswith(b"\n"):
                line = plain.readline(LINE_LIMIT)
            yield "line_too_long"

    def _elements(self, plain: io.BufferedReader) -> Iterator[_Line]:
        content = plain.read(ARRAY_LIMIT + 1)
        if len(content) > ARRAY_LIMIT:
            raise FeedFatal(
                f"An archive that is one JSON array may have {ARRAY_LIMIT // 1_000_000} MB at most.",
                remedy="Write it as JSON lines, one object per line.",
            )
        elements = _oldest_first(content.decode("utf-8", "surrogateescape"))
        for done, element in enumerate(elements, 1):
            self.read_bytes = self.total_bytes * done // len(elements)
            yield element

    def _choose_shape(self, head: list[_Numbered]) -> type[Shape]:
        records = [
            record for _, raw in head if not isinstance(raw, str) and (record := _decode(raw)) is not None
        ]
        known = (shape for record in records if (shape := detect(record)))
        found = Export if self._place == "record" else next(known, None)
        if found is not None and self._expected in (None, found):
            return found
        expected = [self._expected] if self._expected else list(_SHAPES.values())
        wanted = ", or ".join(shape.words for shape in expected)
        raise FeedFatal(
            f"This archive cannot be replayed. Expected: {wanted}. Found: {_found(head, records, found)}.",
            remedy="Choose another file, or convert it to JSON lines of one of these kinds; of a table, "
            "say which column holds what: `backchannel import --help`.",
        )

    def _pass_over(self, lines: int) -> None:
        for _, raw in islice(self._lines, lines):
            self.consumed += 1
            if self._shape.remembers and not isinstance(raw, str) and (record := _decode(raw)):
                self._shape.remember(record)
        if self.consumed < lines:
            raise FeedFatal(
                "The archive has fewer lines than were already replayed from it: it is another file now.",
                remedy="Put the former file back, or add a new feed for this one.",
            )


def _open_file(path: Path) -> io.FileIO:
    try:
        if path.is_file():
            return path.open("rb", buffering=0)
    except PermissionError:
        raise FeedFatal(
            "The archive may not be read by this process.",
            remedy="Give the user that runs Backchannel the right to read the file.",
        ) from None
    raise FeedFatal(
        "There is no archive file at this path.",
        remedy="Put the file there, or add a feed with the right path.",
    )


def _head_of(plain: io.BufferedReader) -> bytes:
    try:
        return plain.peek(_HEAD_BYTES)
    except _BROKEN:
        return b""


def _lines_of(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise FeedFatal(
            "The place at which this replay stopped cannot be read.",
            remedy="Add a new feed for this archive.",
        )
    return int(cursor)


def _named(table: Table | None, columns: Columns) -> Table:
    """The table, which has every column that was named. Raises FeedFatal."""
    missing = sorted(set(columns.named.values()) - set(table.names if table else ()))
    if table is None or missing:
        what = f"has no column {missing[0]!r}" if table else "is no table"
        raise FeedFatal(
            f"This file {what}.",
            remedy="Its first line must name its columns, separated by commas, semicolons or tabs; "
            "name them as they are written there.",
        )
    return table


def _decode(raw: bytes | Record) -> Record | None:
    """One JSON object, or None. The slower parser takes what the fast one refuses: lone surrogates."""
    if isinstance(raw, dict):
        return raw
    try:
        record = from_json(raw)
    except ValueError:
        try:
            record = json.loads(raw.decode())
        except (ValueError, RecursionError):
            return None
    return record if isinstance(record, dict) else None


def _oldest_first(text: str) -> list[_Line]:
    """The elements of a JSON array; timelines are saved newest first, and are turned round."""
    elements: list[_Line] = []
    times: list[str] = []
    for number, (raw, element) in enumerate(_parsed_elements(text), 1):
        elements.append((number, raw))
        at = (element.get("created_at") or element.get("published")) if isinstance(element, dict) else None
        if isinstance(at, str):
            times.append(at)
    if times and times[0] > times[-1]:
        elements.reverse()
    return elements


def _parsed_elements(text: str) -> Iterator[tuple[bytes | str, Any]]:
    held = _ITEMS.search(text) if text.lstrip().startswith("{") else None
    decoder, at = json.JSONDecoder(), held.end() if held else text.find("[") + 1
    while True:
        at = cast("re.Match[str]", _BETWEEN.match(text, at)).end()
        if text.startswith("]", at):
            return
        try:
            element, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield "unreadable_line", None
            return
        raw = text[at:end].encode("utf-8", "surrogateescape")
        yield raw if len(raw) <= LINE_LIMIT else "line_too_long", element
        at = end


def _found(head: list[_Numbered], records: list[Record], shape: type[Shape] | None) -> str:
    if shape is not None:
        return shape.words
    if records:
        return describe(records[0])
    raw = [line for _, line in head if not isinstance(line, dict)]
    if table := columns_of(raw):
        return f"a table of {len(table.names)} other columns"
    return "no line that is a JSON object" if head else "an empty file"
