"""What an organiser gives a Matrix feed."""

from __future__ import annotations

from typing import Any

import pytest

from wall.errors import BadInput
from wall.feeds.base import check_config
from wall.feeds.forms import fields_of
from wall.feeds.matrix_rooms.config import checked

GOOD = {"homeserver": "matrix.example.org", "token": "syt_abc", "rooms": ["#summit:example.org"]}


def test_a_configuration_gets_its_defaults() -> None:
    assert check_config("matrix", GOOD) == GOOD | {"hashtags": [], "look_back_hours": 24.0}


def test_a_command_line_gives_texts() -> None:
    said = GOOD | {"rooms": "#summit:example.org,!abc:example.org", "hashtags": "#SMSummit smsummit"}
    found = checked(said)
    assert found.rooms == ("#summit:example.org", "!abc:example.org")
    assert found.hashtags == ("smsummit",)


@pytest.mark.parametrize(
    ("typed", "room"),
    [
        (" #summit:example.org ", "#summit:example.org"),
        ("#Zürich:example.org:8448", "#Zürich:example.org:8448"),
        ("!opaque-of-version-12", "!opaque-of-version-12"),
        ("https://matrix.to/#/#summit:example.org", "#summit:example.org"),
        ("https://matrix.to/#/%23summit%3Aexample.org?via=example.org", "#summit:example.org"),
        ("https://matrix.to/#/!abc:example.org/$event?via=h", "!abc:example.org"),
    ],
)
def test_a_room_is_understood_as_it_is_written_and_shared(typed: str, room: str) -> None:
    assert checked(GOOD | {"rooms": [typed]}).rooms == (room,)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"homeserver": "10.0.0.1"}, ["homeserver"]),
        ({"homeserver": "http://matrix.example.org"}, ["homeserver"]),
        ({"token": "with space"}, ["token"]),
        ({"rooms": []}, ["rooms"]),
        ({"rooms": ["summit"]}, ["rooms.0"]),
        ({"rooms": ["#summit"]}, ["rooms.0"]),
        ({"rooms": ["#a/b:example.org"]}, ["rooms.0"]),
        ({"rooms": ["@ada:example.org"]}, ["rooms.0"]),
        ({"rooms": ["https://matrix.to/#/@ada:example.org"]}, ["rooms.0"]),
        ({"hashtags": ["two words"]}, ["hashtags.0"]),
        ({"look_back_hours": 1000}, ["look_back_hours"]),
        ({"look_back_hours": True}, ["look_back_hours"]),
        ({"password": "x"}, []),
    ],
)
def test_a_wrong_configuration_names_the_fields_and_no_value(
    change: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        checked(GOOD | change)
    assert refused.value.details["fields"] == fields
    assert "syt_abc" not in f"{refused.value} {refused.value.remedy} {refused.value.details}"


def test_the_token_is_a_secret_of_the_form_and_in_no_repr() -> None:
    kinds = {one.name: one.kind for one in fields_of("matrix")}
    assert (kinds["token"], kinds["rooms"], kinds["homeserver"]) == ("secret", "list", "text")
    assert "syt_abc" not in repr(checked(GOOD))
