"""Every network whose posts are shown has a name in each language, and a mark of our own on every face."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wall.feeds.base import networks
from wall.routes import embed

HERE = Path(__file__).parents[2]
SHOWN = sorted(set(networks()) - {"replay"})
"""A replay shows posts of other networks."""


@pytest.mark.parametrize("network", SHOWN)
@pytest.mark.parametrize("sheet", ["ui/src/wall/card.css", "ui/src/desk/list.css", "wall/static/embed.css"])
def test_a_network_has_a_mark_on_every_face(network: str, sheet: str) -> None:
    icon = HERE / "wall/static/icons" / f"{network}.svg"
    assert icon.read_text("utf-8").startswith("<svg ")
    rule = next(
        line for line in (HERE / sheet).read_text("utf-8").splitlines() if f".mark-{network} {{" in line
    )
    assert f"icons/{network}.svg" in rule
    assert network in embed._MARKS


@pytest.mark.parametrize("network", SHOWN)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_network_has_a_name_and_a_line_where_it_is_chosen(network: str, language: str) -> None:
    pages = json.loads((HERE / "wall/words" / f"{language}.json").read_text("utf-8"))
    faces = json.loads((HERE / "wall/static/words" / f"{language}.json").read_text("utf-8"))
    assert pages[f"network.{network}"]
    assert pages[f"start.network.{network}"]
    assert faces[f"network.{network}"]
