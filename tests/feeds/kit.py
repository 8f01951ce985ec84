"""The contract kit: what every feed must do, whatever its network, tried through the real door.

A network's test module has a `driver` fixture, which makes a world of that network and can be told to
publish, edit, delete and misbehave, and a class that inherits `FeedContract` (and `LiveContract`, if
the network is spoken to over connections). Feeds wait long for answers; the fixture `impatient` of a
network that is live makes them give up soon, for tests in which nobody answers. Posts go through
`run_feed` into a SQLite store.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from datetime import timedelta

import pytest

from tests.feeds.kit_door import Door, Driver, LiveDriver
from tests.support.waiting import PATIENCE, eventually
from wall.feeds.base import Arrived, Checkpoint, Edited, Item, Rechecked, Source, open_source
from wall.model import FeedState, PostState, utc_now

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1) https://user:pw@e.example/ http://[::1/",
    "\u202egnirts desrever\u202c \u2066\u2067\u2069",
    "Z" + "\u0301" * 3_000,
    "a\u0000b \ud800 \udfff lone",
    "line\u2028separator\u2029and\u0085more",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 50,
    "#" * 5_000,
    "&lt;b&gt; &amp;amp; &#x202e; &#0;",
    "{{7*7}} ${7*7} %s %n '; DROP TABLE post; --",
    "\ufeff\u200b\u2060",
    "<p/" * 2_000,
)
"""Texts that must cost nothing but themselves."""

HUGE = 1_000_000
"""Characters of a post that is longer than any network's."""


async def taken(source: Source, cursor: str | None, keys: set[str], within: float = PATIENCE) -> list[Item]:
    """Items of a source from a cursor, until all these keys came."""
    items: list[Item] = []
    missing = set(keys)
    async with asyncio.timeout(within), aclosing(source.stream(cursor)) as stream:  # type: ignore[type-var]
        async for item in stream:
            items.append(item)
            if isinstance(item, Arrived | Edited):
                missing.discard(item.post.key)
            if not missing:
                break
    return items


def arrived(items: list[Item]) -> set[str]:
    """The keys of the posts among items."""
    return {item.post.key for item in items if isinstance(item, Arrived | Edited)}


class FeedContract:
    """What every feed must do."""

    async def test_posts_before_and_after_the_start_arrive_once(self, driver: Driver, door: Door) -> None:
        before = [await driver.publish(f"before {number}") for number in range(3)]
        async with door.fed_by(driver):
            await door.has(*before)
            after = [await driver.publish(f"after {number}") for number in range(3)]
            await door.has(*before, *after)
        assert door.now().accepted == 6

    async def test_what_is_delivered_twice_or_out_of_order_is_there_once(
        self, driver: Driver, door: Door
    ) -> None:
        driver.misbehave(doubled=True, shuffled=4)
        async with door.fed_by(driver):
            keys = [await driver.publish(f"post {number}") for number in range(10)]
            await driver.settle()
            await door.has(*keys)
        assert door.now().accepted == 10

    async def test_an_edit_replaces_and_an_older_version_does_not_come_back(
        self, driver: Driver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            key = await driver.publish("first words")
            await door.has(key)
            await driver.edit(key, "second words")
            await eventually(lambda: door.text(key, driver.network_of_posts) == "second words")
            await driver.repeat(key)
            last = await driver.publish("a later post")
            await door.has(key, last)
        found = door.post(key, driver.network_of_posts)
        assert found is not None
        assert (found.post.text, found.edits) == ("second words", 1)

    async def test_a_deleted_post_is_withdrawn_and_no_backfill_brings_it_back(
        self, driver: Driver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            key, other = await driver.publish("a secret"), await driver.publish("not one")
            await door.has(key, other)
            await driver.delete(key)
            await door.has(other)
        await driver.revive(key)
        async with door.fed_by(driver):
            last = await driver.publish("a later post")
            await door.has(other, last)
        found = door.post(key, driver.network_of_posts)
        assert found is not None
        assert (found.state, found.post.text) == (PostState.WITHDRAWN, "")

    async def test_a_deletion_may_come_before_its_post(self, driver: Driver, door: Door) -> None:
        async with door.fed_by(driver):
            key = await driver.delete_unseen()
            last = await driver.publish("a later post")
            await door.has(last)
        assert door.state(key, driver.network_of_posts) in (None, PostState.WITHDRAWN)

    async def test_hostile_text_costs_nothing(self, driver: Driver, door: Door) -> None:
        async with door.fed_by(driver):
            keys = [await driver.publish(text) for text in HOSTILE]
            last = await driver.publish("a later post")
            await eventually(lambda: door.state(last, driver.network_of_posts))
        stored = [key for key in keys if door.state(key, driver.network_of_posts)]
        assert len(stored) + door.now().dropped == len(HOSTILE)
        assert len(stored) >= len(HOSTILE) - 1

    async def test_a_post_of_a_megabyte_is_dropped_and_counted(self, driver: Driver, door: Door) -> None:
        async with door.fed_by(driver):
            before = await driver.publish("before")
            await driver.publish("x" * HUGE)
            after = await driver.publish("after")
            await door.has(before, after)
            await eventually(lambda: door.now().dropped == 1)

    async def test_a_date_in_the_future_is_not_believed(self, driver: Driver, door: Door) -> None:
        async with door.fed_by(driver):
            key = await driver.publish("tomorrow", created_at=utc_now() + timedelta(days=1))
            await door.has(key)
            last = await driver.publish("today")
            await door.has(key, last)
        found = door.post(key, driver.network_of_posts)
        assert found is not None
        assert found.post.created_at <= utc_now()

    async def test_going_on_from_any_cursor_misses_nothing(self, driver: Driver) -> None:
        keys: set[str] = set()
        items: list[Item] = []
        cursor = None
        source = open_source(driver.network, driver.config)
        for number in range(6):
            keys |= {await driver.publish(f"post {number} {part}") for part in range(3)}
            items += await taken(source, cursor, keys - arrived(items))
            cursor = next((item.cursor for item in reversed(items) if isinstance(item, Checkpoint)), None)
        await source.aclose()
        assert arrived(items) == keys
        for at, item in enumerate(items):
            if isinstance(item, Checkpoint):
                missing = keys - arrived(items[:at])
                again = open_source(driver.network, driver.config)
                assert missing <= arrived(await taken(again, item.cursor, missing))
                await again.aclose()

    async def test_the_end_leaves_no_task_and_no_connection(self, driver: Driver) -> None:
        before = asyncio.all_tasks()
        key = await driver.publish("post")
        source = open_source(driver.network, driver.config)
        stream = source.stream(None)
        async for item in stream:
            if isinstance(item, Arrived) and item.post.key == key:
                break
        await source.aclose()
        await source.aclose()
        assert not arrived([item async for item in stream])
        await eventually(lambda: driver.connections() == 0, what="connections to close")
        await eventually(lambda: asyncio.all_tasks() <= before | driver.tasks(), what="tasks to end")

    async def test_what_it_cannot_answer_for_is_neither_gone_nor_present(self, driver: Driver) -> None:
        key = await driver.publish("post")
        source = open_source(driver.network, driver.config)
        await taken(source, None, {key})
        for keys in ([], ["never-seen"], [key, "never-seen"]):
            said = await source.recheck(keys)
            assert not said.gone
            assert said.present <= {key}
        await source.aclose()

    async def test_its_places_have_names_that_differ(self, driver: Driver) -> None:
        source = open_source(driver.network, driver.config)
        assert len(set(source.places)) == len(source.places)
        assert all(source.places)
        await source.aclose()

    async def test_cancelling_ends_everything(self, driver: Driver, door: Door) -> None:
        async with door.fed_by(driver):
            await door.has(await driver.publish("post"))
        await eventually(lambda: driver.connections() == 0, what="connections to close")


class LiveContract:
    """What every feed that is spoken to over connections must do besides."""

    @pytest.mark.parametrize("how", ["reset", "fin", "mid"])
    async def test_a_cut_loses_nothing(self, driver: LiveDriver, door: Door, how: str) -> None:
        async with door.fed_by(driver):
            keys = [await driver.publish("before")]
            await driver.listening()
            await driver.cut(how)
            keys.append(await driver.publish("meanwhile"))
            await door.has(*keys)
            await driver.listening()
            keys.append(await driver.publish("after"))
            await door.has(*keys)

    @pytest.mark.usefixtures("impatient")
    async def test_a_stall_is_noticed(self, driver: LiveDriver, door: Door) -> None:
        async with door.fed_by(driver):
            keys = [await driver.publish("before")]
            await driver.listening()
            await door.has(*keys)
            driver.stall(True)
            keys.append(await driver.publish("meanwhile"))
            tried = driver.attempts()
            await eventually(lambda: driver.attempts() > tried + 2, what="new connections")
            driver.stall(False)
            await door.has(*keys)

    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    async def test_a_refusal_that_passes_is_waited_for(
        self, driver: LiveDriver, door: Door, status: int
    ) -> None:
        driver.answer(status)
        async with door.fed_by(driver):
            key = await driver.publish("post")
            await eventually(lambda: driver.refusals() > 2)
            await eventually(lambda: door.now().state is FeedState.RETRYING)
            assert door.now().problem
            driver.answer(None)
            await door.has(key)
            await eventually(lambda: (door.now().state, door.now().problem) == (FeedState.RUNNING, None))

    async def test_credentials_that_are_refused_stop_it_in_words(
        self, driver: LiveDriver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            key = await driver.publish("post")
            await driver.listening()
            await door.has(key)
            await driver.revoke()
            await eventually(lambda: door.now().state is FeedState.STOPPED)
            assert "token" in (door.now().problem or "")
        assert door.keys() == {key}

    async def test_an_upstream_that_loses_everything_is_reported_and_nothing_is_withdrawn(
        self, driver: LiveDriver, door: Door
    ) -> None:
        async with door.fed_by(driver):
            keys = [await driver.publish(f"post {number}") for number in range(30)]
            await door.has(*keys)
            source = await door.running()
            assert await source.recheck([*keys, "never-seen"]) == Rechecked(present=frozenset(keys))
            driver.lose()
            assert await source.recheck([*keys, "never-seen"]) == Rechecked(gone=frozenset(keys))
            await driver.settle()
            assert door.keys() == set(keys)

    async def test_300_posts_and_10_cuts(self, driver: LiveDriver, door: Door) -> None:
        await run_through(driver, door, posts=300, cuts=10)

    @pytest.mark.faults
    async def test_5000_posts_and_100_cuts(self, driver: LiveDriver, door: Door) -> None:
        await run_through(driver, door, posts=5_000, cuts=100)


async def run_through(driver: LiveDriver, door: Door, *, posts: int, cuts: int, seed: int = 11) -> None:
    """Publish, edit and delete while connections are cut: 0 missed, 0 doubled, 0 resurrected.

    A deletion that is told while nobody listens is found by `recheck`, and by nothing else.
    """
    rng, every, network = random.Random(seed), posts // cuts, driver.network_of_posts
    driver.misbehave(doubled=True, shuffled=5)
    texts: dict[str, str] = {}
    deleted: set[str] = set()
    async with door.fed_by(driver):
        for number in range(posts):
            text = f"post {number}"
            texts[await driver.publish(text)] = text
            if number % 25 == 7 and driver.edits:
                key = rng.choice(list(texts)[-20:])
                texts[key] = f"edited in {number}"
                await driver.edit(key, texts[key])
            if number % 20 == 11:
                key = rng.choice(list(texts)[-20:])
                if number % 40 == 11:
                    await driver.settle()
                    await eventually(lambda key=key: door.state(key, network), what="a post")  # type: ignore[misc]
                del texts[key]
                deleted.add(key)
                await driver.delete(key)
            if number % every == every // 2:
                await driver.listening()
                await driver.cut(rng.choice(("reset", "fin", "mid")))
        await driver.settle()
        await driver.listening()
        await eventually(lambda: texts.keys() <= door.keys(), what="every post")
        if not driver.forgets:
            await eventually(lambda: door.keys() <= texts.keys(), what="every deletion")
        source, there = await door.running(), door.keys()
        said = await source.recheck(list(there))
        assert said.gone == there - texts.keys()
        assert said.present == (there & texts.keys() if driver.forgets else said.present & texts.keys())
        assert there - texts.keys() <= deleted
        late = [key for key, text in texts.items() if door.text(key, network) != text]
        await eventually(
            lambda: all(door.text(key, network) == texts[key] for key in late), 20, "every edit"
        )
        door.assert_each_received_once()
    withdrawn = {key for key in deleted if door.state(key, network) is PostState.WITHDRAWN}
    assert withdrawn
    driver.misbehave()
    for key in withdrawn:
        await driver.revive(key)
    async with door.fed_by(driver):
        last = await driver.publish("the last post")
        await eventually(lambda: door.state(last, network), what="the last post")
        await driver.listening()
        assert not withdrawn & door.keys()
        door.assert_each_received_once()
