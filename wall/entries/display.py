"""Walls as readers hold them: scenes, controls, pins, screens. These models are the wire's values."""

from __future__ import annotations

from wall.display import Control, Hold, Policy, Scene, Screen, ScreenState, Step, StoredPin, Theme, Warnings
from wall.entries.cards import copied
from wall.model import Frozen, Time


class SceneValue(Frozen):
    """`scene`: a rotation of layouts. The one with id `default` is every screen's that has no other;
    while nobody edited it, its name is empty."""

    id: str
    name: str
    theme: Theme
    policy: Policy
    warnings: Warnings
    alt: bool
    join: bool
    drift: bool
    steps: tuple[Step, ...]
    version: int


class ControlValue(Frozen):
    """`control`: what the walls of a room are held to, and their notice. Its id is the room's, or `all`.

    Of the two the stronger hold counts: live, curated, frozen, quiet, blank. None held: live.
    """

    id: str
    hold: Hold
    notice: str
    version: int


class PinValue(Frozen):
    """`pin`: the post of the same id is kept on the walls. `order` sorts pins; a later one is larger."""

    id: str
    order: int
    version: int


class ScreenValue(Frozen):
    """`screen`: a paired display, for itself and for who looks after screens. `scene` None: the default.

    `distance_m`: metres to the farthest seat; `diagonal_in`: inches. `flash` and `reload` count: when
    they go up, the screen shows its `number`, or loads itself anew. Until `card_until`, by the server's
    clock, it shows its test card.
    """

    id: str
    number: int
    name: str
    room: str | None
    scene: str | None
    distance_m: float
    diagonal_in: float
    flash: int
    reload: int
    card_until: Time | None
    state: ScreenState
    version: int


DisplayValue = SceneValue | ControlValue | PinValue | ScreenValue


def scene_value(scene: Scene) -> SceneValue:
    """A scene, for everybody."""
    return SceneValue(**copied(scene, SceneValue))


def control_value(control: Control) -> ControlValue:
    """A control, for everybody."""
    return ControlValue(**copied(control, ControlValue))


def pin_value(stored: StoredPin) -> PinValue:
    """A pin, for who may see its post."""
    return PinValue(**copied(stored.pin, PinValue))


def screen_value(screen: Screen) -> ScreenValue:
    """A screen, for itself and for who looks after screens."""
    own = {"room": screen.room_id, "scene": screen.scene_id}
    return ScreenValue(**copied(screen, ScreenValue, *own), **own)
