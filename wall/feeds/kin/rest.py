"""One request to an instance's API: bounded in time and size, within its rate limit, JSON or a problem."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

import httpx2

from wall.errors import FeedFatal
from wall.feeds.base import Budget
from wall.feeds.common.budgets import requests_left
from wall.feeds.common.client import USER_AGENT, Pinned, read_body, until_reset
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing, fatal
from wall.feeds.kin.config import InstanceConfig, Times
from wall.feeds.kin.problems import refused
from wall.feeds.kin.software import MASTODON, Software

RESERVE = 5
"""Requests that are left unused in every window of the rate limit: other parts ask too."""

BAD_REQUEST = "bad_request"
"""Code of a Passing: the API does not understand what is asked."""

Params = Mapping[str, str | list[str]]


class NotThere(Exception):
    """The API answered in its own words that there is no such thing (404 or 410 with a JSON error)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class Rest:
    """The HTTP side of one instance. Redirects are not followed, cookies not kept, proxies not asked."""

    def __init__(self, instance: InstanceConfig, times: Times) -> None:
        self.software = MASTODON
        """What the server runs, once it is known: refusals are told in its words."""
        self.left: Budget | None = None
        """What is left of its rate limit, as the last answer said; None: it says nothing of one."""
        self._name = instance.name
        self._with_token = instance.token is not None
        self._times = times
        self._free_at = 0.0
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if instance.token:
            headers["Authorization"] = f"Bearer {instance.token}"
        self._client = httpx2.AsyncClient(
            base_url=instance.url,
            headers=headers,
            transport=Pinned(loopback=instance.plain),
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
        return _judged(answer, body, self.software, with_token=self._with_token)

    async def get_if_allowed(self, path: str, params: Params | None = None) -> Any | None:
        """The same; None where this token may not ask for it, or it is not there. Raises Passing."""
        try:
            return await self.get(path, params)
        except (NotThere, FeedFatal):
            return None

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
            return answer, await read_body(answer)

    def _note_limit(self, headers: httpx2.Headers, now: float) -> None:
        self.left = requests_left(self._name, headers) or self.left
        with contextlib.suppress(ValueError):
            if int(headers.get("x-ratelimit-remaining", "")) <= RESERVE:
                self._free_at = now + (until_reset(headers) or 0.0)


def _judged(answer: httpx2.Response, body: bytes, software: Software, *, with_token: bool) -> Any:
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
    if not isinstance(said, dict) or "error" not in said:  # a proxy's words, not the API's
        raise Passing("server_error", f"It answers with status {status}")
    raise _refusal(status, software, with_token=with_token)


def _refusal(status: int, software: Software, *, with_token: bool) -> Exception:
    """What a status other than 200 means, in the API's own words."""
    if status in (401, 403, 422):
        return refused(status, software, with_token=with_token)
    if status in (404, 410):
        return NotThere(status)
    if status in (400, 405):
        return Passing(BAD_REQUEST, f"It answers with status {status}")
    return Passing("server_error", f"It answers with status {status}")


def _elsewhere() -> FeedFatal:
    remedy = "look at a post there in a browser and give the host that its address shows."
    return fatal("moved", f"Its API is at another host: {remedy}", remedy)
