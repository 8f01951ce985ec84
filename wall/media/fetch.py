"""Bytes of images from hosts that nobody vouches for.

Whatever a name resolves to is looked at, and the connection goes to the very address that was
looked at: a name server that answers differently the second time is not asked a second time. TLS
is verified against the name all the same. Cookies, proxies and compression do not exist here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpcore2

from wall import __version__
from wall.media.addresses import AddressRules, Target, target_of, url_of
from wall.media.images import HEAD_BYTES, format_of
from wall.media.problems import NoPicture

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host name, best first. Raises OSError where there are none."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({401, 403, 404, 410, 451})
_ADDRESSES_TRIED = 3
_NAME_THREADS = 16
_HEADERS = (
    (b"user-agent", f"Backchannel/{__version__} (pictures)".encode()),
    (b"accept", b"image/webp,image/avif,image/png,image/jpeg,image/gif"),
    (b"accept-encoding", b"identity"),
)


@dataclass(frozen=True)
class FetchLimits:
    """What one image may cost. Seconds are wall time, bytes are those on the wire."""

    size_bytes: int = 5 * 1024 * 1024
    total_seconds: float = 10.0
    connect_seconds: float = 4.0
    quiet_seconds: float = 5.0
    least_bytes_per_second: int = 2_048
    patience_seconds: float = 3.0
    redirects: int = 2
    at_once: int = 8
    per_host: int = 2
    waiting: int = 400


class Fetcher:
    """Fetches images under an `AddressRules`. `dial` opens connections and sees only addresses."""

    def __init__(
        self,
        rules: AddressRules | None = None,
        *,
        limits: FetchLimits | None = None,
        resolve: Resolve | None = None,
        dial: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._rules = rules or AddressRules()
        self._limits = limits or FetchLimits()
        self._names = Names()
        guard = Guard(self._rules, resolve or self._names.resolve, dial or httpcore2.AnyIOBackend())
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=None,
            max_keepalive_connections=self._limits.at_once,
            keepalive_expiry=15,
            network_backend=guard,
        )
        self._turns = _Turns(self._limits)

    async def fetch(self, url: str) -> bytes:
        """The bytes of an image, which begins like one. Raises NoPicture."""
        left = self._limits.total_seconds
        target = target_of(url, self._rules)
        for _ in range(self._limits.redirects + 1):
            async with self._turns.turn(target.host):
                started = time.monotonic()
                answer = await self._within(left, target)
                left -= time.monotonic() - started
            if isinstance(answer, bytes):
                return answer
            target = answer
        raise NoPicture("too_many_redirects")

    async def close(self) -> None:
        """Close idle connections."""
        await self._pool.aclose()
        self._names.close()

    async def _within(self, seconds: float, target: Target) -> bytes | Target:
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(target)
        except (TimeoutError, httpcore2.TimeoutException):
            raise NoPicture("too_slow") from None
        except (httpcore2.ConnectError, OSError):
            raise NoPicture("unreachable") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            raise NoPicture("failed") from None

    async def _ask(self, target: Target) -> bytes | Target:
        """One request: the image, or where it is said to be instead."""
        limits = self._limits
        address = httpcore2.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        timeout = {
            "connect": limits.connect_seconds,
            "read": limits.quiet_seconds,
            "write": limits.quiet_seconds,
        }
        headers = [(b"host", _host_header(target)), *_HEADERS]
        async with self._pool.stream(
            "GET", address, headers=headers, extensions={"timeout": timeout}
        ) as response:
            if response.status in _REDIRECTS:
                return target_of(_header(response, b"location"), self._rules, url_of(target))
            if response.status != 200:
                raise NoPicture("gone" if response.status in _GONE else "failed")
            return await self._body(response)

    async def _body(self, response: httpcore2.Response) -> bytes:
        """The body, read only as long as it looks like an image of a size and pace that we take."""
        limits, started = self._limits, time.monotonic()
        if _header(response, b"content-encoding") not in {"", "identity"}:
            raise NoPicture("encoded")
        announced = _header(response, b"content-length")
        if announced.isdecimal() and int(announced) > limits.size_bytes:
            raise NoPicture("too_large")
        body, known = bytearray(), False
        async for some in response.aiter_stream():
            body += some
            if len(body) > limits.size_bytes:
                raise NoPicture("too_large")
            known = known or _looks_right(body)
            seconds = time.monotonic() - started
            if seconds > limits.patience_seconds and len(body) < seconds * limits.least_bytes_per_second:
                raise NoPicture("too_slow")
        if not known and format_of(bytes(body)) is None:
            raise NoPicture("not_an_image")
        return bytes(body)


class Guard(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that the rules allow, and to nothing else."""

    def __init__(self, rules: AddressRules, resolve: Resolve, dial: httpcore2.AsyncNetworkBackend) -> None:
        self._rules = rules
        self._resolve = resolve
        self._dial = dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve, look at every address, connect to one of them. Raises NoPicture, ConnectError."""
        addresses = [host] if _is_address(host) else await self._resolve(host, port)
        if not addresses or not all(self._rules.allow(address) for address in addresses):
            raise NoPicture("refused_address" if addresses else "unreachable")
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                return await self._dial.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout, OSError):
                continue
        raise httpcore2.ConnectError


class Names:
    """The system's resolver, in threads of its own: a name server that hangs stops nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_NAME_THREADS, thread_name_prefix="names")

    async def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(info[4][0]) for info in found))

    def close(self) -> None:
        """Let the threads end; nobody waits for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Turns:
    """Who may ask now: so many at once, few of them at one host, and no endless queue.

    A turn at the host is taken first, so that those who wait for a slow host keep nobody else out.
    """

    def __init__(self, limits: FetchLimits) -> None:
        self._limits = limits
        self._all = asyncio.Semaphore(limits.at_once)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._asking: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at this host. Raises NoPicture when too many wait already."""
        if self._asking.total() >= self._limits.waiting:
            raise NoPicture("busy")
        self._asking[host] += 1
        own = self._hosts.setdefault(host, asyncio.Semaphore(self._limits.per_host))
        try:
            async with own, self._all:
                yield
        finally:
            self._asking[host] -= 1
            if not self._asking[host]:
                del self._asking[host], self._hosts[host]


def _looks_right(body: bytearray) -> bool:
    """Whether this is an image, as far as one can tell. Raises NoPicture when it is none."""
    if len(body) < HEAD_BYTES:
        return False
    if format_of(bytes(body[:HEAD_BYTES])) is None:
        raise NoPicture("not_an_image")
    return True


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host_header(target: Target) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = 443 if target.scheme == "https" else 80
    return (host if target.port == usual else f"{host}:{target.port}").encode()


def _header(response: httpcore2.Response, name: bytes) -> str:
    """A header's first value in lower case of its name, "" where there is none."""
    found = next((value for key, value in response.headers if key.lower() == name), b"")
    return found.decode("utf-8", "replace").strip()
