"""One request to a homeserver: bounded in time and size, JSON or a problem."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2

from wall.errors import FeedFatal
from wall.feeds.common.client import LONGEST_LIMIT_WAIT, USER_AGENT, Pinned, read_body, until_reset
from wall.feeds.common.fields import is_plain, url_of
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing
from wall.feeds.matrix_rooms.config import MatrixConfig, Times
from wall.feeds.matrix_rooms.problems import NoData, Refused, no_api, refused, understood
from wall.feeds.matrix_rooms.shallow import shallow
from wall.feeds.shapes.common import Record

_BASE = "/_matrix/client/v3"


def path_of(*parts: str) -> str:
    """A path of the client API; each part may hold what has a meaning in addresses."""
    return "/".join([_BASE, *(quote(part, safe="") for part in parts)])


class Homeserver:
    """The client API of one server for one account. Redirects are not followed, proxies not asked."""

    def __init__(self, config: MatrixConfig, times: Times) -> None:
        self._times = times
        self._client = httpx2.AsyncClient(
            base_url=url_of(config.homeserver),
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Authorization": f"Bearer {config.token}",
            },
            transport=Pinned(loopback=is_plain(config.homeserver)),
            timeout=None,
            follow_redirects=False,
            trust_env=False,
        )

    async def check(self) -> None:
        """See that there is a Matrix server at all. Raises FeedFatal where there is none, Passing."""
        try:
            said = await self._asked("GET", "/_matrix/client/versions")
        except Refused:
            raise no_api() from None
        except Passing as problem:
            raise (no_api() if problem.code == "no_data" else problem) from None
        if not isinstance(said.get("versions"), list):
            raise no_api()

    async def is_well(self) -> bool:
        """Whether it is there as a whole, now."""
        try:
            await self.check()
        except Exception as problem:
            if understood(problem) is None:
                raise
            return False
        return True

    async def get(self, path: str, params: Mapping[str, str] | None = None, *, held: float = 0.0) -> Record:
        """The JSON at a path, whose answer may be held back for `held` seconds.

        Raises Passing, Refused, and FeedFatal for what an organiser must change.
        """
        return await self._asked("GET", path, held, params=params)

    async def post(self, path: str, said: Record) -> Record:
        """What the server answers to this. Raises as `get` does."""
        return await self._asked("POST", path, json=said)

    async def aclose(self) -> None:
        """Close its connections. Safe to call twice."""
        await self._client.aclose()

    async def _asked(self, method: str, path: str, held: float = 0.0, **given: Any) -> Record:
        try:
            async with (
                asyncio.timeout(self._times.request + held),
                self._client.stream(method, path, **given) as answer,
            ):
                body = await read_body(answer)
        except TimeoutError:
            raise Passing("timeout", "It does not answer in time") from None
        return _judged(answer, body)


def _judged(answer: httpx2.Response, body: bytes) -> Record:
    status = answer.status_code
    said = _read(body)
    record = said if isinstance(said, dict) else {}
    if status == 200 and isinstance(said, dict):
        return record
    raise _problem(answer, record)


def _read(body: bytes) -> Any:
    """What JSON says, without what is nested too deep; None for what is no JSON."""
    try:
        return json.loads(body)
    except RecursionError:
        return _read(shallow(body))
    except ValueError:
        return None


def _problem(answer: httpx2.Response, said: Record) -> Passing | FeedFatal | Refused:
    """What an answer other than 200 means. Only the API's own words are believed, not a proxy's."""
    status, code = answer.status_code, said.get("errcode")
    if status == 429:
        wait = _wait_in(said) or until_reset(answer.headers) or DEFAULT_LIMIT_WAIT
        return Passing("rate_limited", "It was asked too often", wait=wait)
    if status >= 500 or status in (408, 421, 425):
        return Passing("server_error", f"It answers with status {status}")
    if 300 <= status < 400:
        return Passing("moved", "It sends us to another address, where we do not go: check the host")
    if status != 200 and isinstance(code, str):
        return refused(status, code, soft=said.get("soft_logout") is True)
    return NoData(status)


def _wait_in(said: Record) -> float | None:
    """`retry_after_ms` of M_LIMIT_EXCEEDED in seconds, as far as it is believed."""
    wait = said.get("retry_after_ms")
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not math.isfinite(wait):
        return None
    return min(max(wait / 1000, 0.0), LONGEST_LIMIT_WAIT)
