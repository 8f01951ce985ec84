"""The editor of scenes, without script."""

from __future__ import annotations

import json

import pytest

from tests.facilitator.channel import Channel
from tests.live.screen_pages import FULL, channel, fields_of, look_of, person, scenes_of
from tests.live.test_screens import paired
from wall.display import Policy, Theme, Warnings
from wall.model import Role
from wall.routes.scene_form import TypedScene

__all__ = ["channel"]


async def test_every_field_of_a_scene_survives_the_form_the_store_and_a_file(channel: Channel) -> None:
    technician, slug = person(channel, Role.TECHNICIAN), channel.api.event.slug
    made = (await channel.do("/scenes", FULL))["scene"]
    path = f"/scenes/{slug}"
    form = fields_of((await technician.get(f"{path}/{made}")).text)
    answer = await technician.post(f"{path}/{made}", data=form)
    assert answer.status_code == 303, answer.text
    default, stored = await scenes_of(channel)
    assert look_of(stored) == FULL
    assert stored["version"] == 1, "what was only looked at did not change"
    new = {name: value for name, value in form.items() if name not in {"version", "cause"}}
    assert (await technician.post(f"{path}/new", data=new)).status_code == 303
    file = (await technician.get(f"{path}/{made}/file")).content
    sent = await technician.post(f"{path}/file", files={"file": ("x.json", file, "application/json")})
    assert sent.status_code == 303
    assert [look_of(one) for one in (await scenes_of(channel))[1:]] == [FULL] * 3
    for name, kinds in {"theme": Theme, "policy": Policy, "warnings": Warnings}.items():
        for kind in kinds:
            now = fields_of((await technician.get(f"{path}/default")).text)
            changed = await technician.post(f"{path}/default", data=now | {name: kind.value})
            assert changed.status_code == 303
            assert (await scenes_of(channel))[0][name] == kind.value
    assert default["name"] == ""


async def test_rows_are_added_moved_and_taken_out_without_saving_anything(channel: Channel) -> None:
    technician, path = person(channel, Role.TECHNICIAN), f"/scenes/{channel.api.event.slug}/new"
    form = fields_of((await technician.get(path)).text) | {"name": "Foyer", "seconds-0": "45"}
    for order in ("add", "up-1", "add", "remove-0", "up-9", "down-1", "nonsense"):
        answer = await technician.post(path, data=form | {"do": order})
        assert answer.status_code == 200
        form = fields_of(answer.text)
    assert (form["seconds-0"], form["seconds-1"], "seconds-2" in form) == ("45", "30", False)
    assert len(await scenes_of(channel)) == 1
    assert (await technician.post(path, data=form)).status_code == 303
    assert [step["seconds"] for step in (await scenes_of(channel))[1]["steps"]] == [45, 30]
    typed = TypedScene()
    for _ in range(30):
        typed = typed.arranged("add")
    assert len(typed.steps) == 20


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"name": ""}, "name-wrong"),
        ({"seconds-0": "4"}, "seconds-0-wrong"),
        ({"seconds-0": ""}, "seconds-0-wrong"),
        ({"fewer_than-0": "0"}, "fewer_than-0-wrong"),
        ({"words-0": "x" * 301}, "words-0-wrong"),
        ({"layout-0": "cinema"}, "layout-0-wrong"),
        ({"theme": "pink"}, "theme-wrong"),
    ],
)
async def test_a_scene_that_cannot_be_comes_back_as_it_was_typed(
    channel: Channel, typed: dict[str, str], problem: str
) -> None:
    technician, path = person(channel, Role.TECHNICIAN), f"/scenes/{channel.api.event.slug}/new"
    form = fields_of((await technician.get(path)).text) | {"name": "Foyer", "words-0": "Kept"}
    answer = await technician.post(path, data=form | typed)
    assert answer.status_code == 422
    assert f'id="{problem}"' in answer.text
    assert fields_of(answer.text)["words-0"] == (form | typed)["words-0"]
    assert len(await scenes_of(channel)) == 1


async def test_two_people_who_edit_one_scene_are_told(channel: Channel) -> None:
    technician, path = person(channel, Role.TECHNICIAN), f"/scenes/{channel.api.event.slug}/default"
    form = fields_of((await technician.get(path)).text)
    await technician.post(path, data=form | {"policy": "fair", "cause": "a"})
    answer = await technician.post(path, data=form | {"policy": "curated", "cause": "b"})
    assert answer.status_code == 409
    again = fields_of(answer.text)
    assert again["policy"] == "curated"
    assert (await technician.post(path, data=again)).status_code == 303
    assert (await scenes_of(channel))[0]["policy"] == "curated"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is no scene"),
        (b"\xff\xfe", "This file is no scene"),
        (b"[" * 100_000, "This file is no scene"),
        (b'{"name": "x"}', "This file is no scene"),
        (json.dumps({"backchannel_scene": 2, **FULL}).encode(), "another version"),
    ],
)
async def test_a_file_that_is_no_scene_is_said_in_words(
    channel: Channel, content: bytes, words: str
) -> None:
    technician, path = person(channel, Role.TECHNICIAN), f"/scenes/{channel.api.event.slug}/file"
    answer = await technician.post(path, files={"file": ("x.json", content, "application/json")})
    assert answer.status_code == 422
    assert words in answer.text
    assert (await technician.post(path, data={"file": "x"})).status_code == 422
    assert len(await scenes_of(channel)) == 1


async def test_a_scene_that_a_screen_plays_is_not_removed(channel: Channel) -> None:
    technician, path = person(channel, Role.TECHNICIAN), f"/scenes/{channel.api.event.slug}"
    scene = (await channel.do("/scenes", FULL))["scene"]
    await paired(channel, scene=scene)
    refused = await technician.post(f"{path}/{scene}/remove", data={"cause": "a"})
    assert (refused.status_code, "Screens play this scene." in refused.text) == (409, True)
    other = (await channel.do("/scenes", FULL))["scene"]
    assert (await technician.post(f"{path}/{other}/remove", data={"cause": "b"})).status_code == 303
    assert len(await scenes_of(channel)) == 2


async def test_only_the_editor_may_frame_a_wall_and_only_one_that_is_a_preview(channel: Channel) -> None:
    technician, slug = person(channel, Role.TECHNICIAN), channel.api.event.slug
    policies = {}
    for path in (
        f"/scenes/{slug}/default",
        f"/wall/{slug}?scene=default",
        f"/wall/{slug}",
        f"/scenes/{slug}",
    ):
        answer = await technician.get(path)
        if answer.status_code == 503:
            pytest.skip("the faces are not built")
        policies[path] = answer.headers["content-security-policy"]
    editor, preview, wall, listed = policies.values()
    assert "frame-src 'self'" in editor
    assert "frame-ancestors 'self'" in preview
    assert "worker-src 'self'" in preview
    for other in (wall, listed):
        assert "frame-ancestors 'none'" in other
        assert "frame-src" not in other
