"""The moderation pages in Chromium: used from the keyboard, without a script, and open to everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests.browser.test_wall import ATTACK, SECRET, Hall
from tests.conftest import Serve
from tests.support.browser import Watched, watched_context
from tests.support.summit import post
from wall.access import COOKIE, digest_of, new_token
from wall.feeds.base import Arrived
from wall.model import Author, Media, utc_now
from wall.store import Store, people, rules

PICTURE = Media(kind="image", url="https://127.0.0.1/1.png", alt="A chart")


@pytest_asyncio.fixture(loop_scope="session")
async def hall(serve: Serve, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Hall]:
    process = serve(
        {
            "BACKCHANNEL_DATABASE_URL": sqlite_url,
            "BACKCHANNEL_DATA_DIR": str(tmp_path),
            "BACKCHANNEL_SECRET_KEY": SECRET,
        }
    )
    store = Store(sqlite_url)
    hall = Hall(process, store)
    with store.writing() as conn:
        rules.save(conn, hall.event.id, 2, "{}")
    await process.start()
    yield hall
    store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def moderating(browser: Browser, hall: Hall) -> AsyncIterator[Watched]:
    """A browser without JavaScript in which an organiser is signed in."""
    async with watched_context(browser) as watched:
        await _sign_in(watched, hall)
        yield watched


async def _sign_in(watched: Watched, hall: Hall) -> None:
    token, now = new_token(), utc_now()
    with hall.store.writing() as conn:
        people.add_sign_in(conn, digest_of(token), hall.staff.person_id, now, now + timedelta(hours=1))
    await watched.context.add_cookies([{"name": COOKIE, "value": token, "url": hall.process.base_url}])


def _some(hall: Hall) -> None:
    nasty = Author(key="n", handle=ATTACK, name=ATTACK + "\u202e")
    hall.bring(
        Arrived(post("1", "Call the ward on 020 7946 0958, patient born 04/05/1961. What a shit day")),
        Arrived(post("2", "A chart of our results", media=(PICTURE,), warning="Needles")),
        Arrived(
            post("3", ATTACK + " Z\u0300" + "\u0316\u0317\u0300" * 80 + " shit", author=nasty, lang='"><b>')
        ),
        Arrived(post("4", "Fine words, nothing to see")),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_the_pages_are_accessible(hall: Hall, browser: Browser, scheme: str, lang: str) -> None:
    _some(hall)
    async with watched_context(browser, locale=lang, color_scheme=scheme) as watched:
        await _sign_in(watched, hall)
        for path in ("", "?see=shown&did=approve", "?see=hidden", "/rules?saved=1"):
            page = await watched.page(f"{hall.process.base_url}/moderate/summit{path}")
            await expect(page.locator(f"html[lang={lang}]")).to_have_count(1)
            for closed in await page.locator("details.more > summary").all():
                await closed.click()
            results = await Axe().run(page)
            assert results.violations_count == 0, results.generate_report()
            wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, path


async def test_a_volunteer_works_through_the_queue_from_the_keyboard(hall: Hall, browser: Browser) -> None:
    _some(hall)
    async with watched_context(browser, java_script_enabled=False) as watched:
        watched.expected += ["404"]  # the picture's host is not a public one
        await _sign_in(watched, hall)
        page = await watched.page(f"{hall.process.base_url}/moderate/summit")
        await expect(page.locator("article.post")).to_have_count(3)
        await expect(page.locator("mark").first).to_have_text("020 7946 0958")
        await page.locator("article.post").first.get_by_role("button", name="Don't show it").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("it is not shown")
        await expect(page.locator("article.post:focus")).to_contain_text("A chart of our results")
        while not await page.locator("button:focus").count():
            await page.keyboard.press("Tab")
        await expect(page.locator("button:focus")).to_have_text("Show it")
        await page.keyboard.press("Enter")
        await expect(page.locator("article.post")).to_have_count(1)
        await expect(page.locator("article.post img, article.post script")).to_have_count(0)
        await expect(page.get_by_text("onerror=").first).to_be_visible()
        await page.get_by_role("link", name="Shown", exact=True).click()
        await expect(page.locator("article.post")).to_have_count(2)


async def test_rules_that_are_wrong_are_corrected_on_the_page(hall: Hall, moderating: Watched) -> None:
    moderating.expected += ["422"]
    page = await moderating.page(f"{hall.process.base_url}/moderate/summit/rules")
    await page.get_by_label("Words that wait", exact=True).fill("nonsense\n/(open/")
    await page.get_by_role("button", name="Save the rules").click()
    await expect(page.get_by_role("alert")).to_contain_text("The rules were not saved")
    await expect(page.locator("#words-wrong")).to_contain_text("Line 2, /(open/: ")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    await page.get_by_label("Words that wait", exact=True).fill("nonsense")
    await page.get_by_role("button", name="Save the rules").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved")
