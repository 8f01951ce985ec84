"""A Mastodon source that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.feeds.reading import Reading, read_until_the_end
from tests.world.mastodon import TOKEN, FakeMastodon
from wall.feeds.kin.config import Times, checked
from wall.feeds.mastodon import MastodonSource

FAST = Times(
    poll=0.05,
    catch_up=0.5,
    overlap=0.5,
    long_overlap=3.0,
    first_wait=0.01,
    longest_wait=0.05,
    refused_wait=0.2,
)
"""Looks and tries again are quick. An answer and a sign of life are waited for as long as anywhere
(`Times`), so that a slow machine is not taken for a server that is silent."""
IMPATIENT = replace(FAST, ping=0.3, request=1.0)
"""For servers that really are: giving up on one that only is slow is then right, and loses nothing."""


def config_of(world: FakeMastodon, token: str | None = TOKEN, **more: Any) -> dict[str, Any]:
    """A feed's configuration for every instance of a world."""
    instances = [{"host": f"http://{one.host}", "token": token} for one in world.instances]
    return {"instances": instances, "hashtags": ["smsummit"]} | more


@asynccontextmanager
async def reading(
    world: FakeMastodon,
    token: str | None = TOKEN,
    *,
    cursor: str | None = None,
    config: dict[str, Any] | None = None,
    **times: float,
) -> AsyncIterator[Reading]:
    """Read a world until the end of the block."""
    checked_config = checked(config or config_of(world, token))
    started = Reading(MastodonSource(checked_config, times=replace(FAST, **times)))
    async with read_until_the_end(started, cursor):
        yield started
