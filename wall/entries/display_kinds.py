"""Kinds of entries about walls: scenes, screens, controls and pins. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.display import Hold
from wall.entries.data import Data


class SceneAdded(Data):
    """Somebody made a scene."""

    kind: Literal["scene.added"] = "scene.added"


class SceneChanged(Data):
    """A scene was edited; `fields` are the names of what changed."""

    kind: Literal["scene.changed"] = "scene.changed"
    fields: tuple[str, ...]


class SceneRemoved(Data):
    """A scene was removed."""

    kind: Literal["scene.removed"] = "scene.removed"


class WallsControlled(Data):
    """The walls of a room (None: all of an event) are held to `hold`; a notice may have changed."""

    kind: Literal["walls.controlled"] = "walls.controlled"
    hold: Hold
    room: str | None = None


class PostPinned(Data):
    """A post is kept on the walls."""

    kind: Literal["post.pinned"] = "post.pinned"


class PostUnpinned(Data):
    """A post is no longer kept on the walls."""

    kind: Literal["post.unpinned"] = "post.unpinned"


class ScreenPaired(Data):
    """A display became a screen of this event, or took its place again (`again`)."""

    kind: Literal["screen.paired"] = "screen.paired"
    number: int
    again: bool = False


class ScreenChanged(Data):
    """A screen was edited; `fields` are the names of what changed."""

    kind: Literal["screen.changed"] = "screen.changed"
    fields: tuple[str, ...]


class ScreenFlashed(Data):
    """A screen was asked to show its number."""

    kind: Literal["screen.flashed"] = "screen.flashed"


class ScreenReloaded(Data):
    """A screen was asked to load itself anew."""

    kind: Literal["screen.reloaded"] = "screen.reloaded"


class ScreenCarded(Data):
    """A screen was asked to show its test card for so many seconds, or no longer (0)."""

    kind: Literal["screen.carded"] = "screen.carded"
    seconds: int


class ScreenLinked(Data):
    """Somebody made a link with which another browser takes a screen's place."""

    kind: Literal["screen.linked"] = "screen.linked"
    screen: str


class ScreenUnpaired(Data):
    """A screen may no longer read its wall."""

    kind: Literal["screen.unpaired"] = "screen.unpaired"


class LookChanged(Data):
    """The event's own look was edited; `fields` are the names of what changed."""

    kind: Literal["look.changed"] = "look.changed"
    fields: tuple[str, ...]


DisplayData = (
    SceneAdded
    | SceneChanged
    | SceneRemoved
    | WallsControlled
    | PostPinned
    | PostUnpinned
    | ScreenPaired
    | ScreenChanged
    | ScreenFlashed
    | ScreenReloaded
    | ScreenCarded
    | ScreenLinked
    | ScreenUnpaired
    | LookChanged
)
