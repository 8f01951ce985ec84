"""What an organiser may write down for feeds of sites, and what they are called."""

from __future__ import annotations

import pytest

from wall.errors import BadInput
from wall.feeds.base import check_config
from wall.feeds.common.fields import plain_fields
from wall.feeds.forms import fields_of, offered, typed_config
from wall.feeds.syndication.config import checked

ADDRESS = "https://blog.example/feed.xml"


def test_an_address_alone_is_enough() -> None:
    config = check_config("rss", {"feeds": [ADDRESS]})
    assert config == {"feeds": [ADDRESS], "hashtags": [], "poll_seconds": None, "look_back_days": 7.0}
    assert check_config("rss", config) == config


def test_a_command_line_gives_lists_as_texts() -> None:
    config = checked({"feeds": f"{ADDRESS}, b.example/rss", "hashtags": "#one #One", "poll_seconds": "90"})
    assert config.feeds == (ADDRESS, "https://b.example/rss")
    assert (config.hashtags, config.poll_seconds) == (("one",), 90)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://Blog.Example/Feed.XML", "https://blog.example/Feed.XML"),
        ("blog.example/feed", "https://blog.example/feed"),
        ("feed://blog.example/feed", "https://blog.example/feed"),
        ("feed:https://blog.example/feed", "https://blog.example/feed"),
        ("https://blog.example", "https://blog.example/"),
        ("https://blog.example/?feed=rss2&lang=fr#top", "https://blog.example/?feed=rss2&lang=fr"),
        ("https://münchen.example/été", "https://xn--mnchen-3ya.example/%C3%A9t%C3%A9"),
        ("https://blog.example:8443/a%20b", "https://blog.example:8443/a%20b"),
        ("http://127.0.0.1:3000/feed", "http://127.0.0.1:3000/feed"),
        ("http://[::1]:3000/feed", "http://[::1]:3000/feed"),
    ],
)
def test_where_a_feed_is(given: str, read: str) -> None:
    assert checked({"feeds": [given]}).feeds == (read,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://blog.example/feed",
        "https://127.0.0.1/feed",
        "https://10.0.0.1/feed",
        "https://[fe80::1]/feed",
        "https://[::ffff:8.8.8.8]/feed",
        "https://user:secret@blog.example/feed",
        "https://blog.example/a\\b",
        "https://blog.example/\u2028x",
        "ftp://blog.example/feed",
        "javascript://blog.example/feed",
        "file:///etc/passwd",
        "https:///feed",
        "https://[::1/feed",
        f"https://blog.example/{'x' * 2_000}",
        7,
        None,
    ],
)
def test_what_is_no_public_address_is_refused(address: object) -> None:
    with pytest.raises(BadInput) as refused:
        checked({"feeds": [address]})
    assert refused.value.details["fields"] == ["feeds.0"]
    assert "secret" not in f"{refused.value.as_json()}"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"feeds": []}, ["feeds"]),
        ({"feeds": [f"https://{number}.example/" for number in range(21)]}, ["feeds"]),
        ({"hashtags": ["two words"]}, ["hashtags.0"]),
        ({"poll_seconds": 59}, ["poll_seconds"]),
        ({"poll_seconds": True}, ["poll_seconds"]),
        ({"look_back_days": -1}, ["look_back_days"]),
        ({"url": ADDRESS}, []),
    ],
)
def test_an_error_names_fields(changes: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        checked({"feeds": [ADDRESS]} | changes)
    assert refused.value.details["fields"] == fields


def test_feeds_are_called_by_their_addresses_and_no_two_alike() -> None:
    long = "https://blog.example/" + "x" * 100
    config = checked({"feeds": [ADDRESS, f"{long}1", f"{long}2", "blog.example"]})
    assert config.names[0] == "blog.example/feed.xml"
    assert config.names[3] == "blog.example"
    assert len(set(config.names)) == 4
    assert all(len(name) < 90 for name in config.names)


def test_an_address_without_tls_is_found_where_only_the_command_line_may_give_it() -> None:
    assert plain_fields(check_config("rss", {"feeds": [ADDRESS, "http://127.0.0.1:1/"]})) == ["feeds.1"]


def test_its_form_is_made_by_itself() -> None:
    assert "rss" in offered()
    assert [one.name for one in fields_of("rss")] == ["feeds", "hashtags", "poll_seconds", "look_back_days"]
    typed = {"feeds": f"{ADDRESS} b.example", "hashtags": "", "poll_seconds": "", "look_back_days": ""}
    assert typed_config("rss", typed) == {"feeds": [ADDRESS, "b.example"]}
