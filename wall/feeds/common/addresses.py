"""Where a feed may connect to: the public internet, or loopback where a test says `http://`."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from wall.feeds.common.problems import Passing

_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


def is_public(address: str) -> bool:
    """Whether an IP address, as a resolver gives it, belongs to the public internet.

    IPv6 addresses that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) never do: no instance
    has only such a one, and what they lead to is hard to tell.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip.ipv4_mapped or ip.sixtofour or ip.teredo or any(ip in network for network in _EMBEDDING)
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


async def address_of(host: str, port: int, *, loopback: bool) -> str:
    """The IP address to connect to for a host: a public one, or with `loopback` this machine only.

    Whoever connects must use the address given: asking the name again may give another. Raises
    Passing (`unreachable`, `address_refused`): name servers of venues give wrong answers at times.
    """
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Passing("unreachable", "Its name is not known to the name server") from None
    allowed = is_loopback if loopback else is_public
    good = [str(entry[4][0]) for entry in found if allowed(str(entry[4][0]))]
    if not good:
        raise Passing("address_refused", "Its name leads to an address that is not public")
    return good[0]
