"""The page of the feeds in a browser: accessible, no wider than a phone, and always as things are now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_fit
from tests.support.browser import watched_context
from tests.support.hall import Hall
from tests.support.house import House
from wall.feeds.base import Budget, Trouble, check_config
from wall.intake.intake import new_feed
from wall.intake.vitals import Measuring, Vitals, written
from wall.model import Feed, FeedState, utc_now
from wall.store import feeds, vitals

PLACES = ["a.example", "a-server-with-a-very-long-name.social.example.org", "c.example"]


def running(hall: Hall) -> tuple[Feed, Measuring]:
    """A feed that another process runs, with something of everything."""
    config = check_config("mastodon", {"instances": PLACES, "hashtags": ["smsummit"]})
    made = new_feed(hall.event.id, "mastodon", config).model_copy(update={"state": FeedState.RUNNING})
    now, measuring = utc_now(), Measuring(Vitals())
    measuring.began(PLACES, now - timedelta(hours=1))
    for seconds in range(3_000, 0, -20):
        measuring.came([now - timedelta(seconds=seconds + 1)], now - timedelta(seconds=seconds))
    for number in range(4):
        at = now - timedelta(minutes=40 - 5 * number)
        measuring.trouble(Trouble("a.example stream", "stream_lost", "Its stream broke off", 1.0), at)
        measuring.trouble(Trouble("a.example stream", None), at + timedelta(seconds=9))
    measuring.budget(Budget("a.example", "requests", 20, 300, now + timedelta(minutes=5)))
    with hall.store.writing() as conn:
        feeds.add(conn, made)
        feeds.take_lease(conn, made.id, "elsewhere", 3_600)
    return made, measuring


def keep(hall: Hall, feed: Feed, measuring: Measuring) -> None:
    with hall.store.writing() as conn:
        assert vitals.save(conn, feed.id, 1, written(measuring.vitals))


async def opened(hall: Hall, page: Page) -> None:
    await page.goto(f"{hall.process.base_url}/events/{hall.slug}/feeds")
    await expect(page.get_by_role("heading", level=1, name="Feeds")).to_be_visible()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
async def test_it_is_accessible_and_fits(house: House, browser: Browser, scheme: str, width: int) -> None:
    hall = house.hall()
    feed, measuring = running(hall)
    measuring.trouble(Trouble(PLACES[1], "tls", "Its certificate cannot be verified", 9.0), utc_now())
    keep(hall, feed, measuring)
    async with watched_context(
        browser, viewport={"width": width, "height": 900}, color_scheme=scheme
    ) as watched:
        await hall.sign_in(watched)
        page = await watched.page()
        await opened(hall, page)
        await expect(page.locator(".summary")).to_contain_text("Look at 1 of 1 feeds")
        await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        await assert_fit(page)


async def test_it_renews_itself_and_closes_nothing_that_somebody_opened(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    feed, measuring = running(hall)
    keep(hall, feed, measuring)
    async with watched_context(browser, viewport={"width": 1440, "height": 900}) as watched:
        await hall.sign_in(watched)
        page = await watched.page()
        await opened(hall, page)
        await page.get_by_text("Earlier", exact=True).click()
        await page.locator("h1").click()
        await page.evaluate("document.activeElement.blur(), (window.same = true)")
        measuring.trouble(Trouble("c.example", "timeout", "It does not answer in time", 9.0), utc_now())
        keep(hall, feed, measuring)
        await expect(page.locator(".places")).to_contain_text("It does not answer in time")
        await expect(page.locator(".summary")).to_contain_text("not from all of its servers")
        assert await page.evaluate("window.same")
        assert await page.locator("details[id^=earlier]").get_attribute("open") is not None


async def test_it_answers_whether_a_post_would_have_come(house: House, browser: Browser) -> None:
    hall = house.hall()
    keep(hall, *running(hall))
    async with watched_context(browser, java_script_enabled=False) as watched:
        await hall.sign_in(watched)
        page = await watched.page()
        await opened(hall, page)
        await page.get_by_label("Hashtag or post").fill("#SMSummit14")
        await page.get_by_role("button", name="Ask the feeds").click()
        await expect(page.locator(".answers")).to_contain_text("#SMSummit14 is another hashtag")


async def test_a_desk_says_that_a_feed_is_silent_until_somebody_read_it(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    feed, measuring = running(hall)
    keep(hall, feed, measuring)
    with hall.store.writing() as conn:
        vitals.silence(conn, feed.id, utc_now() - timedelta(minutes=14))
    async with watched_context(browser, viewport={"width": 1440, "height": 900}) as watched:
        await hall.sign_in(watched)
        page = await watched.page()
        await page.goto(hall.at("desk"))
        problem = page.locator(".problems")
        await expect(problem).to_contain_text("Mastodon has been silent since")
        await expect(problem).to_contain_text("usually one post every 2")
        await problem.get_by_role("button", name="Understood").click()
        async with page.expect_response(lambda answer: answer.url.endswith("/presence")):
            await expect(problem).to_be_empty()
        await expect(problem).to_be_empty()
