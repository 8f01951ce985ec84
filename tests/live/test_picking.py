"""Picking sessions, calendars to take along, and times in one's own zone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from icalendar import Calendar

from tests.facilitator.channel import Channel, channel_over
from tests.live.test_plan_pages import said


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        await channel.ask("", {"version": 1, "zone": "America/Toronto"}, method="PATCH")
        yield channel


async def planned(channel: Channel, title: str, hour: int, **more: Any) -> str:
    rooms = list(await channel.held("room"))
    times = {"starts_at": f"2026-05-04T{hour}:00:00-04:00", "ends_at": f"2026-05-04T{hour + 1}:00:00-04:00"}
    room = rooms[0] if rooms else await channel.room("Hall A; left, back")
    return await channel.session(room, running=False, title=title, **times, **more)


def entries(content: bytes) -> list[dict[str, Any]]:
    calendar = Calendar.from_ical(content)
    return [{name: entry.get(name) for name in entry} for entry in calendar.walk("VEVENT")]


async def test_the_whole_programme_is_a_calendar_that_moves_what_changed(channel: Channel) -> None:
    session = await planned(
        channel,
        "Opening, with \U0001f389\nand more",
        10,
        speakers=["Ada; Obi"],
        stream="https://x.example/live",
    )
    anybody = channel.somebody().client
    base = f"/events/{channel.api.event.slug}"
    answer = await anybody.get(f"{base}/programme.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert b"\r\n" in answer.content
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    [entry] = entries(answer.content)
    assert str(entry["UID"]) == f"{session}@backchannel"
    assert str(entry["SUMMARY"]) == "Opening, with \U0001f389 and more"
    assert str(entry["LOCATION"]) == "Hall A; left, back"
    assert entry["DTSTART"].dt.isoformat() == "2026-05-04T14:00:00+00:00"
    assert entry["SEQUENCE"] == 0
    assert "https://x.example/live" in str(entry["DESCRIPTION"])
    await channel.do(f"/sessions/{session}", {"version": 1, "title": "Moved"}, method="PATCH")
    [later] = entries((await anybody.get(f"{base}/sessions/{session}.ics")).content)
    assert (str(later["UID"]), later["SEQUENCE"], str(later["SUMMARY"])) == (
        f"{session}@backchannel",
        1,
        "Moved",
    )
    assert (await anybody.get(f"{base}/sessions/nothing.ics")).status_code == 404


async def test_picked_sessions_are_in_the_browsers_cookie_and_in_the_calendars_address(
    channel: Channel,
) -> None:
    first, second = await planned(channel, "First", 10), await planned(channel, "Second", 11)
    anybody = channel.somebody().client
    base = f"/events/{channel.api.event.slug}"
    before = await anybody.get(base)
    assert "My sessions" not in re.findall(r"<h2[^>]*>(.*?)</h2>", before.text)
    answer = await anybody.post(f"{base}/picked", data={"session": second, "do": "pick"})
    assert answer.headers["location"] == f"{base}#session-{second}"
    assert "HttpOnly" in answer.headers["set-cookie"]
    cookie = answer.headers["set-cookie"].partition(";")[0]
    page = await anybody.get(base, headers={"Cookie": cookie})
    assert "My sessions" in re.findall(r"<h2[^>]*>(.*?)</h2>", page.text)
    link = re.search(r'href="([^"]+\?pick=[^"]+)"', page.text)
    assert link
    assert [str(one["SUMMARY"]) for one in entries((await anybody.get(link[1])).content)] == ["Second"]
    dropped = await anybody.post(
        f"{base}/picked", data={"session": second, "do": "drop"}, headers={"Cookie": cookie}
    )
    assert "Max-Age=0" in dropped.headers["set-cookie"]
    joined = await anybody.post(f"{base}/picked", data={"session": first, "to": "join"})
    assert joined.headers["location"] == f"/join/{channel.api.event.slug}#session-{first}"


async def test_what_is_no_session_is_not_picked(channel: Channel) -> None:
    anybody = channel.somebody().client
    base = f"/events/{channel.api.event.slug}"
    for hostile in ("", "x", "\r\nSet-Cookie: a=b", "0" * 5_000):
        assert (await anybody.post(f"{base}/picked", data={"session": hostile})).status_code == 404
    forged = {"Cookie": f"picked-{channel.api.event.slug}=../x.<b>.zzzzzzzzzzzz"}
    assert (await anybody.get(base, headers=forged)).status_code == 200
    assert entries((await anybody.get(f"{base}/programme.ics?pick=%00..{'a' * 9_000}")).content) == []


async def test_times_are_also_shown_in_a_zone_that_was_chosen(channel: Channel) -> None:
    await planned(channel, "Opening", 20)
    anybody = channel.somebody().client
    base = f"/events/{channel.api.event.slug}"
    plain = await anybody.get(base)
    assert "See times in your zone" in said(plain)
    assert "<select" not in plain.text
    offered = await anybody.get(f"{base}?zones=true")
    assert "<option>Europe/Paris</option>" in offered.text
    chosen = said(await anybody.get(f"{base}?zone=Europe/Paris"))
    assert "2:00 AM–3:00 AM in Europe/Paris, Tuesday 5 May 2026" in chosen
    assert "8:00 PM" in chosen
    assert (await anybody.get(f"{base}?zone=../../etc/passwd")).status_code == 200
