"""The addresses under which this server is reached, and the check against pages of other sites."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers

from wall.access.tokens import Asgi, bearer_of, cookies_of
from wall.errors import BackchannelError, NotYours

_LOCAL_NAME = re.compile(r"[a-z0-9_-]+|(?:[a-z0-9_-]+\.)+(?:local|localhost)")


class ForeignOrigin(NotYours):
    """A page of another site, or one reached by a name this server does not know, asked for a change."""

    code = "foreign_origin"
    remedy = "Open Backchannel by its own address. If this is it, set BACKCHANNEL_PUBLIC_URL to it."


class UnknownHost(BackchannelError):
    """The request names a host that this server does not answer for."""

    status = 421
    code = "unknown_host"
    remedy = "Use the server's own address, or add this name to BACKCHANNEL_ALLOWED_HOSTS."


class Origins:
    """The addresses under which this server is reached, and the check against pages of other sites.

    Besides the public address and the allowed hosts it answers to names that DNS rebinding cannot
    use, because nobody can register them: loopback, IP addresses, single labels and `.local`.
    """

    def __init__(self, public_url: str | None = None, allowed_hosts: Iterable[str] = ()) -> None:
        """`public_url` is an origin (scheme, host, perhaps a port), lower case, without a path."""
        self.public = public_url
        self.secure = (public_url or "").startswith("https://")
        self._hosts = {name.lower() for name in allowed_hosts}
        if public_url:
            self._hosts.add(_hostname(public_url.partition("://")[2]))

    def knows(self, host: str) -> bool:
        """Whether a Host header, with or without a port, names this server."""
        name = _hostname(host)
        return name in self._hosts or _unregistrable(name)

    def base(self, scope: Asgi) -> str:
        """The start of absolute links: the public address, or the one this request came to."""
        return self.public or _own_origin(Headers(scope=scope), scope["scheme"])

    def is_secure(self, scope: Asgi) -> bool:
        """Whether this request came over TLS, here or at the proxy in front."""
        return self.secure or scope["scheme"] in {"https", "wss"}

    def check(self, headers: Headers, scheme: str) -> None:
        """Raise ForeignOrigin for a change, or a websocket, that a page of another site asked for.

        `scheme` is http, https, ws or wss. A Bearer token needs no Origin: a foreign page cannot
        send one. Neither does a client without a cookie, which has nothing to abuse.
        """
        if bearer_of(headers) is not None:
            return
        origin = headers.get("origin")
        if origin is None:
            if cookies_of(headers) or headers.get("sec-fetch-site") == "cross-site":
                raise ForeignOrigin("The browser did not say which page asked for this.")
        elif origin != self.public and not self._is_own(origin, headers, scheme):
            raise ForeignOrigin("A page of another site asked for this.")

    def _is_own(self, origin: str, headers: Headers, scheme: str) -> bool:
        return origin == _own_origin(headers, scheme) and self.knows(headers.get("host", ""))


def _own_origin(headers: Headers, scheme: str) -> str:
    http = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    return f"{http}://{headers.get('host', '').lower()}"


def _hostname(host: str) -> str:
    name = host.lower()
    return name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]


def _unregistrable(name: str) -> bool:
    return bool(_LOCAL_NAME.fullmatch(name)) or _is_address(name.strip("[]"))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
