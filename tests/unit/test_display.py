"""Holds, the built-in scene, names of screens among readers, and when a screen counts as gone."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from wall.display import (
    Control,
    Hold,
    Layout,
    Step,
    default_scene,
    screen_of,
    screen_reader,
    stronger,
)
from wall.live.beats import Heard, Said


def control(held: Hold, *, quieted: bool) -> Control:
    return Control(id="all", event_id="e", held=held, quieted=quieted, notice="", version=1)


@pytest.mark.parametrize(
    ("held", "quieted"),
    [
        (Hold.LIVE, Hold.QUIET),
        (Hold.CURATED, Hold.QUIET),
        (Hold.FROZEN, Hold.QUIET),
        (Hold.QUIET, Hold.QUIET),
        (Hold.BLANK, Hold.BLANK),
    ],
)
def test_a_chairs_quiet_strengthens_a_hold_and_never_weakens_it(held: Hold, quieted: Hold) -> None:
    assert control(held, quieted=True).hold is quieted
    assert control(held, quieted=False).hold is held


def test_of_two_holds_the_stronger_counts_whichever_comes_first() -> None:
    order = [Hold.LIVE, Hold.CURATED, Hold.FROZEN, Hold.QUIET, Hold.BLANK]
    for place, weaker in enumerate(order):
        for strong in order[place:]:
            assert stronger(weaker, strong) is stronger(strong, weaker) is strong


def test_a_screen_is_no_person_among_readers() -> None:
    assert screen_of(screen_reader("s-1")) == "s-1"
    assert screen_of("s-1") is None
    assert screen_of("participant-1") is None


def test_the_built_in_scene_is_columns_for_ever() -> None:
    scene = default_scene("e")
    assert (scene.id, scene.event_id, scene.name) == ("default", "e", "")
    assert [step.layout for step in scene.steps] == [Layout.COLUMNS]


@pytest.mark.parametrize(
    "wrong", [{"seconds": 4}, {"seconds": 3_601}, {"fewer_than": 0}, {"words": "x" * 301}]
)
def test_a_step_outside_its_bounds_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Step.model_validate({"layout": "columns", **wrong})


@pytest.mark.parametrize(
    ("age_s", "state"),
    [(0, "here"), (14.9, "here"), (15, "late"), (29.9, "late"), (30, "gone"), (9e4, "gone")],
)
def test_a_screen_is_late_after_15_seconds_and_gone_after_30(age_s: float, state: str) -> None:
    assert Heard(Said(), age_s).state == state
