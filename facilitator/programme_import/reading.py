"""Which kind of programme a file is, told by its content, and its sessions. Pure."""

from __future__ import annotations

from facilitator.programme_import.csv_in import read_csv
from facilitator.programme_import.ical_in import read_ical
from facilitator.programme_import.pretalx_in import read_pretalx
from facilitator.programme_import.rows import FileRead, Source, bad_file

FILE_BYTES = 2 * 1024 * 1024
"""Size of a programme's file."""
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
"""What spreadsheets, documents and archives begin with."""


def text_of(content: bytes) -> str:
    """The text of a file. Raises BadFile for one that is too large, or no text in UTF-8."""
    if len(content) > FILE_BYTES:
        raise bad_file("large", most=FILE_BYTES // 1024 // 1024)
    if content.startswith(_NOT_TEXT):
        raise bad_file("not_text")
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as exc:
        raise bad_file("encoding", line=content.count(b"\n", 0, exc.start) + 1) from None
    if "\x00" in text:
        raise bad_file("not_text")
    return text


def kind_of(text: str) -> Source:
    """What this looks like."""
    begins = text.lstrip("\ufeff \t\r\n")[:15].upper()
    if begins.startswith("BEGIN:VCALENDAR"):
        return Source.ICAL
    return Source.PRETALX if begins.startswith(("{", "[")) else Source.CSV


def read_programme(text: str, zone: str) -> FileRead:
    """The sessions of a file. Raises BadFile."""
    if not text.strip():
        raise bad_file("empty")
    if len(text.encode()) > FILE_BYTES:
        raise bad_file("large", most=FILE_BYTES // 1024 // 1024)
    read = {Source.ICAL: read_ical, Source.PRETALX: read_pretalx, Source.CSV: read_csv}
    return read[kind_of(text)](text.removeprefix("\ufeff"), zone)
