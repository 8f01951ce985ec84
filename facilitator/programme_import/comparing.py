"""What a file would change in a programme, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from facilitator.programme_clashes import Planned, overlap
from facilitator.programme_import.rows import FileRead, FileRow
from wall.programme import Room, Session, SessionState

FIELDS = (
    "title",
    "room",
    "starts_at",
    "ends_at",
    "method",
    "speakers",
    "hashtags",
    "stream",
    "captions",
    "recording",
    "delay_seconds",
)
"""What a row may say, in the order in which differences are shown."""


@dataclass(frozen=True)
class Difference:
    """One field that a row would change. `room` is given by its name; `stays`: not while the session
    runs."""

    field: str
    before: Any
    after: Any
    stays: bool = False


@dataclass(frozen=True)
class Match:
    """A row, the session that it is (None: it is new), and what it would change. `clashes`: what it would
    be in its room with, if every row were taken."""

    row: FileRow
    session: Session | None
    differences: tuple[Difference, ...] = ()
    new_room: bool = False
    clashes: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether taking it would do anything."""
        return self.session is None or any(not one.stays for one in self.differences)

    @property
    def seen(self) -> int:
        """The version of its session that was looked at; 0: there was none."""
        return self.session.version if self.session else 0


@dataclass(frozen=True)
class Preview:
    """What taking a file would do. `gone`: sessions that came from such a file and are not in this one."""

    new: tuple[Match, ...]
    changed: tuple[Match, ...]
    same: tuple[Match, ...]
    gone: tuple[Session, ...]

    @property
    def rows(self) -> dict[str, Match]:
        """What can be taken, by its key."""
        return {one.row.key: one for one in (*self.new, *self.changed)}


def compare(file: FileRead, rooms: Sequence[Room], sessions: Sequence[Session]) -> Preview:
    """What this file would change."""
    named = {room.name.casefold(): room for room in reversed(rooms)}
    names = {room.id: room.name for room in rooms}
    found = _matched(file.rows, names, sessions)
    matches = [
        Match(
            row,
            session,
            _differences(row, session, names) if session else (),
            row.room.casefold() not in named,
        )
        for row, session in zip(file.rows, found, strict=True)
    ]
    matches = _with_clashes(matches, names, sessions)
    told = {row.source for row in file.rows} | {bad.source for bad in file.bad}
    gone = (one for one in sessions if one.source.startswith(f"{file.kind}:") and one.source not in told)
    matched = {one.id for one in found if one}
    return Preview(
        new=tuple(one for one in matches if one.session is None),
        changed=tuple(one for one in matches if one.session and one.changes),
        same=tuple(one for one in matches if not one.changes),
        gone=tuple(one for one in gone if one.id not in matched),
    )


def _matched(
    rows: Iterable[FileRow], names: dict[str, str], sessions: Sequence[Session]
) -> list[Session | None]:
    """For each row its session: by the source's own id, by ours in a table that was made here, or by room,
    beginning and title."""
    free = {one.id: one for one in sessions}
    by_source = {one.source: one for one in sessions if one.source}
    asked = list(rows)
    found: dict[int, Session] = {}
    for number, row in enumerate(asked):
        own = by_source.get(row.source) if row.source else None
        mine = own or free.get(row.source.removeprefix("csv:"))
        if mine and mine.id in free:
            found[number] = free.pop(mine.id)
    natural = {_natural(names[one.room_id], one.title, one): one for one in free.values()}
    for number, row in enumerate(asked):
        if number not in found and (same := natural.pop(_natural(row.room, row.title, row), None)):
            found[number] = same
    return [found.get(number) for number in range(len(asked))]


def _natural(room: str, title: str, one: FileRow | Session) -> tuple[str, str, str]:
    return room.casefold(), title.casefold(), one.starts_at.isoformat()


def _differences(row: FileRow, session: Session, names: dict[str, str]) -> tuple[Difference, ...]:
    before = {**session.model_dump(include=set(FIELDS)), "room": names[session.room_id]}
    found = []
    for name in FIELDS:
        after = getattr(row, name)
        same = after is None or after == before[name]
        if name == "room":
            same = row.room.casefold() == before["room"].casefold()
        if not same:
            stays = name == "room" and session.state is SessionState.RUNNING
            found.append(Difference(name, before[name], after, stays))
    return tuple(found)


def _with_clashes(
    matches: Sequence[Match], names: dict[str, str], sessions: Sequence[Session]
) -> list[Match]:
    """The matches with the titles of what each would be in its room with."""
    taken = {one.session.id for one in matches if one.session}
    there = [
        Planned(one.id, names[one.room_id].casefold(), one.title, one.starts_at, one.ends_at)
        for one in sessions
        if one.id not in taken
    ]
    planned = [
        Planned(one.row.key, one.row.room.casefold(), one.row.title, one.row.starts_at, one.row.ends_at)
        for one in matches
    ]
    by_room: dict[str, list[Planned]] = {}
    for each in (*there, *planned):
        by_room.setdefault(each.room, []).append(each)
    return [
        Match(
            one.row,
            one.session,
            one.differences,
            one.new_room,
            tuple(other.title for other in by_room[mine.room] if overlap(mine, other)),
        )
        for one, mine in zip(matches, planned, strict=True)
    ]
