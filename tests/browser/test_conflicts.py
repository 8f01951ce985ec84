"""Two people who are in each other's way at two desks end with what the server has."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.working import SCREEN, Summit
from tests.support.browser import watched_context
from tests.support.desk_page import DeskPage
from tests.support.house import House
from tests.support.rivals import disagreements, rival
from tests.support.staff import Staff

COMMANDS = 60


async def test_two_desks_in_each_others_way_end_in_the_servers_state(
    house: House, browser: Browser
) -> None:
    summit = await Summit.prepared(house.hall())
    summit.bring(*(f"Point {number} about what counts as scholarship here" for number in range(8)))
    slug = summit.hall.slug
    ben = Staff(summit.hall.process.base_url, summit.hall.store, "Ben")
    async with (
        watched_context(browser, viewport=SCREEN) as one,
        watched_context(browser, viewport=SCREEN) as two,
    ):
        desks = []
        for watched, person in ((one, None), (two, ben.person_id)):
            watched.expected += ["409"]
            await summit.hall.sign_in(watched, person)
            desk = DeskPage(await watched.page(), slug)
            await desk.page.goto(summit.address)
            await expect(desk.page.locator(".row").first).to_be_visible()
            desks.append(desk)
        await rival(desks, COMMANDS)
        assert await disagreements(desks, ben, slug) == []
        assert sum(len(desk.sent) for desk in desks) >= COMMANDS
