"""What an organiser gives a Nostr feed."""

from __future__ import annotations

import pytest

from tests.world.nostr import Person
from wall.errors import BadInput
from wall.feeds.base import check_config, open_source
from wall.feeds.common.fields import plain_fields
from wall.feeds.forms import fields_of, typed_config

ADA = Person("Ada")


def config(**changes: object) -> dict[str, object]:
    return {"relays": ["wss://relay.example.org"], "hashtags": ["smsummit"]} | changes


def test_what_is_typed_on_a_command_line_is_understood() -> None:
    made = check_config(
        "nostr", {"relays": "wss://Relay.example.org/, nos.example", "hashtags": "#SMSummit,hpe"}
    )
    assert made == {
        "relays": ["relay.example.org", "nos.example"],
        "hashtags": ["smsummit", "hpe"],
        "authors": [],
    }
    assert check_config("nostr", made) == made


def test_a_relay_may_have_a_path() -> None:
    assert check_config("nostr", config(relays="wss://a.example/b/c"))["relays"] == ["a.example/b/c"]


def test_the_same_relay_is_read_once() -> None:
    relays = ["wss://a.example", "https://A.example/", "a.example"]
    assert open_source("nostr", config(relays=relays)).places == ("a.example",)  # type: ignore[attr-defined]


def test_a_relay_without_tls_is_one_of_this_machine_and_is_told_apart() -> None:
    made = check_config("nostr", config(relays="ws://127.0.0.1:7777 wss://a.example"))
    assert made["relays"] == ["http://127.0.0.1:7777", "a.example"]
    assert check_config("nostr", made) == made
    assert plain_fields(made) == ["relays.0"]


def test_authors_are_public_keys_in_any_of_their_forms() -> None:
    for given in (ADA.pubkey, ADA.npub, f"nostr:{ADA.npub}", [ADA.npub, ADA.pubkey]):
        assert check_config("nostr", config(authors=given))["authors"] == [ADA.pubkey]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"relays": []}, ["relays"]),
        ({"relays": "ws://relay.example.org"}, ["relays.0"]),
        ({"relays": "wss://127.0.0.1"}, ["relays.0"]),
        ({"relays": "wss://10.0.0.1/x"}, ["relays.0"]),
        ({"relays": "wss://user:pw@a.example"}, ["relays.0"]),
        ({"relays": "ftp://a.example"}, ["relays.0"]),
        ({"relays": "a.example/<b>"}, ["relays.0"]),
        ({"relays": [f"r{number}.example" for number in range(11)]}, ["relays"]),
        ({"hashtags": ""}, ["hashtags"]),
        ({"hashtags": "two-words"}, ["hashtags.0"]),
        ({"authors": "ada"}, ["authors.0"]),
        ({"authors": ADA.secret}, ["authors.0"]),
        ({"token": "x"}, []),
    ],
)
def test_what_is_wrong_is_named_and_never_repeated(changes: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        check_config("nostr", config(**changes))
    assert refused.value.details["fields"] == fields
    assert ADA.secret not in f"{refused.value} {refused.value.remedy} {refused.value.details}"


def test_the_form_takes_lists_and_its_fields_have_words() -> None:
    asked = fields_of("nostr")
    assert [(one.name, one.kind, one.required) for one in asked] == [
        ("relays", "list", True),
        ("hashtags", "list", True),
        ("authors", "list", False),
    ]
    typed = {"relays": "a.example wss://b.example", "hashtags": "#smsummit", "authors": ""}
    made = check_config("nostr", typed_config("nostr", typed))
    assert made == {"relays": ["a.example", "b.example"], "hashtags": ["smsummit"], "authors": []}
