"""What an organiser may write down for a Bluesky feed, and what is never shown of it."""

from __future__ import annotations

from typing import Any

import pytest

from wall.entries.projections import feed_value
from wall.errors import BadInput
from wall.feeds.atproto.config import APPVIEWS, JETSTREAMS, checked
from wall.feeds.atproto.problems import retry_after, understood
from wall.feeds.base import check_config, networks, open_replier
from wall.feeds.common.problems import Passing
from wall.feeds.forms import fields_of, typed_config
from wall.intake.intake import new_feed

SECRET = "abcd-efgh-ijkl-mnop"
ACCOUNT = {"handle": "@Summit.bsky.social", "app_password": SECRET}


def test_hashtags_alone_are_enough() -> None:
    config = check_config("bluesky", {"hashtags": "#SMSummit, #smsummit"})
    assert config == {
        "hashtags": ["smsummit"],
        "handle": None,
        "app_password": None,
        "hosts": list(JETSTREAMS),
        "service": "bsky.social",
        "appviews": list(APPVIEWS),
        "look_back_hours": 1.0,
    }
    assert check_config("bluesky", config) == config
    assert "bluesky" in networks()


@pytest.mark.parametrize("handle", ["@Summit.bsky.social", "summit.bsky.social", "did:plc:abc123"])
def test_an_account_goes_by_its_handle_or_did(handle: str) -> None:
    found = checked({"hashtags": ["a"], "handle": handle, "app_password": SECRET})
    assert found.handle == handle.lstrip("@").lower()
    assert found.has_account


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"hashtags": []}, ["hashtags"]),
        ({"hashtags": ["a b"]}, ["hashtags.0"]),
        ({"handle": "summit.bsky.social"}, []),
        ({"app_password": SECRET}, []),
        ({"handle": "summit", "app_password": SECRET}, ["handle"]),
        ({"handle": "a.example", "app_password": f"{SECRET} x"}, ["app_password"]),
        ({"handle": "a.example", "app_password": f"é{SECRET}"}, ["app_password"]),
        ({"hosts": ["http://jetstream.example"]}, ["hosts.0"]),
        ({"hosts": ["10.0.0.1"]}, ["hosts.0"]),
        ({"hosts": ["x.example:99999"]}, ["hosts.0"]),
        ({"hosts": ["x.example:0"]}, ["hosts.0"]),
        ({"hosts": ["[2606:4700::1111]:70000"]}, ["hosts.0"]),
        ({"hosts": []}, ["hosts"]),
        ({"service": "169.254.169.254"}, ["service"]),
        ({"look_back_hours": 37}, ["look_back_hours"]),
        ({"look_back_hours": True}, ["look_back_hours"]),
        ({SECRET: 1}, []),
    ],
)
def test_an_error_names_fields_and_never_a_value(changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        checked({"hashtags": ["a"]} | changes)
    assert refused.value.details["fields"] == fields
    assert SECRET not in f"{refused.value.as_json()}{refused.value!r}"
    assert refused.value.__cause__ is None


def test_an_app_password_is_in_no_value_of_a_feed() -> None:
    config = check_config("bluesky", {"hashtags": ["a"], **ACCOUNT})
    assert SECRET not in repr(checked(config))
    assert SECRET not in feed_value(new_feed("event", "bluesky", config)).model_dump_json()


def test_it_replies_only_with_an_account() -> None:
    assert open_replier("bluesky", {"hashtags": ["a"]}, None) is None
    assert open_replier("bluesky", {"hashtags": ["a"], **ACCOUNT}, None) is not None


def test_a_page_asks_for_all_of_it_and_hides_the_app_password() -> None:
    kinds = {one.name: (one.kind, one.required) for one in fields_of("bluesky")}
    assert kinds["hashtags"] == ("list", True)
    assert kinds["app_password"] == ("secret", False)
    assert kinds["look_back_hours"] == ("number", False)
    typed = {"hashtags": "#a b", "handle": "a.example", "app_password": SECRET, "look_back_hours": "2"}
    assert check_config("bluesky", typed_config("bluesky", typed))["look_back_hours"] == 2


def test_what_is_tried_again_and_what_is_a_fault() -> None:
    assert understood(ZeroDivisionError()) is None
    assert retry_after(ZeroDivisionError(), 1) is None
    assert retry_after(Passing("rate_limited", "", wait=7.0), 3) == 7.0
    assert 1.0 <= (retry_after(TimeoutError(), 9) or 0.0) <= 60.0
