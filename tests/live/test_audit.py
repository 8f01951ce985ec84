"""The audit page over HTTP: sentences for kinds, what went wrong, and what was taken back or erased."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from tests.live.api import HERE
from wall.entries.kinds import FeedMoved
from wall.feeds.base import Arrived, Withdrawn
from wall.journal import Tx
from wall.model import Author, FeedState, Post, utc_now

PAGE = {"Accept": "text/html"}
NETWORK, KEY = "mastodon", "https://elsewhere.example/1"


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


async def audit(channel: Channel, query: str = "", lang: str = "en") -> str:
    """The page of who did what."""
    headers = {**PAGE, "Accept-Language": lang}
    answer = await channel.client.get(f"/audit/{channel.api.event.slug}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def deeds(text: str) -> list[str]:
    """What each line says was done, newest first."""
    return [html.unescape(said) for said in re.findall(r'class="deed">([^<]*)<', text)]


async def withdrawn(channel: Channel) -> None:
    """A post came, and its network took it back."""
    author = Author(key="secret-key", handle="secret-handle", name="Secret Name")
    post = Post(
        network=NETWORK, key=KEY, author=author, text="Secret words", created_at=utc_now(), url=f"{HERE}/1"
    )
    for item in (Arrived(post), Withdrawn(NETWORK, KEY)):
        await channel.api.parts.intake.submit(channel.api.event.id, [item], "feed:test")


async def test_a_kind_is_said_in_a_sentence_of_the_readers_language(channel: Channel) -> None:
    await channel.room()
    assert deeds(await audit(channel, "?group=session")) == ["A room was added"]
    assert deeds(await audit(channel, "?group=session", "fr")) == ["Une salle a été ajoutée"]


async def test_what_was_erased_is_told_by_whom_and_when_and_never_what_it_said(channel: Channel) -> None:
    assert "Nothing was taken back or erased." in await audit(channel, "?group=erasure")
    await withdrawn(channel)
    text = await audit(channel, "?group=erasure")
    assert deeds(text) == ["A post was taken back for good: its words are erased"]
    assert "by its network" in text
    assert "A feed" in text
    assert "<time datetime=" in text
    for secret in ("Secret words", "secret-key", "secret-handle", "Secret Name", KEY):
        assert secret not in text


async def test_incidents_are_walls_that_were_quieted_or_blanked_but_none_that_went_on(
    channel: Channel,
) -> None:
    assert "Nothing went wrong." in await audit(channel, "?group=incidents")
    await withdrawn(channel)
    for hold in ("blank", "frozen", "quiet", "live"):
        await channel.do("/walls", {"room": None, "hold": hold})
    text = await audit(channel, "?group=incidents")
    assert deeds(text) == ["Walls were held, let go, or given a notice"] * 2
    assert re.findall(r'class="code">hold ([^<]*)<', text) == ["Not on walls", "Blank"]


async def test_a_feed_in_trouble_and_much_that_is_gone_are_incidents_and_a_feed_that_runs_is_none(
    channel: Channel,
) -> None:
    moves = [
        (FeedState.RUNNING, None),
        (FeedState.RETRYING, "unreachable"),
        (FeedState.RUNNING, "much_gone"),
        (FeedState.STOPPED, "auth"),
    ]
    event = channel.api.event.id
    for state, problem in moves:
        moved = FeedMoved(state=state, problem=problem)
        await channel.api.parts.journal.command(event, "feed:test", partial(_append, moved), cause=None)
    text = await audit(channel, "?group=incidents")
    said = [re.sub(r"</?code>", "", one) for one in re.findall(r'class="code">(problem .*?)</span>', text)]
    assert said == ["problem auth", "problem much was gone at once", "problem unreachable"]


def _append(moved: FeedMoved, tx: Tx) -> None:
    tx.append(moved, ("feed", "test"))
