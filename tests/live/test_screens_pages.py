"""The pages for people: pairing, the fleet with its controls, the editor of scenes. All without script."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from tests.live.moderating import shown_text
from tests.live.test_screens import PAGE as ACCEPTS
from tests.live.test_screens import code_on, display, fleet, paired, standing
from wall.display import Layout, Policy, Theme, Warnings
from wall.live.beats import Said
from wall.model import Mode, Role
from wall.routes.scene_form import TypedScene
from wall.screens.pairing import WRONG_CODES

PLACE = {"name": "Foyer left", "distance_m": "22,5", "diagonal_in": "98"}
FULL = {
    "name": "Great Hall & <foyer>",
    "theme": "contrast",
    "policy": "fair",
    "warnings": "skipped",
    "alt": True,
    "join": False,
    "drift": False,
    "steps": [
        {
            "layout": layout.value,
            "seconds": 20 + number,
            "fewer_than": None if number % 2 else 10 + number,
            "in_session": number % 3 == 0,
            "on_floor": number % 2 == 0,
            "words": "Lunch is ready\nin the “foyer” <b>\n\nDes écrans" if number % 4 == 0 else "",
        }
        for number, layout in enumerate(Layout)
    ],
}
"""A scene in which no field has its default in every step."""


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


def person(channel: Channel, *roles: Role, **headers: str) -> httpx2.AsyncClient:
    """A browser in which somebody with these roles is signed in."""
    return channel.api.client(channel.api.signed_in(*roles), **ACCEPTS, **headers)


class _Fields(HTMLParser):
    """The fields of one form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._area: str | None = None
        self._select: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area = given["name"]
            self.fields[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given["value"]
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[given["name"]] = given.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # As browsers do: the first line end is not content, and line ends are sent as two.
            text = self.fields[self._area].removeprefix("\n")
            self.fields[self._area] = text.replace("\n", "\r\n")
            self._area = None


def fields_of(page: str, action: str = "") -> dict[str, str]:
    """The fields of the form that is sent to `action`; without one, of the first that is typed in."""
    at = page.index(f'action="{action}"') if action else page.index('class="typed')
    form = _Fields()
    form.feed(page[page.rindex("<form", 0, at) : page.index("</form>", at)])
    return form.fields


async def scenes_of(channel: Channel) -> list[dict[str, Any]]:
    return list((await channel.ask("/scenes", method="GET")).json()["scenes"])


def look_of(scene: dict[str, Any]) -> dict[str, Any]:
    return {name: scene[name] for name in FULL}


async def test_the_code_of_a_display_leads_to_a_form_and_the_form_to_a_screen(channel: Channel) -> None:
    room = await channel.room("Great Hall")
    browser, technician = display(channel), person(channel, Role.TECHNICIAN)
    code = await code_on(browser)
    page = (await technician.get(f"/pair?code={code}")).text
    form = fields_of(page)
    assert form["code"] == code
    answer = await technician.post("/pair", data=form | PLACE | {"room": room})
    assert answer.status_code == 303
    done = (await technician.get(answer.headers["location"])).text
    assert "Paired: look at the screen" in done
    assert "Foyer left" in done
    assert await standing(browser) == "paired"
    (one,) = await fleet(channel)
    assert (one["name"], one["distance_m"], one["room"]) == ("Foyer left", 22.5, room)
    again = await technician.post("/pair", data=form | PLACE | {"room": room})
    assert again.headers["location"] == answer.headers["location"], "sent twice, it is one screen"


async def test_who_runs_the_screens_of_several_events_chooses_one(channel: Channel) -> None:
    await channel.api.parts.journal.create(slug="other", name="Other", actor="system", mode=Mode.AUTO)
    organiser = channel.api.client(channel.api.signed_in(), **ACCEPTS)
    page = (await organiser.get("/pair?code=ACDE-FH")).text
    for slug in ("other", channel.api.event.slug):
        assert f'href="/pair?event={slug}&amp;code=ACDE-FH"' in page
    assert 'value="ACDE-FH"' in (await organiser.get("/pair?event=other&code=ACDE-FH")).text
    technician = person(channel, Role.TECHNICIAN)
    assert "Other" not in (await technician.get("/pair")).text
    assert (await technician.get("/pair?event=other")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "WRONG1"}, "code"),
        ({"name": " "}, "name"),
        ({"distance_m": ""}, "distance_m"),
        ({"distance_m": "far"}, "distance_m"),
        ({"diagonal_in": "9"}, "diagonal_in"),
        ({"room": "nowhere"}, "room"),
        ({"scene": "nothing"}, "scene"),
    ],
)
async def test_what_cannot_be_paired_comes_back_with_its_problem_beside_the_field(
    channel: Channel, typed: dict[str, str], field: str
) -> None:
    browser, technician = display(channel), person(channel, Role.TECHNICIAN)
    form = fields_of((await technician.get(f"/pair?code={await code_on(browser)}")).text) | PLACE
    answer = await technician.post("/pair", data=form | typed)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert re.search(rf'aria-describedby="{field}-hint {field}-wrong" aria-invalid="true"', answer.text)
    kept = fields_of(answer.text)
    assert kept["diagonal_in"] == (form | typed)["diagonal_in"]
    good = kept | {name: form[name] for name in ("code", "room", "scene", *PLACE)}
    assert (await technician.post("/pair", data=good)).status_code == 303


async def test_guessing_codes_is_stopped_in_words(channel: Channel) -> None:
    technician = person(channel, Role.TECHNICIAN, **{"Accept-Language": "fr"})
    form = fields_of((await technician.get("/pair")).text) | PLACE
    for number in range(WRONG_CODES[0]):
        answer = await technician.post("/pair", data=form | {"code": f"WR{number:04}"})
        assert answer.status_code == 422
    answer = await technician.post("/pair", data=form | {"code": "WRONG9"})
    assert answer.status_code == 429
    assert "Attendez" in answer.text


async def test_the_fleet_says_how_each_screen_is_and_who_is_missing(channel: Channel) -> None:
    await paired(channel, name="Left <1>")
    there = (await paired(channel, name="Right"))[1]["screen"]
    event = await channel.api.parts.journal.event(channel.api.event.id)
    said = Said(seq=event.seq, epoch=event.epoch, scene="default", step=0, width=1920, height=1080, scale=2)
    await channel.api.parts.beats.keep(event.id, there, said)
    moderator = person(channel, Role.MODERATOR)
    page = (await moderator.get(f"/screens/{event.slug}")).text
    text = shown_text(page)
    assert "1 of 2 are here. Not heard yet: Left <1>." in text
    assert "Left &lt;1&gt;" in page
    assert "Default scene: columns" in text
    assert "1920 × 1080 px, ×2" in text
    assert "Flash its number" not in text, "a moderator looks, and holds walls"
    assert "Flash its number" in (await person(channel, Role.TECHNICIAN).get(f"/screens/{event.slug}")).text


async def test_one_tap_holds_all_walls_and_names_who_has_not_answered(channel: Channel) -> None:
    room = await channel.room("Great Hall")
    (await paired(channel, name="Left"))[1]
    moderator, slug = person(channel, Role.MODERATOR), channel.api.event.slug
    for place, hold in (("all", "blank"), (room, "frozen"), ("all", "live")):
        answer = await moderator.post(f"/screens/{slug}/walls", data={"room": place, "hold": hold})
        assert answer.status_code == 303
        page = shown_text((await moderator.get(answer.headers["location"].partition("#")[0])).text)
        assert "These screens have not said yet that they show this: Left" in page
        held = await channel.held("control")
        assert held[place]["hold"] == hold
    assert (await channel.held("control"))[room]["hold"] == "frozen"
    answer = await moderator.post(f"/screens/{slug}/walls", data={"room": "all", "hold": "dark"})
    assert answer.status_code == 422


async def test_a_notice_is_written_and_leaves_what_walls_are_held_to(channel: Channel) -> None:
    moderator, slug = person(channel, Role.MODERATOR), channel.api.event.slug
    await moderator.post(f"/screens/{slug}/walls", data={"room": "all", "hold": "quiet"})
    await moderator.post(f"/screens/{slug}/notice", data={"room": "all", "notice": "Back at ten"})
    control = (await channel.held("control"))["all"]
    assert (control["hold"], control["notice"]) == ("quiet", "Back at ten")
    await moderator.post(f"/screens/{slug}/walls", data={"room": "all", "hold": "live"})
    assert (await channel.held("control"))["all"]["notice"] == "Back at ten"
    assert "Back at ten</textarea>" in (await moderator.get(f"/screens/{slug}")).text


async def test_a_removal_is_followed_until_every_screen_has_painted_it(channel: Channel) -> None:
    screen = (await paired(channel, name="Left"))[1]["screen"]
    post = await channel.post("Gone soon")
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "spam"})
    moderator, address = person(channel, Role.MODERATOR), f"/screens/{channel.api.event.slug}"
    assert "have not said yet that it is gone: Left" in shown_text((await moderator.get(address)).text)
    event = await channel.api.parts.journal.event(channel.api.event.id)
    await channel.api.parts.beats.keep(event.id, screen, Said(seq=event.seq, epoch=event.epoch))
    assert "The newest removal is off all screens." in (await moderator.get(address)).text


async def test_a_screen_is_edited_found_loaded_anew_and_unpaired_on_its_page(channel: Channel) -> None:
    browser, made = await paired(channel)
    technician = person(channel, Role.TECHNICIAN)
    path = f"/screens/{channel.api.event.slug}/{made['screen']}"
    form = fields_of((await technician.get(path)).text)
    assert (form["distance_m"], form["diagonal_in"]) == ("22.5", "98")
    changed = form | {"name": "Right", "diagonal_in": "55"}
    assert (await technician.post(f"{path}/change", data=changed)).status_code == 303
    stale = await technician.post(f"{path}/change", data=changed | {"cause": "other", "name": "Mine"})
    assert stale.status_code == 409
    assert 'value="Mine"' in stale.text
    empty = await technician.post(f"{path}/change", data=fields_of(stale.text) | {"distance_m": ""})
    assert (empty.status_code, 'id="distance_m-wrong"' in empty.text) == (422, True)
    for verb in ("flash", "reload"):
        data = {"cause": verb}
        for _ in range(2):
            assert (await technician.post(f"{path}/{verb}", data=data)).status_code == 303
    (one,) = await fleet(channel)
    assert (one["name"], one["diagonal_in"], one["flash"], one["reload"]) == ("Right", 55, 1, 1)
    assert (await technician.post(f"{path}/unpair", data={"cause": "u"})).status_code == 303
    assert await standing(browser) == "expired"
    assert (await technician.get(path)).status_code == 404


async def test_a_screen_is_asked_for_its_test_card_from_its_page_and_from_the_doors_list(
    channel: Channel,
) -> None:
    made = (await paired(channel))[1]
    technician, slug = person(channel, Role.TECHNICIAN), channel.api.event.slug
    one = f"/screens/{slug}/{made['screen']}"
    for page in (one, f"/screens/{slug}"):
        text = (await technician.get(page)).text
        assert (f'action="{one}/card"' in text, f'action="{one}/hide"' in text) == (True, False), page
    shown = await technician.post(f"{one}/card", data={"cause": "s"})
    assert shown.headers["location"] == f"/screens/{slug}?did=card#screen-{made['screen']}"
    for page in (one, f"/screens/{slug}"):
        text = (await technician.get(page)).text
        assert (f'action="{one}/card"' in text, f'action="{one}/hide"' in text) == (False, True), page
    back = await technician.post(f"{one}/hide", data={"cause": "h", "from": "doors"})
    assert back.headers["location"] == f"/events/{slug}/doors#card-{made['screen']}"
    assert (await fleet(channel))[0]["card_until"] is None


async def test_the_last_row_answers_the_test_card_and_letters_grow(channel: Channel) -> None:
    made = (await paired(channel))[1]
    technician = person(channel, Role.TECHNICIAN)
    path = f"/screens/{channel.api.event.slug}/{made['screen']}"
    page = (await technician.get(path)).text
    assert "Can the last row read this?" in page
    assert f"/wall/{channel.api.event.slug}?card=1&amp;distance=22.5&amp;diagonal=98" in page
    for cause, distance in (("a", 25.9), ("a", 25.9), ("b", 29.8)):
        answer = await technician.post(f"{path}/larger", data={"cause": cause})
        assert answer.status_code == 303
        (one,) = await fleet(channel)
        assert one["distance_m"] == distance
    assert "look again from the last row" in (await technician.get(answer.headers["location"])).text
    for cause in range(12):
        await technician.post(f"{path}/larger", data={"cause": f"c{cause}"})
    (one,) = await fleet(channel)
    assert one["distance_m"] == 100, "no farther than a hall is long"


async def test_without_script_the_fleet_looks_again_only_for_who_asked(channel: Channel) -> None:
    await paired(channel, name="Left")
    technician, path = person(channel, Role.TECHNICIAN), f"/screens/{channel.api.event.slug}"
    page = (await technician.get(f"{path}?seq=3")).text
    assert 'http-equiv="refresh"' not in page, "what is typed would be lost"
    assert f'href="{path}?watch=1&amp;seq=3"' in page
    page = (await technician.get(f"{path}?watch=1&seq=3")).text
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    assert f'href="{path}?seq=3"' in page


async def test_the_link_to_a_screen_is_shown_once_with_its_code(channel: Channel) -> None:
    _, made = await paired(channel)
    technician = person(channel, Role.TECHNICIAN)
    path = f"/screens/{channel.api.event.slug}/{made['screen']}/link"
    page = (await technician.post(path, data={"cause": "l"})).text
    (link,) = re.findall(r"<code>[^<]*(/screen/again/[^<]+)</code>", page)
    assert "<svg" in page
    other = display(channel)
    assert (await other.post(link)).status_code == 303
    assert await standing(other) == "paired"
    assert (await technician.post(path, data={"cause": "l"})).status_code == 409


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
