"""What the page of an event's screens says of each: is it there, since when, what does it show. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from wall.display import DEFAULT_SCENE, EVERYWHERE, Control, Hold, Layout, Scene, Screen
from wall.live import Heard
from wall.model import Event
from wall.programme import Room

State = Literal["here", "late", "gone", "never"]


@dataclass(frozen=True)
class Row:
    """One screen. `at` is when it was heard last, `layout` what it shows of `scene`; None: it did not
    say. `behind` counts the journal's entries that it has not painted; `old`: its page is of an earlier
    build than this server's; `card`: it was asked to show its test card."""

    screen: Screen
    state: State
    at: datetime | None
    seen_s: int
    room: Room | None
    scene: Scene | None
    layout: Layout | None
    width: int | None
    height: int | None
    scale: float | None
    build: int | None
    old: bool
    clock_s: float | None
    painted: int
    behind: int
    card: bool

    @property
    def here(self) -> bool:
        """Whether it says that it is there."""
        return self.state == "here"


@dataclass(frozen=True)
class Held:
    """The walls of one place: a room, or all of them (`room` None), and what they are held to."""

    id: str
    room: Room | None
    hold: Hold
    notice: str


def row_of(
    screen: Screen,
    heard: Heard | None,
    event: Event,
    rooms: Mapping[str, Room],
    scenes: Mapping[str, Scene],
    *,
    now: datetime,
    build: int,
) -> Row:
    """A screen as the page shows it. `build` is this server's."""
    said = heard.said if heard else None
    painted = said.seq if said and said.epoch == event.epoch else 0
    scene = scenes.get((said.scene if said else None) or screen.scene_id or DEFAULT_SCENE)
    return Row(
        screen=screen,
        state=heard.state if heard else "never",
        at=now - timedelta(seconds=heard.age_s) if heard else None,
        seen_s=round(heard.age_s) if heard else 0,
        room=rooms.get(screen.room_id or ""),
        scene=scene,
        layout=_layout(scene, said.step if said else None),
        width=said.width if said else None,
        height=said.height if said else None,
        scale=said.scale if said else None,
        build=said.build if said else None,
        old=bool(said and said.build and said.build < build),
        clock_s=said.clock_s if said else None,
        painted=painted,
        behind=max(0, event.seq - painted),
        card=screen.shows_card(now),
    )


def held_of(rooms: Collection[Room], controls: Collection[Control]) -> list[Held]:
    """What walls are held to: all of them first, then those of each room."""
    known = {control.id: control for control in controls}
    places: list[tuple[str, Room | None]] = [(EVERYWHERE, None), *((room.id, room) for room in rooms)]
    return [
        Held(
            place,
            room,
            known[place].hold if place in known else Hold.LIVE,
            known[place].notice if place in known else "",
        )
        for place, room in places
    ]


def _layout(scene: Scene | None, step: int | None) -> Layout | None:
    if scene is None or step is None or step >= len(scene.steps):
        return None
    return scene.steps[step].layout
