"""The `youtube` network: the chat of one live stream, looked at as often as the key's quota allows.

Configuration: `video`, `key`, and `hashtags` where not every message is meant.
`docs/reference/networks/youtube.md` has it all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from wall.feeds.base import Item, Rechecked
from wall.feeds.common.rounds import in_rounds
from wall.feeds.youtube_chat import problems
from wall.feeds.youtube_chat.api import Api
from wall.feeds.youtube_chat.config import Times, YoutubeConfig, checked
from wall.feeds.youtube_chat.run import PLACE, Run

TIMES = Times()
"""The pace of every source that is opened by name."""


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults, the key included. Raises BadInput, which shows none."""
    return checked(config).model_dump(mode="json")


def open_source(config: Mapping[str, Any]) -> YoutubeSource:
    """A source for this chat. Raises BadInput."""
    return YoutubeSource(checked(config), times=TIMES)


class YoutubeSource:
    """The chat of one live stream. It ends when the stream has ended."""

    network = "youtube"
    places = (PLACE,)

    def __init__(self, config: YoutubeConfig, *, times: Times) -> None:
        self._config = config
        self._times = times
        self._api = Api(config, times)
        self._run: Run | None = None

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Messages of the chat, until the stream has ended; where there is no cursor, from the oldest that
        YouTube still gives. What passes is waited for and told of. Raises FeedFatal."""
        run = self._run = Run(self._config, self._api, self._times, cursor)
        waits = self._times.first_wait, self._times.longest_wait
        going = in_rounds(run, PLACE, problems.understood, waits, lambda: self._run is run)
        async with aclosing(going) as items:
            async for item in items:
                yield item

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """Nothing: the API has no way to ask for a message again. Deletions are told in the chat."""
        del keys
        return Rechecked()

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal: the table of `wall.feeds.youtube_chat.problems`."""
        return problems.retry_after(problem, attempt)

    async def aclose(self) -> None:
        """End the stream and close every connection."""
        self._run = None
        await self._api.aclose()
