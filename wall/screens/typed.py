"""What somebody types or sends about walls, cleaned where it enters; and what every command asks first."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from wall.display import NOTICE_LIMIT, Control, Scene, Screen
from wall.entries import Put, Scope, State, dump, render, subject_of
from wall.errors import NotFound, Stale
from wall.hygiene import tidy, tidy_line
from wall.journal import Tx
from wall.model import Role, at_border
from wall.programme import Room
from wall.store import programme, scenes, screens

_TECHNICIANS = Scope(frozenset({Role.TECHNICIAN}))


def _line(value: object) -> object:
    return tidy_line(at_border(value)) if isinstance(value, str) else value


def _lines(value: object) -> object:
    return tidy(at_border(value)) if isinstance(value, str) else value


def _visible(value: str) -> str:
    if all(unicodedata.category(char)[0] in "CZ" for char in value):
        raise ValueError("a name has something that can be seen")
    return value


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,63}$")]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    BeforeValidator(_line),
    AfterValidator(_visible),
]
"""The name of a scene or a screen: on one line, and nothing that disturbs what is beside it."""
Words = Annotated[
    str, StringConstraints(max_length=NOTICE_LIMIT, strip_whitespace=True), BeforeValidator(_lines)
]
"""A notice or the words of a title card: as `Name`, with its line ends."""
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


def scene_of(tx: Tx, scene_id: str) -> Scene:
    """A scene of the event. Raises NotFound."""
    found = scenes.by_ids(tx.conn, tx.event.id, {scene_id}).get(scene_id)
    if found is None:
        raise NotFound("There is no such scene in this event.", field="scene")
    return found


def room_of(tx: Tx, room_id: str) -> Room:
    """A room of the event. Raises NotFound."""
    found = programme.rooms_by_ids(tx.conn, tx.event.id, {room_id}).get(room_id)
    if found is None:
        raise NotFound("There is no such room in this event.", field="room")
    return found


def screen_of(tx: Tx, screen_id: str) -> Screen:
    """A paired screen of the event. Raises NotFound."""
    found = screens.by_ids(tx.conn, tx.event.id, {screen_id}).get(screen_id)
    if found is None or not found.paired:
        raise NotFound("There is no such screen in this event.", remedy="It may have been unpaired.")
    return found


def require_version(state: Scene | Screen | Control, version: int) -> None:
    """Raise Stale, with what there is now, unless it is still as it was looked at."""
    if state.version != version:
        raise Stale("This changed since you looked at it.", current=current(state))


def current(state: State) -> dict[str, Any]:
    """Something as it is now, for a person who has to decide again."""
    change = render(state, _TECHNICIANS)
    if isinstance(change, Put):
        return dict(dump(change)["value"])
    return {"id": subject_of(state)[1]}


def differing(state: Scene | Screen, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that are given another value than they have."""
    return {name: value for name, value in given.items() if value != getattr(state, name)}
