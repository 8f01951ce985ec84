"""Replies of which nobody kept what came of them are not posted twice, and hold up no others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from facilitator import publicly
from facilitator.replying import MOST_TRIES, UNSURE_SECONDS, Replying
from tests.facilitator.channel import Channel, channel_over
from tests.live.test_replies import DESK, arrived, discussed, listed, settled, switched_on
from tests.support.waiting import eventually
from tests.world.mastodon import FakeMastodon
from tests.world.mastodon_api import Answer
from tests.world.mastodon_posting import Posting, posting
from wall.model import utc_now
from wall.store import replies as stored_replies
from wall.store.reply_tables import public_reply


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon() as world:
        yield world


@pytest_asyncio.fixture
async def front(world: FakeMastodon) -> AsyncIterator[Posting]:
    async with posting(world.instances[0]) as front:
        yield front


async def sent(channel: Channel, world: FakeMastodon, words: str = "Yes.") -> str:
    """A reply that is to be posted; its contribution."""
    session = await channel.session(await channel.room())
    await switched_on(channel, world)
    point = await discussed(channel, session, await arrived(channel, await world.publish("Said")))
    await channel.do(f"/contributions/{point}/reply", {"words": words, "public": True})
    return point


def taken_and_lost(channel: Channel, ago: timedelta = timedelta()) -> None:
    """A process took every reply that is due, so long ago, and died before it said what came of them."""
    with channel.api.parts.store.writing() as conn:
        assert stored_replies.take_due(conn, 10, 90.0)
        # SQLite's clock has milliseconds: what is due this very moment may be due in its next one.
        due = utc_now() - ago - timedelta(seconds=1)
        conn.execute(update(public_reply).values(tried_at=utc_now() - ago, due_at=due))


async def test_a_reply_that_was_taken_an_hour_ago_is_not_posted_again(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    await sent(channel, world)
    taken_and_lost(channel, timedelta(seconds=UNSURE_SECONDS + 60))
    await settled(channel, Replying(channel.api.parts.journal))
    assert front.said == []
    (one,) = await listed(channel)
    assert (one["authors"][0]["state"], one["authors"][0]["problem"]) == ("owed", "unsure")


async def test_a_reply_that_was_taken_a_moment_ago_is_posted_by_who_lives(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    await sent(channel, world)
    taken_and_lost(channel, timedelta(seconds=5))
    await settled(channel, Replying(channel.api.parts.journal))
    assert front.said == ["@ada Yes."]


async def test_each_taking_of_a_reply_is_counted_as_a_try(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    await sent(channel, world)
    for _ in range(MOST_TRIES):
        taken_and_lost(channel)
    await settled(channel, Replying(channel.api.parts.journal))
    assert front.said == []
    assert (await listed(channel))[0]["authors"][0]["problem"] == "unsure"


@pytest.mark.parametrize("url", ["http://a.example/\x00", "http://a.example/\ud800", "javascript:x"])
async def test_an_address_that_nobody_may_open_is_left_out_and_ends_nothing(
    channel: Channel, world: FakeMastodon, front: Posting, url: str
) -> None:
    await sent(channel, world)
    front.failing = lambda: Answer(200, {"id": "1", "uri": url, "url": url, "content": "Yes."})
    await settled(channel, Replying(channel.api.parts.journal))
    (one,) = await listed(channel, "all")
    assert (one["authors"][0]["state"], one["authors"][0]["url"]) == ("told", "")


async def told(channel: Channel, point: str) -> bool:
    return bool((await channel.held("contribution", DESK))[point]["told"])


async def test_replies_are_posted_on_after_one_that_could_not_be_settled(
    channel: Channel, world: FakeMastodon, front: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = await sent(channel, world)
    tried: list[int] = []

    def settle(*given: Any) -> Any:
        tried.append(1)
        if len(tried) == 1:
            raise ValueError("A driver has its ways.")
        return posted(*given)

    posted = publicly.posted
    monkeypatch.setattr(publicly, "posted", settle)
    running = asyncio.create_task(Replying(channel.api.parts.journal, look_seconds=0.01).run())
    try:
        await eventually(lambda: tried)
        with channel.api.parts.store.writing() as conn:
            conn.execute(update(public_reply).values(due_at=utc_now() - timedelta(seconds=1)))
        await eventually(lambda: told(channel, point))
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [reply.times for reply in front.replies.values()] == [2]
