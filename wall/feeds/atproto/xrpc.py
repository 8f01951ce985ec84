"""One request to a server of the AT protocol: bounded in time and size, within its rate limit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.problems import Refused, understood
from wall.feeds.base import Budget
from wall.feeds.common.budgets import requests_left
from wall.feeds.common.client import USER_AGENT, Pinned, read_body, until_reset
from wall.feeds.common.fields import is_plain, name_of, url_of
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing
from wall.feeds.shapes.common import Record

RESERVE = 5
"""Requests that are left unused in every window of the rate limit."""

Params = Mapping[str, str | Sequence[str]]


class Xrpc:
    """The API of one server. Redirects are not followed, cookies not kept, proxies not asked."""

    def __init__(self, host: str, times: Times) -> None:
        self.name = name_of(host)
        self.left: Budget | None = None
        """What is left of its rate limit, as the last answer said; None: it says nothing of one."""
        self._times = times
        self._free_at = 0.0
        self._client = httpx2.AsyncClient(
            base_url=url_of(host),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            transport=Pinned(loopback=is_plain(host)),
            timeout=times.request,
            follow_redirects=False,
            trust_env=False,
        )

    async def get(self, method: str, params: Params, token: str | None = None) -> Record:
        """What a query answers. Raises Passing, Refused."""
        return await self._asked("GET", method, token, params=params)

    async def post(self, method: str, said: Record | None, token: str | None = None) -> Record:
        """What a procedure answers; `said` None: it is given nothing. Raises Passing, Refused."""
        given: dict[str, Any] = {} if said is None else {"json": said}
        return await self._asked("POST", method, token, **given)

    async def aclose(self) -> None:
        """Close its connections. Safe to call twice."""
        await self._client.aclose()

    async def _asked(self, verb: str, method: str, token: str | None, **given: Any) -> Record:
        loop = asyncio.get_running_loop()
        if (wait := self._free_at - loop.time()) > 0:
            raise Passing("rate_limited", "It was asked nearly as often as it allows", wait=wait)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with (
                asyncio.timeout(self._times.request),
                self._client.stream(verb, f"/xrpc/{method}", headers=headers, **given) as answer,
            ):
                body = await read_body(answer)
        except TimeoutError:
            raise Passing("timeout", "It does not answer in time") from None
        self._note_limit(answer.headers, loop.time())
        return _judged(answer, body)

    def _note_limit(self, headers: httpx2.Headers, now: float) -> None:
        self.left = requests_left(self.name, headers) or self.left
        with contextlib.suppress(ValueError):
            if int(headers.get("ratelimit-remaining", "")) <= RESERVE:
                self._free_at = now + (until_reset(headers) or 0.0)


class AppView:
    """Servers that show the public network without an account: one is asked, the others if it fails."""

    def __init__(self, hosts: Sequence[str], times: Times) -> None:
        self._servers = [Xrpc(host, times) for host in hosts]

    async def get(self, method: str, params: Params) -> Record:
        """What the first of them answers that does. Raises Passing, of the last, with the shortest wait."""
        failed, wait = Passing("unreachable", "It cannot be reached"), math.inf
        for server in list(self._servers):
            try:
                return await server.get(method, params)
            except Refused:
                raise
            except Exception as problem:
                known = understood(problem)
                if not isinstance(known, Passing):
                    raise
                wait = min(wait, known.wait or 0.0)
                failed = Passing(known.code, f"{server.name}: {known.message}", wait=wait or None)
                self._put_last(server)
        raise failed

    @property
    def left(self) -> Budget | None:
        """What is left of the rate limit of the one that is asked first."""
        return self._servers[0].left

    def _put_last(self, server: Xrpc) -> None:
        self._servers = [one for one in self._servers if one is not server] + [server]

    async def aclose(self) -> None:
        """Close every connection. Safe to call twice."""
        for server in self._servers:
            await server.aclose()


def _judged(answer: httpx2.Response, body: bytes) -> Record:
    status = answer.status_code
    if status == 429:
        wait = until_reset(answer.headers)
        raise Passing("rate_limited", "It was asked too often", wait=wait or DEFAULT_LIMIT_WAIT)
    if status >= 500 or status in (408, 421, 425):
        raise Passing("server_error", f"It answers with status {status}")
    if 300 <= status < 400:
        raise Passing("moved", "It sends us to another address, where we do not go")
    try:
        said = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise Passing("not_json", "It answers with a page in place of data") from None
    if status == 200 and isinstance(said, dict):
        return said
    error = said.get("error") if isinstance(said, dict) else None
    if not isinstance(error, str):
        raise Passing("not_json", "It answers with something else than data")
    raise Refused(status, error)
