"""Chair and desk in Chromium: messages with OK, signals back, notes of the room, conclusions on phones."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.participating import LAPTOP, PHONE
from tests.browser.working import press
from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from wall.model import utc_now

SHEET: list[dict[str, Any]] = [
    {"text": "Who teaches residents to read what is said online?", "code": "Q1"},
    {"text": "What is said online?", "minute": 12, "kind": "break"},
    {"text": "Who should?", "minute": 20, "code": "Q2"},
]
BEHIND = re.compile(r"1[7-9] min behind the plan")
BREAK_DUE = re.compile(r"Online break in 1[0-2] min")
"""Begun 17 minutes late, with the first break 12 minutes in; a slow machine takes a minute or two more."""


async def desk_of(hall: Hall, watched: Watched) -> Page:
    """A desk of the organiser's that shows a post."""
    await hall.sign_in(watched)
    page = await watched.page(hall.at("desk"))
    await expect(page.locator(".row").first).to_be_visible()
    return page


async def moved(hall: Hall, session: str, number: int) -> None:
    """Go to a prompt of the run-sheet."""
    known = {one["id"]: one for one in (await hall.held())["session"]}[session]
    prompt = known["prompts"][number]["id"]
    await hall.venue.do(f"/sessions/{session}/prompt", version=known["version"], prompt=prompt)


async def test_a_message_stays_on_the_chair_view_until_the_chair_says_ok(
    hall: Hall, browser: Browser
) -> None:
    session = await hall.venue.running("What counts?")
    await hall.post("Said online")
    async with (
        watched_context(browser, viewport=LAPTOP) as desks,
        watched_context(browser, viewport=LAPTOP) as chairs,
        watched_context(browser, viewport=LAPTOP) as visitors,
    ):
        desk = await desk_of(hall, desks)
        await hall.sign_in(chairs)
        address = hall.at("stage", session=session)
        chair, visitor = await chairs.page(address), await visitors.page(address)
        await expect(chair.locator(".signals")).to_be_visible()
        await press(desk, "M")
        await desk.locator("#line").fill("Two minutes left, please sum up")
        await press(desk, "Enter")
        await expect(chair.locator(".message")).to_contain_text("Two minutes left, please sum up")
        await expect(desk.locator(".chair-sent")).to_contain_text("not read yet")
        await chair.keyboard.press("Space")  # a paused view still tells what the desk says
        await expect(chair.locator(".message")).to_be_visible()
        await chair.get_by_role("button", name="OK", exact=True).click()
        await expect(chair.locator(".message")).to_have_count(0)
        await expect(desk.locator(".chair-sent")).to_contain_text("read ✓")
        await expect(visitor.locator(".message, .signals")).to_have_count(0)
        assert "Two minutes" not in await visitor.content()


async def test_a_chair_signals_by_one_tap_and_sees_that_the_desk_saw_it(
    hall: Hall, browser: Browser
) -> None:
    session = await hall.venue.running("What counts?")
    await hall.post("Said online")
    async with (
        watched_context(browser, viewport=LAPTOP) as desks,
        watched_context(browser, viewport=PHONE) as chairs,
    ):
        desk = await desk_of(hall, desks)
        await hall.sign_in(chairs)
        chair = await chairs.page(hall.at("stage", session=session))
        await chair.get_by_role("button", name="Wrapping up").click()
        await expect(chair.get_by_role("button", name="Wrapping up")).to_contain_text("sent")
        await expect(desk.locator(".chair-signal")).to_contain_text("Wrapping up")
        await press(desk, "M", "1")
        await expect(desk.locator(".chair-signal")).to_have_count(0)
        await expect(chair.get_by_role("button", name="Wrapping up")).to_contain_text("seen ✓")


async def test_what_the_room_says_is_noted_concluded_and_endorsed_by_phones(
    hall: Hall, browser: Browser
) -> None:
    session = await hall.venue.running("What counts?", prompts=SHEET)
    await moved(hall, session, 0)
    await hall.post("A1 Nobody does")
    async with (
        watched_context(browser, viewport=LAPTOP) as desks,
        watched_context(browser, viewport=PHONE) as phones,
        watched_context(browser, viewport=PHONE, java_script_enabled=False) as old_phones,
        watched_context(browser, viewport=LAPTOP) as walls,
    ):
        desk = await desk_of(hall, desks)
        await expect(desk.locator(".answers")).to_have_text("answers Q1")
        await press(desk, "m", "?", "0")
        await expect(desk.locator(".answers")).to_have_count(0)
        await press(desk, "m", "?", "1")
        await expect(desk.locator(".answers")).to_have_text("answers Q1")
        phone, wall = await phones.page(hall.at("join")), await walls.page(hall.wall)
        await expect(wall.locator(".banner")).to_contain_text("Q1")
        await press(desk, "l")
        await desk.locator("#line").fill("A nurse said: we all do, on each round")
        await press(desk, "Enter")
        await expect(phone.locator(".notes")).to_contain_text("we all do, on each round")
        await expect(wall.locator(".card", has_text="we all do")).to_contain_text("Room of What counts?")
        await press(desk, "C")
        await desk.locator("#line").fill("Teach it early, together with nurses")
        await press(desk, "Enter")
        await expect(wall.locator(".banner")).to_contain_text("Teach it early, together with nurses")
        button = phone.get_by_role("button", name="I endorse this")
        await button.click()
        await expect(phone.get_by_role("button", name="You endorse this")).to_be_visible()
        await expect(wall.locator(".banner")).to_contain_text("1 endorses it online")
        old_phone = await old_phones.page(hall.at("join"))
        await old_phone.get_by_role("button", name="I endorse this").click()
        await expect(old_phone.locator(".conclusions")).to_contain_text("2 endorse it online")
        await old_phone.locator(".conclusions button[value='0']").click()
        await expect(desk.locator(".concluded")).to_contain_text("1 endorses it online")
        await press(desk, "C", "1", "r")
        await desk.locator("#line").fill("31")
        await press(desk, "Enter")
        await expect(phone.locator(".conclusions")).to_contain_text("31 in the room")
        await phone.reload()
        await expect(phone.get_by_role("button", name="You endorse this")).to_be_visible()
        await press(desk, "C", "1", "e")
        await desk.locator("#line").fill("Teach it early, together")
        await press(desk, "Enter")
        await expect(phone.get_by_role("button", name="I endorse this")).to_be_visible()
        await expect(desk.locator(".concluded")).not_to_contain_text("31 in the room")
        await assert_fit(phone)
        await assert_fit(desk)


async def test_running_late_and_the_next_online_break_are_said_in_words(
    hall: Hall, browser: Browser
) -> None:
    starts = utc_now() - timedelta(minutes=17)
    session = await hall.venue.session(await hall.venue.room(), "What counts?", starts, prompts=SHEET)
    await hall.post("Said online")
    async with (
        watched_context(browser, viewport=LAPTOP) as desks,
        watched_context(browser, viewport=LAPTOP) as chairs,
    ):
        await hall.sign_in(chairs)
        desk, chair = await desk_of(hall, desks), await chairs.page(hall.at("stage", session=session))
        await expect(chair.locator(".proposal")).to_contain_text("Nobody has begun it yet")
        await chair.get_by_role("button", name="Begin the session").click()
        await expect(chair.locator(".proposal")).to_have_count(0)
        for page in (chair, desk):
            await expect(page.locator(".pace")).to_contain_text(BEHIND)
            await expect(page.locator(".pace")).to_contain_text(BREAK_DUE)
        await press(desk, ".", ".")
        for page in (chair, desk):
            await expect(page.locator(".asked")).to_contain_text("What is said online?")
            await expect(page.locator(".pace")).to_contain_text("Online break")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_a_full_chair_view_is_accessible_and_fits(
    hall: Hall, browser: Browser, theme: str, viewport: dict[str, int]
) -> None:
    session = await hall.venue.running("What counts?", prompts=SHEET, note="Ask the online group first")
    await moved(hall, session, 0)
    await hall.venue.bring_in(session, await hall.post("We teach it on each round. " * 4))
    await hall.venue.raised(session, await hall.post("What about patients?"))
    await hall.venue.do(f"/sessions/{session}/messages", text="Two minutes left, please sum up")
    options = {"viewport": viewport, "reduced_motion": "reduce"}
    async with watched_context(browser, **options) as watched:
        await hall.sign_in(watched)
        page = await watched.page(hall.at("stage", session=session, theme=theme))
        await expect(page.locator(".message")).to_be_visible()
        await assert_fit(page)
        await page.get_by_role("button", name="OK", exact=True).click()
        await expect(page.locator(".message")).to_have_count(0)
        size = await page.locator(".large-text").evaluate(
            "(text) => parseFloat(getComputedStyle(text).fontSize)"
        )
        assert size >= (40 if viewport == LAPTOP else 20)
        await assert_fit(page)


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_a_run_sheet_is_edited_without_script_and_is_accessible(
    hall: Hall, browser: Browser, viewport: dict[str, int]
) -> None:
    session = await hall.venue.running("What counts?", prompts=SHEET[:1])
    async with watched_context(browser, viewport=viewport, java_script_enabled=False) as watched:
        await hall.sign_in(watched)
        page = await watched.page(hall.at("events"))
        await page.get_by_role("link", name=re.compile("^Run-sheet")).click()
        await page.get_by_role("button", name="Propose online breaks").click()
        await expect(page.locator(".proposed").first).to_be_visible()
        await page.get_by_role("button", name="Save the run-sheet").click()
        await expect(page.get_by_text("The run-sheet was saved.")).to_be_visible()
    prompts = {one["id"]: one for one in (await hall.held())["session"]}[session]["prompts"]
    assert [one["kind"] for one in prompts].count("break") == 9
    async with watched_context(browser, viewport=viewport) as watched:
        await hall.sign_in(watched)
        await assert_fit(await watched.page(f"{hall.at('events')}/sessions/{session}/run-sheet"))
