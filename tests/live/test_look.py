"""An event's own look: by API, by its page without script, as a file, and as everybody is served it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from PIL import Image

from tests.facilitator.channel import Channel, channel_over
from tests.live.screen_pages import fields_of, person
from tests.support.lettering import woff2
from wall.display import Theme
from wall.look import FILE_BYTES, Colours, Slot
from wall.model import Role
from wall.rehearsing import copied, removed

CHOSEN = {
    "dark": {"ground": "#101820", "surface": "#1d2a36", "ink": "#fafafa", "accent": "#33bbff"},
    "light": {"ground": "#f4f4f0", "surface": "#ffffff", "ink": "#101820", "accent": "#8a1f5c"},
    "contrast": {"ground": "#000000", "surface": "#0a0a0a", "ink": "#ffffff", "accent": "#ffee00"},
    "variable": True,
}
"""A look in which every colour is chosen."""


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 100), colour: str = "#ff880080", **more: Any
) -> bytes:
    """A logo, half transparent where its format can be."""
    out = io.BytesIO()
    Image.new("RGB" if kind == "JPEG" else "RGBA", size, colour).save(out, kind, **more)
    return out.getvalue()


FILES = {
    "logo": ("Logo of the summit.png", picture()),
    "logo_light": ("light.webp", picture("WEBP", (90, 90), "#123456ff")),
    "font": ("Letters.woff2", woff2()),
    "font_bold": ("Letters-Bold.woff2", woff2(510)),
}


async def look(channel: Channel) -> dict[str, Any]:
    return dict((await channel.ask("/look", method="GET")).json())


async def bring(channel: Channel, slot: str, name: str, content: bytes) -> httpx2.Response:
    """PUT a file over the version that there is."""
    version = (await look(channel))["version"]
    path = f"{channel.api.path}/look/files/{slot}"
    return await channel.client.put(path, params={"version": version, "name": name}, content=content)


async def dressed(channel: Channel) -> dict[str, Any]:
    """A look in which everything is chosen."""
    await channel.do("/look", {"version": 0, **CHOSEN}, "PATCH")
    for slot, (name, content) in FILES.items():
        assert (await bring(channel, slot, name, content)).status_code == 200
    return await look(channel)


async def served(channel: Channel, path: str) -> httpx2.Response:
    """As anybody gets it."""
    async with channel.api.client() as anybody:
        return await anybody.get(path)


async def test_an_event_looks_like_all_until_somebody_chose_something(channel: Channel) -> None:
    now = await look(channel)
    assert (now["version"], now["look"], now["files"]) == (0, None, {})
    slug = channel.api.event.slug
    for page in (f"/wall/{slug}", f"/join/{slug}", f"/events/{slug}", f"/embed/{slug}"):
        assert "/look/" not in (await served(channel, page)).text


async def test_what_was_chosen_dresses_every_face_of_the_event(channel: Channel) -> None:
    room = await channel.room("Great Hall")
    now = await dressed(channel)
    slug = channel.api.event.slug
    assert {theme: now[theme] for theme in CHOSEN} == CHOSEN
    address = f"/look/{slug}/{now['look']}.css"
    for page in (
        "/",
        f"/wall/{slug}",
        f"/join/{slug}",
        f"/events/{slug}",
        f"/embed/{slug}",
        f"/overlay/{slug}/{room}",
    ):
        assert f'href="{address}"' in (await served(channel, page)).text, page
    sheet = await served(channel, address)
    assert (sheet.headers["content-type"], sheet.headers["cache-control"]) == (
        "text/css; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    for theme in Theme:
        for colour in CHOSEN[theme.value].values():  # type: ignore[attr-defined]
            assert colour in sheet.text
    event = (await channel.held("event"))[channel.api.event.id]
    assert event["look"] == now["look"], "faces that are open hear of it"
    for slot, kind in (("logo", "image/webp"), ("font", "font/woff2")):
        file = await served(channel, now["files"][slot]["url"])
        assert (file.status_code, file.headers["content-type"]) == (200, kind)
        assert "immutable" in file.headers["cache-control"]
        assert now["files"][slot]["url"] in sheet.text
    assert (await served(channel, now["files"]["font"]["url"])).content == FILES["font"][1]


async def test_the_style_sheet_of_an_older_page_is_the_present_one_and_not_kept(channel: Channel) -> None:
    slug, nothing = channel.api.event.slug, "0" * 32
    await channel.do("/look", {"version": 0, **CHOSEN}, "PATCH")
    old = await served(channel, f"/look/{slug}/{nothing}.css")
    assert (old.headers["cache-control"], "#33bbff" in old.text) == ("no-cache", True)
    for path in (f"{nothing}.webp", f"{nothing}.woff2", "x.css", "%00.webp", f"{nothing}.exe"):
        assert (await served(channel, f"/look/{slug}/{path}")).status_code == 404


async def test_every_field_survives_a_file_byte_by_byte(channel: Channel) -> None:
    before = await dressed(channel)
    file = (await channel.ask("/look/file", method="GET")).json()
    assert file["backchannel_look"] == 1
    assert set(file["files"]) == {slot.value for slot in Slot}
    assert {theme: set(file[theme]) for theme in ("dark", "light", "contrast")} == {
        theme: set(Colours.model_fields) for theme in ("dark", "light", "contrast")
    }
    empty = {"version": before["version"], **{theme.value: {} for theme in Theme}, "variable": False}
    await channel.do("/look", empty, "PATCH")
    for slot in Slot:
        version = (await look(channel))["version"]
        assert (
            await channel.client.delete(f"{channel.api.path}/look/files/{slot.value}?version={version}")
        ).is_success
    assert (await look(channel))["look"] is None
    assert (await served(channel, before["files"]["font"]["url"])).status_code in {200, 404}
    await channel.do("/look/file", file, "PUT")
    after = await look(channel)
    assert after | {"version": 0} == before | {"version": 0}
    assert (await channel.ask("/look/file", method="GET")).json() == file


@pytest.mark.parametrize(
    "field", [f"{theme.value}.{name}" for theme in Theme for name in Colours.model_fields]
)
async def test_each_colour_can_be_changed_alone_and_given_back(channel: Channel, field: str) -> None:
    theme, _, name = field.partition(".")
    chosen = {**CHOSEN[theme]}  # type: ignore[dict-item]
    await channel.do("/look", {"version": 0, **CHOSEN}, "PATCH")
    nearly = {"ground": "#111111" if theme != "light" else "#eeeeee", "surface": chosen["ground"]}
    value = nearly.get(name) or {"dark": "#eeeeee", "light": "#111111", "contrast": "#eeeeee"}[theme]
    await channel.do("/look", {"version": 1, theme: {**chosen, name: value}}, "PATCH")
    now = await look(channel)
    assert {key: now[key] for key in CHOSEN} == {**CHOSEN, theme: {**chosen, name: value}}
    file = (await channel.ask("/look/file", method="GET")).json()
    await channel.do("/look/file", file, "PUT")
    assert await look(channel) == now, "what is as it was changes nothing"


async def test_colours_that_cannot_be_read_are_refused_with_the_nearest_that_can(channel: Channel) -> None:
    error = await channel.refused(422, "/look", {"version": 0, "dark": {"accent": "#0066cc"}}, "PATCH")
    first = error["details"]["unreadable"][0]
    assert (first["theme"], first["text"], first["on"], first["ratio"]) == (
        "dark",
        "accent",
        "ground",
        3.34,
    )
    assert "4.5:1" in error["message"]
    await channel.do("/look", {"version": 0, "dark": {"accent": first["proposal"]}}, "PATCH")


@pytest.mark.parametrize(
    ("slot", "content", "why"),
    [
        ("logo", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "svg"),
        ("logo", b"<?xml version='1.0'?><svg/>", "svg"),
        ("logo", b"GIF89a" + b"\0" * 40, "image"),
        ("logo", b"<html>", "image"),
        ("logo", b"", "image"),
        ("logo", picture()[:60], "broken"),
        ("logo", b"\0" * (FILE_BYTES + 1), "large"),
        ("font", picture(), "font"),
        ("font", woff2()[:-4], "font"),
        ("font", b"\0\1\0\0" + b"\0" * 100, "font"),
        ("font_bold", b"\0" * (FILE_BYTES + 1), "large"),
    ],
)
async def test_what_is_no_logo_or_font_is_refused_in_words(
    channel: Channel, slot: str, content: bytes, why: str
) -> None:
    answer = await bring(channel, slot, "x", content)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["details"]["why"], error["details"]["field"]) == (why, slot)
    assert error["remedy"]
    assert (await look(channel))["version"] == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_logo_becomes_one_still_picture_without_anything_said_about_it(
    channel: Channel, kind: str
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    assert (
        await bring(channel, "logo", "../../a/Our\nlogo.png", picture(kind, (2600, 650), exif=exif))
    ).is_success
    stored = (await look(channel))["files"]["logo"]
    assert (stored["width"], stored["height"], stored["name"]) == (1280, 320, "Our logo.png")
    body = (await served(channel, stored["url"])).content
    assert b"Taken at home" not in body
    with Image.open(io.BytesIO(body)) as image:
        assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("WEBP", (1280, 320), 1)
        assert kind == "JPEG" or image.mode == "RGBA"


async def test_two_people_who_change_a_look_are_told(channel: Channel) -> None:
    await channel.do("/look", {"version": 0, **CHOSEN}, "PATCH")
    error = await channel.refused(409, "/look", {"version": 0, "variable": False}, "PATCH")
    assert error["details"]["current"]["dark"] == CHOSEN["dark"]


async def test_the_journal_says_nothing_that_somebody_typed_and_forgets_files(channel: Channel) -> None:
    now = await dressed(channel)
    with channel.api.parts.store.reading() as conn:
        bodies = " ".join(row[0] for row in conn.exec_driver_sql("SELECT body FROM entry"))
        assert '"look.changed"' in bodies.replace(" ", "")
        assert "Letters" not in bodies
        assert "33bbff" not in bodies
        assert conn.exec_driver_sql("SELECT count(*) FROM look_file").scalar() == 4
    path = f"{channel.api.path}/look/files/font?version={now['version']}"
    assert (await channel.client.delete(path)).is_success
    with channel.api.parts.store.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM look_file").scalar() == 3


@pytest.mark.parametrize("version", [0, 2, 99])
async def test_a_file_of_another_version_is_refused_in_words(channel: Channel, version: int) -> None:
    error = await channel.refused(422, "/look/file", {"backchannel_look": version, "shadows": True}, "PUT")
    assert f"version {version}" in error["message"]


async def test_the_page_saves_colours_and_files_without_script(channel: Channel) -> None:
    organiser, path = person(channel), f"/look/{channel.api.event.slug}"
    form = fields_of((await organiser.get(path)).text)
    typed = form | {
        "dark-accent": "3BF",
        "variable": "on",
        "logo": "",
        "logo_light": "",
        "font": "",
        "font_bold": "",
    }
    sent = {name: value for name, value in typed.items() if name not in FILES}
    files = {"logo": FILES["logo"], "font": ("Letters.woff2", FILES["font"][1])}
    answer = await organiser.post(path, data=sent, files=files)
    assert answer.status_code == 303
    now = await look(channel)
    assert (now["dark"]["accent"], now["variable"]) == ("#33bbff", True)
    assert now["files"]["logo"]["name"] == "Logo of the summit.png"
    page = (await organiser.get(answer.headers["location"])).text
    assert "Saved. Walls and pages follow at once." in page
    again = fields_of(page)
    assert again["dark-accent"] == "#33bbff"
    kept = {
        name: value for name, value in again.items() if name not in FILES and not name.startswith("drop")
    }
    dropped = await organiser.post(path, data=kept | {"drop-logo": "on"}, files={"none": ("", b"")})
    assert dropped.status_code == 303
    assert set((await look(channel))["files"]) == {"font"}


async def test_the_page_explains_what_cannot_be_read_and_proposes_what_can(channel: Channel) -> None:
    organiser, path = person(channel), f"/look/{channel.api.event.slug}"
    form = fields_of((await organiser.get(path)).text)
    sent = {name: value for name, value in form.items() if name not in FILES} | {"dark-accent": "#0066cc"}
    answer = await organiser.post(path, data=sent, files={"none": ("", b"")})
    assert answer.status_code == 422
    assert "Accent on Background: a contrast of 3.3:1, and 4.5:1 is needed to be read." in answer.text
    better = await organiser.post(path, data=sent | {"do": "propose"}, files={"none": ("", b"")})
    assert better.status_code == 200
    proposal = fields_of(better.text)["dark-accent"]
    assert proposal != "#0066cc"
    assert (await look(channel))["version"] == 0, "nothing is saved yet"
    sent = {name: value for name, value in fields_of(better.text).items() if name not in FILES}
    assert (await organiser.post(path, data=sent, files={"none": ("", b"")})).status_code == 303
    assert (await look(channel))["dark"]["accent"] == proposal


@pytest.mark.parametrize(
    ("typed", "files", "words"),
    [
        ({"light-ink": "red"}, {}, "A colour is written as # and six digits"),
        ({}, {"logo": ("x.svg", b"<svg/>")}, "A logo cannot be an SVG"),
        ({}, {"font": ("x.ttf", b"\0\1\0\0")}, "This file is no font in WOFF2."),
        ({"version": "7"}, {}, "Somebody else changed the look meanwhile."),
    ],
)
async def test_what_cannot_be_used_comes_back_as_it_was_typed(
    channel: Channel, typed: dict[str, str], files: dict[str, Any], words: str
) -> None:
    organiser, path = person(channel), f"/look/{channel.api.event.slug}"
    form = fields_of((await organiser.get(path)).text)
    sent = (
        {name: value for name, value in form.items() if name not in FILES} | {"dark-ink": "#ffffff"} | typed
    )
    answer = await organiser.post(path, data=sent, files=files or {"none": ("", b"")})
    assert answer.status_code in {409, 422}
    assert words in answer.text
    kept = fields_of(answer.text)
    assert kept["dark-ink"] == "#ffffff"
    assert kept["light-ink"] == sent["light-ink"]


async def test_a_look_is_carried_by_the_page(channel: Channel) -> None:
    before = await dressed(channel)
    organiser, path = person(channel), f"/look/{channel.api.event.slug}"
    file = await organiser.get(f"{path}/file")
    assert (
        file.headers["content-disposition"] == f'attachment; filename="{channel.api.event.slug}.look.json"'
    )
    await channel.do("/look", {"version": before["version"], "dark": {}}, "PATCH")
    sent = await organiser.post(f"{path}/file", files={"file": ("x.json", file.content)})
    assert sent.status_code == 303
    assert (await look(channel))["dark"] == CHOSEN["dark"]
    wrong = {
        b"": "This file is no look",
        b"[" * 100_000: "This file is no look",
        b'{"dark": {}}': "This file is no look",
        b'{"backchannel_look": 2}': "another version",
        json.dumps({"backchannel_look": 1, "dark": {"ink": "#000000"}}).encode(): "could not be read",
        json.dumps(
            {
                "backchannel_look": 1,
                "files": {"logo": {"name": "x", "content": base64.b64encode(b"<svg/>").decode()}},
            }
        ).encode(): "This file is no look",
    }
    for content, words in wrong.items():
        answer = await organiser.post(f"{path}/file", files={"file": ("x.json", content)})
        assert (answer.status_code, words in answer.text) == (422, True), content[:40]


async def test_a_try_saves_nothing_and_passes_only_colours(channel: Channel) -> None:
    organiser, path = person(channel), f"/look/{channel.api.event.slug}/try.css"
    asked = {"dark-accent": "#33bbff", "light-ink": "red;} body{display:none", "of": "page"}
    answer = await organiser.get(path, params=asked)
    assert answer.headers["content-type"].startswith("text/css")
    assert ":root{" in answer.text
    assert "#33bbff" in answer.text
    assert "display:none" not in answer.text
    assert ".look-dark{" in (await organiser.get(path, params={"dark-accent": "#33bbff"})).text
    assert (await look(channel))["version"] == 0


async def test_only_organisers_change_a_look(channel: Channel) -> None:
    path = f"/look/{channel.api.event.slug}"
    for role in set(Role) - {Role.ORGANISER}:
        somebody = person(channel, role)
        for method, address in (
            ("GET", path),
            ("POST", path),
            ("GET", f"{path}/try.css"),
            ("GET", f"{path}/file"),
            ("POST", f"{path}/file"),
        ):
            assert (await somebody.request(method, address)).status_code == 403, (role, address)


async def test_a_rehearsal_looks_as_its_event_and_takes_its_look_along_when_it_goes(
    channel: Channel,
) -> None:
    await dressed(channel)
    journal, here = channel.api.parts.journal, channel.api.event.slug
    rehearsal = await copied(journal, here)
    sheet = (await served(channel, f"/look/{rehearsal.slug}/{rehearsal.look}.css")).text
    assert "#33bbff" in sheet
    assert f"/look/{rehearsal.slug}/" in sheet
    assert f"/look/{here}/" not in sheet, "a copy needs nothing of its original"
    await removed(journal, rehearsal.slug)
    with channel.api.parts.store.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM look_file").scalar() == 4
