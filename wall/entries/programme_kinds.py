"""Kinds of entries about what left the programme, or came from a file. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class RoomRemoved(Data):
    """An organiser removed a room that held nothing."""

    kind: Literal["room.removed"] = "room.removed"


class SessionRemoved(Data):
    """An organiser removed a session that was never begun and held nothing."""

    kind: Literal["session.removed"] = "session.removed"


class ProgrammeImported(Data):
    """A file was taken into the programme; the entries after it say what came of it."""

    kind: Literal["programme.imported"] = "programme.imported"
    source: Literal["pretalx", "ical", "csv"]
    rows: int


ProgrammeData = RoomRemoved | SessionRemoved | ProgrammeImported
