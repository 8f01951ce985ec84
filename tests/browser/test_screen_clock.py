"""A paired screen whose clock is a day wrong: the hall sees the right time, and the fleet says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, expect

from tests.browser.test_wall_scenes import paired
from tests.support.browser import watched_context
from tests.support.house import House
from tests.support.waiting import eventually

WRONG = timedelta(days=1, hours=3)


async def test_a_screen_whose_clock_is_a_day_wrong_shows_the_time_and_is_named(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    await hall.post("Said just now")
    async with watched_context(browser) as watched:
        page = await watched.page()
        await page.clock.install(time=datetime.now(UTC) + WRONG)
        await paired(hall, page)
        await expect(page.get_by_text("Said just now")).to_be_visible()
        now = datetime.now(ZoneInfo("America/Toronto"))
        minutes = (f"{now + timedelta(minutes=late):%I:%M}".lstrip("0") for late in (0, 1))
        await expect(page.locator(".clock")).to_have_text(re.compile(rf"^({'|'.join(minutes)})\b"))
        assert "yesterday" not in await page.locator(".card").first.inner_text()

        async def is_named() -> bool:
            (screen,) = (await hall.ask("GET", "/screens")).json()["screens"]
            beat = screen["beat"]
            said = beat and beat["clock_s"]
            return said is not None and abs(said - WRONG.total_seconds()) < 60

        await eventually(is_named, what="the screen's beat")
        await hall.sign_in(watched)
        fleet = await watched.page(hall.at("screens"))
        await expect(fleet.get_by_text("wrong: set it")).to_be_visible()
