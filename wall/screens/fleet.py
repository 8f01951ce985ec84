"""The fleet: paired screens edited, found, loaded anew, and unpaired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wall.display import MOST_METRES, Inches, Metres, Screen, ScreenState
from wall.entries import Data, display_kinds
from wall.journal import Tx
from wall.model import Frozen
from wall.screens.pairing import answer
from wall.screens.typed import Id, Name, Version, differing, require_version, room_of, scene_of, screen_of
from wall.store import screens

LARGER = 1.15
"""How much larger letters get when the last row could not read the test card."""

CARD_SECONDS = 120
"""How long a screen shows its test card: to the last row and back."""

_COLUMNS = {"room": "room_id", "scene": "scene_id"}


class ScreenChange(Frozen):
    """What to change in a screen that was looked at as `version`. A room or scene of null: none, and
    the default one; what is left out stays."""

    version: Version
    name: Name | None = None
    room: Id | None = None
    scene: Id | None = None
    distance_m: Metres | None = None
    diagonal_in: Inches | None = None


def change(tx: Tx, screen_id: str, change: ScreenChange) -> dict[str, Any]:
    """Edit a screen. Raises NotFound, Stale."""
    screen = screen_of(tx, screen_id)
    require_version(screen, change.version)
    fields = differing(screen, _given(tx, change))
    if fields:
        names = {column: name for name, column in _COLUMNS.items()}
        changed = display_kinds.ScreenChanged(fields=tuple(sorted(names.get(one, one) for one in fields)))
        screen = _saved(tx, screen, changed, **fields, version=screen.version + 1)
    return answer(screen)


def flash(tx: Tx, screen_id: str) -> dict[str, Any]:
    """Have a screen show its number. Raises NotFound. What is typed about it meanwhile stays good."""
    screen = screen_of(tx, screen_id)
    return answer(_saved(tx, screen, display_kinds.ScreenFlashed(), flash=screen.flash + 1))


def show_card(tx: Tx, screen_id: str) -> dict[str, Any]:
    """Have a screen show its test card for `CARD_SECONDS` from now. Raises NotFound."""
    screen, until = screen_of(tx, screen_id), tx.now + timedelta(seconds=CARD_SECONDS)
    return answer(_saved(tx, screen, display_kinds.ScreenCarded(seconds=CARD_SECONDS), card_until=until))


def hide_card(tx: Tx, screen_id: str) -> dict[str, Any]:
    """Have a screen show its test card no longer; nothing happens to one that does not. Raises NotFound."""
    screen = screen_of(tx, screen_id)
    if not screen.shows_card(tx.now):
        return answer(screen)
    return answer(_saved(tx, screen, display_kinds.ScreenCarded(seconds=0), card_until=None))


def load_anew(tx: Tx, screen_id: str) -> dict[str, Any]:
    """Have a screen load itself anew. Raises NotFound."""
    screen = screen_of(tx, screen_id)
    return answer(_saved(tx, screen, display_kinds.ScreenReloaded(), reload=screen.reload + 1))


def set_larger(tx: Tx, screen_id: str) -> dict[str, Any]:
    """Set a screen's letters larger by `LARGER`, as if its farthest seat were so much farther. Raises
    NotFound."""
    screen = screen_of(tx, screen_id)
    distance = min(round(screen.distance_m * LARGER, 1), MOST_METRES)
    return change(tx, screen_id, ScreenChange(version=screen.version, distance_m=distance))


def unpair(tx: Tx, screen_id: str) -> dict[str, Any]:
    """Let a screen read nothing from now on; its link is worth nothing either. Raises NotFound."""
    screen = screen_of(tx, screen_id)
    gone = {"state": ScreenState.UNPAIRED, "version": screen.version + 1}
    screen = screen.model_copy(update=gone)
    screens.save(tx.conn, screen, token=None, link=None)
    tx.append(display_kinds.ScreenUnpaired(), ("screen", screen.id))
    return answer(screen)


def _given(tx: Tx, change: ScreenChange) -> dict[str, Any]:
    """The fields of a change as a screen has them, checked."""
    sent = change.model_fields_set - {"version"}
    if change.room is not None:
        room_of(tx, change.room)
    if change.scene is not None:
        scene_of(tx, change.scene)
    given = {_COLUMNS.get(name, name): getattr(change, name) for name in sent}
    return {name: value for name, value in given.items() if value is not None or name.endswith("_id")}


def _saved(tx: Tx, screen: Screen, data: Data, **changed: Any) -> Screen:
    now = screen.model_copy(update=changed)
    screens.save(tx.conn, now)
    tx.append(data, ("screen", screen.id))
    return now
