"""Being left off the walls, in Chromium: asked for on the join page, done and undone at the desk."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.working import SCREEN, Summit, press, row
from tests.support.accessible import assert_accessible, assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Author, Post, Quote

ADA = Author(key="https://b.example/users/ada", handle="ada", name="Ada", url="https://b.example/@ada")
BEN = Author(key="https://b.example/users/ben", handle="ben@b.example", name="Ben")
PHONE = {"width": 390, "height": 844}


def said(key: str, author: Author, text: str, quote: Quote | None = None) -> Post:
    return post(key, text, network="mastodon", author=author, quote=quote)


def bring(hall: Hall, *posts: Post) -> None:
    hall.bring(*map(Arrived, posts))


async def test_who_asks_on_the_join_page_leaves_every_screen_at_once_and_for_good(
    hall: Hall, watched: Watched, browser: Browser
) -> None:
    quote = Quote(key="0", author=ADA, text="Quoted of Ada")
    bring(hall, said("1", ADA, "Ada says this"), said("2", BEN, "Ben quotes", quote))
    wall = await watched.page(hall.wall)
    await expect(wall.locator("article.card")).to_have_count(2)
    await expect(wall.locator(".quote")).to_contain_text("Quoted of Ada")
    async with watched_context(browser, viewport=PHONE, java_script_enabled=False) as phone:
        page = await phone.page(hall.at("join"))
        await page.locator("p.leave a[href$='/leave']").click()
        await page.get_by_label("Your handle").fill("@ada@b.example")
        await page.get_by_role("button", name="Leave me off").click()
        await expect(page.get_by_role("status")).to_contain_text("ada@b.example is left off")
    await expect(wall.locator("article.card")).to_have_count(1)
    await expect(wall.locator(".quote")).to_have_count(0)
    bring(hall, said("3", ADA, "Ada again"), said("4", BEN, "Ben again"))
    await expect(wall.locator("article.card")).to_have_count(2)
    for face in ("plain", "embed", "shown.atom", "shown.json", "join"):
        assert "Ada" not in await _read(wall, hall, face), face


async def _read(page: Page, hall: Hall, face: str) -> str:
    """What another place says, without its script."""
    where = {
        "plain": f"/wall/{hall.slug}/plain",
        "shown.atom": f"/events/{hall.slug}/shown.atom",
        "shown.json": f"/events/{hall.slug}/shown.json",
    }
    address = f"{hall.process.base_url}{where.get(face, hall.path(face))}"
    answer = await page.request.get(address)
    assert answer.ok, address
    return await answer.text()


async def test_the_form_says_what_it_needs_and_is_fit_for_a_phone(hall: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=PHONE) as phone:
        phone.expected += ["422"]
        page = await phone.page(f"{hall.at('join')}/leave")
        await assert_fit(page)
        await page.get_by_label("Your handle").fill("@ada")
        await page.get_by_role("button", name="Leave me off").click()
        await expect(page.get_by_role("alert")).to_contain_text("with its server")
        await expect(page.get_by_label("Your handle")).to_have_value("@ada")
        await assert_fit(page)
        await page.get_by_label("Network").select_option("x")
        await page.get_by_role("button", name="Leave me off").click()
        await expect(page.get_by_role("status")).to_contain_text("ada is left off")
        await assert_fit(page)


async def test_one_key_at_the_desk_leaves_an_author_off_and_undo_puts_them_back(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    hall = summit.hall
    bring(hall, said("1", ADA, "First of Ada"), said("2", BEN, "Of Ben"), said("3", ADA, "Last of Ada"))
    page = await summit.desk(at_desk)
    for text in ("First of Ada", "Last of Ada", "Of Ben"):
        await expect(row(page, text)).to_be_visible()
    await row(page, "First of Ada").click()
    await press(page, "a")
    async with watched_context(browser, viewport=SCREEN) as watched:
        wall = await watched.page(hall.wall)
        await expect(wall.get_by_text("First of Ada")).to_be_visible()
        await row(page, "Last of Ada").click()
        await press(page, "E")
        await expect(wall.get_by_text("First of Ada")).to_have_count(0)
        await expect(row(page, "First of Ada")).to_contain_text("left off the walls")
        await row(page, "First of Ada").click()
        await press(page, "a")
        await expect(page.get_by_role("status").filter(has_text="may not be shown")).to_have_count(1)
        await expect(wall.get_by_text("First of Ada")).to_have_count(0)
        await press(page, "u")
        await expect(wall.get_by_text("First of Ada")).to_be_visible()
    assert summit.kinds("author.") == ["author.left_off", "author.put_back"]
    await hall.ask("POST", "/opt-outs", json={"network": "mastodon", "handle": "ben@b.example"})
    asked = page.locator("section.problem", has_text="asked to be left off")
    await expect(asked).to_contain_text("On Mastodon")
    await asked.get_by_role("button").click()
    await expect(asked).to_have_count(0)


async def test_the_staff_see_that_somebody_asked_and_can_put_them_back(
    hall: Hall, watched: Watched
) -> None:
    bring(hall, said("1", ADA, "Ada says this"))
    answer = await hall.ask("POST", "/opt-outs", json={"network": "mastodon", "handle": "ada@b.example"})
    assert answer.status_code == 201
    await hall.sign_in(watched)
    page = await watched.page(f"{hall.at('moderate')}/left-off")
    await expect(page.locator("article")).to_contain_text("Somebody on Mastodon, asked themselves")
    assert "ada" not in (await page.locator("main").inner_text()).lower()
    await assert_accessible(page)
    await page.get_by_role("button", name="Put back").click()
    await expect(page.get_by_role("status")).to_be_visible()
    await expect(page.locator("article")).to_have_count(0)
    (held,) = (await hall.held())["post"]
    assert held["state"] == "approved"


FLAGS = {
    "noindex": said("1", ADA, "Shy words").model_copy(update={"noindex": True}),
    "signed_in_only": said("1", ADA, "Shy words").model_copy(update={"labels": ("!no-unauthenticated",)}),
    "limited": said("1", ADA.model_copy(update={"limited": True}), "Shy words"),
    "taken_down": said("1", ADA.model_copy(update={"suspended": True}), "Shy words"),
}


@pytest.mark.parametrize("flag", FLAGS)
async def test_each_flag_of_an_author_or_a_network_is_honoured_to_the_pixel(
    hall: Hall, watched: Watched, flag: str
) -> None:
    wall = await watched.page(hall.wall)
    bring(hall, FLAGS[flag], said("2", BEN, "Ben says this"))
    await expect(wall.locator("article.card")).to_have_count(1)
    await expect(wall.locator("article.card")).to_contain_text("Ben says this")
    for face in ("plain", "embed", "shown.atom", "shown.json", "join"):
        assert "Shy words" not in await _read(wall, hall, face), face
    await hall.sign_in(watched)
    page = await watched.page(hall.at("moderate", see="hidden"))
    await expect(page.locator("article.post")).to_contain_text("Shy words")
    await expect(page.get_by_role("button", name="Show it")).to_have_count(0)
