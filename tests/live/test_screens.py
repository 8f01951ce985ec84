"""Pairing, links and the fleet over HTTP: codes, cookies, what is throttled, and what ends at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select

from tests.facilitator.channel import Channel, channel_over
from tests.live.api import HERE
from wall.access.screens import SCREEN_COOKIE
from wall.entries import PUBLIC, Scope
from wall.live.beats import Beats, Said
from wall.model import Mode, Role, utc_now
from wall.screens.pairing import CODE_LETTERS, CODES_PER_ADDRESS, WRONG_CODES
from wall.store import entries, screens
from wall.store.display_tables import screen as screen_table
from wall.store.display_tables import screen_code

PLACE = {"name": "Left of the stage", "distance_m": 22.5, "diagonal_in": 98}
PAGE = {"Accept": "text/html"}
LATE = timedelta(seconds=60)


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


def display(channel: Channel) -> httpx2.AsyncClient:
    """A browser on a display that nobody knows, at an address of this test's own."""
    number = int(channel.api.event.id[-6:], 16)
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    transport = httpx2.ASGITransport(app=channel.api.app, client=(address, 50_000))
    return httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE})


async def code_on(browser: httpx2.AsyncClient) -> str:
    """The code that a display asks for."""
    answer = await browser.post("/api/v1/screen/codes")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def paired(channel: Channel, **more: Any) -> tuple[httpx2.AsyncClient, dict[str, Any]]:
    """A display that was paired, and what pairing answered."""
    browser = display(channel)
    made = await channel.do("/screens", {"code": await code_on(browser), **PLACE, **more})
    return browser, made


async def standing(browser: httpx2.AsyncClient) -> str:
    return str((await browser.get("/api/v1/screen")).json()["state"])


async def fleet(channel: Channel) -> list[dict[str, Any]]:
    return list((await channel.ask("/screens", method="GET")).json()["screens"])


async def own_screens(browser: httpx2.AsyncClient, channel: Channel) -> list[str]:
    """The screens that a browser's wall holds."""
    answer = await browser.get(f"{channel.api.path}/snapshot", params={"face": "wall"})
    return [put["id"] for put in answer.json()["puts"] if put["type"] == "screen"]


async def test_a_display_shows_a_code_and_is_a_screen_when_somebody_typed_it_in(channel: Channel) -> None:
    room = await channel.room()
    browser = display(channel)
    assert await standing(browser) == "expired"
    code = await code_on(browser)
    assert set(code.replace("-", "")) <= set(CODE_LETTERS)
    assert (len(code), code[4]) == (7, "-")
    assert await code_on(browser) == code, "a display keeps the code that it waits with"
    assert await standing(browser) == "waiting"
    typed = f" {code.replace('-', '').lower()} "
    made = await channel.do("/screens", {"code": typed, "room": room, **PLACE})
    assert made["number"] == 1
    answer = (await browser.get("/api/v1/screen")).json()
    assert answer == {"state": "paired", "wall": f"/wall/{channel.api.event.slug}"}
    assert await own_screens(browser, channel) == [made["screen"]]
    assert await own_screens(display(channel), channel) == []
    (one,) = await fleet(channel)
    assert one["beat"] is None
    assert {name: one[name] for name in PLACE} == PLACE
    assert (one["room"], one["scene"], one["flash"], one["reload"]) == (room, None, 0, 0)


async def test_a_code_pairs_once(channel: Channel) -> None:
    browser = display(channel)
    code = await code_on(browser)
    await channel.do("/screens", {"code": code, **PLACE})
    error = await channel.refused(422, "/screens", {"code": code, **PLACE})
    assert error["code"] == "wrong_code"
    assert len(await fleet(channel)) == 1
    answer = await browser.post("/api/v1/screen/codes")
    assert answer.status_code == 409


async def test_the_same_pairing_sent_twice_is_one_screen(channel: Channel) -> None:
    body = {"code": await code_on(display(channel)), **PLACE}
    first = await channel.do("/screens", body, cause="once")
    assert await channel.do("/screens", body, cause="once") == first
    assert len(await fleet(channel)) == 1


async def test_a_code_that_ran_out_pairs_nothing_and_the_display_gets_another(channel: Channel) -> None:
    browser = display(channel)
    code = await code_on(browser)
    with channel.api.parts.store.writing() as conn:
        conn.execute(screen_code.update().values(expires_at=utc_now() - timedelta(seconds=1)))
    assert await standing(browser) == "expired"
    await channel.refused(422, "/screens", {"code": code, **PLACE})
    assert await code_on(browser) != code
    with channel.api.parts.store.reading() as conn:
        assert len(conn.execute(select(screen_code)).all()) == 1, "what ran out is forgotten"


async def test_who_guesses_codes_is_stopped_and_then_even_a_good_one_waits(channel: Channel) -> None:
    code = await code_on(display(channel))
    technician = channel.somebody(Role.TECHNICIAN)
    for number in range(WRONG_CODES[0]):
        await technician.refused(422, "/screens", {"code": f"WR{number:04}", **PLACE})
    for tried in ("WRONG1", code):
        error = await technician.refused(429, "/screens", {"code": tried, **PLACE})
        assert error["details"]["retry_after"] > 0
    assert await fleet(channel) == []
    await channel.do("/screens", {"code": code, **PLACE})


async def test_right_codes_are_never_throttled(channel: Channel) -> None:
    for _ in range(WRONG_CODES[0] + 2):
        await paired(channel)
    assert [one["number"] for one in await fleet(channel)] == list(range(1, WRONG_CODES[0] + 3))


async def test_one_address_gets_so_many_codes(channel: Channel) -> None:
    for _ in range(CODES_PER_ADDRESS[0]):
        await code_on(display(channel))
    answer = await display(channel).post("/api/v1/screen/codes")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    page = await display(channel).get("/screen", headers=PAGE)
    assert page.status_code == 429
    assert 'http-equiv="refresh"' in page.text, "a display goes on by itself"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "ΑΒΓΔ-ΕΖ"},
        {"code": "x" * 41},
        {"code": "\u0000"},
        {"name": ""},
        {"distance_m": 0.5},
        {"distance_m": 101},
        {"diagonal_in": 9},
        {"diagonal_in": "wide"},
        {"room": "nowhere"},
        {"scene": "nothing"},
    ],
)
async def test_a_screen_that_cannot_be_is_refused_and_its_code_stays_good(
    channel: Channel, wrong: dict[str, Any]
) -> None:
    browser = display(channel)
    good = {"code": await code_on(browser), **PLACE}
    answer = await channel.ask("/screens", good | wrong)
    assert answer.status_code in {404, 422}
    assert await standing(browser) == "waiting"
    await channel.do("/screens", good)


async def test_the_page_of_a_display_needs_no_script(channel: Channel) -> None:
    browser = display(channel)
    page = await browser.get("/screen", headers=PAGE)
    assert page.status_code == 200
    assert 'http-equiv="refresh"' in page.text
    code = (await browser.post("/api/v1/screen/codes")).json()["code"]
    assert code in page.text
    again = await browser.get("/screen", headers=PAGE)
    assert code in again.text
    drawn = await browser.get(f"/screen/qr/{code}.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert (await browser.get("/screen/qr/nothing.svg")).status_code == 404


async def test_the_cookie_is_only_the_servers_and_over_tls_it_is_bound_to_this_host(
    channel: Channel,
) -> None:
    plain = (await display(channel).get("/screen", headers=PAGE)).headers["set-cookie"]
    transport = httpx2.ASGITransport(app=channel.api.app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://127.0.0.1") as secure:
        over_tls = (await secure.get("/screen", headers=PAGE)).headers["set-cookie"]
    assert plain.startswith("screen=")
    assert over_tls.startswith("__Host-screen=")
    assert "Secure" in over_tls
    for cookie in (plain, over_tls):
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "samesite=lax" in cookie.lower()


async def test_no_table_holds_a_token(channel: Channel) -> None:
    browser, made = await paired(channel)
    link = (await channel.do(f"/screens/{made['screen']}/link"))["url"].rpartition("/")[2]
    with channel.api.parts.store.reading() as conn:
        rows = repr(conn.execute(select(screen_table)).all())
    assert browser.cookies[SCREEN_COOKIE] not in rows
    assert link not in rows


async def test_an_unpaired_screen_reads_nothing_more_and_its_number_is_free(channel: Channel) -> None:
    browser, made = await paired(channel)
    link = (await channel.do(f"/screens/{made['screen']}/link"))["url"]
    await channel.do(f"/screens/{made['screen']}", None, "DELETE")
    assert await fleet(channel) == []
    assert await standing(browser) == "expired"
    assert await own_screens(browser, channel) == []
    assert (await browser.post(link)).status_code == 404
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/flash"), ("POST", "/link")):
        await channel.refused(404, f"/screens/{made['screen']}{path}", {"version": 2}, method)
    assert await code_on(browser)
    assert (await paired(channel))[1]["number"] == 1


async def test_a_screen_is_renamed_moved_and_given_a_scene(channel: Channel) -> None:
    _, made = await paired(channel)
    room = await channel.room()
    scene = (await channel.do("/scenes", {"name": "S", "steps": [{"layout": "stream"}]}))["scene"]
    path = f"/screens/{made['screen']}"
    change = {"name": "Right", "room": room, "scene": scene, "distance_m": 10, "diagonal_in": 55}
    assert (await channel.do(path, {"version": 1, **change}, "PATCH"))["version"] == 2
    (one,) = await fleet(channel)
    assert {name: one[name] for name in change} == change
    await channel.refused(409, f"/scenes/{scene}", None, "DELETE")
    error = await channel.refused(409, path, {"version": 1, "name": "Other"}, "PATCH")
    assert error["details"]["current"]["name"] == "Right"
    assert (await channel.do(path, {"version": 2, "room": None, "scene": None}, "PATCH"))["version"] == 3
    (one,) = await fleet(channel)
    assert (one["room"], one["scene"], one["name"]) == (None, None, "Right")
    await channel.do(f"/scenes/{scene}", None, "DELETE")


async def test_flash_and_reload_count_and_leave_the_version_alone(channel: Channel) -> None:
    _, made = await paired(channel)
    path = f"/screens/{made['screen']}"
    for verb in ("flash", "flash", "reload"):
        assert (await channel.do(f"{path}/{verb}"))["version"] == 1
    (one,) = await fleet(channel)
    assert (one["flash"], one["reload"]) == (2, 1)


async def test_a_test_card_is_shown_for_two_minutes_or_until_it_is_hidden(channel: Channel) -> None:
    browser, made = await paired(channel)
    path = f"/screens/{made['screen']}/card"
    assert (await fleet(channel))[0]["card_until"] is None
    asked = utc_now()
    assert (await channel.do(path))["version"] == 1
    (one,) = await fleet(channel)
    assert timedelta(0) <= datetime.fromisoformat(one["card_until"]) - asked - timedelta(seconds=120) < LATE
    held = (await browser.get(f"{channel.api.path}/snapshot", params={"face": "wall"})).json()["puts"]
    (own,) = [put["value"] for put in held if put["type"] == "screen"]
    assert own["card_until"] == one["card_until"], "the screen itself is told"
    seq = (await channel.do(path, None, "DELETE"))["seq"]
    assert (await fleet(channel))[0]["card_until"] is None
    assert (await channel.do(path, None, "DELETE"))["seq"] == seq, "one that is hidden has nothing to hide"


async def test_a_link_gives_a_screens_place_to_another_browser(channel: Channel) -> None:
    browser, made = await paired(channel)
    path = f"/screens/{made['screen']}/link"
    first = (await channel.do(path))["url"]
    link = (await channel.do(path))["url"]
    other = display(channel)
    assert (await other.post(first)).status_code == 404, "a new link takes the place of the one before"
    asked = await other.get(link, headers=PAGE)
    assert PLACE["name"] in asked.text
    assert await standing(other) == "expired", "opening a link changes nothing"
    assert (await other.post(link)).headers["location"] == "/screen"
    assert await own_screens(other, channel) == [made["screen"]]
    assert await standing(browser) == "expired"
    assert (await display(channel).post(link)).status_code == 303, "a link is good for the next power cut"
    assert [one["id"] for one in await fleet(channel)] == [made["screen"]]


async def test_a_link_is_shown_once(channel: Channel) -> None:
    _, made = await paired(channel)
    path = f"/screens/{made['screen']}/link"
    await channel.do(path, cause="once")
    answer = await channel.ask(path, cause="once")
    assert answer.status_code == 409


async def test_a_screen_is_one_events(channel: Channel) -> None:
    browser, made = await paired(channel)
    parts = channel.api.parts
    other = await parts.journal.create(slug="other", name="Other", actor="system", mode=Mode.AUTO)
    answer = await browser.get(f"/api/v1/events/{other.slug}/snapshot", params={"face": "wall"})
    assert [put for put in answer.json()["puts"] if put["type"] == "screen"] == []
    with parts.store.reading() as conn:
        assert screens.by_ids(conn, other.id, {made["screen"]}) == {}


async def test_a_screens_token_commands_nothing(channel: Channel) -> None:
    browser, made = await paired(channel)
    path = channel.api.path
    for method, where in (
        ("GET", "/screens"),
        ("POST", f"/screens/{made['screen']}/flash"),
        ("DELETE", f"/screens/{made['screen']}"),
        ("POST", "/walls"),
        ("GET", "/inbox"),
    ):
        body = {"json": {"room": None, "hold": "blank"}} if method == "POST" else {}
        assert (await browser.request(method, f"{path}{where}", **body)).status_code == 401
    answer = await browser.get(f"{path}/snapshot", params={"face": "desk"})
    assert answer.status_code == 401


@pytest.mark.parametrize("role", [None, *Role])
async def test_screens_are_seen_by_themselves_and_by_who_looks_after_walls(
    channel: Channel, role: Role | None
) -> None:
    _, made = await paired(channel)
    scope = Scope(frozenset({role})) if role else PUBLIC
    sees = role in {Role.ORGANISER, Role.TECHNICIAN, Role.MODERATOR, Role.FACILITATOR}
    assert (made["screen"] in await channel.held("screen", scope)) is sees


async def test_acknowledgements_name_who_has_painted_and_who_has_not(channel: Channel) -> None:
    one, two, three = [(await paired(channel, name=f"Screen {n}"))[1]["screen"] for n in range(3)]
    event = await channel.api.parts.journal.event(channel.api.event.id)
    beats: Beats = channel.api.parts.beats
    await beats.keep(event.id, one, Said(seq=event.seq, epoch=event.epoch))
    await beats.keep(event.id, two, Said(seq=event.seq - 1, epoch=event.epoch))
    answer = await channel.ask(f"/screens/acknowledged?seq={event.seq}", method="GET")
    told = answer.json()
    assert (told["seq"], told["painted"]) == (event.seq, [one])
    assert [(late["id"], late["name"]) for late in told["waiting"]] == [
        (two, "Screen 1"),
        (three, "Screen 2"),
    ]
    assert told["waiting"][0]["seen_s"] < 60
    assert told["waiting"][1]["seen_s"] is None
    await beats.keep(event.id, two, Said(seq=event.seq + 5, epoch="a history that a restore ended"))
    answer = await channel.ask(f"/screens/acknowledged?seq={event.seq}", method="GET")
    assert answer.json()["painted"] == [one]
    assert [seen["beat"] and seen["beat"]["behind"] for seen in await fleet(channel)] == [
        0,
        event.seq,
        None,
    ]


async def test_the_journal_says_nothing_that_somebody_typed(channel: Channel) -> None:
    await paired(channel)
    await channel.do("/walls", {"room": None, "hold": "live", "notice": "Secret lunch"})
    await channel.do("/scenes", {"name": "Foyer words", "steps": [{"layout": "title", "words": "Typed"}]})
    with channel.api.parts.store.reading() as conn:
        bodies = " ".join(line.body for line in entries.after(conn, channel.api.event.id, 0, 500))
    for typed in ("Secret lunch", "Foyer words", "Typed", str(PLACE["name"])):
        assert typed not in bodies
