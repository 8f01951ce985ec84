"""Which addresses a picture may be fetched from. Pure: nothing here resolves or connects.

The ranges are our own list, because `ipaddress` of Python 3.11 and 3.12 calls 64:ff9b::7f00:1,
::127.0.0.1, fec0::1, 192.88.99.1 and others public.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple
from urllib.parse import quote, urljoin

from wall.media.problems import NoPicture
from wall.text import safe_url

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

WEB_PORTS = frozenset({80, 443})

_REFUSED_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; the metadata of one cloud
        "127.0.0.0/8",
        "168.63.129.16/32",  # the host of a virtual machine in Azure
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; the metadata of one cloud
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
"""The only part of IPv6 that is given out. Unique-local, link- and site-local, multicast, ::/96,
64:ff9b:1::/48, 5f00::/16 and what may come are outside of it."""
_REFUSED_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise, and its relays are gone
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE
_LOW_32 = 0xFFFFFFFF

_PARTS = re.compile(r"(https?)://(\[[^\]]+\]|[^/?#:]+)(?::([0-9]+))?([^#]*)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_TARGET_SAFE = "/?:@!$&'()*+,;=-._~%[]"


def public_address(address: Address) -> bool:
    """Whether an address belongs to a host of the public internet.

    An IPv4 address inside a mapped or NAT64 address is looked at itself. Other forms that carry
    one (6to4, Teredo, ISATAP, IPv4-compatible, IPv4-translated) are never public.
    """
    inner = embedded(address)
    if isinstance(inner, IPv4Address):
        return not any(inner in network for network in _REFUSED_4)
    if inner.scope_id is not None or inner not in _UNICAST_6 or _is_isatap(inner):
        return False
    return not any(inner in network for network in _REFUSED_6)


def embedded(address: Address) -> Address:
    """The IPv4 address to which a mapped or NAT64 address leads; every other address itself."""
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _NAT64):
        return IPv4Address(int(address) & _LOW_32)
    return address


@dataclass(frozen=True)
class AddressRules:
    """Which addresses may be connected to: public ones at web ports, and what an operator says.

    `trusted` networks count as public: an instance on an intranet. `refused` ones never are: an
    intranet with public addresses. `refused` wins.
    """

    ports: frozenset[int] = WEB_PORTS
    trusted: tuple[Network, ...] = ()
    refused: tuple[Network, ...] = ()

    def allow(self, address: str) -> bool:
        """Whether this address, as a resolver gives it, may be connected to."""
        try:
            inner = embedded(ipaddress.ip_address(address))
        except ValueError:
            return False
        if any(inner in network for network in self.refused):
            return False
        return public_address(inner) or any(inner in network for network in self.trusted)


class Target(NamedTuple):
    """Where a request goes: `host` is ASCII (an IPv6 address without brackets), `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_literal(self) -> bool:
        """Whether the host is an address and no name."""
        return ":" in self.host or bool(_NUMBER.fullmatch(self.host.rpartition(".")[2]))


def target_of(url: str, rules: AddressRules, base: str | None = None) -> Target:
    """Where an address leads; a redirect's `url` may be relative to `base`.

    Raises NoPicture for what is no plain http(s) address, for a port or an address that the rules
    refuse, and for an IPv4 address in any form but four decimal numbers: `127.1`, `0x7f.1`,
    `2130706433` and `0177.0.0.1` are read differently by different programs.
    """
    whole = safe_url(url if base is None else _joined(base, url))
    match = _PARTS.fullmatch((whole or "").partition("#")[0])
    if match is None:
        raise NoPicture("refused_url")
    scheme = match[1].lower()
    port = int(match[3]) if match[3] else 443 if scheme == "https" else 80
    host = _host(match[2])
    if port not in rules.ports or host is None:
        raise NoPicture("refused_url")
    target = Target(scheme, host, port, _path(match[4]))
    if target.is_literal and not rules.allow(host):
        raise NoPicture("refused_address")
    return target


def url_of(target: Target) -> str:
    """The address of a target, to which a redirect may be relative."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{target.scheme}://{host}:{target.port}{target.path}"


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _path(rest: str) -> str:
    """Path and query as a request line has them: ASCII, from the first slash."""
    return quote(rest if rest.startswith("/") else f"/{rest}", safe=_TARGET_SAFE)


def _host(written: str) -> str | None:
    """A host as a resolver is asked for it; None for what is no host or an odd form of an address."""
    if written.startswith("["):
        return _literal(written[1:-1], IPv6Address)
    name = unicodedata.normalize("NFKC", written).lower().removesuffix(".")
    labels = [_ascii(label) for label in name.split(".")]
    if not all(_LABEL.fullmatch(label) for label in labels) or len(".".join(labels)) > 253:
        return None
    if _NUMBER.fullmatch(labels[-1]):
        return _literal(name, IPv4Address)
    return ".".join(labels)


def _literal(text: str, kind: type[Address]) -> str | None:
    try:
        return str(kind(text))
    except ValueError:
        return None


def _ascii(label: str) -> str:
    """A label in ASCII. Names are only looked up with it: the resolver has the last word."""
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFDFFFFFF == _ISATAP
