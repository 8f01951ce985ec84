"""Words that the bus keeps, and windows that are only looked at: in one process and over a real Valkey."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.valkey import ValkeyServer
from tests.support.waiting import eventually
from wall.bus import Bus, open_bus
from wall.bus.redis import RedisBus


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis counts as lost when it says so, and not when a slow machine lets it wait."""
    monkeypatch.setattr("wall.bus.redis.PATIENCE", 30.0)


@pytest.fixture(params=["inprocess", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    url = None if request.param == "inprocess" else request.getfixturevalue("valkey").url
    opened = open_bus(url)
    await opened.start()
    yield opened
    await opened.close()


async def test_the_newest_word_of_each_key_is_kept(bus: Bus) -> None:
    for key, value in (("a", "first word"), ("b", "other"), ("a", "wörd\n2 3")):
        await bus.keep("event-1", key, value, 60)
    await bus.keep("event-2", "a", "elsewhere", 60)
    kept = await bus.kept("event-1")
    assert {key: word.value for key, word in kept.items()} == {"a": "wörd\n2 3", "b": "other"}
    assert all(0 <= word.age_s < 60 for word in kept.values())
    assert await bus.kept("event-3") == {}


async def test_a_word_runs_out(bus: Bus) -> None:
    await bus.keep("event-1", "long", "stays", 60)
    await bus.keep("event-1", "short", "goes", 0.05)

    async def gone() -> bool:
        return set(await bus.kept("event-1")) == {"long"}

    await eventually(gone, what="the word to run out")


async def test_looking_at_a_window_counts_nothing(bus: Bus) -> None:
    asked = {"limit": 2, "seconds": 600}
    for _ in range(5):
        assert await bus.hit("codes", "olga", **asked, look=True) is None
    assert await bus.hit("codes", "olga", **asked) is None
    assert await bus.hit("codes", "olga", **asked) is None
    wait = await bus.hit("codes", "olga", **asked, look=True)
    assert wait is not None
    assert 0 < wait <= 1_200


async def test_a_word_reaches_other_processes_and_outlives_redis_in_its_own(
    valkey_server: ValkeyServer,
) -> None:
    one, two = RedisBus(valkey_server.url), RedisBus(valkey_server.url)
    for bus in (one, two):
        await bus.start()
    try:
        await one.keep("event-1", "a", "of one", 60)
        assert (await two.kept("event-1"))["a"].value == "of one"
        await two.keep("event-1", "a", "of two", 60)
        assert (await one.kept("event-1"))["a"].value == "of two", "the newest counts"
        valkey_server.kill()
        await one.keep("event-1", "b", "while it is down", 60)
        assert {key: word.value for key, word in (await one.kept("event-1")).items()} == {
            "a": "of one",
            "b": "while it is down",
        }
    finally:
        for bus in (one, two):
            await bus.close()
