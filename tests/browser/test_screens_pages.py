"""The pages of screens in a real browser: a display is paired, followed, given another scene and blanked by
a person on a phone; what they type is never replaced; and every page fits and is accessible."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.house import House
from wall.model import Role, new_id, utc_now
from wall.store import members, people

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
TITLE = "Welcome to the foyer"


async def technician(hall: Hall, watched: Watched, role: Role = Role.TECHNICIAN) -> None:
    """Sign somebody in who runs the screens of this event, and of no other; or has another role in it."""
    person = new_id()
    with hall.store.writing() as conn:
        people.add_person(conn, person, "Terry", utc_now())
        members.set_roles(conn, hall.event.id, person, [role])
    await hall.sign_in(watched, person)


async def pair(page: Page, house: House, code: str, name: str) -> None:
    """Fill the form of the pairing page in, as its QR code opens it."""
    await page.goto(f"{house.base_url}/pair?code={code}")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("How far away").fill("20")
    await page.get_by_label("Diagonal").fill("85")
    await expect(page.locator("output.cm")).to_have_text("= 216 cm")
    await page.get_by_role("button", name="Pair this screen").click()
    await expect(page.get_by_role("heading", name="Paired")).to_be_visible()


async def test_a_display_is_paired_given_a_scene_and_blanked_from_a_phone(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    await hall.venue.room("Great Hall")
    steps = [{"layout": "title", "seconds": 3600, "words": TITLE}]
    await hall.venue.do("/scenes", name="Foyer", steps=steps)
    await hall.post("Hello from the hall")
    async with (
        watched_context(browser, viewport=LAPTOP) as screen,
        watched_context(browser, viewport=PHONE) as phone,
    ):
        display = await screen.page(f"{house.base_url}/screen")
        code = await display.locator(".pairing-code").inner_text()
        await technician(hall, phone)
        page = await phone.page()
        await pair(page, house, code, "Foyer left")
        await expect(display.get_by_text("Hello from the hall")).to_be_visible()

        await page.get_by_role("link", name="All screens").click()
        await expect(page.get_by_text("All are here: 1.")).to_be_visible()
        await expect(page.locator(".state-here")).to_be_visible()
        await assert_fit(page)
        await page.locator("article").get_by_role("link", name="Change").click()
        await page.get_by_label("Scene").select_option(label="Foyer")
        await assert_fit(page)
        await page.get_by_role("button", name="Save").click()
        await expect(display.get_by_text(TITLE)).to_be_visible()
        await expect(display.get_by_text("Hello from the hall")).to_have_count(0)

        everywhere = page.get_by_role("group", name="All walls")
        await everywhere.get_by_role("button", name="Blank").click()
        await expect(everywhere.locator('[aria-pressed="true"]')).to_contain_text("Blank")
        await expect(display.get_by_text(TITLE)).not_to_be_visible()
        await expect(page.get_by_text("All screens show this.")).to_be_visible()


async def test_looking_again_replaces_nothing_that_somebody_uses(house: House, browser: Browser) -> None:
    hall = house.hall()
    async with watched_context(browser, viewport=PHONE) as watched:
        await technician(hall, watched)
        page = await watched.page(hall.at("screens"))
        await page.get_by_text("Notice on the walls").click()
        notice = page.get_by_role("textbox", name="All walls")
        await notice.fill("Back at t")
        async with page.expect_response(hall.at("screens")):
            await hall.venue.do("/walls", room=None, hold="quiet")
        pressed = page.locator('[aria-pressed="true"]')
        await expect(pressed).to_contain_text("Not on walls")
        await expect(notice).to_have_value("Back at t")
        await expect(notice).to_be_focused()
        await expect(page.locator("[data-unheard]")).to_be_hidden()
        watched.expected += ["ERR_FAILED"]
        await page.route("**/screens/**", lambda route: route.abort())
        await expect(page.get_by_text("The server does not answer")).to_be_visible()
        await page.unroute("**/screens/**")
        await expect(page.get_by_text("The server does not answer")).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_page_fits_and_is_accessible(
    house: House, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    hall = house.hall()
    await hall.venue.room("Great Hall")
    async with watched_context(browser, viewport=size, color_scheme=scheme) as watched:
        display = await watched.page(f"{house.base_url}/screen")
        code = await display.locator(".pairing-code").inner_text()
        await technician(hall, watched)
        page = await watched.page(f"{house.base_url}/pair?code={code}")
        await assert_fit(page)
        watched.expected += ["422"]
        await page.get_by_role("button", name="Pair this screen").click()
        await expect(page.locator("#name-wrong")).to_be_visible()
        await assert_fit(page)
        await pair(page, house, code, "A very long name of a screen at the far end of the upper foyer")
        await assert_fit(page)
        await display.close()
        await page.get_by_role("link", name="All screens").click()
        await page.get_by_text("Notice on the walls").click()
        await assert_fit(page)
        await page.locator("article").get_by_role("link", name="Change").click()
        await page.get_by_text("Unpair this screen").click()
        await assert_fit(page)
        await page.get_by_role("button", name="Make the link").click()
        await expect(page.locator("svg")).to_be_visible()
        await assert_fit(page)


async def test_the_editor_shows_a_scene_before_it_is_saved(house: House, browser: Browser) -> None:
    hall = house.hall()
    async with watched_context(browser, viewport=LAPTOP) as watched:
        await technician(hall, watched)
        page = await watched.page(hall.at("scenes"))
        await assert_fit(page)
        await page.get_by_role("link", name="New scene").click()
        await page.get_by_label("Name").fill("Foyer")
        await page.get_by_label("Layout").select_option(label="title")
        await page.get_by_label("Words").fill(TITLE)
        preview = page.frame_locator(".preview iframe")
        await expect(preview.get_by_text(TITLE)).to_be_visible()
        await assert_fit(page)
        await page.get_by_role("button", name="Add a step").click()
        await expect(page.get_by_label("Words").first).to_have_value(TITLE)
        await expect(preview.get_by_text(TITLE)).to_be_visible()
        await page.get_by_label("Name").press("Enter")
        await expect(page.get_by_role("heading", name="Foyer")).to_be_visible()
        await assert_fit(page)


async def test_a_chair_quiets_the_walls_of_the_room_and_lets_them_go_on(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    session = await hall.venue.running("What counts")
    async with watched_context(browser, viewport=PHONE) as watched, watched_context(browser) as other:
        await technician(hall, watched, Role.CHAIR)
        page = await watched.page(hall.at("stage", session=session))
        await page.get_by_role("button", name="Quiet the walls here").click()
        await expect(page.get_by_text("The walls of this room show no posts")).to_be_visible()
        await assert_fit(page)
        controls = (await hall.held())["control"]
        assert [one["hold"] for one in controls] == ["quiet"]
        await page.get_by_role("button", name="Let the walls go on").click()
        await expect(page.get_by_role("button", name="Quiet the walls here")).to_be_visible()
        anybody = await other.page(hall.at("stage", session=session))
        await expect(anybody.get_by_role("button", name="Pause")).to_be_visible()
        await expect(anybody.get_by_role("button", name="Quiet")).to_have_count(0)
