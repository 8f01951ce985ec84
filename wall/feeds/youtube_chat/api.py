"""One request to the YouTube Data API: bounded in time and size, JSON or a problem."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import httpx2

from wall.feeds.common.client import USER_AGENT, Pinned, read_body, until_reset
from wall.feeds.common.fields import is_plain, url_of
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing
from wall.feeds.shapes.common import Record, parts_of
from wall.feeds.youtube_chat.config import Times, YoutubeConfig
from wall.feeds.youtube_chat.problems import Refusal, refused

PAGE = "2000"
"""Messages of a page: the most that YouTube gives."""
SMALL_PAGE = "200"
"""The fewest: asked for where a page is too large to be read."""


class Api:
    """The API with one key, which is in a header and in no address. Redirects are not followed."""

    def __init__(self, config: YoutubeConfig, times: Times) -> None:
        self._times = times
        self._video = config.video
        self._client = httpx2.AsyncClient(
            base_url=f"{url_of(config.service)}/youtube/v3",
            headers={"User-Agent": USER_AGENT, "Accept": "application/json", "X-Goog-Api-Key": config.key},
            transport=Pinned(loopback=is_plain(config.service)),
            timeout=None,
            follow_redirects=False,
            trust_env=False,
        )

    async def video(self) -> Record | None:
        """The video; None where there is none, or it is private. Raises Refusal."""
        said = await self._get("/videos", {"part": "liveStreamingDetails", "id": self._video})
        return next(iter(parts_of(said.get("items"))), None)

    async def messages(self, chat: str, token: str | None, size: str = PAGE) -> Record:
        """What was said in a chat after a place, or lately where there is none. Raises Refusal."""
        params = {"part": "id,snippet,authorDetails", "liveChatId": chat, "maxResults": size}
        return await self._get("/liveChat/messages", params | ({"pageToken": token} if token else {}))

    async def aclose(self) -> None:
        """Close its connections. Safe to call twice."""
        await self._client.aclose()

    async def _get(self, path: str, params: Mapping[str, str]) -> Record:
        try:
            async with (
                asyncio.timeout(self._times.request),
                self._client.stream("GET", path, params=params) as answer,
            ):
                body = await read_body(answer)
        except TimeoutError:
            raise Passing("timeout", "It does not answer in time") from None
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if answer.status_code == 200 and isinstance(said, dict):
            return said
        raise _problem(answer, said)


def _problem(answer: httpx2.Response, said: object) -> Refusal:
    """What an answer other than 200 means. Only the API's own words are believed, not a proxy's."""
    status = answer.status_code
    error = said.get("error") if isinstance(said, dict) else None
    reasons = _reasons(error) if isinstance(error, dict) else frozenset()
    if status == 429:
        wait = until_reset(answer.headers) or DEFAULT_LIMIT_WAIT
        return Passing("rate_limited", "It was asked too often", wait=wait)
    if status >= 500 or status in (408, 421, 425):
        return Passing("server_error", f"It answers with status {status}")
    if 300 <= status < 400:
        return Passing("moved", "It sends us to another address, where we do not go")
    if not isinstance(error, dict):
        return Passing("not_json", "It answers with a page in place of data")
    return refused(status, reasons)


def _reasons(error: Record) -> frozenset[str]:
    """The codes of an error: those of YouTube, and those of Google as a whole."""
    parts = [*parts_of(error.get("errors")), *parts_of(error.get("details"))]
    return frozenset(reason for part in parts if isinstance(reason := part.get("reason"), str))
