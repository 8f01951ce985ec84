"""Requests to addresses that a person gave: to public ones, at the very address that was looked at, without
following redirects, and with an end in sight (wall/media/fetch.py says why)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping

import httpcore2

from wall import __version__
from wall.media import AddressRules, NoPicture
from wall.media.addresses import Target, target_of, url_of
from wall.media.fetch import Guard, Names, Resolve

TOTAL_SECONDS = 15.0
_CONNECT_SECONDS = 5.0
_READ_BYTES = 4_096
"""So much of an answer is read before the connection is given up: nothing in it counts."""
AT_ONCE = 16


class Undelivered(Exception):
    """Something did not arrive. `code` says why; no address is in it. `lasting`: trying again is no use."""

    def __init__(self, code: str, *, lasting: bool = False, status: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.lasting = lasting
        self.status = status


class Outgoing:
    """Posts to https addresses under an `AddressRules`."""

    def __init__(
        self,
        rules: AddressRules | None = None,
        *,
        resolve: Resolve | None = None,
        dial: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._rules = rules or AddressRules()
        self._names = Names()
        self._total_seconds = total_seconds
        guard = Guard(self._rules, resolve or self._names.resolve, dial or httpcore2.AnyIOBackend())
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls, max_connections=None, keepalive_expiry=15, network_backend=guard
        )
        self._turns = asyncio.Semaphore(AT_ONCE)

    def check(self, url: str) -> str:
        """The origin (scheme, host and an unusual port) of an address that may be posted to, as far as it
        can be told without resolving its name. Raises Undelivered."""
        target = self._target(url)
        host = f"[{target.host}]" if ":" in target.host else target.host
        return f"https://{host}" if target.port == 443 else f"https://{host}:{target.port}"

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status with which an address took these bytes. Raises Undelivered where nobody answered."""
        target = self._target(url)
        try:
            async with self._turns, asyncio.timeout(self._total_seconds):
                return await self._sent(target, body, headers)
        except (TimeoutError, httpcore2.TimeoutException):
            raise Undelivered("too_slow") from None
        except NoPicture as refused:
            raise _as_undelivered(refused) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
            raise Undelivered("unreachable") from None

    async def close(self) -> None:
        """Close idle connections."""
        await self._pool.aclose()
        self._names.close()

    async def _sent(self, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        sent = {"host": url_of(target).split("/")[2], "user-agent": f"Backchannel/{__version__}", **headers}
        sent["host"] = sent["host"].removesuffix(":443")
        timeout = {"connect": _CONNECT_SECONDS, "read": self._total_seconds, "write": self._total_seconds}
        address = httpcore2.URL(scheme="https", host=target.host, port=target.port, target=target.path)
        fields = [(name.encode(), value.encode()) for name, value in sent.items()]
        fields.append((b"content-length", str(len(body)).encode()))
        async with self._pool.stream(
            "POST", address, headers=fields, content=body, extensions={"timeout": timeout}
        ) as response:
            read = 0
            async for some in response.aiter_stream():
                read += len(some)
                if read > _READ_BYTES:
                    break
            return int(response.status)

    def _target(self, url: str) -> Target:
        try:
            target = target_of(url, self._rules)
        except NoPicture as refused:
            raise _as_undelivered(refused) from None
        if target.scheme != "https":
            raise Undelivered("refused_url", lasting=True)
        return target


def _as_undelivered(refused: NoPicture) -> Undelivered:
    return Undelivered(refused.code, lasting=refused.lasting)
