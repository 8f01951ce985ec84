"""HTTP as feeds speak it: to public addresses only, bounded in size, within rate limits."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from wall.feeds.common.addresses import address_of
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing

BODY_LIMIT = 8 << 20
"""Longest answer that is read, in bytes: a page of posts, of which one may have 1 MB."""

LONGEST_LIMIT_WAIT = 900.0
"""Seconds: the longest window of a network's rate limits. Nobody's clock can make us wait longer."""

USER_AGENT = "Backchannel (event wall)"

_RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")


PACKED = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""Encodings that are read. What one chunk of them grows to is bounded, 64 KB to 64 MB; of two encodings one
inside of the other, or of others, it is not."""


async def read_body(answer: httpx2.Response) -> bytes:
    """What a streamed answer holds. Raises Passing (`too_large`) for more than `BODY_LIMIT` bytes."""
    body = bytearray()
    async for part in answer.aiter_bytes(1 << 16):
        body += part
        if len(body) > BODY_LIMIT:
            raise Passing("too_large", "Its answer is too large")
    return bytes(body)


class Pinned(httpx2.AsyncHTTPTransport):
    """Connects to the address that was looked at, under the name that was asked for.

    Raises Passing (`packed`) for an answer that could grow without bound when it is unpacked.
    """

    def __init__(self, *, loopback: bool) -> None:
        super().__init__(trust_env=False)
        self._loopback = loopback

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        address = await address_of(host, port, loopback=self._loopback)
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        if request.headers.get("accept-encoding") != "identity":
            request.headers["accept-encoding"] = "gzip, deflate"
        answer = await super().handle_async_request(request)
        if answer.headers.get("content-encoding", "").strip().lower() not in PACKED:
            await answer.aclose()
            raise Passing("packed", "It answers packed in a way that was not asked for")
        return answer


def until_reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the rate limit has room, by the server's own clock; None where it does not say.

    `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3).
    `X-RateLimit-Reset` of Mastodon is ISO 8601 (epoch seconds from some kin), and its 429 has no
    Retry-After; `RateLimit-Reset` of the AT protocol and `x-rate-limit-reset` of X are epoch seconds.
    """
    with contextlib.suppress(ValueError):
        return _within_window(float(headers.get("retry-after", "")))
    with contextlib.suppress(ValueError, TypeError):
        until = parsedate_to_datetime(headers.get("retry-after", "")).astimezone(UTC)
        return _within_window((until - _server_now(headers)).total_seconds())
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        reset = _moment(next((headers[name] for name in _RESETS if headers.get(name)), ""))
        return _within_window((reset - _server_now(headers)).total_seconds())
    return None


def _moment(text: str) -> datetime:
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _server_now(headers: Mapping[str, str]) -> datetime:
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return datetime.now(UTC)


def _within_window(seconds: float) -> float:
    """A wait that a clock which is wrong, or a hostile answer, cannot stretch."""
    return min(max(seconds, 0.0), LONGEST_LIMIT_WAIT) if math.isfinite(seconds) else DEFAULT_LIMIT_WAIT
