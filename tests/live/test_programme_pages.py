"""The landing page, the programme and the choice of a chair view: what runs where, and who may go where."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.live.api import Api, api_over
from tests.live.test_join import PAGE
from tests.live.test_join_page import venue
from wall.entries.channel import RoomValue, SessionValue
from wall.model import Role
from wall.routes.programme_pages import programme_of
from wall.routes.when import When
from wall.routes.words import Words

EVENING = datetime(2014, 5, 17, 2, 0, tzinfo=UTC)
"""Ten in the evening of the 16th in Toronto."""


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        details = {"zone": "America/Toronto", "hashtags": ("smsummit",)}
        made.event = await made.parts.journal.create(slug="day", name="Day", actor="system", **details)
        yield made


def session(session_id: str, room: str, starts: datetime) -> SessionValue:
    return SessionValue(
        id=session_id,
        room=room,
        title=session_id,
        method="guided",
        speakers=(),
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        prompts=(),
        prompt=None,
        prompt_at=None,
        hashtags=(),
        stream="",
        captions="",
        recording="",
        delay_seconds=0,
        walls="on",
        slides_private=False,
        state="planned",
        begun_at=None,
        ended_at=None,
        version=1,
    )


def test_sessions_of_one_time_stand_side_by_side_in_the_order_of_their_rooms() -> None:
    rooms = [
        RoomValue(id=name, name=name, position=place, version=1) for name, place in (("b", 1), ("a", 2))
    ]
    later = EVENING + timedelta(hours=3)
    found = [session("3", "a", later), session("1", "a", EVENING), session("2", "b", EVENING)]
    made = programme_of(rooms, found, When("America/Toronto", "en", Words()))
    assert [day.date for day in made.days] == [date(2014, 5, 16), date(2014, 5, 17)]
    assert [[one.id for one in slot.sessions] for day in made.days for slot in day.slots] == [
        ["2", "1"],
        ["3"],
    ]
    assert list(made.rooms) == ["b", "a"]


@pytest.mark.parametrize(
    ("lang", "clock", "day"),
    [("en", "10:00 PM", "Friday 16 May 2014"), ("fr", "22:00", "vendredi 16 mai 2014")],
)
def test_times_are_those_of_the_event_in_the_words_of_the_page(lang: str, clock: str, day: str) -> None:
    when = When("America/Toronto", lang, Words())
    assert when.clock(EVENING) == clock
    assert when.long_day(when.day(EVENING)) == day
    assert when.iso(EVENING) == "2014-05-16T22:00-04:00"
    assert When("UTC", "en", Words()).clock(EVENING.replace(hour=0)) == "12:00 AM"


async def test_the_programme_says_what_runs_where_and_who_speaks(api: Api) -> None:
    hall = venue(api)
    running = await hall.running("Now <b>on</b>", speakers=["Teresa Chan", "Félix Gagnon"], method="delphi")
    later = await hall.session(await hall.room("Room 2"), "Later", EVENING)
    async with api.client() as anybody:
        page = (await anybody.get("/events/day", headers=PAGE)).text
    assert page.count("Running now") == 1
    assert "Now &lt;b&gt;on&lt;/b&gt;" in page
    assert "Modified Delphi" in page
    assert "Félix Gagnon" in page
    assert "Friday 16 May 2014" in page
    assert "10:00 PM" in page
    assert f"/stage/day?session={running}" in page
    assert f"/stage/day?session={later}" in page
    assert 'src="/join/day/qr.svg"' in page
    assert "127.0.0.1:8000/j/day" in page


_WAY = re.compile(r'href="(/(?:desk|moderate|wall|join|stage|screens|heard|audit)/day[^"?]*)"')
_EVERY_DESK = {"/desk/day", "/heard/day"}
_MODERATION = {"/moderate/day", "/moderate/day/rules"}


@pytest.mark.parametrize(
    ("role", "ways"),
    [
        (None, set()),
        (Role.ORGANISER, {*_EVERY_DESK, *_MODERATION, "/screens/day", "/audit/day"}),
        (Role.MODERATOR, {*_EVERY_DESK, *_MODERATION, "/screens/day"}),
        (Role.FACILITATOR, {*_EVERY_DESK, "/screens/day"}),
        (Role.TECHNICIAN, {*_EVERY_DESK, "/screens/day"}),
        (Role.CHAIR, _EVERY_DESK),
        (Role.RATER, set()),
    ],
)
async def test_only_links_that_the_visitor_may_follow_are_shown(
    api: Api, role: Role | None, ways: set[str]
) -> None:
    token = api.signed_in(role) if role else None
    async with api.client(token) as visitor:
        for path in ("/", "/events/day"):
            page = (await visitor.get(path, headers=PAGE)).text
            found = set(_WAY.findall(page))
            public = {"/wall/day", "/join/day", "/stage/day"} | ({"/heard/day"} if path != "/" else set())
            assert found == public | ways


async def test_an_event_without_a_programme_says_so(api: Api) -> None:
    async with api.client() as anybody:
        assert "not out yet" in (await anybody.get("/events/day", headers=PAGE)).text
        assert "no room or session yet" in (await anybody.get("/stage/day", headers=PAGE)).text
        assert (await anybody.get("/events/nowhere", headers=PAGE)).status_code == 404


async def test_a_chair_view_of_nothing_in_particular_is_a_choice(api: Api) -> None:
    hall = venue(api)
    running = await hall.running("Now")
    async with api.client() as anybody:
        page = (await anybody.get("/stage/day", headers=PAGE)).text
        assert f"/stage/day?session={running}" in page
        assert re.search(r'href="/stage/day\?room=[^"]+"><bdi dir="auto">Room of Now', page)
        for wrong in ("session=x", "room=x", "session=&room="):
            assert (await anybody.get(f"/stage/day?{wrong}", headers=PAGE)).status_code == 404
