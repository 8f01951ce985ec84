"""Which addresses a picture may be fetched from: notations, ranges, redirects."""

from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.media.addresses import AddressRules, public_address, target_of, url_of
from wall.media.problems import NoPicture

RULES = AddressRules()
HAS_HOST = re.compile(r"(http:)?//[^/]")

NOTATIONS = [
    # Loopback, as resolvers and browsers read it.
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://127.0.0.0x1/",
    "http://0X7F.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://00000000/",
    "http://127.0.0.1./",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://127｡0｡0｡1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:470:1f0b:1::5efe:7f00:1]/",
    "http://[2001:470:1f0b:1:200:5efe:7f00:1]/",
    # Networks of the house, and of clouds.
    "http://10.0.0.1/",
    "http://10.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://192.168.257/",
    "http://3232235521/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://192.0.0.192/opc/v2/",
    "http://168.63.129.16/metadata/",
    "http://[fc00::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fec0::1]/",
    # Ranges that are nobody's.
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2001:2::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[100::1]/",
    # No address at all, or more than one in it.
    "http://user@127.0.0.1/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1#@example.org/",
    "http://example.org\\@127.0.0.1/",
    "http://127.0.0.1%2f@example.org/",
    "http://[::1",
    "http://[example.org]/",
    "http://[127.0.0.1]/",
    "http://1.2.3.4.5/",
    "http://1.2.3/",
    "http://256.1.1.1/",
    "http://0x/",
    "http://example.0x7f/",
    "http://a..example/",
    "http:///etc/passwd",
    "http://",
    "//127.0.0.1/",
    "file:///etc/passwd",
    "ftp://example.org/a.png",
    "gopher://127.0.0.1:6379/_INFO",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "http://example.org/a b.png",
    "http://example.org/\r\nHost: 127.0.0.1",
    "http://ex\u200bample.org/",
    "http://exa\u2100mple.org/",
    # Ports of other services.
    "http://example.org:22/",
    "http://example.org:6379/",
    "http://example.org:8000/",
    "http://8.8.8.8:53/",
    "http://example.org:0/",
    "http://example.org:65536/",
    "http://example.org:99999999999999999999/",
]


def test_the_table_is_as_long_as_promised() -> None:
    assert len(set(NOTATIONS)) == len(NOTATIONS) >= 60


@pytest.mark.parametrize("url", NOTATIONS)
def test_no_notation_of_an_address_inside_is_a_target(url: str) -> None:
    with pytest.raises(NoPicture) as refused:
        target_of(url, RULES)
    assert refused.value.lasting


@pytest.mark.parametrize("url", [url for url in NOTATIONS if HAS_HOST.match(url)])
def test_no_redirect_leads_inside(url: str) -> None:
    with pytest.raises(NoPicture):
        target_of(url, RULES, base="https://example.org:443/a/b.png")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://example.org", ("http", "example.org", 80, "/")),
        ("HTTPS://EXAMPLE.org./a.png?x=1&y=é#top", ("https", "example.org", 443, "/a.png?x=1&y=%C3%A9")),
        ("https://example.org:80/%41%zz", ("https", "example.org", 80, "/%41%zz")),
        ("https://example.org?x", ("https", "example.org", 443, "/?x")),
        ("https://münchen.example/ä", ("https", "xn--mnchen-3ya.example", 443, "/%C3%A4")),
        ("https://xn--mnchen-3ya.example/", ("https", "xn--mnchen-3ya.example", 443, "/")),
        ("https://ｅxample.org/", ("https", "example.org", 443, "/")),
        ("http://8.8.8.8/x", ("http", "8.8.8.8", 80, "/x")),
        ("http://[2606:4700::1111]/x", ("http", "2606:4700::1111", 80, "/x")),
        ("http://[64:ff9b::808:808]/", ("http", "64:ff9b::808:808", 80, "/")),
        ("http://3com.example/", ("http", "3com.example", 80, "/")),
    ],
)
def test_a_web_address_becomes_a_target(url: str, target: tuple[str, str, int, str]) -> None:
    assert tuple(target_of(url, RULES)) == target


@pytest.mark.parametrize(
    ("location", "path"),
    [("c.png", "/a/c.png"), ("/d.png?x", "/d.png?x"), ("?y", "/a/b.png?y"), ("", "/a/b.png")],
)
def test_a_redirect_may_be_relative(location: str, path: str) -> None:
    base = url_of(target_of("https://example.org/a/b.png", RULES))
    assert target_of(location, RULES, base).path == path


def test_a_target_can_be_written_as_an_address_again() -> None:
    for url in ("http://example.org:80/x?y", "https://[2606:4700::1111]:443/"):
        assert url_of(target_of(url, RULES)) == url


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert public_address(ipaddress.ip_address(address))


@given(st.integers(0, 2**32 - 1))
def test_what_the_standard_library_calls_private_is_never_public(number: int) -> None:
    inner = ipaddress.IPv4Address(number)
    if public_address(inner):
        assert inner.is_global
        assert not inner.is_multicast
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
    assert public_address(mapped) == public_address(inner)


@given(st.integers(0, 2**128 - 1))
def test_an_ipv6_address_is_public_only_where_addresses_are_given_out(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    if public_address(address) and address not in ipaddress.IPv6Network("64:ff9b::/96"):
        assert address.ipv4_mapped is not None or number >> 125 == 1


def test_an_operator_may_trust_an_intranet_and_refuse_a_network() -> None:
    rules = AddressRules(
        ports=frozenset({8443}),
        trusted=(ipaddress.ip_network("10.1.0.0/16"),),
        refused=(ipaddress.ip_network("193.0.0.0/8"), ipaddress.ip_network("10.1.2.0/24")),
    )
    assert target_of("https://10.1.1.1:8443/", rules).host == "10.1.1.1"
    for url in ("https://10.1.2.1:8443/", "https://193.1.1.1:8443/", "https://10.2.1.1:8443/"):
        with pytest.raises(NoPicture):
            target_of(url, rules)
    assert rules.allow("::ffff:10.1.1.1")
    assert not rules.allow("::ffff:193.1.1.1")
    assert not rules.allow("no address")


@given(st.text(max_size=60))
def test_nothing_but_a_target_or_a_refusal_comes_of_any_text(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}/", f"http://e.example/{text}"):
        try:
            target = target_of(url, RULES)
        except NoPicture:
            continue
        assert target.host.isascii()
        assert target.path.isascii()
        assert target.path.startswith("/")
        assert not set(target.host + target.path) & set(" \r\n\t\0")
