"""A feed that is silent for longer than its rhythm explains is told of at desks, to organisers who are
away, on its page and by metrics: once, and until posts come again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from facilitator.alarming import Alarming
from tests.facilitator.channel import Channel, channel_over
from wall.errors import LeaseLost
from wall.feeds.base import Trouble, check_config
from wall.intake import feed_metrics, feeding
from wall.intake.intake import new_feed
from wall.intake.watching import AROUND, Watching
from wall.model import Feed, Role, utc_now
from wall.routes.words import Words
from wall.store import alarms, entries, feeds, vitals

BEGIN = utc_now().replace(hour=14, minute=0, second=0, microsecond=0) - timedelta(days=1)
EVERY = 20.0


@dataclass
class Listening:
    """A feed that brought a post every 20 s, and the watch over it by a clock of the test's own."""

    channel: Channel
    feed: Feed
    fence: int
    now: datetime

    @property
    def event_id(self) -> str:
        """The event that it feeds."""
        return self.channel.api.event.id

    def watching(self) -> Watching:
        """The watch of one process."""
        intake = self.channel.api.parts.intake
        return Watching(intake, self.feed, self.fence, clock=lambda: self.now)

    async def begun(self) -> Watching:
        """A watch over a feed that has been busy for an hour."""
        made = self.watching()
        await made.load()
        made.began(["a.example"])
        for _ in range(180):
            self.pass_by(EVERY)
            made.came([], [self.now - timedelta(seconds=1)], 0)
        return made

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def said(self) -> list[tuple[str, dict[str, Any]]]:
        """What the journal says of silence."""
        with self.channel.api.parts.store.reading() as conn:
            lines = entries.after(conn, self.channel.api.event.id, 0, 1_000)
        return [
            (line.kind, json.loads(line.body)["data"])
            for line in lines
            if line.kind in ("feed.silent", "feed.heard")
        ]

    def kinds(self) -> list[str]:
        """The kinds of that."""
        return [kind for kind, _ in self.said()]

    async def at_the_desk(self, *roles: Role) -> list[str]:
        """What somebody at a desk is told."""
        desk = self.channel.somebody(*roles)
        answer = await desk.ask("/presence")
        silent: list[str] = answer.raise_for_status().json()["silent"]
        return silent


@pytest_asyncio.fixture
async def listening(store_url: str, tmp_path: Path) -> AsyncIterator[Listening]:
    async with channel_over(store_url, tmp_path) as channel:
        config = check_config("mastodon", {"instances": ["a.example"], "hashtags": ["smsummit"]})
        feed = new_feed(channel.api.event.id, "mastodon", config)
        store = channel.api.parts.store
        await store.write(lambda conn: feeds.add(conn, feed))
        fence = await store.write(lambda conn: feeds.take_lease(conn, feed.id, "here", 600))
        assert fence is not None
        yield Listening(channel, feed, fence, BEGIN)


async def test_it_is_said_once_however_long_and_over_restarts_and_ends_when_a_post_comes(
    listening: Listening,
) -> None:
    watch = await listening.begun()
    listening.pass_by(600)
    await watch.look()
    assert listening.kinds() == []
    listening.pass_by(600)
    await watch.look()
    ((kind, data),) = listening.said()
    assert (kind, data["usual"]) == ("feed.silent", EVERY)
    for one in (watch, listening.watching()):
        await one.load()
        listening.pass_by(600)
        await one.look()
    assert listening.kinds() == ["feed.silent"]
    watch.came([], [listening.now], 0)
    await watch.look()
    assert listening.kinds() == ["feed.silent", "feed.heard"]
    with listening.channel.api.parts.store.reading() as conn:
        assert vitals.silent(conn, listening.channel.api.event.id) is None


async def test_a_desk_is_told_what_is_usual_and_what_to_do_if_it_may_see_feeds(
    listening: Listening,
) -> None:
    watch = await listening.begun()
    assert await listening.at_the_desk(Role.MODERATOR) == []
    listening.pass_by(1_200)
    await watch.look()
    (said,) = await listening.at_the_desk(Role.MODERATOR)
    assert "Mastodon has been silent since" in said
    assert "usually one post every 20 s" in said
    assert "Look there" in said
    assert await listening.at_the_desk(Role.MODERATOR) == [said]
    assert await listening.at_the_desk(Role.FACILITATOR) == []
    page = await listening.channel.api.client(
        listening.channel.api.signed_in(), Accept="text/html", **{"Accept-Language": "fr"}
    ).get(f"/events/{listening.channel.api.event.slug}/feeds")
    assert "Mastodon est silencieux depuis" in page.text


async def test_organisers_who_are_away_are_alarmed_once_and_it_ends(listening: Listening) -> None:
    parts = listening.channel.api.parts
    watch = await listening.begun()
    listening.pass_by(1_200)
    await watch.look()
    looking = [
        Alarming(parts.journal, parts.notices.reaching, Words(), clock=utc_now, known_after=0)
        for _ in range(2)
    ]
    await asyncio.gather(*(one.look() for one in looking))

    def standing() -> list[tuple[str, int]]:
        with parts.store.reading() as conn:
            return [(one.matter, one.times) for one in alarms.alarms(conn, listening.channel.api.event.id)]

    assert standing() == [("feeds", 1)]
    watch.came([], [listening.now], 0)
    await watch.look()
    await looking[0].look()
    assert standing() == [("feeds", 0)]
    for one in looking:
        await one.settled()


async def test_trouble_has_words_of_its_own_and_ends_a_silence(listening: Listening) -> None:
    watch = await listening.begun()
    watch.trouble(Trouble("a.example", "timeout", "It does not answer in time", 5.0))
    listening.pass_by(3_600)
    await watch.look()
    assert listening.kinds() == []
    watch.trouble(Trouble("a.example", None))
    listening.pass_by(1_200)
    await watch.look()
    assert listening.kinds() == ["feed.silent"]
    watch.trouble(Trouble("a.example", "timeout", "It does not answer in time", 5.0))
    await watch.look()
    assert listening.kinds() == ["feed.silent", "feed.heard"]


@pytest.mark.parametrize("verb", ["pause", "remove"])
async def test_a_feed_that_is_paused_or_removed_is_not_silent(listening: Listening, verb: str) -> None:
    parts, feed = listening.channel.api.parts, listening.feed
    watch = await listening.begun()
    listening.pass_by(1_200)
    await watch.look()
    done = {"pause": feeding.pause, "remove": feeding.remove}[verb]
    await parts.journal.command(listening.event_id, "system", lambda tx: done(tx, feed.id))
    with parts.store.reading() as conn:
        assert vitals.silent(conn, listening.event_id) is None
    watch.came([], [listening.now], 0)
    with pytest.raises(LeaseLost):
        await watch.look()
    assert listening.kinds().count("feed.silent") == 1


@pytest.mark.parametrize("around", [True, False])
async def test_with_a_programme_posts_are_expected_around_its_sessions_only(
    listening: Listening, around: bool
) -> None:
    watch = await listening.begun()
    listening.pass_by(1_200)
    begins = listening.now + (AROUND / 2 if around else 4 * AROUND)
    ends = begins + timedelta(hours=1)
    room = await listening.channel.room()
    times = {"starts_at": begins.isoformat(), "ends_at": ends.isoformat()}
    await listening.channel.session(room, running=False, **times)
    await watch.look()
    assert listening.kinds() == (["feed.silent"] if around else [])


async def test_of_two_processes_only_the_one_with_the_lease_may_say_so(listening: Listening) -> None:
    watch = await listening.begun()
    listening.pass_by(1_200)
    store, feed = listening.channel.api.parts.store, listening.feed
    with store.writing() as conn:
        feeds.cut_off(conn, feed.id)
    with pytest.raises(LeaseLost):
        await watch.look()
    assert listening.kinds() == []


async def test_metrics_tell_of_a_feed_by_its_id_and_forget_it_with_the_run(listening: Listening) -> None:
    watch, feed = await listening.begun(), listening.feed
    listening.pass_by(1_200)
    await watch.look()
    labels = {"network": "mastodon", "feed": feed.id}

    def value(gauge: Any) -> float | None:
        samples = [sample for family in gauge.collect() for sample in family.samples]
        return next((one.value for one in samples if labels.items() <= one.labels.items()), None)

    assert value(feed_metrics.silent) == 1
    assert value(feed_metrics.lag_median) == 1.0
    assert value(feed_metrics.posts) == 180
    assert value(feed_metrics.last_post) == (listening.now - timedelta(seconds=1_200)).timestamp()
    watch.trouble(Trouble("a.example", "timeout", "It does not answer in time", 5.0))
    assert value(feed_metrics.troubles) == 1
    feed_metrics.looked([feed])
    assert value(feed_metrics.state) == 1
    await watch.close()
    feed_metrics.looked([])
    gone = (feed_metrics.silent, feed_metrics.lag_median, feed_metrics.last_post, feed_metrics.state)
    assert [value(one) for one in gone] == [None] * 4
