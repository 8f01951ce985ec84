"""Where others reach this server, told from where it listens and the address that a browser used."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""Files that Docker and Podman put into containers, whose own address nobody else can use."""
_FAR_AWAY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses of the documentation (RFC 5737, RFC 3849): nobody is asked, only which of ours they see."""


@dataclass(frozen=True)
class Reach:
    """Whether phones and televisions can open the address of a page. `here_only`: they cannot, it is one of
    this computer. `listens`: this process takes requests from others too; `address`: where it does, or
    would, if it can know (in a container it cannot); `port`: the one in use."""

    here_only: bool
    listens: bool = True
    address: str = ""
    port: int = 0


def reach_of(headers: Mapping[str, str], public_url: str | None, host: str, port: int) -> Reach:
    """What others can open, told from the address that the browser used and where this process listens."""
    used = headers.get("host", "").rsplit(":", 1)[0].strip("[]").lower()
    if public_url or not is_own(used):
        return Reach(here_only=False)
    listens = not is_own(host)
    own = own_address() if listens_everywhere(host) or not listens else host
    return Reach(here_only=True, listens=listens, address=origin_of(own, port) if own else "", port=port)


def listens_everywhere(host: str) -> bool:
    """Whether a process that listens on this address takes requests on all of this computer's."""
    return host in {"0.0.0.0", "::"}  # noqa: S104


def is_own(host: str) -> bool:
    """Whether a name or address leads nobody but this computer to itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def origin_of(host: str, port: int) -> str:
    """The start of addresses at a name or an IP address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def own_address() -> str | None:
    """This computer's address in its network, IPv4 where there is one; None without any, and in a
    container. Nothing is sent."""
    if any(mark.exists() for mark in _CONTAINER_MARKS):
        return None
    return next((found for one in _FAR_AWAY if (found := _address_towards(*one))), None)


def _address_towards(family: socket.AddressFamily, far: str) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            found = ipaddress.ip_address(probe.getsockname()[0])
    except OSError:
        return None
    # A link-local address needs the name of an interface, which differs on each computer.
    return None if found.is_loopback or found.is_link_local else str(found)
