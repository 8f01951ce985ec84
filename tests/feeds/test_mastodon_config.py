"""What an organiser may write down for a Mastodon feed, and what is never shown of it."""

from __future__ import annotations

import pytest

from wall.entries.projections import feed_value
from wall.errors import BadInput
from wall.feeds.base import check_config
from wall.feeds.common.addresses import address_of, is_loopback, is_public
from wall.feeds.common.problems import Passing
from wall.feeds.kin.config import checked
from wall.intake.intake import new_feed

SECRET = "secret-token-of-ada"
TAGS = ["SMSummit"]


def test_hosts_alone_are_enough() -> None:
    config = check_config(
        "mastodon", {"instances": ["https://Mastodon.Social/"], "hashtags": ["#SMSummit"]}
    )
    assert config == {
        "instances": [{"host": "mastodon.social", "token": None}],
        "hashtags": ["smsummit"],
        "poll_seconds": None,
    }
    assert check_config("mastodon", config) == config


def test_a_command_line_gives_lists_as_texts() -> None:
    config = checked(
        {"instances": "a.example, b.example", "hashtags": "#one,#two #One", "poll_seconds": "30"}
    )
    assert [one.host for one in config.instances] == ["a.example", "b.example"]
    assert (config.hashtags, config.poll_seconds) == (("one", "two"), 30)


@pytest.mark.parametrize("tag", ["#Fête", "ＳＭＳｕｍｍｉｔ", "日本", "covid19", "a_b"])
def test_hashtags_of_every_script_are_taken(tag: str) -> None:
    assert len(checked({"instances": ["a.example"], "hashtags": [tag]}).hashtags) == 1


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("münchen.social", "https://xn--mnchen-3ya.social"),
        ("social.example:8443", "https://social.example:8443"),
    ],
)
def test_where_an_instance_is(host: str, url: str) -> None:
    assert checked({"instances": [host], "hashtags": TAGS}).instances[0].url == url


@pytest.mark.parametrize(
    "host",
    [
        "",
        "http://mastodon.social",
        "127.0.0.1",
        "localhost",
        "https://10.0.0.1",
        "192.168.1.1:443",
        "[fe80::1]",
        "[::ffff:8.8.8.8]",
        "a.example/path",
        "user@a.example",
        "a example",
        "a.example?x",
        "-a.example",
        "ftp://a.example",
        "a." * 200,
        "é" * 300,
        7,
    ],
)
def test_what_is_no_public_host_is_refused(host: object) -> None:
    with pytest.raises(BadInput) as refused:
        checked({"instances": [{"host": host}], "hashtags": TAGS})
    assert refused.value.details["fields"] == ["instances.0.host"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"instances": []}, ["instances"]),
        ({"instances": None}, ["instances"]),
        ({"instances": ["a.example", "https://A.example"]}, []),
        ({"instances": [f"{number}.example" for number in range(11)]}, ["instances"]),
        ({"hashtags": []}, ["hashtags"]),
        ({"hashtags": ["two words"]}, ["hashtags.0"]),
        ({"hashtags": ["2026"]}, ["hashtags.0"]),
        ({"hashtags": ["../../x"]}, ["hashtags.0"]),
        ({"hashtags": ["x" * 101]}, ["hashtags.0"]),
        ({"poll_seconds": 4}, ["poll_seconds"]),
        ({"poll_seconds": True}, ["poll_seconds"]),
        ({"poll_seconds": float("nan")}, ["poll_seconds"]),
        ({SECRET: 1}, []),
        ({"instances": [{"host": "a.example", SECRET: 1}]}, ["instances.0"]),
    ],
)
def test_an_error_names_fields_and_never_a_value(changes: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        checked({"instances": ["a.example"], "hashtags": TAGS} | changes)
    assert refused.value.details["fields"] == fields
    assert SECRET not in str(refused.value.as_json())


@pytest.mark.parametrize("token", [SECRET + "\n", SECRET + " x", "é" + SECRET, SECRET * 50, "", 7])
def test_a_wrong_token_is_not_repeated(token: object) -> None:
    with pytest.raises(BadInput) as refused:
        checked({"instances": [{"host": "a.example", "token": token}], "hashtags": TAGS})
    assert refused.value.details["fields"] == ["instances.0.token"]
    assert SECRET not in f"{refused.value.as_json()}{refused.value!r}"
    assert refused.value.__cause__ is None


def test_a_token_is_in_no_value_of_a_feed() -> None:
    given = {"instances": [{"host": "a.example", "token": SECRET}], "hashtags": TAGS}
    config = check_config("mastodon", given)
    assert SECRET not in repr(checked(given))
    assert SECRET not in feed_value(new_feed("event", "mastodon", config)).model_dump_json()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fc00::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_and_loopback_addresses() -> None:
    assert all(is_public(address) for address in ("8.8.8.8", "2606:4700::1111"))
    assert all(is_loopback(address) for address in ("127.0.0.1", "127.9.9.9", "::1"))


async def test_a_name_that_leads_inside_is_not_connected_to() -> None:
    with pytest.raises(Passing) as refused:
        await address_of("localhost", 443, loopback=False)
    assert refused.value.code == "address_refused"
    assert is_loopback(await address_of("localhost", 80, loopback=True))
    with pytest.raises(Passing) as unknown:
        await address_of("no-such-host.invalid", 443, loopback=False)
    assert unknown.value.code == "unreachable"
