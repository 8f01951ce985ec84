"""The programme in a real browser: planned on a laptop without a command line, read and picked from on a
phone in another zone; and every page fits and is accessible."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.test_screens_pages import technician
from tests.support.accessible import assert_fit
from tests.support.browser import watched_context
from tests.support.house import House
from wall.model import Role

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
TABLE = "room,title,begin,end\nHall A,Posters,2026-05-04 13:00,14:00\nHall A,,2026-05-04 15:00,16:00\n"


async def test_an_organiser_plans_a_day_and_a_participant_far_away_picks_from_it(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    hall = house.hall()
    base = f"{house.base_url}/events/{hall.event.slug}"
    async with (
        watched_context(browser, viewport=LAPTOP) as laptop,
        watched_context(browser, viewport=PHONE, timezone_id="Asia/Tokyo") as phone,
    ):
        await technician(hall, laptop, Role.ORGANISER)
        page = await laptop.page(base)
        await page.get_by_role("link", name="Edit the programme").first.click()
        await page.get_by_label("New room").fill("Hall A")
        await page.get_by_role("button", name="Add this room").click()
        await page.get_by_role("link", name="Add a session").click()
        await page.get_by_label("Title", exact=True).fill("Crediting reviewers")
        await page.get_by_label("Day", exact=True).fill("2026-05-04")
        await page.get_by_label("Begins", exact=True).fill("20:00")
        await page.get_by_label("Ends", exact=True).fill("21:30")
        await page.get_by_label("Live stream", exact=True).fill("https://stream.example.org/a")
        await assert_fit(page)
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("The session was saved.")).to_be_visible()
        await assert_fit(page)

        await page.get_by_role("link", name="Import a programme").click()
        (tmp_path / "programme.csv").write_text(TABLE)
        await page.get_by_label("File (at most 2 MB)").set_input_files(tmp_path / "programme.csv")
        await page.get_by_role("button", name="Show what it would change").click()
        await expect(page.get_by_text("A title has 1 to 300 letters.")).to_be_visible()
        await assert_fit(page)
        await page.get_by_role("button", name="Import what is ticked").click()
        await expect(page.get_by_role("link", name="Posters", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Event settings").click()
        await assert_fit(page)

        reader = await phone.page(base)
        session = reader.locator(".session", has_text="Crediting reviewers")
        await expect(session.locator(".own-times")).to_contain_text("in Asia/Tokyo")
        await session.get_by_role("button", name="Add to my sessions").click()
        await expect(reader.get_by_role("heading", name="My sessions")).to_be_visible()
        await assert_fit(reader)
