"""A quick ask in Chromium: written at the desk, answered on phones, drawn on wall and chair view."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.participating import LAPTOP, PHONE
from tests.browser.test_chair import desk_of
from tests.browser.working import press
from tests.support.accessible import assert_accessible, assert_fit
from tests.support.browser import watched_context
from tests.support.hall import Hall
from tests.support.waiting import PATIENCE

WALL = {"width": 1920, "height": 1080}
OVERLAP = """() => {
  const boxes = [...document.querySelectorAll(".asks-cloud li")].map((one) => one.getBoundingClientRect());
  return boxes.some((a, at) => boxes.slice(at + 1).some((b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
}"""


async def drafted(desk: Page, kind: str, question: str, options: str = "") -> None:
    """Write a question at the desk, whose window for that is open."""
    await desk.get_by_role("button", name="New question").click()
    await desk.get_by_label("Kind").select_option(kind)
    await desk.get_by_label("Question", exact=True).fill(question)
    if options:
        await desk.get_by_label("Options").fill(options)
    await desk.get_by_role("button", name="Save").click()
    await expect(desk.locator(".asks-one", has_text=question)).to_contain_text("Draft")


async def answer(hall: Hall, **given: list[object]) -> None:
    """Answer the one open ask from a phone that nobody looks at."""
    (ask,) = [one for one in (await hall.held())["ask"] if one["state"] == "open"]
    base = hall.process.base_url
    async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=PATIENCE, verify=False) as phone:
        sent = await phone.post(f"/api/v1/events/{hall.slug}/asks/{ask['id']}/answer", json=given)
    assert sent.status_code == 200, sent.text


async def test_a_question_goes_from_the_desk_to_phones_and_its_result_to_walls_and_chair(
    hall: Hall, browser: Browser
) -> None:
    session = await hall.venue.running("What counts?")
    await hall.post("Said online")
    async with (
        watched_context(browser, viewport=LAPTOP) as desks,
        watched_context(browser, viewport=PHONE) as phones,
        watched_context(browser, viewport=LAPTOP) as chairs,
        watched_context(browser, viewport=WALL) as walls,
    ):
        desk = await desk_of(hall, desks)
        phone, wall = await phones.page(hall.at("join")), await walls.page(hall.wall)
        chair = await chairs.page(hall.at("stage", session=session))
        await expect(wall.locator(".card").first).to_be_visible()
        await press(desk, "Q")
        await drafted(desk, "choice", "What do we do first?", "More time\nTraining\nBetter tools")
        await expect(phone.locator(".quick-asks")).to_have_count(0)
        await desk.get_by_role("button", name="Open", exact=True).click()
        sheet = wall.locator(".asks-sheet")
        await expect(sheet).to_contain_text("What do we do first?")
        await expect(sheet).to_contain_text(f"/j/{hall.slug}")
        await expect(sheet.locator(".asks-code")).to_be_visible()
        await phone.get_by_role("button", name="Send").first.click()
        await expect(phone.locator(".quick-asks [role=alert]")).to_contain_text("no answer")
        await phone.get_by_label("Training").check()
        await phone.locator(".quick-asks").get_by_role("button", name="Send").click()
        await expect(phone.locator(".quick-asks")).to_contain_text("Your answer was received")
        await phone.get_by_label("More time").check()
        await phone.get_by_role("button", name="Change my answer").click()
        await expect(phone.locator(".quick-asks")).to_contain_text("Your answer was received")
        await answer(hall, picks=[0])
        await answer(hall, picks=[2])
        await expect(desk.locator(".asks-counted")).to_contain_text("2 · 67 %")
        await expect(sheet).to_contain_text("3 answers")
        await expect(sheet.locator(".asks-bars")).to_have_count(0)
        await expect(phone.locator(".quick-asks")).to_contain_text("The result is shown later")
        await assert_accessible(wall)
        await assert_fit(phone)
        await assert_accessible(desk)
        await desk.get_by_role("button", name="Close", exact=True).first.click()
        await expect(phone.locator(".quick-asks")).to_contain_text("This question is closed")
        await desk.get_by_role("button", name="Show the result").click()
        await expect(sheet.locator(".asks-bars li").first).to_contain_text("67 %")
        await expect(phone.locator(".asks-numbers")).to_contain_text("2 · 67 %")
        await expect(chair.locator(".asks-chair")).to_contain_text("67 %")
        for page in (wall, chair, phone, desk):
            await assert_accessible(page)
        await phone.reload()
        await expect(phone.locator(".asks-numbers")).to_contain_text("67 %")
        await desk.get_by_role("button", name="Take off the walls").click()
        await expect(sheet).to_have_count(0)
        await expect(wall.locator(".card").first).to_be_visible()


async def test_a_word_cloud_lies_apart_and_loses_what_is_struck_out(hall: Hall, browser: Browser) -> None:
    await hall.venue.running("What counts?")
    await hall.post("Said online")
    async with (
        watched_context(browser, viewport=LAPTOP) as desks,
        watched_context(browser, viewport=WALL) as walls,
    ):
        desk, wall = await desk_of(hall, desks), await walls.page(hall.wall)
        await press(desk, "Q")
        await drafted(desk, "words", "One word for today?")
        await desk.get_by_role("button", name="Open", exact=True).click()
        await expect(wall.locator(".asks-sheet")).to_contain_text("One word for today?")
        said = ["rubrics", "time", "feedback", "more time for teaching", "kindness", "نقد", "評価"]
        for at in range(9):
            await answer(hall, words=["Feedback", said[at % 7], f"word {at}"])
        await expect(desk.locator(".asks-said")).to_contain_text("× 9")
        await desk.get_by_role("button", name=re.compile("Strike out.*kindness")).click()
        await desk.get_by_role("button", name="Close", exact=True).first.click()
        await desk.get_by_role("button", name="Show the result").click()
        cloud = wall.locator(".asks-cloud")
        await expect(cloud).to_contain_text("Feedback")
        await expect(cloud.locator("li")).to_have_count(15)
        await expect(cloud).not_to_contain_text("kindness")
        assert not await wall.evaluate(OVERLAP)
        await assert_accessible(wall)


@pytest.mark.parametrize("held", ["quiet", "blank"])
async def test_a_quieted_wall_shows_no_ask(hall: Hall, browser: Browser, held: str) -> None:
    await hall.venue.running("What counts?")
    await hall.post("Said online")
    made = await hall.venue.do("/asks", kind="text", question="Why do we do this?")
    async with watched_context(browser, viewport=WALL) as walls:
        wall = await walls.page(hall.wall)
        await hall.venue.do(f"/asks/{made['ask']}/open", worded=0)
        await expect(wall.locator(".asks-sheet")).to_contain_text("Why do we do this?")
        await hall.venue.do("/walls", room=None, hold=held)
        await expect(wall.locator(".asks-sheet")).to_have_count(0)
        await hall.venue.do("/walls", room=None, hold="live")
        await expect(wall.locator(".asks-sheet")).to_be_visible()
