"""A Nostr source that is being read, at the pace of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.feeds.reading import Reading, read_until_the_end
from tests.world.nostr import FakeRelay, Person
from wall.feeds.nips.config import Times, checked
from wall.feeds.nostr import NostrSource

FAST = Times(
    introduce=5.0,
    gather=0.01,
    near=5.0,
    far=60.0,
    sweep=0.5,
    sweeps=2.0,
    watch=0.02,
    checkpoint=0.02,
    first_wait=0.01,
    longest_wait=0.05,
)
"""Everything is tried again soon. An answer and a sign of life are waited for as long as anywhere."""
IMPATIENT = replace(FAST, silence=0.5, answer=1.0, introduce=0.3)
"""For relays that really are silent: giving up on one that only is slow then loses nothing."""


def config_of(*relays: FakeRelay, **more: Any) -> dict[str, Any]:
    """A feed's configuration for relays."""
    return {"relays": [one.address for one in relays], "hashtags": ["#SMSummit"]} | more


@asynccontextmanager
async def reading(
    *relays: FakeRelay, cursor: str | None = None, config: dict[str, Any] | None = None, **times: Any
) -> AsyncIterator[Reading]:
    """Read relays until the end of the block."""
    source = NostrSource(checked(config or config_of(*relays)), times=replace(FAST, **times))
    async with read_until_the_end(Reading(source), cursor) as started:
        yield started


@pytest.fixture
def ada() -> Person:
    """Somebody."""
    return Person("Ada")


@pytest.fixture
def bo() -> Person:
    """Somebody else."""
    return Person("Bo")


@pytest.fixture
async def relays() -> AsyncIterator[list[FakeRelay]]:
    """Two relays."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(FakeRelay(seed=number)) for number in range(2)]


@pytest.fixture
def relay(relays: list[FakeRelay]) -> FakeRelay:
    """One of them."""
    return relays[0]
