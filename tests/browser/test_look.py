"""An event's own look in a real browser: tried before it is saved, put on by faces that are open, there
without a network, as large as the farthest seat needs, and readable."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.house import House
from tests.support.lettering import woff2

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
ORANGE = {"ground": "#1b0f00", "surface": "#2b1a05", "ink": "#fff3e0", "accent": "#ff9900"}


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (300, 100), "#ff8800").save(out, "PNG")
    return out.getvalue()


async def dress(hall: Hall, **change: Any) -> None:
    """Change the look of an event over the version that there is."""
    version = (await hall.ask("GET", "/look")).json()["version"]
    answer = await hall.ask("PATCH", "/look", json={"version": version, **change})
    assert answer.is_success, answer.text


async def bring(hall: Hall, slot: str, content: bytes) -> None:
    answer = await hall.ask("PUT", f"/look/files/{slot}?name={slot}", content=content)
    assert answer.is_success, answer.text


async def wears(page: Page, **colours: str) -> None:
    """Wait until the page has these colours in its style sheets."""
    for name, value in colours.items():
        await page.wait_for_function(
            "([name, value]) => getComputedStyle(document.documentElement)"
            ".getPropertyValue(name).trim() === value",
            arg=[f"--{name}", value],
        )


async def test_an_open_wall_and_an_open_phone_follow_a_look_and_let_it_go(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    await hall.post("Hello from the hall")
    async with watched_context(browser, viewport=LAPTOP, color_scheme="dark") as watched:
        wall, phone = await watched.page(hall.wall), await watched.page(hall.at("join"))
        await expect(wall.locator(".card")).to_be_visible()
        await expect(wall.locator(".event-logo")).to_be_hidden()
        await expect(phone.get_by_text("Hello from the hall")).to_be_visible()
        await wall.evaluate("window.same = true")
        await dress(hall, dark=ORANGE)
        await bring(hall, "logo", logo())
        for page in (wall, phone):
            await wears(page, **ORANGE)
        await expect(wall.locator(".event-logo")).to_be_visible()
        box = await wall.locator(".event-logo").bounding_box()
        assert box
        assert box["width"] / box["height"] == pytest.approx(3, rel=0.02)
        await assert_fit(phone)
        await phone.reload()
        await expect(phone.locator(".event-logo")).to_be_visible()
        await assert_fit(phone)
        assert await wall.evaluate("window.same"), "no page was loaded anew"
        assert await wall.locator("link#look").count() == 1, "one sheet at a time"
        assert (await hall.ask("DELETE", "/look/files/logo")).is_success
        await dress(hall, dark={})
        await wears(wall, ground="#0d131f")
        await expect(wall.locator(".event-logo")).to_be_hidden()
        assert await wall.locator("link#look").count() == 0


async def test_letters_of_the_events_own_font_are_as_large_as_the_last_row_needs(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    await hall.post("Hello from the hall")
    async with watched_context(browser, viewport=LAPTOP) as watched:
        page = await watched.page(f"{hall.wall}?distance=8&diagonal=98")
        said = page.locator(".said").first
        await expect(said).to_be_visible()
        size = "node => parseFloat(getComputedStyle(document.documentElement).fontSize)"
        before = await said.evaluate(size)
        await bring(hall, "font", woff2(capital=560, advance=400))
        await page.wait_for_function(
            "before => parseFloat(getComputedStyle(document.documentElement).fontSize) > before * 1.1",
            arg=before,
        )
        after = await said.evaluate(size)
        assert after / before == pytest.approx(0.7 / 0.56, rel=0.03), "lower capitals are set larger"
        assert "Event" in await said.evaluate("node => getComputedStyle(node).fontFamily")


async def test_a_wall_that_starts_without_a_network_wears_its_look(
    own_hall: Hall, watched: Watched
) -> None:
    watched.expected += ["ERR_", "WebSocket", "Failed to load resource"]
    await dress(own_hall, dark=ORANGE)
    await bring(own_hall, "logo", logo())
    page = await watched.page(own_hall.wall)
    await wears(page, **ORANGE)
    await page.wait_for_function(
        "async () => (urls => urls.includes(location.href) && urls.some((url) => url.endsWith('.webp')))"
        "((await (await caches.open('backchannel-wall-1')).keys()).map(({url}) => url))"
    )
    own_hall.process.kill()
    await page.reload()
    await wears(page, **ORANGE)
    await expect(page.locator(".event-logo").first).to_be_visible()
    address = "getComputedStyle(document.documentElement).getPropertyValue('--logo').slice(5, -2)"
    assert await page.evaluate(f"async () => (await fetch({address})).ok")


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_the_page_shows_a_look_before_it_is_saved_and_is_accessible(
    house: House, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    hall = house.hall()
    await hall.post("Hello from the hall")
    async with watched_context(browser, viewport=size, color_scheme=scheme) as watched:
        await hall.sign_in(watched)
        page = await watched.page(hall.at("look"))
        await assert_fit(page)
        preview = page.frame_locator(".preview iframe")
        await expect(preview.locator(".card")).to_be_visible()
        dark = page.locator("#dark")
        await dark.get_by_label("Accent", exact=True).fill("#ff9900")
        await expect(dark.locator(".look-call")).to_have_css("color", "rgb(255, 153, 0)")
        await expect(preview.locator(".hashtag").first).to_have_css("color", "rgb(255, 153, 0)")
        await expect(page.locator("#light .look-call")).not_to_have_css("color", "rgb(255, 153, 0)")
        await dark.get_by_label("Choose: Text").fill("#ffeedd")
        await expect(dark.get_by_label("Text", exact=True)).to_have_value("#ffeedd")
        watched.expected += ["422"]
        await dark.get_by_label("Cards", exact=True).fill("#ffffff")
        await page.get_by_role("button", name="Save the look").click()
        await expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
        await expect(dark.locator(".unreadable")).to_contain_text("Text on Cards: a contrast of 1.1:1")
        await page.get_by_role("button", name="Take the proposed colours").click()
        await expect(page.locator(".unreadable")).to_have_count(0)
        await page.get_by_label("Logo", exact=True).set_input_files(
            {"name": "Our logo.png", "mimeType": "image/png", "buffer": logo()}
        )
        await page.get_by_role("button", name="Save the look").click()
        await expect(page.get_by_text("Saved. Walls and pages follow at once.")).to_be_visible()
        await expect(page.get_by_text("Our logo.png")).to_be_visible()
        await assert_fit(page)


async def test_the_chair_view_and_the_plain_wall_wear_the_look(house: House, browser: Browser) -> None:
    hall = house.hall()
    session = await hall.venue.running()
    await hall.venue.bring_in(session, await hall.post("A point in the room"))
    light = {"ground": "#e8f0ff", "surface": "#ffffff", "ink": "#0b1a33", "accent": "#b00060"}
    await dress(hall, dark=ORANGE, light=light)
    await bring(hall, "logo", logo())
    async with watched_context(browser, viewport=LAPTOP) as watched:
        stage = await watched.page(hall.at("stage", session=session))
        await expect(stage.get_by_text("A point in the room").first).to_be_visible()
        await wears(stage, **ORANGE)
        await assert_fit(stage)
    async with watched_context(browser, viewport=LAPTOP, java_script_enabled=False) as watched:
        for theme, ground, accent in (
            ("dark", "rgb(27, 15, 0)", "rgb(255, 153, 0)"),
            ("light", "rgb(232, 240, 255)", "rgb(176, 0, 96)"),
            ("contrast", "rgb(0, 0, 0)", "rgb(255, 225, 77)"),
        ):
            page = await watched.page(f"{hall.process.base_url}/wall/{hall.slug}/plain?theme={theme}")
            await expect(page.locator("html")).to_have_css("background-color", ground)
            await expect(page.locator(".hashtag").first).to_have_css("color", accent)
            await expect(page.locator(".logo")).to_be_visible()
            await page.close()


async def test_every_theme_of_a_chosen_look_is_accessible(house: House, browser: Browser) -> None:
    hall = house.hall()
    session = await hall.venue.running()
    await hall.venue.bring_in(session, await hall.post("A point in the room"))
    await hall.post("Hello from #SMSummit https://example.org")
    light = {"ground": "#e8f0ff", "surface": "#ffffff", "ink": "#0b1a33", "accent": "#b00060"}
    high = {"ground": "#000033", "surface": "#000033", "ink": "#ffffff", "accent": "#ffee00"}
    await dress(hall, dark=ORANGE, light=light, contrast=high)
    async with watched_context(browser, viewport=LAPTOP) as watched:
        for theme in ("dark", "light", "contrast"):
            page = await watched.page(hall.at("wall", theme=theme))
            await expect(page.locator(".card").first).to_be_visible()
            await assert_fit(page)
            await page.close()
        for face in ("join", "events"):
            await assert_fit(await watched.page(hall.at(face)))
