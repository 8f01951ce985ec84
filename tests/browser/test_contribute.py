"""The form on a phone in Chromium: without script, accessible, and never more than words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

from tests.conftest import Serve
from tests.support.browser import watched_context
from wall.journal import create_event
from wall.model import Mode, utc_now
from wall.store import Store

PHONE = {"width": 390, "height": 844}
HOSTILE = '</textarea><script>window.hacked=1</script><img src=x onerror="window.hacked=1">\u202e'


@pytest_asyncio.fixture(loop_scope="session")
async def form(serve: Serve, sqlite_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of the form of an event that a person moderates."""
    process = serve({"BACKCHANNEL_DATABASE_URL": sqlite_url, "BACKCHANNEL_DATA_DIR": str(tmp_path)})
    store = Store(sqlite_url)
    with store.writing() as conn:
        create_event(conn, utc_now(), "summit", "Summit", "system", {"mode": Mode.PRE})
    await process.start()
    yield f"{process.base_url}/contribute/summit"
    store.close()


async def test_a_phone_without_script_writes_and_takes_back(form: str, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE, java_script_enabled=False) as watched:
        page = await watched.page(form)
        await page.get_by_label("What do you want to say?").fill(HOSTILE)
        await page.get_by_label("Your name, if you like").fill("Zoë")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("status")).to_contain_text("waits for a person")
        await expect(page.locator(".said")).to_have_text(HOSTILE)
        await page.get_by_role("link", name="Take it back").click()
        await expect(page.locator(".said")).to_have_text(HOSTILE)
        await page.get_by_role("button", name="Take it back for good").click()
        await expect(page.get_by_role("status")).to_have_text("It is gone.")


async def test_a_text_that_is_too_long_is_still_there(form: str, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE, java_script_enabled=False) as watched:
        watched.expected += ["422"]
        page = await watched.page(form)
        typed = page.get_by_label("What do you want to say?")
        await typed.fill("\n" + "x" * 5_000)
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("alert")).to_contain_text("5000 characters")
        assert await typed.input_value() == "\n" + "x" * 5_000


async def test_every_step_is_accessible_and_fits_a_phone(form: str, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE) as watched:
        watched.expected += ["422"]
        page = await watched.page(form)
        await _is_fit(page)
        await page.get_by_label("What do you want to say?").fill("w" * 1_001)
        await _goes_on(page, page.get_by_role("button", name="Send"))
        await _is_fit(page)
        await page.get_by_label("What do you want to say?").fill("w" * 1_000)
        await _goes_on(page, page.get_by_role("button", name="Send"))
        await _is_fit(page)
        await _goes_on(page, page.get_by_role("link", name="Take it back"))
        await _is_fit(page)
        await _goes_on(page, page.get_by_role("button", name="Take it back for good"))
        await _is_fit(page)


async def _goes_on(page: Page, way: Locator) -> None:
    """Click, and return when the next page is there: looking at one that is leaving fails."""
    async with page.expect_navigation():
        await way.click()


async def _is_fit(page: Page) -> None:
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
