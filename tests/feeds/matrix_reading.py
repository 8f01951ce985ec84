"""A Matrix source that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.feeds.reading import Reading, read_until_the_end
from tests.world.matrix import TOKEN, FakeMatrix
from wall.feeds.matrix import MatrixSource
from wall.feeds.matrix_rooms.config import Times, checked

FAST = Times(poll=2.0, first_wait=0.01, longest_wait=0.05, join_again=0.05, checkpoint=0.2, pace=0.0)
"""Tries again are quick. An answer is waited for as long as anywhere: a slow machine is not a silent
server."""
IMPATIENT = replace(FAST, poll=0.1, request=0.5)
"""For servers that really are: giving up on one that only is slow is then right, and loses nothing."""


def config_of(world: FakeMatrix, **more: Any) -> dict[str, Any]:
    """A feed's configuration for every room of a world."""
    rooms = [room.alias for room in world.rooms.values()]
    return {"homeserver": f"http://{world.server.host}", "token": TOKEN, "rooms": rooms} | more


@asynccontextmanager
async def reading(
    world: FakeMatrix, *, cursor: str | None = None, times: Times = FAST, **config: Any
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    started = Reading(MatrixSource(checked(config_of(world, **config)), times=times))
    async with read_until_the_end(started, cursor):
        yield started


def key(event: dict[str, Any], room: str = "!room0:fake.example") -> str:
    """The key of the post that a message becomes."""
    return f"{room}/{event['event_id']}"
