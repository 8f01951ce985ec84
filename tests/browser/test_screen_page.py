"""A display in a real browser: it waits with a code, shows the wall once it is paired, and waits again."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_fit
from tests.support.browser import watched_context
from tests.support.hall import Hall
from tests.support.house import House

SIZES = {"hall": (1920, 1080), "portrait": (1080, 1920), "wide": (2560, 1080), "phone": (360, 640)}


async def pair(hall: Hall, page: Page, name: str = "Left") -> str:
    """Type the code of a display in; the screen's id."""
    code = await page.locator(".pairing-code").inner_text()
    made = await hall.venue.do("/screens", code=code, name=name, distance_m=20, diagonal_in=85)
    return str(made["screen"])


@pytest.mark.parametrize("size", sorted(SIZES))
async def test_the_code_fits_every_display_and_is_accessible(
    house: House, browser: Browser, size: str
) -> None:
    width, height = SIZES[size]
    async with watched_context(browser, viewport={"width": width, "height": height}) as watched:
        page = await watched.page(f"{house.base_url}/screen")
        await expect(page.locator(".pairing-code")).to_be_visible()
        picture = page.locator(".pairing-qr")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("(it) => it.decode().then(() => it.naturalWidth > 0)")
        await assert_fit(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_display_becomes_a_screen_by_itself_when_its_code_is_typed_in(
    house: House, browser: Browser, script: bool
) -> None:
    hall = house.hall()
    async with watched_context(browser, java_script_enabled=script) as watched:
        page = await watched.page(f"{house.base_url}/screen")
        screen = await pair(hall, page)
        wall = page.locator(f'#wall[data-screen="{screen}"]')
        await expect(wall).to_be_attached()
        assert await wall.get_attribute("data-event") == hall.slug


async def test_a_link_makes_another_browser_the_screen(house: House, browser: Browser) -> None:
    hall = house.hall()
    async with watched_context(browser) as first, watched_context(browser) as second:
        screen = await pair(hall, await first.page(f"{house.base_url}/screen"))
        link = (await hall.venue.do(f"/screens/{screen}/link"))["url"]
        page = await second.page(str(link))
        await assert_fit(page)
        await page.get_by_role("button").click()
        await expect(page.locator(f'#wall[data-screen="{screen}"]')).to_be_attached()
        former = await first.page(f"{house.base_url}/screen")
        await expect(former.locator(".pairing-code")).to_be_visible()
