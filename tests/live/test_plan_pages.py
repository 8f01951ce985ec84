"""The pages of an organiser's programme, as a browser without script uses them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.model import Role

SESSION = {
    "title": "Crediting reviewers",
    "method": "guided",
    "day": "2026-05-04",
    "begin": "09:00",
    "end": "10:30",
}


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        await channel.ask("", {"version": 1, "zone": "America/Toronto"}, method="PATCH")
        yield channel


class Pages:
    """An event's organiser pages in somebody's hands."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.base = f"/events/{channel.api.event.slug}"

    async def get(self, path: str) -> httpx2.Response:
        return await self.channel.client.get(f"{self.base}{path}")

    async def send(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form as the page at `path` has it, with these fields typed."""
        named = {name.replace("__", "."): value for name, value in fields.items()}
        return await self.channel.client.post(f"{self.base}{path}", data=named)

    async def sessions(self) -> list[dict[str, Any]]:
        held = await self.channel.held("session")
        return sorted(held.values(), key=lambda one: str(one["starts_at"]))


def everybodys_organiser(channel: Channel) -> Channel:
    """The same event, asked by an organiser of all events."""
    return replace(channel, client=channel.api.client(channel.api.signed_in()))


def said(answer: httpx2.Response) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"</?bdi[^>]*>", "", answer.text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def value_of(answer: httpx2.Response, name: str) -> str:
    """What stands in a field."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', answer.text)
    assert found, f"no field {name}"
    return unescape(found[1])


async def test_an_organiser_plans_a_room_and_a_session_without_a_command_line(channel: Channel) -> None:
    pages = Pages(channel)
    assert "Add a room first" in said(await pages.get("/programme"))
    assert (await pages.send("/programme/rooms", name="Hall A")).status_code == 303
    room = next(iter(await channel.held("room")))
    typed = SESSION | {
        "room": room,
        "speakers": "Ada Obi @ada\nLi Wei\n",
        "hashtags": "#HallA, #reviewers",
        "stream": "https://stream.example.org/a",
        "delay": "25",
        "captions": "https://captions.example.org/a",
    }
    answer = await pages.send("/programme/sessions/new", **typed)
    assert answer.status_code == 303
    [session] = await pages.sessions()
    assert session["starts_at"] == "2026-05-04T13:00:00Z"
    assert session["ends_at"] == "2026-05-04T14:30:00Z"
    assert session["speakers"] == ["Ada Obi @ada", "Li Wei"]
    assert session["hashtags"] == ["halla", "reviewers"]
    assert (session["stream"], session["delay_seconds"]) == ("https://stream.example.org/a", 25)
    listed = said(await pages.get("/programme?did=session"))
    assert "The session was saved." in listed
    assert "9:00 AM–10:30 AM" in listed
    assert "Hall A" in listed
    public = said(await pages.get(""))
    assert "Live stream (25 s behind the room)" in public
    form = await pages.get(f"/programme/sessions/{session['id']}")
    assert [value_of(form, name) for name in ("day", "begin", "end")] == ["2026-05-04", "09:00", "10:30"]


async def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room()
    typed = SESSION | {
        "room": room,
        "title": " ",
        "begin": "9 o'clock",
        "delay": "soon",
        "stream": "javascript:alert(1)",
    }
    answer = await pages.send("/programme/sessions/new", **typed)
    assert answer.status_code == 422
    page = said(answer)
    for reason in (
        "A title has 1 to 300 letters.",
        "Write the time as 09:00.",
        "A whole number of seconds",
        "Write a web address",
    ):
        assert reason in page
    assert value_of(answer, "begin") == "9 o'clock"
    assert value_of(answer, "stream") == "javascript:alert(1)"
    assert await pages.sessions() == []


async def test_two_sessions_in_one_room_at_one_time_are_saved_once_that_is_said(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room()
    await pages.send("/programme/sessions/new", **SESSION, room=room)
    other = SESSION | {"title": "Posters", "begin": "10:00", "end": "11:00", "room": room}
    answer = await pages.send("/programme/sessions/new", **other)
    assert answer.status_code == 409
    assert "Crediting reviewers, Monday 4 May 2026, 9:00 AM–10:30 AM" in said(answer)
    assert len(await pages.sessions()) == 1
    confirmed = re.search(r'name="anyway" value="([^"]+)"', answer.text)
    assert confirmed
    assert (await pages.send("/programme/sessions/new", **other, anyway=confirmed[1])).status_code == 303
    assert len(await pages.sessions()) == 2
    assert "Two sessions in one room at one time" in said(await pages.get("/programme"))
    after = SESSION | {"title": "Break", "begin": "11:00", "end": "11:30", "room": room}
    assert (await pages.send("/programme/sessions/new", **after)).status_code == 303


@pytest.mark.parametrize(
    ("day", "begin", "end", "reason"),
    [
        (
            "2026-03-08",
            "02:30",
            "03:30",
            "There is no 02:30 that day: clocks go forward. 03:30 is what clocks show then.",
        ),
        ("2026-11-01", "01:30", "03:00", "01:30 comes twice that night: clocks go back."),
        ("2026-05-04", "23:00", "01:00", "It ends before it begins."),
    ],
)
async def test_a_time_that_clocks_skip_or_show_twice_is_asked_about(
    channel: Channel, day: str, begin: str, end: str, reason: str
) -> None:
    pages = Pages(channel)
    typed = SESSION | {"room": await channel.room(), "day": day, "begin": begin, "end": end}
    answer = await pages.send("/programme/sessions/new", **typed)
    assert answer.status_code == 422
    assert reason in said(answer)


async def test_of_a_time_that_comes_twice_the_second_can_be_meant(channel: Channel) -> None:
    pages = Pages(channel)
    typed = SESSION | {"room": await channel.room(), "day": "2026-11-01", "begin": "01:30", "end": "03:00"}
    await pages.send("/programme/sessions/new", **typed, begin_which="second")
    [session] = await pages.sessions()
    assert session["starts_at"] == "2026-11-01T06:30:00Z"
    form = await pages.get(f"/programme/sessions/{session['id']}")
    assert re.search(r'value="second" selected', form.text)


async def test_a_stale_form_says_what_is_there_now_and_keeps_what_was_typed(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room()
    await pages.send("/programme/sessions/new", **SESSION, room=room)
    [session] = await pages.sessions()
    path = f"/programme/sessions/{session['id']}"
    await channel.do(f"/sessions/{session['id']}", {"version": 1, "title": "Theirs"}, method="PATCH")
    mine = SESSION | {"title": "Mine", "room": room}
    answer = await pages.send(path, **mine, version="1")
    assert answer.status_code == 409
    assert "Now it is: Theirs" in said(answer)
    assert value_of(answer, "title") == "Mine"
    again = await pages.send(path, **mine, version=value_of(answer, "version"))
    assert again.status_code == 303
    assert (await pages.sessions())[0]["title"] == "Mine"


async def test_only_what_was_never_begun_and_holds_nothing_is_removed(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room()
    await pages.send("/programme/sessions/new", **SESSION, room=room)
    [session] = await pages.sessions()
    path = f"/programme/sessions/{session['id']}"
    answer = await pages.send(f"/programme/rooms/{room}", version="1", do="remove")
    assert answer.status_code == 409
    assert "Sessions are planned in this room." in said(answer)
    await channel.do(f"/sessions/{session['id']}/begin", {"version": 1})
    await channel.do(f"/sessions/{session['id']}/end", {"version": 2})
    refused = await pages.send(path, version="3", do="remove")
    assert refused.status_code == 409
    assert "This session was begun" in said(refused)
    later = SESSION | {"room": room, "title": "Second", "day": "2026-05-05"}
    await pages.send("/programme/sessions/new", **later)
    second = (await pages.sessions())[1]
    gone = await pages.send(f"/programme/sessions/{second['id']}", version="1", do="remove")
    assert gone.status_code == 303
    assert [one["id"] for one in await pages.sessions()] == [session["id"]]
    empty = await channel.room("Empty")
    assert (await pages.send(f"/programme/rooms/{empty}", version="1", do="remove")).status_code == 303
    assert list(await channel.held("room")) == [room]


async def test_a_session_to_which_points_belong_stays(channel: Channel) -> None:
    room = await channel.room()
    session = await channel.session(room, running=False)
    await channel.raised(session)
    pages = Pages(channel)
    answer = await pages.send(f"/programme/sessions/{session}", version="1", do="remove")
    assert answer.status_code == 409
    assert "Something belongs to this session already" in said(answer)


async def test_the_clock_proposes_and_a_person_begins(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room()
    soon = {"starts_at": "2020-01-01T10:00:00Z", "ends_at": "2199-01-01T10:00:00Z"}
    session = await channel.session(room, running=False, **soon)
    public = await pages.get("")
    assert "Begin it?" in said(public)
    assert "Begin it?" not in said(await channel.somebody().client.get(pages.base))
    begun = await pages.send(f"/programme/sessions/{session}/begin", version="1", to="plan")
    assert begun.status_code == 303
    assert (await pages.sessions())[0]["state"] == "running"
    assert "Begin it?" not in said(await pages.get("/programme"))


@pytest.mark.parametrize(
    "path", ["/programme", "/programme/sessions/new", "/programme/import", "/settings"]
)
async def test_these_pages_are_the_organisers(channel: Channel, path: str) -> None:
    facilitator = Pages(channel.somebody(Role.FACILITATOR))
    assert (await facilitator.get(path)).status_code == 403
    assert (await facilitator.send(path, name="x")).status_code in {403, 405}
    nobody = Pages(channel.somebody())
    assert (await nobody.get(path)).status_code == 401


async def test_an_events_facts_are_edited_and_sessions_keep_their_time_of_day(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room()
    await pages.send("/programme/sessions/new", **SESSION, room=room)
    form = await pages.get("/settings")
    facts = {
        "version": value_of(form, "version"),
        "name": "Summit 2026",
        "starts_on": "2026-05-04",
        "ends_on": "2026-05-05",
        "hashtags": "#SoMe2026, été",
        "zone": "Europe/Paris",
        "languages": "fr en",
        "keep": "clock",
    }
    saved = await pages.send("/settings", **facts)
    assert saved.status_code == 303
    told = said(await channel.client.get(saved.headers["location"]))
    assert "#été a un accent" in told
    assert "Ajoutez #ete" in told
    version = value_of(await pages.get("/settings"), "version")
    same = await pages.send("/settings", **facts | {"version": version})
    assert "a un accent" not in said(await channel.client.get(same.headers["location"])), "said once"
    event = (await channel.client.get(channel.api.path)).json()
    assert (event["name"], event["starts_on"], event["ends_on"]) == (
        "Summit 2026",
        "2026-05-04",
        "2026-05-05",
    )
    assert (event["hashtags"], event["zone"], event["languages"]) == (
        ["SoMe2026", "été"],
        "Europe/Paris",
        ["fr", "en"],
    )
    [session] = await pages.sessions()
    assert session["starts_at"] == "2026-05-04T07:00:00Z"
    stale = await pages.send("/settings", **facts | {"name": "Mine"})
    assert stale.status_code == 409
    assert value_of(stale, "name") == "Mine"
    wrong = await pages.send(
        "/settings",
        **facts | {"version": value_of(stale, "version"), "ends_on": "2026-05-03", "zone": "Mars"},
    )
    assert wrong.status_code == 422
    assert "Ce fuseau horaire n’existe pas" in said(wrong)


async def test_a_past_event_is_copied_with_its_times_of_day_and_without_people(channel: Channel) -> None:
    pages = Pages(channel)
    room = await channel.room("Hall A")
    late = SESSION | {
        "day": "2026-03-07",
        "begin": "09:00",
        "room": room,
        "speakers": "Ada Obi",
        "recording": "https://x.example/r",
    }
    await pages.send("/programme/sessions/new", **late)
    await channel.post("A post")
    pages = Pages(everybodys_organiser(channel))
    answer = await pages.send(
        "/copy", name="Next", slug="next", starts_on="2026-03-08", part__sessions="on", part__rules="on"
    )
    assert answer.status_code == 303
    made = await channel.api.parts.journal.event("next")
    assert (made.name, made.zone, made.shown) == ("Next", "America/Toronto", 0)
    held = await Channel(replace(channel.api, event=made), channel.client).held("session")
    [session] = held.values()
    assert session["starts_at"] == "2026-03-08T13:00:00Z", (
        "09:00 there, an hour earlier than the day before"
    )
    assert (session["speakers"], session["recording"], session["state"]) == ([], "", "planned")
    taken = await pages.send("/copy", name="Next", slug="next", starts_on="2026-03-08")
    assert taken.status_code == 409
    assert "There is an event with this short name already" in said(taken)


async def test_who_organises_one_event_only_starts_no_other_by_copying_it(channel: Channel) -> None:
    pages = Pages(channel.somebody(Role.ORGANISER))
    assert (await pages.get("/copy")).status_code == 403
    assert "Copy this event" not in said(await pages.get("/programme"))
    answer = await pages.send("/copy", name="Next", slug="next", starts_on="2026-03-08")
    assert answer.status_code == 403


async def test_an_event_is_started_with_its_days(channel: Channel) -> None:
    new = {"slug": "next", "name": "Next", "starts_on": "2026-05-04", "ends_on": "2026-05-05"}
    client = everybodys_organiser(channel).client
    made = await client.post("/api/v1/events", json=new)
    assert (made.json()["starts_on"], made.json()["ends_on"]) == ("2026-05-04", "2026-05-05")
    backwards = await client.post("/api/v1/events", json=new | {"slug": "n2", "ends_on": "2026-05-03"})
    assert backwards.status_code == 422
    later = await client.patch("/api/v1/events/next", json={"version": 1, "ends_on": "2026-05-03"})
    assert later.status_code == 422
    none = {"version": 1, "starts_on": None, "ends_on": None}
    assert (await client.patch("/api/v1/events/next", json=none)).status_code == 200
    assert (await client.get("/api/v1/events/next")).json()["starts_on"] is None
