"""A copy of the server without a command line: one button on the list before the doors open."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from playwright.async_api import Browser, expect

from tests.support.browser import watched_context
from tests.support.house import House


async def test_a_copy_is_downloaded_from_the_list_which_says_so_then(
    own_house: House, browser: Browser
) -> None:
    hall = own_house.hall()
    async with watched_context(browser, viewport={"width": 390, "height": 844}) as watched:
        await hall.sign_in(watched)
        page = await watched.page()
        await page.goto(f"{hall.process.base_url}/events/{hall.slug}/doors")
        line = page.locator("#backup")
        async with page.expect_download() as downloading:
            await line.get_by_role("button", name="Download a copy").click()
        copy = await (await downloading.value).path()
        with closing(sqlite3.connect(copy)) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert (hall.slug,) in conn.execute("SELECT slug FROM event").fetchall()
        await page.get_by_role("button", name="Look again").click()
        await expect(line).to_contain_text("A copy was made in the last day")
