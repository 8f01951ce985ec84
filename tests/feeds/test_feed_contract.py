"""Opening a feed by its network's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from wall.errors import BadInput
from wall.feeds.base import Checkpoint, Source, Withdrawn, check_config, event_time, networks, open_source


def test_a_network_is_found_by_the_name_of_its_file() -> None:
    assert networks() == ("bluesky", "mastodon", "matrix", "nostr", "replay", "rss", "x", "youtube")


def test_an_unknown_network_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInput) as refused:
        open_source("gopher", {})
    assert "replay" in refused.value.remedy


@pytest.mark.parametrize("network", ["base", "archive", "shapes", "demo", "../cli", ""])
def test_only_networks_can_be_opened(network: str) -> None:
    with pytest.raises(BadInput):
        check_config(network, {"path": "a.jsonl"})


def test_a_configuration_gets_its_defaults() -> None:
    defaults = {"path": "a.jsonl", "speed": "max", "shape": None, "table": None, "dates": "kept"}
    assert check_config("replay", {"path": "a.jsonl"}) == defaults
    for speed in (60, "60"):  # a command line gives texts
        assert check_config("replay", {"path": "a.jsonl", "speed": speed})["speed"] == 60


@pytest.mark.parametrize(
    ("config", "fields"),
    [
        ({}, ["path"]),
        ({"path": ""}, ["path"]),
        ({"path": "a", "speed": 0}, ["speed"]),
        ({"path": "a", "speed": -1}, ["speed"]),
        ({"path": "a", "speed": float("inf")}, ["speed"]),
        ({"path": "a", "speed": float("nan")}, ["speed"]),
        ({"path": "a", "speed": True}, ["speed"]),
        ({"path": "a", "speed": "fast"}, ["speed"]),
        ({"path": "a", "shape": "rss"}, ["shape"]),
        ({"path": "a", "url": "x"}, []),
    ],
)
def test_a_wrong_configuration_names_the_wrong_fields(config: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        check_config("replay", config)
    assert refused.value.details["fields"] == fields
    assert '"speed"' in refused.value.remedy


def test_only_posts_have_a_time() -> None:
    assert event_time(Checkpoint("1")) is None
    assert event_time(Withdrawn("x", "1")) is None


async def test_a_source_connects_only_when_it_is_streamed(tmp_path: Path) -> None:
    source: Source = open_source("replay", {"path": str(tmp_path / "none.jsonl")})
    await source.aclose()
    await source.aclose()
