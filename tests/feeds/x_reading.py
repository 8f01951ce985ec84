"""An X source that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.feeds.reading import Reading, read_until_the_end
from tests.world.x import TOKEN, FakeX
from wall.feeds.x import XSource
from wall.feeds.xapi.config import Times, checked

FAST = Times(
    settle=0.2,
    net=0.5,
    overlap=1.0,
    long_overlap=5.0,
    poll=0.05,
    checkpoint=0.02,
    network_step=0.005,
    network_longest=0.05,
    http_first=0.01,
    http_longest=0.05,
    limit_first=0.01,
    limit_longest=0.05,
    refused=0.2,
    credits=0.05,
    cleanup=1.0,
    renewal=0.05,
    young=(),
    paid=0.0,
    unpaid=0.0,
    gone=0.0,
)
"""Everything is tried again soon, and every recheck is due. An answer and a sign of life are waited for as
long as anywhere."""
IMPATIENT = replace(FAST, silence=0.5, request=1.0)
"""For servers that really are silent: giving up on one that only is slow then loses nothing."""


def config_of(world: FakeX, **more: Any) -> dict[str, Any]:
    """A feed's configuration for a world."""
    return {"hashtags": ["#SMSummit"], "token": TOKEN, "host": world.host, "budget": 10_000} | more


@asynccontextmanager
async def reading(
    world: FakeX, *, cursor: str | None = None, config: dict[str, Any] | None = None, **times: Any
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    started = Reading(XSource(checked(config or config_of(world)), times=replace(FAST, **times)))
    async with read_until_the_end(started, cursor):
        yield started
