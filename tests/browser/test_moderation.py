"""The moderation pages in Chromium: used from the keyboard, without a script, and open to everybody."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.attack import ATTACK
from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.house import House
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Author, Media

PICTURE = Media(kind="image", url="https://127.0.0.1/1.png", alt="A chart")


@pytest.fixture
def hall(house: House) -> Hall:
    """An event with the ordinary rules."""
    return house.hall(rules=None)


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
        await hall.sign_in(watched)
        for path in ("", "?see=shown&did=approve", "?see=hidden", "/rules?saved=1"):
            page = await watched.page(f"{hall.at('moderate')}{path}")
            await expect(page.locator(f"html[lang={lang}]")).to_have_count(1)
            for closed in await page.locator("details.more > summary").all():
                await closed.click()
            await assert_fit(page)


async def test_a_volunteer_works_through_the_queue_from_the_keyboard(hall: Hall, browser: Browser) -> None:
    _some(hall)
    async with watched_context(browser, java_script_enabled=False) as watched:
        watched.expected += ["404"]  # the picture's host is none that may be asked
        await hall.sign_in(watched)
        page = await watched.page(hall.at("moderate"))
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


async def test_rules_that_are_wrong_are_corrected_on_the_page(hall: Hall, watched: Watched) -> None:
    watched.expected += ["422"]
    await hall.sign_in(watched)
    page = await watched.page(f"{hall.at('moderate')}/rules")
    await page.get_by_label("Words that wait", exact=True).fill("nonsense\n/(open/")
    await page.get_by_role("button", name="Save the rules").click()
    await expect(page.get_by_role("alert")).to_contain_text("The rules were not saved")
    await expect(page.locator("#words-wrong")).to_contain_text("Line 2, /(open/: ")
    await assert_fit(page)
    await page.get_by_label("Words that wait", exact=True).fill("nonsense")
    await page.get_by_role("button", name="Save the rules").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved")
