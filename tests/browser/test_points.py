"""Participants and their points on a phone in Chromium: changing words, thinking so too, second looks."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.participating import PHONE
from tests.browser.test_join import live, send, words
from tests.support.accessible import assert_fit, violations
from tests.support.browser import watched_context
from tests.support.hall import Hall


async def opened(page: Page, summary: str) -> None:
    await page.locator("summary", has_text=summary).first.click()


async def test_words_are_changed_while_they_wait_and_what_is_typed_outlives_a_decision(
    waiting_hall: Hall, browser: Browser
) -> None:
    hall = waiting_hall
    async with watched_context(browser, viewport=PHONE) as watched:
        page = await watched.page()
        await live(page, hall.at("join"))
        await opened(page, "About you, if you like")
        await page.get_by_label("You are").select_option("Educator")
        await page.get_by_label("Your country").select_option(label="Canada")
        await send(page, "Teh first words")
        point = page.locator(".point")
        post = str(await point.get_attribute("data-point"))
        await opened(page, "Change the words")
        await page.get_by_label("Your words").fill("The first words")
        await page.get_by_role("button", name="Save the change").click()
        await expect(point.locator("> .text")).to_have_text("The first words")
        await opened(page, "Change the words")
        await page.get_by_label("Your words").fill("The second words")
        assert not await violations(page)
        await hall.venue.do(f"/posts/{post}/approve", version=2)
        await expect(point.get_by_role("alert")).to_contain_text("Take it back, or add another point.")
        assert await page.get_by_label("Your words").input_value() == "The second words"
        await expect(page.get_by_role("button", name="Save the change")).to_have_count(0)
        await page.reload()
        await live(page, hall.at("join"))
        await expect(page.get_by_label("You are")).to_have_value("educator")
        await expect(page.get_by_label("Your country")).to_have_value("CA")


async def test_one_tap_thinks_so_too_and_the_count_comes_a_little_later(
    hall: Hall, browser: Browser
) -> None:
    async with (
        watched_context(browser, viewport=PHONE) as mine,
        watched_context(browser, viewport=PHONE, java_script_enabled=False) as others,
    ):
        page = await mine.page()
        await live(page, hall.at("join"))
        await send(page, "Mentors need time")
        await expect(page.locator(".latest .one")).to_contain_text("Mentors need time")
        await expect(page.locator(".latest").get_by_role("button", name="I think so too")).to_have_count(0)
        other = await others.page(hall.at("join"))
        await other.get_by_role("button", name="I think so too").click()
        await expect(other.get_by_role("button", name="I think so too")).to_have_attribute(
            "aria-pressed", "true"
        )
        await expect(page.locator(".latest .one")).to_contain_text("1 thinks so too", timeout=30_000)
        await expect(page.locator(".point")).to_contain_text("1 thinks so too")
        await other.reload()
        await expect(other.locator(".latest")).to_contain_text("1 thinks so too")
        async with watched_context(browser, viewport=PHONE) as third:
            phone = await third.page()
            await live(phone, hall.at("join"))
            button = phone.locator(".latest").get_by_role("button", name="I think so too")
            await button.click()
            await expect(button).to_have_attribute("aria-pressed", "true")
            await expect(phone.locator(".latest")).to_contain_text("2 think so too", timeout=30_000)
            await phone.reload()
            await live(phone, hall.at("join"))
            await expect(button).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("script", [True, False])
async def test_an_author_asks_for_a_second_look_and_reads_the_answer(
    waiting_hall: Hall, browser: Browser, script: bool
) -> None:
    hall = waiting_hall
    async with watched_context(browser, viewport=PHONE, java_script_enabled=script) as watched:
        page = await watched.page()
        await (live(page, hall.at("join")) if script else page.goto(hall.at("join")))
        await send(page, "About the second session")
        await page.goto(hall.at("join"))
        place = page.get_by_role("link", name="Take it back")
        post = str(await place.get_attribute("href")).rpartition("/")[2]
        await hall.venue.do(f"/posts/{post}/reject", version=1, reason="off_topic")
        await (live(page, hall.at("join")) if script else page.goto(hall.at("join")))
        await opened(page, "Ask for a second look")
        await page.get_by_label("Why should a person look again?").fill("It is about the second session.")
        await page.get_by_role("button", name="Ask", exact=True).click()
        await expect(page.locator(".second")).to_contain_text("You asked for a second look.")
        if script:
            assert not await violations(page)
        await hall.venue.do(f"/posts/{post}/second-look/keep", version=1, words="Please ask it there.")
        if not script:
            await page.reload()
        await expect(page.locator(".second")).to_contain_text("stays as it is: Please ask it there.")
        await expect(page.get_by_text("Ask for a second look")).to_have_count(0)
        if script:
            await assert_fit(page)


async def test_on_a_small_phone_all_that_can_be_opened_fits(waiting_hall: Hall, browser: Browser) -> None:
    hall = waiting_hall
    async with watched_context(browser, viewport={"width": 320, "height": 640}) as watched:
        page = await watched.page()
        await live(page, hall.at("join"))
        await send(page, "W" * 120)
        await expect(page.locator(".point")).to_be_visible()
        for summary in ("About you, if you like", "Change the words"):
            await opened(page, summary)
        await words(page).fill("سلام " * 20)
        await assert_fit(page)
