"""A Bluesky source that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.feeds.reading import Reading, read_until_the_end
from tests.world.bluesky import FakeBluesky
from wall.feeds.atproto.config import Times, checked
from wall.feeds.bluesky import BlueskySource

FAST = Times(
    rewind=3.0,
    apart=5.0,
    checkpoint=0.02,
    quiet=0.05,
    gather=0.01,
    first_wait=0.01,
    longest_wait=0.05,
    author_tries=(0.05, 0.1, 0.2, 0.3),
    search=0.2,
    overlap=3.0,
)
"""Everything is tried again soon. An answer and a sign of life are waited for as long as anywhere."""
IMPATIENT = replace(FAST, silence=0.5, request=1.0)
"""For servers that really are silent: giving up on one that only is slow then loses nothing."""


def config_of(world: FakeBluesky, **more: Any) -> dict[str, Any]:
    """A feed's configuration for a world."""
    host = f"http://{world.host}"
    return {"hashtags": ["#SMSummit"], "hosts": [host], "appviews": [host]} | more


@asynccontextmanager
async def reading(
    world: FakeBluesky,
    *,
    cursor: str | None = None,
    config: dict[str, Any] | None = None,
    **times: Any,
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    started = Reading(BlueskySource(checked(config or config_of(world)), times=replace(FAST, **times)))
    async with read_until_the_end(started, cursor):
        yield started
