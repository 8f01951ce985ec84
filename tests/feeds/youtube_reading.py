"""A YouTube source that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.feeds.reading import Reading, read_until_the_end
from tests.world.youtube import KEY, VIDEO, FakeYouTube
from wall.feeds.youtube import YoutubeSource
from wall.feeds.youtube_chat.config import MOST_UNITS, Times, checked

FAST = Times(
    first_wait=0.01, longest_wait=0.05, look=0.05, least=0.01, spread=0.0, checkpoint=0.2, said=0.5
)
"""Looks and tries again are quick, and no quota stretches them. An answer is waited for as long as
anywhere: a slow machine is not a silent server."""
IMPATIENT = replace(FAST, request=0.5)
"""For servers that really are: giving up on one that only is slow is then right, and loses nothing."""


def config_of(world: FakeYouTube, **more: Any) -> dict[str, Any]:
    """A feed's configuration for a world, with units without end."""
    service = f"http://{world.server.host}"
    return {"video": VIDEO, "key": KEY, "service": service, "units_a_day": MOST_UNITS} | more


@asynccontextmanager
async def reading(
    world: FakeYouTube, *, cursor: str | None = None, times: Times = FAST, **config: Any
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    started = Reading(YoutubeSource(checked(config_of(world, **config)), times=times))
    async with read_until_the_end(started, cursor):
        yield started
