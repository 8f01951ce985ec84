"""A programme as a table that spreadsheets open and `csv_in` reads. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from facilitator.codebook_csv import safe
from facilitator.programme_times import fold_of, local
from wall.programme import Room, Session

HEADINGS = (
    "id",
    "room",
    "title",
    "method",
    "date",
    "begin",
    "end",
    "speakers",
    "hashtags",
    "stream",
    "captions",
    "recording",
    "delay",
)


def to_csv(rooms: Iterable[Room], sessions: Iterable[Session], zone: str) -> str:
    """All sessions, by their times; times of this zone. No cell of it is a formula."""
    names = {room.id: room.name for room in rooms}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for one in sessions:
        begin, end = local(one.starts_at, zone), local(one.ends_at, zone)
        told = (
            one.id,
            names[one.room_id],
            one.title,
            one.method.value,
            begin.date().isoformat(),
            _written(one.starts_at, zone),
            _written(one.ends_at, zone, same_day=end.date() == begin.date()),
            "; ".join(one.speakers),
            " ".join(f"#{tag}" for tag in one.hashtags),
            one.stream,
            one.captions,
            one.recording,
            str(one.delay_seconds or ""),
        )
        writer.writerow([safe(cell) for cell in told])
    return out.getvalue()


def _written(at: datetime, zone: str, *, same_day: bool = True) -> str:
    """The time of day; with the day where it is another one, with the offset where it comes twice or is
    not a whole minute."""
    told = local(at, zone)
    if fold_of(at, zone) or told.second or told.microsecond:
        return at.astimezone(ZoneInfo(zone)).isoformat(" ")
    return f"{told:%H:%M}" if same_day else f"{told:%Y-%m-%d %H:%M}"
