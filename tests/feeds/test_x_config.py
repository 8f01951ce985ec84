"""What an organiser types for an X feed."""

from __future__ import annotations

from typing import Any

import pytest

from wall.errors import BadInput
from wall.feeds.base import check_config, open_source
from wall.feeds.forms import fields_of, in_words, offered

GOOD = {"hashtags": "#SMSummit, smsummit", "token": "AAAA%2Fbearer"}


def test_defaults_are_filled_in_and_hashtags_folded() -> None:
    assert check_config("x", GOOD) == {
        "hashtags": ["smsummit"],
        "token": "AAAA%2Fbearer",
        "way": "stream",
        "budget": 50.0,
        "poll_seconds": 15.0,
        "look_back_hours": 24.0,
        "host": "api.x.com",
    }


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"token": ""}, ["token"]),
        ({"token": "two words"}, ["token"]),
        ({"hashtags": []}, ["hashtags"]),
        ({"hashtags": ["not one"]}, ["hashtags.0"]),
        ({"budget": 1}, ["budget"]),
        ({"budget": True}, ["budget"]),
        ({"budget": float("nan")}, ["budget"]),
        ({"way": "both"}, ["way"]),
        ({"poll_seconds": 1}, ["poll_seconds"]),
        ({"look_back_hours": 200}, ["look_back_hours"]),
        ({"host": "http://api.x.com"}, ["host"]),
        ({"host": "169.254.169.254"}, ["host"]),
        ({"stranger": 1}, []),
    ],
)
def test_a_wrong_configuration_names_fields_and_no_value(
    changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        check_config("x", GOOD | changes)
    assert refused.value.details["fields"] == fields
    assert "two words" not in str(refused.value.details) + refused.value.message


def test_the_token_is_in_no_text_of_the_configuration() -> None:
    source = open_source("x", GOOD)
    assert "AAAA" not in repr(vars(source)["_config"])
    assert "AAAA" not in str(in_words(check_config("x", GOOD)))


def test_its_form_offers_the_ways_and_hides_the_token() -> None:
    asked = {one.name: one for one in fields_of("x")}
    assert "x" in offered()
    assert asked["way"].options == ("stream", "search")
    assert (asked["token"].kind, asked["token"].required) == ("secret", True)
    assert asked["budget"].kind == "number"
