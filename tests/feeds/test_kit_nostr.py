"""The contract kit for Nostr: with one relay, and with two that have different posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self

import pytest

from tests.feeds.kit import FeedContract, LiveContract
from tests.feeds.kit_door import Door, door
from tests.feeds.kit_proxied import Proxied
from tests.feeds.nostr_reading import FAST, IMPATIENT
from tests.support.waiting import eventually
from tests.world.nostr import FakeRelay, Person, SignedEvent
from wall.feeds import nostr
from wall.feeds.base import Rechecked

__all__ = ["door"]


class NostrDriver(Proxied):
    """Fake relays, each behind a proxy that cuts and stalls. A post is at one of them, or at all."""

    network = "nostr"
    network_of_posts = "nostr"
    ends = False
    edits = False
    forgets = False

    def __init__(self, relays: int = 1) -> None:
        self.relays = [FakeRelay(seed=number) for number in range(relays)]
        self.random = self.relays[0].random
        self.people = [Person(name) for name in ("ada", "bo", "cy")]
        self._by: dict[str, Person] = {person.pubkey: person for person in self.people}
        self._notes: dict[str, SignedEvent] = {}
        super().__init__()

    async def __aenter__(self) -> Self:
        for relay in self.relays:
            await self.stack.enter_async_context(relay)
            await self.stand_before(relay.port)
        for person in self.people:
            await self._everywhere(person.profile(picture="https://pictures.example/a.png"))
        return self

    @property
    def config(self) -> dict[str, Any]:
        return {
            "relays": [f"ws://127.0.0.1:{one.port}" for one in self.proxies],
            "hashtags": ["#SMSummit"],
        }

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        note = self.random.choice(self.people).note(text, at=created_at)
        note = self._notes.setdefault(note["id"], note)
        everywhere = self.random.random() < 0.5
        for relay in self.relays if everywhere else [self.random.choice(self.relays)]:
            await relay.take(note)
        return str(note["id"])

    async def delete(self, key: str) -> None:
        await self._everywhere(self._author(key).deletion(key))

    async def edit(self, key: str, text: str) -> None:
        raise AssertionError("posts of Nostr are signed, and cannot be edited")

    async def repeat(self, key: str) -> None:
        for relay in self.relays:
            await relay.tell(self._notes[key])

    async def delete_unseen(self) -> str:
        await self.listening()
        note = self.people[0].note("never to be seen")
        self._notes[note["id"]] = note
        await self.delete(note["id"])
        await self.repeat(note["id"])
        return str(note["id"])

    async def revive(self, key: str) -> None:
        for relay in self.relays:
            relay.stored = {one: event for one, event in relay.stored.items() if event["kind"] != 5}
        await self._everywhere(self._notes[key])

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        for relay in self.relays:
            relay.doubled, relay.shuffled = doubled, shuffled

    async def settle(self) -> None:
        for relay in self.relays:
            await relay.flush()

    async def listening(self) -> None:
        for relay in self.relays:
            await eventually(lambda relay=relay: relay.listeners, what="the subscription")  # type: ignore[misc]

    async def cut(self, how: str) -> None:
        if how == "mid":
            for relay in self.relays:
                relay.cut(mid_frame=True)
        else:
            self.break_off(how)

    def answer(self, status: int | None) -> None:
        for relay in self.relays:
            relay.answering = status

    def refusals(self) -> int:
        return sum(relay.refused for relay in self.relays)

    async def revoke(self) -> None:
        raise AssertionError("there are no credentials")

    def lose(self) -> None:
        for relay in self.relays:
            relay.stored.clear()

    def _author(self, key: str) -> Person:
        return self._by[self._notes[key]["pubkey"]]

    async def _everywhere(self, event: SignedEvent) -> None:
        for relay in self.relays:
            await relay.take(event)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nostr, "TIMES", FAST)
    monkeypatch.setattr("wall.feeds.nips.problems.DEFAULT_LIMIT_WAIT", 0.05)


@pytest.fixture
def impatient(_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nostr, "TIMES", IMPATIENT)


class TestOneRelay(FeedContract, LiveContract):
    """Posts cannot be edited, and there are no credentials that could be refused."""

    test_an_edit_replaces_and_an_older_version_does_not_come_back = None  # type: ignore[assignment]
    test_credentials_that_are_refused_stop_it_in_words = None  # type: ignore[assignment]
    test_an_upstream_that_loses_everything_is_reported_and_nothing_is_withdrawn = None  # type: ignore[assignment]

    async def test_an_upstream_that_loses_everything_says_nothing_of_posts(
        self, driver: NostrDriver, door: Door
    ) -> None:
        """A relay keeps what it likes: what it has not is unknown."""
        async with door.fed_by(driver):
            keys = [await driver.publish(f"post {number}") for number in range(30)]
            await door.has(*keys)
            source = await door.running()
            assert await source.recheck([*keys, "never-seen"]) == Rechecked(present=frozenset(keys))
            driver.lose()
            assert await source.recheck([*keys, "never-seen"]) == Rechecked()
            assert door.keys() == set(keys)

    @pytest.fixture
    async def driver(self) -> AsyncIterator[NostrDriver]:
        async with NostrDriver() as made:
            yield made


class TestTwoRelays(TestOneRelay):
    """Each post is at one of them or at both, and comes once."""

    @pytest.fixture
    async def driver(self) -> AsyncIterator[NostrDriver]:
        async with NostrDriver(2) as made:
            yield made
