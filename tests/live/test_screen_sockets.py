"""Screens on a real `serve`: what their sockets hear, say and are told at the end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.live.running import Running, closed, heard
from tests.support.waiting import PATIENCE, eventually
from wall.access.screens import SCREEN_COOKIE
from wall.model import Event

PLACE = {"distance_m": 20, "diagonal_in": 85}


async def ask(running: Running, event: Event, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """A command, or a question, of an organiser."""
    more = {} if body is None else {"json": body}
    answer = await running.staff.ask(method, f"/events/{event.slug}{path}", **more)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


async def paired(running: Running, event: Event, name: str = "Left") -> tuple[str, dict[str, str]]:
    """A paired screen: its id, and the cookies of its browser."""
    async with running.browser({}) as browser:
        code = (await browser.post("/api/v1/screen/codes")).json()["code"]
        cookies = {SCREEN_COOKIE: browser.cookies[SCREEN_COOKIE]}
    made = await ask(running, event, "POST", "/screens", {"code": code, "name": name, **PLACE})
    return made["screen"], cookies


async def beat_of(running: Running, event: Event, screen: str) -> dict[str, Any] | None:
    """What the fleet says of a screen's last beat."""
    listed = (await ask(running, event, "GET", "/screens"))["screens"]
    return next(one["beat"] for one in listed if one["id"] == screen)


async def opened(running: Running, event: Event, cookies: Mapping[str, str]) -> Any:
    """A screen's bare socket, from a fresh snapshot, and the seq of that."""
    snapshot = await running.snapshot(event, cookies=cookies)
    return running.live(event.slug, snapshot["cursor"], cookies=cookies), snapshot["seq"]


async def test_a_screen_hears_of_itself_and_of_no_other_screen(running: Running) -> None:
    event = await running.event()
    screen, cookies = await paired(running, event)
    other, _ = await paired(running, event, "Right")
    async with running.reader(event, cookies=cookies) as reader, running.reader(event) as anybody:
        await reader.wait_until(lambda: reader.connections == 1)
        await anybody.wait_until(lambda: anybody.connections == 1)
        for one in (screen, other):
            done = await ask(running, event, "POST", f"/screens/{one}/flash")
        blank = await ask(running, event, "POST", "/walls", {"room": None, "hold": "blank"})
        assert blank["seq"] > done["seq"]
        for one in (reader, anybody):
            await one.wait_for_seq(blank["seq"])
            assert one.subjects("control")["all"]["hold"] == "blank"
            await one.assert_holds_what_a_newcomer_gets()
        assert {id_: value["flash"] for id_, value in reader.subjects("screen").items()} == {screen: 1}
        assert anybody.subjects("screen") == {}


async def test_an_unpaired_screen_is_turned_out_at_once(running: Running) -> None:
    event = await running.event()
    screen, cookies = await paired(running, event)
    socket, _ = await opened(running, event, cookies)
    async with socket as connection:
        assert (await heard(connection))["resumed"] is True
        await ask(running, event, "DELETE", f"/screens/{screen}")
        code, frames = await closed(connection)
    assert code == 4401
    dropped = [change for frame in frames for change in frame.get("changes", ())]
    assert {"op": "drop", "type": "screen", "id": screen} in dropped
    after = await running.snapshot(event, cookies=cookies)
    assert [put for put in after["puts"] if put["type"] == "screen"] == []


async def test_a_browser_whose_place_was_given_away_is_turned_out(running: Running) -> None:
    event = await running.event()
    screen, cookies = await paired(running, event)
    link = (await ask(running, event, "POST", f"/screens/{screen}/link"))["url"]
    socket, _ = await opened(running, event, cookies)
    async with socket as connection, running.browser({}) as browser:
        assert (await heard(connection))["resumed"] is True
        assert (await browser.post(link)).status_code == 303
        assert (await closed(connection))[0] == 4401


async def test_a_beat_says_what_a_screen_shows_and_how_far_it_has_painted(running: Running) -> None:
    event = await running.event()
    screen, cookies = await paired(running, event)
    seq = (await running.staff.post(event.slug, "Painted"))["seq"]
    socket, there = await opened(running, event, cookies)
    said = {
        "type": "beat",
        "seq": seq,
        "step": 2,
        "scene": "default",
        "width": 3840,
        "height": 2160,
        "scale": 1.5,
        "build": 17,
        "at": (time.time() + 86_400) * 1_000,
        "of_a_newer_version": True,
    }
    async with socket as connection:
        await heard(connection)
        await connection.send(json.dumps(said))

        async def is_heard() -> bool:
            return await beat_of(running, event, screen) is not None

        await eventually(is_heard, what="the beat")
        beat = await beat_of(running, event, screen)
    assert beat is not None
    assert there == seq
    told = {name: beat[name] for name in ("seq", "step", "scene", "width", "height", "scale", "build")}
    assert told == {name: said[name] for name in told}
    assert (beat["state"], beat["behind"]) == ("here", 0)
    assert abs(beat["clock_s"] - 86_400) < PATIENCE, "its clock is a day wrong"
    assert beat["seen_s"] < PATIENCE


async def test_what_a_screen_painted_is_known_within_a_moment(running: Running) -> None:
    event = await running.event()
    post = await running.staff.post(event.slug, "Soon hidden")
    screens = {(await paired(running, event, name))[0]: name for name in ("Silent",)}
    screen, cookies = await paired(running, event, "Left")
    socket, _ = await opened(running, event, cookies)
    async with socket as connection:
        await heard(connection)
        hidden = await ask(
            running, event, "POST", f"/posts/{post['post']}/hide", {"version": 1, "reason": "spam"}
        )
        seq = 0
        while seq < hidden["seq"]:
            frame = json.loads(await connection.recv())
            seq = frame.get("seq", 0)
            await connection.send(json.dumps({"type": "painted", "seq": seq}))

        async def acknowledged() -> bool:
            told = await ask(running, event, "GET", f"/screens/acknowledged?seq={hidden['seq']}")
            silent = [one["id"] for one in told["waiting"]]
            return told["painted"] == [screen] and silent == [*screens]

        await eventually(acknowledged, what="the acknowledgement")
    beat = await beat_of(running, event, screen)
    assert beat is not None
    assert (beat["seq"], beat["width"]) == (hidden["seq"], None)


@pytest.mark.parametrize(
    "said",
    [
        "no JSON",
        "[]",
        "null",
        json.dumps({"type": "beat", "seq": -1}),
        json.dumps({"type": "beat", "seq": "many"}),
        json.dumps({"type": "beat", "seq": 1, "scene": "x" * 64}),
        json.dumps({"type": "beat", "seq": 1, "scale": 0}),
        '{"type":"beat","seq":1,"at":NaN}',
        json.dumps({"type": "painted", "seq": 0}),
        '{"type":"beat"' + "," * 100,
        "[" * 3_000,
    ],
)
async def test_what_is_no_beat_is_ignored_and_the_socket_stays(running: Running, said: str) -> None:
    event = await running.event()
    screen, cookies = await paired(running, event)
    socket, there = await opened(running, event, cookies)
    async with socket as connection:
        await heard(connection)
        await connection.send(said)
        await connection.send(json.dumps({"type": "beat", "seq": there, "step": 7}))

        async def is_heard() -> bool:
            return await beat_of(running, event, screen) is not None

        await eventually(is_heard, what="the beat after it")
    beat = await beat_of(running, event, screen)
    assert beat is not None
    assert (beat["seq"], beat["step"]) == (there, 7)


async def test_no_screen_claims_to_have_painted_what_it_was_not_sent(running: Running) -> None:
    event = await running.event()
    screen, cookies = await paired(running, event)
    socket, there = await opened(running, event, cookies)
    async with socket as connection:
        await heard(connection)
        await connection.send(json.dumps({"type": "beat", "seq": there + 1_000, "step": 1}))

        async def is_heard() -> bool:
            return await beat_of(running, event, screen) is not None

        await eventually(is_heard, what="the beat")
    told = await ask(running, event, "GET", f"/screens/acknowledged?seq={there + 1}")
    assert told["painted"] == []


async def test_beats_of_others_are_nobodys(running: Running) -> None:
    event = await running.event()
    screen, _ = await paired(running, event)
    snapshot = await running.snapshot(event)
    async with running.live(event.slug, snapshot["cursor"]) as anybody:
        await heard(anybody)
        await anybody.send(json.dumps({"type": "beat", "seq": snapshot["seq"], "screen": screen}))
        seq = (await running.staff.post(event.slug, "Later"))["seq"]
        while json.loads(await anybody.recv()).get("seq", 0) < seq:
            pass
    assert await beat_of(running, event, screen) is None


async def test_many_screens_share_one_snapshot_and_its_frames(running: Running) -> None:
    event = await running.event()
    fleet = [await paired(running, event, f"Screen {number}") for number in range(6)]
    await running.snapshot(event)
    before = await running.metric("backchannel_snapshot_seconds_count")
    taken = await asyncio.gather(*(running.snapshot(event, cookies=cookies) for _, cookies in fleet))
    assert await running.metric("backchannel_snapshot_seconds_count") == before
    own = [[put["id"] for put in one["puts"] if put["type"] == "screen"] for one in taken]
    assert own == [[screen] for screen, _ in fleet]
