"""Tags at the desk in Chromium: found by name among hundreds, and checks that everybody sees with their
source."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.working import Summit, press, row
from tests.support.browser import Watched
from tests.support.waiting import eventually


async def codes(summit: Summit) -> dict[str, str]:
    held = await summit.hall.held()
    return {tag["code"]: tag["id"] for tag in held["tag"] if tag["code"]}


async def finder(page: Page, typed: str) -> None:
    """Open the finder and type."""
    await press(page, "#")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await page.keyboard.type(typed)


async def test_a_tag_among_500_is_set_by_the_first_letters_of_its_name(
    summit: Summit, at_desk: Watched
) -> None:
    names = "".join(f"Theme {number}\n" for number in range(490))
    asked = {"format": "csv", "text": f"name\nÉquité des places\n{names}", "version": 7}
    await summit.venue.do("/codebook/import", **asked)
    summit.bring("Why not?", "Evidence is here")
    page = await summit.desk(at_desk)
    await finder(page, "equ")
    await expect(page.locator(".found-one")).to_have_count(1)
    await press(page, "Enter")
    await expect(row(page, "Why").locator(".tag")).to_have_text("Équité des places")
    await expect(row(page, "Why")).to_have_attribute("aria-selected", "true")
    await finder(page, "")
    await expect(page.locator(".found-one").first).to_contain_text("Équité des places")
    await page.keyboard.type("theme 48")
    await press(page, "ArrowDown", "Alt+Enter")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await press(page, "Escape", "u")
    await expect(row(page, "Why").locator(".tag")).to_have_count(1)
    await press(page, "u")
    await expect(row(page, "Why").locator(".tag")).to_have_count(0)


async def test_what_fits_nothing_sets_nothing_and_says_so(summit: Summit, at_desk: Watched) -> None:
    summit.bring("Why not?")
    page = await summit.desk(at_desk)
    await finder(page, "zzz")
    await expect(page.get_by_text("No tag fits.")).to_be_visible()
    await press(page, "Enter", "Escape")
    await expect(row(page, "Why").locator(".tag")).to_have_count(0)
    assert summit.kinds("contribution.tagged") == []


async def test_a_check_asks_for_its_source_and_stands_on_wall_chair_view_and_phone(
    summit: Summit, at_desk: Watched, watched: Watched
) -> None:
    await summit.venue.do("/codebook/preset", set="check")
    summit.bring("Vaccines cause autism")
    page = await summit.desk(at_desk)
    await finder(page, "disp")
    await press(page, "Enter")
    await press(page, "Enter")
    await expect(page.get_by_text("A check needs its source")).to_be_visible()
    await finder(page, "disp")
    await press(page, "Enter")
    await page.keyboard.type("www.who.int/news")
    await press(page, "Enter", "q", "n", "n")
    await expect(row(page, "Vaccines").locator(".tag")).to_have_text("Disputed: who.int")
    for face in ("wall", "join"):
        seen = await watched.page(summit.hall.at(face))
        await expect(seen.locator(".check").first).to_have_text("Disputed: who.int")
    link = seen.locator(".check a").first
    await expect(link).to_have_attribute("href", "https://www.who.int/news")
    stage = await watched.page(f"{summit.hall.at('stage')}?session={summit.session}")
    await expect(stage.locator(".check").first).to_have_text("Disputed: who.int")
    (post,) = (await summit.hall.held())["post"]
    await summit.venue.do(f"/posts/{post['id']}/tag", tag=(await codes(summit))["disputed"], on=False)
    for left in (seen, stage):
        await expect(left.locator(".check")).to_have_count(0)

    async def nothing_found() -> bool:
        return "check" not in await summit.hall.held()

    await eventually(nothing_found, what="no check any more")
