"""Trying a feed before it is needed: does it answer, do its credentials hold, would its hashtags match; and
how much is posted under a hashtag where a network can tell."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

from wall.errors import BackchannelError
from wall.feeds.base import Arrived, Source, Trouble, check_config, complete, open_source
from wall.feeds.common.matching import Match, by_hashtags

PROBE_SECONDS = 8.0
"""How long a feed is listened to."""
ENOUGH = 20
"""Posts after which no more are waited for."""


@dataclass(frozen=True)
class Probe:
    """What a trial told. `matched`: posts that came of the hashtags, at most ENOUGH; `quiet`: it said
    nothing against it, and there was no post; `trouble`: `said` says what, in the feed's own words."""

    outcome: Literal["matched", "quiet", "trouble"]
    posts: int = 0
    said: str = ""


@dataclass(frozen=True)
class Rate:
    """How much is posted under a hashtag on one server: posts a day, over its last `days` days."""

    tag: str
    place: str
    a_day: float
    days: int


class _TellsRates(Protocol):
    async def tag_rates(self, config: Mapping[str, Any], tags: Sequence[str]) -> list[Rate]: ...


async def probe(network: str, config: Mapping[str, Any], seconds: float = PROBE_SECONDS) -> Probe:
    """Open a feed as a supervisor would, from its start, listen to it and close it. Nothing is stored."""
    try:
        source = open_source(network, config)
    except BackchannelError as problem:
        return Probe("trouble", said=problem.message)
    heard = _Heard()
    try:
        async with asyncio.timeout(seconds):
            await _listen(source, heard)
    except TimeoutError:
        pass
    except BackchannelError as problem:
        heard.troubles[""] = problem.message
    except Exception as problem:  # noqa: BLE001  whatever a transport raises is the answer
        heard.troubles[""] = f"It failed with {type(problem).__name__}."
    finally:
        with contextlib.suppress(Exception):
            await source.aclose()
    if heard.posts:
        return Probe("matched", heard.posts)
    if heard.troubles:
        return Probe("trouble", said=" ".join(heard.troubles.values()))
    return Probe("quiet")


async def tag_rates(network: str, config: Mapping[str, Any], tags: Sequence[str]) -> list[Rate]:
    """How much is posted under these hashtags, as far as this network tells; empty where it does not."""
    module = importlib.import_module(f"wall.feeds.{network}")
    if not hasattr(module, "tag_rates"):
        return []
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            whole = complete(network, check_config(network, config))
            return await cast("_TellsRates", module).tag_rates(whole, tags)
    except (TimeoutError, BackchannelError):
        return []


def would_match(network: str, config: Mapping[str, Any], text: str) -> Match:
    """Whether a post with these words would have come to a feed with these settings. Nobody is asked: the
    network's module may offer `would_match(config, text)`, else hashtags decide, accents told apart."""
    module = importlib.import_module(f"wall.feeds.{network}")
    own = getattr(module, "would_match", None)
    return cast("Match", own(config, text)) if own else by_hashtags(config, text)


class _Heard:
    """What a trial heard so far."""

    def __init__(self) -> None:
        self.posts = 0
        self.troubles: dict[str, str] = {}


async def _listen(source: Source, heard: _Heard) -> None:
    async with contextlib.aclosing(cast("Any", source.stream(None))) as items:
        async for item in items:
            match item:
                case Arrived():
                    heard.posts += 1
                case Trouble(where, code, message):
                    heard.troubles.pop(where, None)
                    if code is not None:
                        heard.troubles[where] = f"{where}: {message}"
            if heard.posts >= ENOUGH or heard.troubles:
                return
