"""The desk in Chromium: replies in one list, questions back, offers between rooms, claims, both sides of a
conflict, and who has been heard."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from tests.browser.participating import PHONE
from tests.browser.working import SCREEN, Summit, press, row
from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.summit import post
from tests.support.waiting import eventually
from wall.feeds.base import Arrived
from wall.model import Author, Role


async def closed(page: Page, outcome: str) -> None:
    """Move the session on, and write what came of what was in the room."""
    await press(page, "n")
    await page.keyboard.type(outcome)
    await press(page, "Enter")


async def heard(page: Page, *outcomes: str) -> None:
    """Queue the first posts and bring each to the room."""
    for _ in outcomes:
        await press(page, "q")
    await press(page, "n", "n")
    for outcome in outcomes:
        await closed(page, outcome)


async def test_whoever_is_owed_a_reply_is_told_by_one_key_or_in_other_words(
    summit: Summit, at_desk: Watched
) -> None:
    summit.bring("How do we credit reviewers?", "Is it ever peer review?", "A third point")
    page = await summit.desk(at_desk)
    await heard(page, "We agreed on a list", "Yes", "Nobody knows")
    await press(page, "R")
    panel = page.locator("dialog[open]")
    await expect(panel.locator(".owed")).to_have_count(3)
    first = panel.locator(".owed").first
    await expect(first.locator("textarea")).to_have_value(
        re.compile(r"^Your point “How do we credit reviewers\?” was discussed in Room of Best practices")
    )
    await expect(first).to_contain_text("There is no account to reply in their network.")
    await assert_fit(page)
    await press(page, "s")
    await expect(panel.locator(".owed")).to_have_count(2)
    await press(page, "e")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("It is, said the room.")
    await press(page, "Control+Enter")
    await expect(panel.locator(".owed")).to_have_count(1)
    await press(page, "w")
    await expect(panel).to_contain_text("Nobody is owed a reply.")
    await press(page, "Escape")
    await expect(panel).to_have_count(0)

    async def told() -> bool:
        found = (await summit.hall.held()).get("contribution", [])
        return sorted((one["told"], one["owed"]) for one in found) == [(0, 0), (1, 0), (1, 0)]

    await eventually(told, what="two replies and a waiver")
    assert summit.kinds("receipt.") == ["receipt.owed"] * 3 + ["receipt.told"] * 2 + ["receipt.waived"]


async def test_a_sessions_end_asks_for_the_replies_that_are_owed(summit: Summit, at_desk: Watched) -> None:
    summit.bring("Only point")
    page = await summit.desk(at_desk)
    await press(page, "q", "n", "n")
    await expect(page.locator(".part-now")).to_contain_text("Only point")
    await press(page, "b", "y")
    panel = page.locator("dialog[open]")
    await expect(panel.locator(".owed")).to_contain_text("Only point")
    await expect(page.get_by_role("heading", name="Replies")).to_be_visible()


async def test_a_point_is_asked_about_and_its_answer_comes_back_to_the_desk(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    async with watched_context(browser, viewport=PHONE) as pocket:
        phone = await pocket.page(summit.hall.at("join"))
        await phone.get_by_label("What do you want to say?").fill("We tried that once.")
        await phone.get_by_role("button", name="Send").click()
        await expect(phone.locator(".point")).to_contain_text("We tried that once.")
        page = await summit.desk(at_desk)
        await press(page, "B")
        await page.keyboard.type("In which year?")
        await press(page, "Enter")
        asked = phone.locator(".asks")
        await expect(asked).to_contain_text("In which year?")
        await assert_fit(phone)
        await asked.get_by_label("Your answer").fill("In 2012.")
        await asked.get_by_role("button", name="Answer").click()
        await expect(row(page, "We tried").locator(".beside-answer")).to_have_text("In 2012.")
        await press(page, "B", "y")
        await expect(row(page, "We tried")).to_contain_text("Asked, and shown with its answer")
        await expect(asked.locator("textarea")).to_have_count(0)


async def test_a_translation_stands_beside_what_was_said(summit: Summit, at_desk: Watched) -> None:
    summit.hall.bring(Arrived(post("1", "Comment créditer les relecteurs ?", lang="fr")))
    page = await summit.desk(at_desk)
    await press(page, "L")
    await expect(page.get_by_label("Into")).to_have_value("en")
    await page.keyboard.type("How do we credit reviewers?")
    await assert_fit(page)
    await press(page, "Control+Enter")
    beside = row(page, "Comment").locator(".beside")
    await expect(beside).to_contain_text("English How do we credit reviewers?")
    await expect(row(page, "Comment").locator(".said")).to_have_text("Comment créditer les relecteurs ?")


async def test_a_point_is_offered_to_another_room_which_takes_it_or_gives_it_back(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    summit.bring("Theirs", "Ours after all")
    gus = summit.person("Gus", Role.FACILITATOR)
    async with watched_context(browser, viewport=SCREEN) as second:
        mine, his = await summit.desk(at_desk), await summit.desk(second, gus)
        await press(his, "s")
        await his.locator("dialog[open]").get_by_role("button", name="What is scholarship").click()
        for text in ("Take this", "And this"):
            await press(mine, ">")
            await mine.locator("dialog[open]").get_by_role("button", name="What is scholarship").click()
            await mine.keyboard.type(text)
            await press(mine, "Enter", "j")
        offers = his.locator(".offers")
        await expect(offers.locator(".offer")).to_have_count(2)
        await expect(offers).to_contain_text("Take this")
        await expect(mine.locator(".offers")).to_have_count(0)
        await offers.locator(".offer").first.get_by_role("button", name="Take it").click()
        await expect(his.locator(".part-queue")).to_contain_text("Theirs")
        await offers.get_by_role("button", name="Give it back").click()
        await his.keyboard.type("Not for us.")
        await press(his, "Enter")
        await expect(his.locator(".offers")).to_have_count(0)
    assert summit.kinds("routing.") == ["routing.accepted", "routing.returned"]


async def test_a_desk_shows_where_others_are_and_what_the_last_shift_left(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    summit.bring("First one", "Second one")
    gus = summit.person("Gus", Role.FACILITATOR)
    async with watched_context(browser, viewport=SCREEN) as second:
        mine = await summit.desk(at_desk)
        his = await summit.desk(second, gus)
        await press(his, "j")
        await expect(row(mine, "Second").locator(".beside-here")).to_have_text(
            "Gus is at this one", timeout=15_000
        )
        await his.get_by_role("button", name="Hand-over").click()
        await his.keyboard.type("Ada waits for an answer.")
        await press(his, "Enter")
        await expect(mine.locator(".handover")).to_contain_text("Ada waits for an answer. Gus")


async def test_of_two_who_write_one_thing_the_second_sees_both_sides_and_decides(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    summit.bring("First one")
    gus = summit.person("Gus", Role.FACILITATOR)
    async with watched_context(browser, viewport=SCREEN) as second:
        second.expected += ["409"]
        mine, his = await summit.desk(at_desk), await summit.desk(second, gus)
        await his.get_by_role("button", name="Hand-over").click()
        await his.keyboard.type("Begin with Ada.")
        await mine.get_by_role("button", name="Hand-over").click()
        await mine.keyboard.type("Begin with Ben.")
        await press(mine, "Enter")
        await expect(his.locator(".handover")).to_contain_text("Begin with Ben.")
        await press(his, "Enter")
        problem = his.locator(".problem")
        await expect(problem).to_contain_text("Somebody else was here first")
        sides = problem.locator(".side")
        await expect(sides.nth(0)).to_contain_text("Begin with Ben.")
        await expect(sides.nth(1)).to_contain_text("Begin with Ada.")
        await problem.get_by_role("button", name="all the same").click()
        await expect(mine.locator(".handover")).to_contain_text("Begin with Ada.")


async def test_who_has_been_heard_is_live_and_goes_to_who_was_not(summit: Summit, at_desk: Watched) -> None:
    voices = (("Ada", "First one"), ("Ben", "Second one"))
    for name, text in voices:
        author = Author(key=name, handle=name.lower(), name=name, followers=4_711)
        summit.hall.bring(Arrived(post(text, text, author=author)))
    page = await summit.desk(at_desk)
    await heard(page, "Yes")
    await press(page, "H")
    panel = page.locator("dialog[open]")
    await expect(panel).to_contain_text("1 of 2")
    await expect(panel.locator(".heard-voice")).to_have_text(["Ben"])
    await assert_fit(page)
    await panel.get_by_role("button", name="Ben").click()
    await expect(row(page, "Second")).to_have_attribute("aria-selected", "true")


async def test_reach_and_support_are_nowhere_at_the_desk_before_a_point_is_queued(
    summit: Summit, at_desk: Watched
) -> None:
    loud = Author(key="loud", handle="loud", name="Loud", followers=987_654)
    summit.hall.bring(Arrived(post("1", "Everybody follows me", author=loud)))
    reposts = [post(f"r{number}", "RT", repost_of="1") for number in range(37)]
    summit.hall.bring(*(Arrived(one) for one in reposts))
    page = await summit.desk(at_desk)
    await press(page, "v")
    shown = await page.locator("body").inner_text()
    assert "987" not in shown
    assert "37" not in shown
    assert "epost" not in shown
    held = await page.evaluate("() => document.documentElement.outerHTML")
    assert "987654" not in held
