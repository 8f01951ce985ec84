"""The queue and run-sheet on paper: who may print it, what is on it, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.model import Role


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def printed(channel: Channel, status: int = 200, **query: str) -> str:
    """The page as it is now."""
    path = f"/events/{channel.api.event.slug}/print/queue"
    answer = await channel.client.get(path, params=query)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


async def test_the_queue_is_printed_in_its_order_with_notes_and_boxes(channel: Channel) -> None:
    session = await channel.session(await channel.room("Aspen Hall"), title="What counts")
    first = await channel.raised(session, "First <b>point</b>")
    second = await channel.raised(session, "Second point")
    third = await channel.do(
        f"/posts/{await channel.post('Third point')}/raise", {"session": session, "note": "ask Ada"}
    )
    await channel.move(second, "take-up")
    page = await printed(channel)
    assert "Aspen Hall" in page
    places = [page.index(text) for text in ("Second point", "First <b>point</b>", "Third point", "ask Ada")]
    assert places == sorted(places)
    assert "In the room now:" in page
    assert page.count('class="box"') >= 3
    assert first["relay"] != third["relay"]


async def test_the_run_sheet_is_by_the_clock(channel: Channel) -> None:
    session = await channel.session(await channel.room(), running=False)
    prompts = [{"text": "Who teaches?", "minute": 0, "code": "Q1"}, {"text": "Who should?", "minute": 30}]
    await channel.do(f"/sessions/{session}", {"version": 1, "prompts": prompts}, "PATCH")
    page = await printed(channel)
    assert page.index("Who teaches?") < page.index("Who should?")
    begins, later = (
        page[page.index(text) - 120 : page.index(text)] for text in ("Who teaches?", "Who should?")
    )
    assert 'datetime="' in begins
    assert ":30" in later


async def test_what_runs_and_what_comes_next_in_each_room_is_printed_and_one_where_it_is_asked_for(
    channel: Channel,
) -> None:
    hall, annex = await channel.room("Hall"), await channel.room("Annex")
    await channel.session(hall, title="Runs in the hall")
    following = await channel.session(hall, title="Next in the hall", running=False)
    await channel.session(annex, title="Next in the annex", running=False)
    await channel.session(annex, title="Afterwards in the annex", running=False)
    page = await printed(channel)
    for title in ("Runs in the hall", "Next in the hall", "Next in the annex"):
        assert title in page
    assert "Afterwards in the annex" not in page
    assert "Runs in the hall" not in await printed(channel, session=following)
    await printed(channel, 404, session="nothing")


async def test_what_was_taken_down_is_not_on_paper(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    post = await channel.post("Said too soon")
    await channel.do(f"/posts/{post}/raise", {"session": session})
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "other"})
    page = await printed(channel)
    assert "Said too soon" not in page
    assert "Nothing waits." in page


async def test_only_those_who_run_sessions_may_print(channel: Channel) -> None:
    await printed(channel.somebody(Role.FACILITATOR))
    await printed(channel.somebody(), 401)
    for role in (Role.MODERATOR, Role.CHAIR, Role.TECHNICIAN):
        await printed(channel.somebody(role), 403)


async def test_an_event_without_a_programme_has_nothing_to_print(channel: Channel) -> None:
    assert "none is planned" in await printed(channel)
