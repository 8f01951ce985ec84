"""What big screens show and who holds them back: scenes, screens, controls and pins. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from wall.model import Frozen, StoredPost, Time, at_border

NOTICE_LIMIT = 300
"""Longest notice, or words of a title card, in code points."""
MOST_STEPS = 20
DEFAULT_SCENE = "default"
"""Id of the scene of every screen that was given none. It is there before anybody made a scene."""
EVERYWHERE = "all"
"""Id of the control that holds for every wall of an event; the others have the ids of rooms."""

_SCREEN = "screen:"

Notice = Annotated[str, StringConstraints(max_length=NOTICE_LIMIT), BeforeValidator(at_border)]
Label = Annotated[str, StringConstraints(max_length=100), BeforeValidator(at_border)]
"""The name of a scene or a screen."""
MOST_METRES = 100
Metres = Annotated[float, Field(ge=1, le=MOST_METRES, allow_inf_nan=False)]
Inches = Annotated[float, Field(ge=10, le=1_000, allow_inf_nan=False)]


class Layout(StrEnum):
    """How a wall is laid out during one step of its scene."""

    COLUMNS = "columns"
    STREAM = "stream"
    SPOTLIGHT = "spotlight"
    MOSAIC = "mosaic"
    QUESTION = "question"
    FLOOR = "floor"
    THEMES = "themes"
    RESOURCES = "resources"
    PROGRAMME = "programme"
    TITLE = "title"
    NOTICE = "notice"


class Theme(StrEnum):
    """The colours of a scene: for a dark hall, for a light foyer, or of high contrast."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


class Policy(StrEnum):
    """Which post is next while more come than a wall can show."""

    NEWEST = "newest"
    FAIR = "fair"
    """One of each author until all had a turn."""
    QUESTIONS = "questions"
    """Questions first."""
    CURATED = "curated"
    """Only what is pinned or was approved by a person."""


class Warnings(StrEnum):
    """What a wall does with a post that has a content warning."""

    COVERED = "covered"
    """The warning's text stands in the place of the post."""
    SKIPPED = "skipped"


class Hold(StrEnum):
    """What walls are held to, weakest first. Of two, the stronger counts; removals leave in each."""

    LIVE = "live"
    CURATED = "curated"
    """Only what is pinned or was approved by a person is let on."""
    FROZEN = "frozen"
    """What is on stays; nothing new comes."""
    QUIET = "quiet"
    """No posts: only title, floor and programme."""
    BLANK = "blank"
    """Nothing but the ground."""


class ScreenState(StrEnum):
    """Whether a screen may read its wall."""

    PAIRED = "paired"
    UNPAIRED = "unpaired"


class Step(Frozen):
    """One step of a scene: a layout for so many seconds, if its conditions hold.

    `fewer_than`: only while fewer posts than this wait; `in_session`: only while a session runs in
    the screen's room; `on_floor`: only while something is on its floor. `words` are of title and notice.
    """

    layout: Layout
    seconds: Annotated[int, Field(ge=5, le=3_600)] = 30
    fewer_than: Annotated[int, Field(ge=1, le=10_000)] | None = None
    in_session: bool = False
    on_floor: bool = False
    words: Notice = ""


Steps = Annotated[tuple[Step, ...], Field(min_length=1, max_length=MOST_STEPS)]


class Look(Frozen):
    """What a scene looks like: everything of it that travels in a file.

    `alt`: descriptions of pictures are shown beside them; `join`: so is how to join; `drift`: what
    stands still moves slowly, against burn-in.
    """

    name: Label
    theme: Theme = Theme.DARK
    policy: Policy = Policy.NEWEST
    warnings: Warnings = Warnings.COVERED
    alt: bool = False
    join: bool = True
    drift: bool = True
    steps: Steps


class Scene(Look):
    """A rotation of layouts. The built-in one has no name: faces have a word for it."""

    id: str
    event_id: str
    version: int


class Screen(Frozen):
    """A paired display. `number` is small and unique among the paired ones of an event: what it
    flashes when it is asked to. `distance_m` is how far the farthest seat is.

    `flash` and `reload` count: going up means "show your number" and "load yourself anew". Until
    `card_until` it shows its test card.
    """

    id: str
    event_id: str
    number: int
    name: Label
    room_id: str | None
    scene_id: str | None
    distance_m: Metres
    diagonal_in: Inches
    flash: int
    reload: int
    card_until: Time | None = None
    state: ScreenState
    version: int

    @property
    def paired(self) -> bool:
        """Whether it may read its wall."""
        return self.state is ScreenState.PAIRED

    def shows_card(self, now: datetime) -> bool:
        """Whether it shows its test card at this moment."""
        return self.card_until is not None and self.card_until > now


class Control(Frozen):
    """What the walls of one room, or all of them (`EVERYWHERE`), are held to, and their notice.

    `held` is what those who control walls chose, `quieted` that a chair asked for quiet besides: when
    the chair lets go, what was chosen holds as before.
    """

    id: str
    event_id: str
    held: Hold
    quieted: bool
    notice: Notice
    version: int

    @property
    def hold(self) -> Hold:
        """What counts: the stronger of the two."""
        return stronger(self.held, Hold.QUIET) if self.quieted else self.held


class Pin(Frozen):
    """A post that is kept on the walls. `order` sorts pins: a later one is larger."""

    id: str
    event_id: str
    order: int
    version: int


class StoredPin(Frozen):
    """A pin with the post that it pins: who may not see the post hears nothing of the pin."""

    pin: Pin
    stored: StoredPost


def stronger(one: Hold, other: Hold) -> Hold:
    """Which of two holds counts."""
    order = list(Hold)
    return max(one, other, key=order.index)


def default_scene(event_id: str) -> Scene:
    """The scene of an event in which nobody made one: columns, for as long as it runs."""
    steps = (Step(layout=Layout.COLUMNS, seconds=3_600),)
    return Scene(id=DEFAULT_SCENE, event_id=event_id, name="", steps=steps, version=1)


def screen_reader(screen_id: str) -> str:
    """Who a screen is among readers: its part in the place of a person's id."""
    return f"{_SCREEN}{screen_id}"


def screen_of(reader: str) -> str | None:
    """The id of the screen that reads under this name; None for the id of a person."""
    return reader.removeprefix(_SCREEN) if reader.startswith(_SCREEN) else None
