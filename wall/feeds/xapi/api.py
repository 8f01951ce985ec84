"""One request to the API of X: bounded in time and size, within its rate limits, counted by the meter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from wall.feeds.common.budgets import Budgets, requests_left
from wall.feeds.common.client import USER_AGENT, Pinned, read_body, until_reset
from wall.feeds.common.fields import is_plain, url_of
from wall.feeds.common.problems import of_transport
from wall.feeds.shapes.common import Record
from wall.feeds.xapi.asking import CHECKS, POSTS, Asking
from wall.feeds.xapi.config import Times, XConfig
from wall.feeds.xapi.meter import Meter
from wall.feeds.xapi.problems import Limited, Refused, ServerTrouble, of_answer
from wall.feeds.xapi.standing import PLACE, Tell
from wall.model import utc_now

SEARCH = "/2/tweets/search/recent"
STREAM = "/2/tweets/search/stream"
RULES = "/2/tweets/search/stream/rules"
LOOKUP = "/2/tweets"
CONNECTIONS = "/2/connections/filtered_stream"

_NAMES = {SEARCH: "search", STREAM: "stream", RULES: "rules", LOOKUP: "recheck", CONNECTIONS: "connections"}
_TRIES = 12
"""Requests in a row whose fields are refused, each in another way, before that is said."""


class Api:
    """The HTTP side of a feed. Redirects are not followed, cookies not kept, proxies not asked."""

    def __init__(self, config: XConfig, times: Times, meter: Meter, tell: Tell) -> None:
        self._times = times
        self._meter = meter
        self._tell = tell
        self._free_at: dict[str, float] = {}
        self._budgets = Budgets()
        self.posts = Asking(POSTS)
        self.checks = Asking(CHECKS)
        self._client = httpx2.AsyncClient(
            base_url=url_of(config.host),
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Authorization": f"Bearer {config.token}",
            },
            transport=Pinned(loopback=is_plain(config.host)),
            timeout=times.request,
            follow_redirects=False,
            trust_env=False,
        )

    async def read(self, path: str, asking: Asking, params: Mapping[str, str]) -> Record:
        """Posts at a path, which are counted. Raises Passing, FeedFatal."""
        for _ in range(_TRIES):
            sent = asking.params
            try:
                said = await self.send("GET", path, params={**params, **sent})
            except Refused as problem:
                if not asking.follows(problem.said, sent):
                    raise
            else:
                await self._count(said)
                return said
        raise ServerTrouble("bad_request", "X does not take what was asked of it")

    async def send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None
    ) -> Record:
        """The JSON object that a request is answered with. Raises Passing, FeedFatal."""
        self._check_limit(path)
        try:
            async with (
                asyncio.timeout(self._times.request),
                self._client.stream(method, path, params=params, json=body) as answer,
            ):
                raw = await read_body(answer)
        except Exception as problem:
            if (known := of_transport(problem)) is None:
                raise
            raise known from None
        await self._note_limit(path, answer.headers)
        said = _object(raw)
        if answer.status_code not in (200, 201):
            raise of_answer(answer.status_code, answer.headers, said, streaming=path == RULES)
        if said is None:
            raise ServerTrouble("not_json", "It answers with a page in place of data")
        return said

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """The stream, open, in parts as they come. Silence raises what httpx2 raises for a time-out."""
        for _ in range(_TRIES):
            self._check_limit(STREAM)
            sent = self.posts.params
            try:
                async with self._streaming(sent) as parts:
                    yield parts
                    return
            except Refused as problem:
                if not self.posts.follows(problem.said, sent):
                    raise
        raise ServerTrouble("bad_request", "X does not take what was asked of it")

    async def aclose(self) -> None:
        """Close its connections. Safe to call twice."""
        await self._client.aclose()

    async def taken(self, record: Record) -> None:
        """Count a record of the stream."""
        await self._count(record)

    @asynccontextmanager
    async def _streaming(self, params: Mapping[str, str]) -> AsyncIterator[AsyncIterator[bytes]]:
        timeout = httpx2.Timeout(self._times.request, read=self._times.silence)
        async with self._client.stream(
            "GET",
            STREAM,
            params=params,
            headers={"Accept-Encoding": "identity"},
            timeout=timeout,
        ) as answer:
            await self._note_limit(STREAM, answer.headers)
            if answer.status_code != 200:
                said = _object(await read_body(answer))
                raise of_answer(answer.status_code, answer.headers, said, streaming=True)
            yield answer.aiter_bytes()

    async def tell_money(self) -> None:
        """Tell what is left of the month's budget, if it moved."""
        budget = self._meter.budget(PLACE, utc_now())
        if self._budgets.is_news(budget):
            await self._tell(budget)

    async def _count(self, record: Record) -> None:
        self._meter.charge(record, utc_now())
        await self.tell_money()

    def _check_limit(self, path: str) -> None:
        wait = self._free_at.get(path, 0.0) - asyncio.get_running_loop().time()
        if wait > 0:
            raise Limited("rate_limited", "It was asked as often as X allows", wait=wait)

    async def _note_limit(self, path: str, headers: httpx2.Headers) -> None:
        """Remember when there is room again, and tell how much there is."""
        budget = requests_left(f"{PLACE} {_NAMES[path]}", headers)
        if budget is None:
            return
        wait = until_reset(headers)
        if budget.left <= 0 and wait is not None:
            self._free_at[path] = asyncio.get_running_loop().time() + wait
        if self._budgets.is_news(budget):
            await self._tell(budget)


def _object(raw: bytes) -> Record | None:
    """A JSON object; None for anything else."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
