"""One request to an instance's API: bounded in time and size, within its rate limit, JSON or a problem."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from wall.errors import FeedFatal
from wall.feeds.kin.addresses import address_of
from wall.feeds.kin.config import InstanceConfig, Times
from wall.feeds.kin.problems import DEFAULT_LIMIT_WAIT, Passing, fatal, refused

BODY_LIMIT = 8 << 20
"""Longest answer that is read, in bytes. Mastodon takes in remote posts of up to 1 MB each."""

LONGEST_LIMIT_WAIT = 900.0
"""Seconds: the longest window of Mastodon's rate limits. Nobody's clock can make us wait longer."""

RESERVE = 5
"""Requests that are left unused in every window of the rate limit: other parts ask too."""

USER_AGENT = "Backchannel (event wall)"

Params = Mapping[str, str | list[str]]


class NotThere(Exception):
    """The API answered in its own words that there is no such thing (404 or 410 with a JSON error)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class Rest:
    """The HTTP side of one instance. Redirects are not followed, cookies not kept, proxies not asked."""

    def __init__(self, instance: InstanceConfig, times: Times) -> None:
        self._with_token = instance.token is not None
        self._times = times
        self._free_at = 0.0
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if instance.token:
            headers["Authorization"] = f"Bearer {instance.token}"
        self._client = httpx2.AsyncClient(
            base_url=instance.url,
            headers=headers,
            transport=_Pinned(loopback=instance.plain),
            timeout=times.request,
            follow_redirects=False,
            trust_env=False,
        )

    async def get(self, path: str, params: Params | None = None) -> Any:
        """The JSON at a path. Waits where the rate limit is nearly used up.

        Raises Passing, FeedFatal for what an organiser must change, NotThere.
        """
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._free_at - loop.time())
        try:
            async with asyncio.timeout(self._times.request):
                answer, body = await self._read(path, params)
        except TimeoutError:
            raise Passing("timeout", "It does not answer in time") from None
        self._note_limit(answer.headers, loop.time())
        return _judged(answer, body, with_token=self._with_token)

    async def send(
        self, method: str, path: str, said: Mapping[str, str] | None, key: str
    ) -> tuple[int, Any]:
        """One request that may change something there: its status, and its JSON (None: it has none).

        `said` are the parameters of a GET or the form of a POST. A POST with the same `key` again does not
        do it again. Raises Passing for what may pass by itself: too often, a fault there, no answer.
        """
        given = {"params": said} if method == "GET" else {"data": said, "headers": {"Idempotency-Key": key}}
        try:
            async with asyncio.timeout(self._times.request):
                answer, body = await self._read(path, method=method, **given)
        except TimeoutError:
            raise Passing("timeout", "It does not answer in time") from None
        status = answer.status_code
        if status == 429:
            raise Passing(
                "rate_limited",
                "It was asked too often",
                wait=until_reset(answer.headers) or DEFAULT_LIMIT_WAIT,
            )
        if status >= 500 or status in (408, 421, 425):
            raise Passing("server_error", f"It answers with status {status}")
        try:
            return status, json.loads(body)
        except (ValueError, RecursionError):
            raise Passing("not_json", "It answers with a page in place of data") from None

    async def aclose(self) -> None:
        """Close its connections. Safe to call twice."""
        await self._client.aclose()

    async def _read(
        self, path: str, params: Params | None = None, *, method: str = "GET", **more: Any
    ) -> tuple[httpx2.Response, bytes]:
        async with self._client.stream(method, path, params=params, **more) as answer:
            body = bytearray()
            async for part in answer.aiter_bytes(1 << 16):
                body += part
                if len(body) > BODY_LIMIT:
                    raise Passing("too_large", "Its answer is too large")
            return answer, bytes(body)

    def _note_limit(self, headers: httpx2.Headers, now: float) -> None:
        with contextlib.suppress(ValueError):
            if int(headers.get("x-ratelimit-remaining", "")) <= RESERVE:
                self._free_at = now + (until_reset(headers) or 0.0)


class _Pinned(httpx2.AsyncHTTPTransport):
    """Connects to the address that was looked at, under the name that was asked for."""

    def __init__(self, *, loopback: bool) -> None:
        super().__init__(trust_env=False)
        self._loopback = loopback

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        address = await address_of(host, port, loopback=self._loopback)
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await super().handle_async_request(request)


def until_reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the rate limit has room, by the server's own clock; None where it does not say.

    `X-RateLimit-Reset` is ISO 8601 here (epoch seconds from some kin), and 429 has no Retry-After.
    """
    with contextlib.suppress(ValueError):
        return _within_window(float(headers.get("retry-after", "")))
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        reset = _moment(headers.get("x-ratelimit-reset", ""))
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


def _judged(answer: httpx2.Response, body: bytes, *, with_token: bool) -> Any:
    status = answer.status_code
    if status == 429:
        wait = until_reset(answer.headers)
        raise Passing("rate_limited", "It was asked too often", wait=wait or DEFAULT_LIMIT_WAIT)
    if status >= 500 or status in (408, 421, 425):
        raise Passing("server_error", f"It answers with status {status}")
    if status in (301, 308):
        raise _elsewhere()
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Passing("not_json", "It answers with a page in place of data") from None
    if status == 200 and isinstance(said, dict | list):
        return said
    raise _refusal(status, is_api=isinstance(said, dict) and "error" in said, with_token=with_token)


def _refusal(status: int, *, is_api: bool, with_token: bool) -> Exception:
    """What a status other than 200 means. Only the API's own words are believed, not a proxy's."""
    if is_api and status in (401, 403, 422):
        return refused(status, with_token=with_token)
    if is_api and status in (404, 410):
        return NotThere(status)
    return Passing("server_error", f"It answers with status {status}")


def _elsewhere() -> FeedFatal:
    remedy = "look at a post there in a browser and give the host that its address shows."
    return fatal("moved", f"Its API is at another host: {remedy}", remedy)
