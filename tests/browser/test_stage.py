"""The chair view in Chromium: what is in the room, in large letters, live, for visitors and for staff."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.participating import LAPTOP, PHONE
from tests.support.accessible import assert_fit
from tests.support.browser import watched_context
from tests.support.hall import Hall
from wall.model import utc_now

POST = "If a blog post changes what residents do at three in the morning, why does it count less? " * 3
LEGIBLE = 48
"""CSS pixels on a laptop that are read from three metres."""


async def size(page: Page) -> float:
    return float(
        await page.locator(".large-text").evaluate("(text) => parseFloat(getComputedStyle(text).fontSize)")
    )


async def cut(page: Page) -> bool:
    return bool(await page.locator(".large").evaluate("(box) => box.scrollHeight > box.clientHeight + 1"))


async def test_a_chair_sees_live_what_is_in_the_room_and_a_visitor_no_notes(
    hall: Hall, browser: Browser
) -> None:
    session = await hall.venue.running("What counts?", note="Ask the online group first")
    first, second = [await hall.post(f"{text} {POST}") for text in ("First", "Second")]
    address = hall.at("stage", session=session)
    signed_in = {"extra_http_headers": hall.staff.headers, "viewport": LAPTOP}
    async with (
        watched_context(browser, **signed_in) as chairs,
        watched_context(browser, viewport=LAPTOP) as visitors,
    ):
        chair, visitor = await chairs.page(address), await visitors.page(address)
        await expect(visitor.get_by_role("heading", name="Nothing in the room yet")).to_be_visible()
        relay = await hall.venue.bring_in(session, first, note="She is an intensivist")
        following = await hall.venue.raised(session, second)
        await hall.venue.do(f"/relays/{following['relay']}/ready", version=following["version"])
        for page in (chair, visitor):
            await expect(page.locator(".large-text")).to_contain_text("First If a blog post")
            await expect(page.locator(".who-said .name")).to_have_text("Olga")
        await expect(chair.locator(".foot .next")).to_contain_text("Second If a blog")
        await expect(chair.locator(".note")).to_contain_text("Ask the online group first")
        await expect(chair.locator(".relay-note")).to_contain_text("She is an intensivist")
        held = await visitor.content()
        for secret in ("Second", "Ask the online group", "intensivist"):
            assert secret not in held
        moved = {"floor": relay, "next": following["relay"]}
        await hall.venue.do(f"/sessions/{session}/advance", **moved)
        for page in (chair, visitor):
            await expect(page.locator(".large-text")).to_contain_text("Second If a blog post")
            await assert_fit(page)


@pytest.mark.parametrize("text", ["Why?", POST, "#" + "SocialMediaSummit" * 6, "word " * 400])
async def test_what_is_said_fills_its_place_and_is_never_cut(
    hall: Hall, browser: Browser, text: str
) -> None:
    session = await hall.venue.running("Now")
    await hall.venue.bring_in(session, await hall.post(text))
    async with watched_context(browser, viewport=LAPTOP) as watched:
        page = await watched.page(hall.at("stage", session=session))
        await expect(page.locator(".large-text")).to_be_visible()
        if len(text) < 300:
            assert await size(page) >= LEGIBLE
            assert not await cut(page)
        else:
            assert await size(page) >= 24
            box = page.locator(".large")
            assert not await cut(page) or await box.get_attribute("tabindex") == "0"
        await page.set_viewport_size(PHONE)
        await expect(page.locator(".who-said")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("width", "height"), [(960, 540), (844, 390), (1280, 720)])
async def test_a_small_screen_leaves_most_of_itself_to_the_point(
    hall: Hall, browser: Browser, width: int, height: int
) -> None:
    prompts = [{"text": "Discovery: tell of a moment online that made you proud. " * 2, "minute": 0}]
    session = await hall.venue.running("At our best online: ethics and more", prompts=prompts, note=POST)
    posts = [await hall.post(f"{nth} {POST}") for nth in ("First", "Second")]
    await hall.venue.bring_in(session, posts[0], note=POST)
    await hall.venue.raised(session, posts[1])
    signed_in = {"extra_http_headers": hall.staff.headers, "viewport": {"width": width, "height": height}}
    async with watched_context(browser, **signed_in) as watched:
        page = await watched.page(hall.at("stage", session=session))
        await expect(page.locator(".large-text")).to_be_visible()
        assert await size(page) >= 20
        assert not await cut(page)
        await assert_fit(page)


async def test_the_colours_are_switched_and_a_reload_keeps_them(hall: Hall, browser: Browser) -> None:
    session = await hall.venue.running("Now")
    async with watched_context(browser, viewport=LAPTOP) as watched:
        page = await watched.page(hall.at("stage", session=session))
        await page.get_by_role("button", name="Light colours").click()
        await expect(page.locator("html[data-theme=light]")).to_have_count(1)
        await page.reload()
        await page.get_by_role("button", name="Dark colours").click()
        await expect(page.locator("html[data-theme=dark]")).to_have_count(1)


async def test_a_taken_down_post_leaves_even_a_paused_view(hall: Hall, browser: Browser) -> None:
    session = await hall.venue.running("Now")
    post = await hall.post("Regretted words")
    async with watched_context(browser, viewport=LAPTOP) as watched:
        page = await watched.page(hall.at("stage", session=session))
        await expect(page.get_by_text("Nothing in the room yet")).to_be_visible()
        await page.keyboard.press("Space")
        await expect(page.get_by_role("status").filter(has_text="Paused")).to_be_visible()
        await hall.venue.bring_in(session, post)
        await expect(page.get_by_text("Something changed meanwhile")).to_be_visible()
        await expect(page.locator(".large-text")).to_have_count(0)
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator(".large-text")).to_have_text("Regretted words")
        await page.keyboard.press("Tab")
        await page.get_by_role("button", name="Pause").click()
        await hall.venue.do(f"/posts/{post}/hide", version=1, reason="other")
        await expect(page.locator(".large-text")).to_have_count(0)
        assert "Regretted" not in await page.content()


async def test_a_room_shows_what_runs_in_it_its_question_and_its_time(hall: Hall, browser: Browser) -> None:
    room = await hall.venue.room("Great Hall")
    prompts = [{"text": "Who decides?", "minute": 0}]
    ends = utc_now() + timedelta(minutes=90)
    session = await hall.venue.session(room, "First", ends - timedelta(hours=2), prompts=prompts)
    async with watched_context(browser, viewport=LAPTOP) as watched:
        page = await watched.page()
        await page.clock.set_fixed_time(ends - timedelta(seconds=30))
        await page.goto(hall.at("stage", room=room))
        await expect(page.get_by_text("Nothing runs in this room now")).to_be_visible()
        await expect(page.get_by_text("First")).to_be_visible()
        begun = await hall.venue.do(f"/sessions/{session}/begin", version=1)
        await expect(page.locator("h1")).to_have_text("First")
        await expect(page.locator(".left")).to_contain_text("1 min left")
        (prompt,) = [one for known in (await hall.held())["session"] for one in known["prompts"]]
        asked = await hall.venue.do(
            f"/sessions/{session}/prompt", version=begun["version"], prompt=prompt["id"]
        )
        await expect(page.locator(".asked")).to_contain_text("Who decides?")
        await page.clock.set_fixed_time(ends + timedelta(seconds=30))
        await expect(page.locator(".left")).to_contain_text("min over")
        await hall.venue.do(f"/sessions/{session}/end", version=asked["version"])
        await expect(page.get_by_text("Nothing runs in this room now")).to_be_visible()


async def test_a_lost_connection_is_said_on_the_chair_view(own_hall: Hall, browser: Browser) -> None:
    hall = own_hall
    session = await hall.venue.running("Now")
    async with watched_context(browser, viewport=LAPTOP) as watched:
        watched.expected += ["ERR_CONNECTION_REFUSED", "WebSocket connection"]
        page = await watched.page(hall.at("stage", session=session))
        await expect(page.get_by_label("Live", exact=True)).to_be_visible()
        hall.process.child.kill()
        await expect(page.locator(".trouble")).to_contain_text("Connection lost")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_every_page_is_accessible_and_fits(
    own_hall: Hall, browser: Browser, theme: str, viewport: dict[str, int]
) -> None:
    hall = own_hall
    session = await hall.venue.running("What counts?", speakers=["Félix Gagnon"])
    await hall.venue.bring_in(session, await hall.post(POST))
    chair_view = hall.at("stage", session=session, theme=theme)
    pages = [f"{hall.process.base_url}/", hall.at("events"), hall.at("stage"), chair_view]
    options = {"color_scheme": theme, "viewport": viewport, "reduced_motion": "reduce"}
    async with watched_context(browser, **options) as watched:
        page = await watched.page()
        for address in pages:
            await page.goto(address)
            await expect(page.locator(".large-text" if address == chair_view else "h1")).to_be_visible()
            await assert_fit(page)


async def test_without_script_the_programme_leads_on_and_the_chair_view_says_why_it_is_empty(
    hall: Hall, browser: Browser
) -> None:
    session = await hall.venue.running("What counts?")
    async with watched_context(browser, viewport=LAPTOP, java_script_enabled=False) as watched:
        page = await watched.page(f"{hall.process.base_url}/")
        await page.get_by_role("link", name=hall.event.name, exact=True).click()
        await expect(page.get_by_text("Running now")).to_be_visible()
        await page.locator(".session .open a").click()
        assert page.url == hall.at("stage", session=session)
        await expect(page.locator(".notice")).to_contain_text("needs JavaScript")
        await expect(page.locator(".notice")).to_be_in_viewport()
