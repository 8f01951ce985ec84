"""The pages on which an event begins and gets ready: accessible, and no wider than a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.support.accessible import violations
from tests.support.browser import watched_context
from tests.support.house import House

PAGES = {
    "/start": "Start an event",
    "/events/{slug}/first": "Your first post",
    "/events/{slug}/feeds?add=mastodon": "Feeds",
    "/events/{slug}/feeds?add=bluesky": "Feeds",
    "/events/{slug}/doors": "Before the doors open",
    "/events/{slug}/rehearse": "Rehearse",
    "/events/{slug}/copy": "Copy this event",
    "/events/{slug}/delete": "Delete this event",
    "/events/{slug}/print/queue": "Queue and run-sheet",
    "/deleted": "Deleted events",
}


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_page_is_accessible_and_fits_a_phone(
    own_house: House, browser: Browser, scheme: str
) -> None:
    hall = own_house.hall()
    async with watched_context(
        browser, viewport={"width": 390, "height": 844}, color_scheme=scheme
    ) as watched:
        await hall.sign_in(watched)
        page = await watched.page()
        found = []
        for path, heading in PAGES.items():
            await page.goto(hall.process.base_url + path.format(slug=hall.slug))
            await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
            found += [f"{path}: {one}" for one in await violations(page)]
            width = await page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path}: {width} px wide"] if width > 390 else []
        assert not found, "\n".join(found)
