"""The participants' page on a phone in Chromium: without script, live, and when things go wrong."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.participating import PHONE
from tests.support.accessible import assert_fit
from tests.support.browser import watched_context
from tests.support.hall import Hall

HOSTILE = '</textarea><script>window.hacked=1</script><img src=x onerror="window.hacked=1">\u202e'
LIVE = "#join .walls-head button"


def words(page: Page) -> Locator:
    return page.get_by_label("What do you want to say?")


async def send(page: Page, text: str, name: str = "") -> None:
    await words(page).fill(text)
    if name:
        await page.get_by_label("Your name, if you like").fill(name)
    await page.get_by_role("button", name="Send").click()


async def live(page: Page, url: str) -> None:
    """Open the page, and wait until it is live."""
    await page.goto(url)
    await expect(page.locator(LIVE)).to_be_visible()


async def test_a_phone_without_script_writes_follows_and_takes_back(
    waiting_hall: Hall, browser: Browser
) -> None:
    hall = waiting_hall
    async with watched_context(browser, viewport=PHONE, java_script_enabled=False) as watched:
        page = await watched.page(hall.at("join"))
        await send(page, HOSTILE, "Zoë")
        await expect(page.get_by_role("status")).to_contain_text("waits for a person")
        await expect(page.locator(".said")).to_have_text(HOSTILE)
        await page.goto(hall.at("join"))
        await expect(page.locator(".point")).to_contain_text("It waits for a person")
        await page.get_by_role("link", name="Take it back").click()
        await page.get_by_role("button", name="Take it back for good").click()
        await expect(page.get_by_role("status")).to_have_text("It is gone.")
        await page.goto(hall.at("join"))
        await expect(page.locator(".point")).to_have_count(0)


async def test_without_script_a_text_that_is_too_long_is_still_there(hall: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE, java_script_enabled=False) as watched:
        watched.expected += ["422"]
        page = await watched.page(hall.at("join"))
        await send(page, "\n" + "x" * 5_000)
        await expect(page.get_by_role("alert")).to_contain_text("5000 characters")
        assert await words(page).input_value() == "\n" + "x" * 5_000


async def test_an_own_point_is_followed_live_from_received_to_discussed(
    waiting_hall: Hall, browser: Browser
) -> None:
    hall = waiting_hall
    session = await hall.venue.running("What counts?")
    async with (
        watched_context(browser, viewport=PHONE) as mine,
        watched_context(browser, viewport=PHONE) as others,
    ):
        page, other = await mine.page(), await others.page()
        await live(page, hall.at("join"))
        await live(other, hall.at("join"))
        await send(page, "Count the blogs", "Ada")
        await expect(page.locator(".thanks")).to_contain_text("waits for a person")
        point = page.locator(".point")
        await expect(point).to_contain_text("Received. It waits for a person")
        post = str(await point.get_attribute("data-point"))
        await hall.venue.do(f"/posts/{post}/approve", version=1)
        await expect(point.locator(".step strong")).to_have_text("On the walls")
        await expect(other.locator(".latest .one")).to_contain_text("Count the blogs")
        relay = await hall.venue.raised(session, post)
        await expect(point.locator(".step strong")).to_have_text("On its way to the room")
        await hall.venue.do(f"/relays/{relay['relay']}/take-up", version=relay["version"])
        await expect(point.locator(".step strong")).to_have_text("In the room now")
        for phone in (page, other):
            await expect(phone.locator(".room .floor")).to_contain_text("Count the blogs")
            await expect(phone.locator(".room .floor .name")).to_have_text("Ada")
        moved = {"floor": relay["relay"], "next": None, "outcome": "Taken into the draft"}
        await hall.venue.do(f"/sessions/{session}/advance", **moved)
        await expect(point).to_contain_text("Discussed in the room")
        await expect(point).to_contain_text("Taken into the draft")
        await expect(other.locator(".room")).to_contain_text("Nothing has been brought into the room yet.")
        await expect(other.locator(".point")).to_have_count(0)
        await assert_fit(page)


async def test_a_point_that_is_taken_down_says_why(hall: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE) as watched:
        page = await watched.page()
        await live(page, hall.at("join"))
        await send(page, "Buy my book")
        point = page.locator(".point")
        await expect(point).to_contain_text("On the walls")
        post = await point.get_attribute("data-point")
        await hall.venue.do(f"/posts/{post}/hide", version=1, reason="spam")
        await expect(point).to_contain_text("Taken down")
        await expect(point).to_contain_text("It reads like advertising.")
        await expect(page.locator(".latest .one")).to_have_count(0)


async def test_a_browser_whose_cookie_was_lost_still_hears_of_its_point(
    hall: Hall, browser: Browser
) -> None:
    async with watched_context(browser, viewport=PHONE) as watched:
        page = await watched.page()
        await live(page, hall.at("join"))
        await watched.context.clear_cookies()
        await send(page, "Who am I?")
        point = page.locator(".point")
        post = str(await point.get_attribute("data-point"))
        session = await hall.venue.running("Who?")
        await hall.venue.bring_in(session, post)
        await expect(point).to_contain_text("In the room now")


async def test_what_is_too_long_is_counted_and_never_lost(hall: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE) as watched:
        page = await watched.page()
        await live(page, hall.at("join"))
        await words(page).fill("x" * 900)
        await expect(page.locator(".counted")).to_have_text("100 characters left")
        await words(page).fill("😀" * 5_000)
        await expect(page.locator(".counted")).to_have_text("4,000 characters too many")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("alert")).to_contain_text("5,000 characters")
        await expect(words(page)).to_be_focused()
        await assert_fit(page)
        await live(page, hall.at("join"))
        assert await words(page).input_value() == "😀" * 5_000


async def test_without_a_network_the_words_stay_and_go_once_when_sent_again(
    hall: Hall, browser: Browser
) -> None:
    async with watched_context(browser, viewport=PHONE) as watched:
        watched.expected += ["ERR_INTERNET_DISCONNECTED"]
        page = await watched.page()
        await live(page, hall.at("join"))
        await watched.context.set_offline(True)
        await send(page, "From the train")
        await expect(page.get_by_role("alert")).to_contain_text("there is no connection")
        assert await words(page).input_value() == "From the train"
        await watched.context.set_offline(False)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator(".thanks")).to_contain_text("on the walls now")
        assert await words(page).input_value() == ""
        await expect(page.locator(".latest .one")).to_have_count(1)


async def test_a_lost_connection_is_said_and_what_was_missed_comes_after(
    own_hall: Hall, browser: Browser
) -> None:
    hall = own_hall
    async with watched_context(browser, viewport=PHONE) as watched:
        watched.expected += ["ERR_CONNECTION_REFUSED", "WebSocket connection"]
        page = await watched.page()
        await live(page, hall.at("join"))
        await hall.post("Before")
        await expect(page.locator(".latest .one")).to_have_count(1)
        hall.process.child.kill()
        await expect(page.locator(".trouble")).to_contain_text("What you see may be old")
        await hall.process.start()
        await hall.post("After")
        await expect(page.locator(".latest .one")).to_have_count(2)
        await expect(page.locator(".trouble")).to_have_count(0)


async def test_the_list_of_the_walls_can_be_paused(hall: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE, reduced_motion="reduce") as watched:
        page = await watched.page()
        await live(page, hall.at("join"))
        listed = page.get_by_role("feed", name="On the walls").get_by_role("article")
        await hall.post("One")
        await expect(listed).to_have_count(1)
        await page.get_by_role("button", name="Pause").click()
        await hall.post("Two")
        await expect(page.locator(".news")).to_contain_text("1 new")
        await expect(listed).to_have_count(1)
        await page.get_by_role("button", name="Go on").click()
        await expect(listed).to_have_count(2)
        await expect(listed.first).to_contain_text("Two")


async def test_what_was_typed_before_the_page_was_live_is_kept(hall: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE) as watched:
        page = await watched.page()
        snapshots = "**/snapshot?*"
        await page.route(snapshots, lambda route: None)
        await page.goto(hall.at("join"))
        await words(page).fill("Typed early")
        await page.unroute(snapshots)
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator(LIVE)).to_be_visible()
        assert await words(page).input_value() == "Typed early"
        await expect(words(page)).to_be_focused()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("script", [True, False])
async def test_every_step_is_accessible_and_fits_a_phone(
    hall: Hall, browser: Browser, scheme: str, script: bool
) -> None:
    await hall.venue.bring_in(await hall.venue.running("Now"), await hall.post("x" * 300))
    options = {"viewport": PHONE, "color_scheme": scheme, "reduced_motion": "reduce"}
    async with watched_context(browser, **options) as watched:
        watched.expected += ["422"]
        if not script:
            await watched.context.route("**/*.js", lambda route: route.abort())
            watched.expected += ["ERR_FAILED"]
        page = await watched.page(hall.at("join"))
        if script:
            await expect(page.locator(LIVE)).to_be_visible()
        await send(page, "w" * 1_000)
        await expect(page.locator(".point")).to_have_count(1)
        await assert_fit(page)
        await page.get_by_role("link", name="Take it back").first.click()
        await expect(page.get_by_role("button", name="Take it back for good")).to_be_visible()
        await assert_fit(page)


async def test_the_first_view_is_small(hall: Hall, browser: Browser) -> None:
    for number in range(60):
        await hall.post(f"Point {number}: {'what was said in a real post. ' * 6}")
    async with watched_context(browser, viewport=PHONE) as watched:
        page = await watched.page()
        session = await watched.context.new_cdp_session(page)
        await session.send("Network.enable")
        loaded: list[float] = []
        session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        await live(page, hall.at("join"))
        assert 0 < sum(loaded) <= 150_000
