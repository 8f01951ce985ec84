"""Scenes, controls and pins over HTTP: who may, what readers hold then, and files of scenes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.display import MOST_STEPS, Layout, Policy, Theme, Warnings
from wall.entries import PUBLIC, Scope
from wall.hygiene import tidy, tidy_line
from wall.model import Mode, Role, at_border, new_id
from wall.screens.control import MOST_PINS
from wall.screens.scenes import MOST_SCENES

STEP = {
    "layout": "title",
    "seconds": 12,
    "fewer_than": 4,
    "in_session": True,
    "on_floor": True,
    "words": "Welcome\nto the hall",
}
PLAIN = {"layout": "stream", "seconds": 30, "fewer_than": None, "in_session": False, "on_floor": False}
SCENE: dict[str, Any] = {
    "name": "Foyer",
    "theme": "light",
    "policy": "fair",
    "warnings": "skipped",
    "alt": True,
    "join": False,
    "drift": False,
    "steps": [STEP, {**PLAIN, "words": ""}],
}
"""A scene in which no field has its default."""


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def look(channel: Channel, scene: str) -> dict[str, Any]:
    """A scene as everybody holds it, without its place."""
    held = (await channel.held("scene"))[scene]
    return {name: value for name, value in held.items() if name not in {"id", "version"}}


async def test_an_event_has_the_default_scene_before_anybody_made_one(channel: Channel) -> None:
    (default,) = (await channel.held("scene")).values()
    assert default["id"] == "default"
    assert [step["layout"] for step in default["steps"]] == ["columns"]
    listed = await channel.ask("/scenes", method="GET")
    assert listed.json() == {"scenes": [default]}


async def test_every_field_of_a_scene_is_kept_and_survives_a_file(channel: Channel) -> None:
    made = await channel.do("/scenes", SCENE)
    assert await look(channel, made["scene"]) == SCENE
    file = (await channel.ask(f"/scenes/{made['scene']}/file", method="GET")).json()
    assert file == {"backchannel_scene": 1, **SCENE}
    again = await channel.do("/scenes/file", file)
    assert again["scene"] != made["scene"]
    assert await look(channel, again["scene"]) == SCENE


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Annex"},
        *({"theme": theme.value} for theme in Theme),
        *({"policy": policy.value} for policy in Policy),
        *({"warnings": warnings.value} for warnings in Warnings),
        {"alt": False},
        {"join": True},
        {"drift": True},
        *({"steps": [{**STEP, "layout": layout.value}]} for layout in Layout),
    ],
)
async def test_each_field_of_a_scene_can_be_changed_and_survives_a_file(
    channel: Channel, change: dict[str, Any]
) -> None:
    made = await channel.do("/scenes", SCENE)
    now = await channel.do(f"/scenes/{made['scene']}", {"version": 1, **change}, "PATCH")
    assert now["version"] == (1 if SCENE | change == SCENE else 2)
    assert await look(channel, made["scene"]) == SCENE | change
    file = (await channel.ask(f"/scenes/{made['scene']}/file", method="GET")).json()
    again = await channel.do("/scenes/file", file)
    assert await look(channel, again["scene"]) == SCENE | change


@pytest.mark.parametrize("version", [0, 2, 99])
async def test_a_scene_file_of_another_version_is_refused_in_words(channel: Channel, version: int) -> None:
    file = {"backchannel_scene": version, **SCENE, "colours_of_tomorrow": ["#fff"]}
    error = await channel.refused(422, "/scenes/file", file)
    assert f"version {version}" in error["message"]
    assert "version 1" in error["message"]
    assert error["remedy"]
    assert len(await channel.held("scene")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": []},
        {"steps": [PLAIN] * (MOST_STEPS + 1)},
        {"steps": [{**PLAIN, "seconds": 4}]},
        {"steps": [{**PLAIN, "seconds": 3_601}]},
        {"steps": [{**PLAIN, "layout": "hologram"}]},
        {"steps": [{**PLAIN, "words": "x" * 301}]},
        {"steps": [{**PLAIN, "fewer_than": 0}]},
        {"name": ""},
        {"name": " \u200e "},
        {"theme": "neon"},
        {"unheard": 1},
    ],
)
async def test_a_scene_that_cannot_be_played_is_refused(channel: Channel, wrong: dict[str, Any]) -> None:
    await channel.refused(422, "/scenes", SCENE | wrong)
    await channel.refused(422, "/scenes/file", SCENE | {"backchannel_scene": 1} | wrong)
    await channel.refused(422, "/scenes/file", SCENE | {"backchannel_scene": "x"})
    await channel.refused(422, "/scenes/file", SCENE)
    assert len(await channel.held("scene")) == 1


async def test_words_of_a_scene_disturb_nothing_beside_them(channel: Channel) -> None:
    name, words = "Fo\u202eyer\n!", "Lunch\u202e\u0000 now"
    new = SCENE | {"name": name, "steps": [{**STEP, "words": words}]}
    made = await channel.do("/scenes", new)
    held = await look(channel, made["scene"])
    assert held["name"] == tidy_line(name) != name
    assert held["steps"][0]["words"] == tidy(at_border(words)) != words


async def test_the_built_in_scene_travels_like_any_other(channel: Channel) -> None:
    built_in = await look(channel, "default")
    file = (await channel.ask("/scenes/default/file", method="GET")).json()
    made = await channel.do("/scenes/file", file)
    assert await look(channel, made["scene"]) == built_in | {"name": "default"}


async def test_the_default_scene_can_be_changed_and_stays(channel: Channel) -> None:
    await channel.do("/scenes/default", {"version": 1, **SCENE}, "PATCH")
    assert await look(channel, "default") == SCENE
    await channel.refused(409, "/scenes/default", {"version": 1, "alt": False}, "PATCH")
    error = await channel.refused(409, "/scenes/default", None, "DELETE")
    assert "default" in error["message"]


async def test_a_scene_that_was_changed_meanwhile_is_shown_and_not_overwritten(channel: Channel) -> None:
    made = await channel.do("/scenes", SCENE)
    await channel.do(f"/scenes/{made['scene']}", {"version": 1, "name": "Hall"}, "PATCH")
    error = await channel.refused(409, f"/scenes/{made['scene']}", {"version": 1, "name": "X"}, "PATCH")
    assert error["details"]["current"]["name"] == "Hall"


async def test_a_removed_scene_is_gone_and_an_event_has_so_many(channel: Channel) -> None:
    made = [await channel.do("/scenes", SCENE) for _ in range(MOST_SCENES - 1)]
    await channel.refused(409, "/scenes", SCENE)
    await channel.do(f"/scenes/{made[0]['scene']}", None, "DELETE")
    assert made[0]["scene"] not in await channel.held("scene")
    await channel.refused(404, f"/scenes/{made[0]['scene']}", {"version": 1, "name": "X"}, "PATCH")
    await channel.do("/scenes", SCENE)


async def test_no_event_reaches_another_events_scene(channel: Channel) -> None:
    made = await channel.do("/scenes", SCENE)
    await channel.api.parts.journal.create(slug="other", name="Other", actor="system", mode=Mode.AUTO)
    for method, path in (("PATCH", ""), ("DELETE", ""), ("GET", "/file")):
        answer = await channel.client.request(
            method,
            f"/api/v1/events/other/scenes/{made['scene']}{path}",
            json={"version": 1} if method == "PATCH" else None,
        )
        assert answer.status_code in {403, 404}, method
    assert await look(channel, made["scene"]) == SCENE


@pytest.mark.parametrize("hold", ["live", "curated", "frozen", "quiet", "blank"])
async def test_walls_of_all_rooms_and_of_one_are_held(channel: Channel, hold: str) -> None:
    room = await channel.room()
    await channel.do("/walls", {"room": None, "hold": "curated", "notice": "Fire drill at noon"})
    await channel.do("/walls", {"room": room, "hold": hold, "notice": "Here"})
    held = await channel.held("control")
    assert (held["all"]["hold"], held["all"]["notice"]) == ("curated", "Fire drill at noon")
    assert (held[room]["hold"], held[room]["notice"]) == (hold, "Here")


async def test_a_notice_stays_until_it_is_written_anew_or_emptied(channel: Channel) -> None:
    await channel.do("/walls", {"room": None, "hold": "live", "notice": "Lunch is served"})
    await channel.do("/walls", {"room": None, "hold": "blank"})
    assert (await channel.held("control"))["all"]["notice"] == "Lunch is served"
    await channel.do("/walls", {"room": None, "hold": "blank", "notice": ""})
    assert (await channel.held("control"))["all"]["notice"] == ""


async def test_without_a_version_the_last_order_counts_and_with_one_nobody_is_overridden(
    channel: Channel,
) -> None:
    first = await channel.do("/walls", {"room": None, "hold": "blank"})
    assert first["version"] == 1
    await channel.do("/walls", {"room": None, "hold": "live"})
    error = await channel.refused(409, "/walls", {"room": None, "hold": "quiet", "version": 1})
    assert error["details"]["current"]["hold"] == "live"
    assert (await channel.do("/walls", {"room": None, "hold": "quiet", "version": 2}))["version"] == 3


async def test_the_same_order_twice_is_one_entry(channel: Channel) -> None:
    once = await channel.do("/walls", {"room": None, "hold": "blank"})
    again = await channel.do("/walls", {"room": None, "hold": "blank"})
    assert again == once


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"hold": "off"}, 422),
        ({"notice": "x" * 301}, 422),
        ({"room": "nowhere"}, 404),
        ({"room": "all"}, 404),
        ({"room": "\u0000"}, 422),
    ],
)
async def test_an_order_that_makes_no_sense_holds_nothing(
    channel: Channel, wrong: dict[str, Any], status: int
) -> None:
    await channel.refused(status, "/walls", {"room": None, "hold": "blank"} | wrong)
    assert await channel.held("control") == {}


async def test_a_chair_quiets_the_room_of_a_session_and_gives_it_back_as_it_was(channel: Channel) -> None:
    room = await channel.room()
    await channel.session(room)
    await channel.do("/walls", {"room": room, "hold": "curated", "notice": "Be kind"})
    chair = channel.somebody(Role.CHAIR)
    quieted = await chair.do("/walls", {"room": room, "hold": "quiet"})
    assert quieted["hold"] == "quiet"
    assert (await channel.held("control"))[room]["hold"] == "quiet"
    assert (await chair.do("/walls", {"room": room, "hold": "live"}))["hold"] == "curated"
    assert (await channel.held("control"))[room]["notice"] == "Be kind"


async def test_who_controls_walls_overrides_a_chair(channel: Channel) -> None:
    room = await channel.room()
    await channel.session(room)
    chair = channel.somebody(Role.CHAIR)
    await channel.do("/walls", {"room": room, "hold": "blank"})
    assert (await chair.do("/walls", {"room": room, "hold": "quiet"}))["hold"] == "blank"
    assert (await channel.do("/walls", {"room": room, "hold": "live"}))["hold"] == "live"


@pytest.mark.parametrize(
    "order",
    [
        {"hold": "blank"},
        {"hold": "frozen"},
        {"hold": "curated"},
        {"hold": "quiet", "notice": "Mine"},
        {"hold": "quiet", "room": None},
    ],
)
async def test_a_chair_does_nothing_else_to_walls(channel: Channel, order: dict[str, Any]) -> None:
    room = await channel.room()
    await channel.session(room)
    chair = channel.somebody(Role.CHAIR)
    await chair.refused(403, "/walls", {"room": room} | order)
    empty = await channel.room("Empty")
    await chair.refused(404, "/walls", {"room": empty, "hold": "quiet"})
    assert await channel.held("control") == {}


async def test_a_chair_who_also_moderates_controls_walls(channel: Channel) -> None:
    both = channel.somebody(Role.CHAIR, Role.MODERATOR)
    assert (await both.do("/walls", {"room": None, "hold": "blank"}))["hold"] == "blank"


async def test_pins_have_the_order_in_which_they_were_set(channel: Channel) -> None:
    first, second = await channel.post("One"), await channel.post("Two")
    for post in (second, first, second):
        assert (await channel.do(f"/posts/{post}/pin"))["pinned"] is True
    pins = await channel.held("pin")
    assert sorted(pins, key=lambda post: pins[post]["order"]) == [second, first]
    assert (await channel.do(f"/posts/{second}/unpin"))["pinned"] is False
    assert set(await channel.held("pin")) == {first}


async def test_a_pin_leaves_with_its_post_and_comes_back_with_it(channel: Channel) -> None:
    post = await channel.post("Pinned")
    await channel.do(f"/posts/{post}/pin")
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "spam"})
    assert await channel.held("pin") == {}
    assert await channel.held("pin", Scope(frozenset({Role.TECHNICIAN}))) == {}
    await channel.do(f"/posts/{post}/approve", {"version": 2})
    assert set(await channel.held("pin")) == {post}
    await channel.do(f"/posts/{post}/withdraw", {"version": 3})
    assert await channel.held("pin", Scope(frozenset({Role.MODERATOR}))) == {}


async def test_only_what_is_shown_is_pinned_and_only_so_much(channel: Channel) -> None:
    post = await channel.post("Not shown")
    await channel.do(f"/posts/{post}/reconsider", {"version": 1})
    assert "approve" in (await channel.refused(409, f"/posts/{post}/pin"))["remedy"].lower()
    await channel.refused(404, f"/posts/{new_id()}/pin")
    for number in range(MOST_PINS):
        await channel.do(f"/posts/{await channel.post(f'Number {number}')}/pin")
    one_more = await channel.post("One more")
    await channel.refused(409, f"/posts/{one_more}/pin")
    assert len(await channel.held("pin")) == MOST_PINS


async def test_a_wall_that_starts_late_holds_what_was_pinned_long_ago(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.journal.reading.POST_WINDOW", 2)
    first, *_ = [await channel.post(f"Number {number}") for number in range(4)]
    assert first not in await channel.held("post")
    await channel.do(f"/posts/{first}/pin")
    assert first in await channel.held("post", PUBLIC)


async def test_a_post_says_whether_a_person_approved_it_as_it_is(channel: Channel) -> None:
    post = await channel.post("By rule")
    by_hand = [(await channel.held("post"))[post]["by_hand"]]
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "spam"})
    await channel.do(f"/posts/{post}/approve", {"version": 2})
    by_hand.append((await channel.held("post"))[post]["by_hand"])
    assert by_hand == [False, True]
