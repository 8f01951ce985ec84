"""The same post on two networks, in Chromium: one card with both marks wherever it is read."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.working import Summit, press, row
from tests.support.accessible import assert_accessible
from tests.support.browser import Watched
from tests.support.hall import Hall
from tests.support.summit import MORNING, post
from tests.support.twins import SAID, skeet, toot
from wall.feeds.base import Arrived, Edited, Withdrawn

BOTH = "Mastodon and Bluesky"


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
async def test_a_wall_shows_one_card_with_both_marks(
    hall: Hall, watched: Watched, size: tuple[int, int]
) -> None:
    page = await watched.page(hall.wall)
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    hall.bring(Arrived(toot()), Arrived(skeet()), Arrived(post("1", "Somebody else says something else")))
    card = page.locator("article.card").filter(has_text=SAID)
    await expect(card).to_have_count(1)
    marks = card.get_by_label(BOTH)
    await expect(marks.locator(".mark")).to_have_count(2)
    boxes = [await one.bounding_box() for one in await marks.locator(".mark").all()]
    assert all(box and box["width"] >= 12 and box["height"] >= 12 for box in boxes)
    await assert_accessible(page)


async def test_when_one_is_deleted_its_words_leave_the_wall_and_the_other_stands(
    hall: Hall, watched: Watched
) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(toot()), Arrived(skeet(text=SAID.upper())))
    await expect(page.get_by_label(BOTH)).to_have_count(1)
    hall.bring(Withdrawn("mastodon", toot().key))
    await expect(page.get_by_label(BOTH)).to_have_count(0)
    await expect(page.get_by_text(SAID.upper(), exact=True)).to_have_count(1)
    await expect(page.get_by_text(SAID, exact=True)).to_have_count(0)
    assert SAID not in await page.content()


async def test_an_edit_of_one_makes_two_cards(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(toot()), Arrived(skeet()))
    await expect(page.locator("article.card")).to_have_count(1)
    hall.bring(Edited(toot(text="Something else entirely #summit", edited_at=MORNING)))
    await expect(page.locator("article.card")).to_have_count(2)


async def test_a_phone_reads_both_networks(hall: Hall, watched: Watched) -> None:
    hall.bring(Arrived(toot()), Arrived(skeet()))
    page = await watched.page(hall.at("join"))
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_text(BOTH).first).to_be_visible()
    await expect(page.get_by_text(SAID)).to_have_count(1)
    wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


async def test_a_desk_sees_both_networks_and_why_and_takes_a_wrong_twin_apart_and_back(
    summit: Summit, at_desk: Watched
) -> None:
    summit.hall.bring(Arrived(toot()), Arrived(skeet()))
    page = await summit.desk(at_desk)
    await expect(page.locator(".row")).to_have_count(1)
    await expect(row(page, SAID).get_by_label(BOTH)).to_be_visible()
    await press(page, "-")
    await expect(page.get_by_role("dialog")).to_contain_text("Another person on Bluesky: show apart")
    await expect(page.get_by_role("dialog")).to_contain_text("Their profiles say so")
    await press(page, "1")
    await expect(page.get_by_label(BOTH)).to_have_count(0)
    assert len((await summit.hall.held())["post"]) == 2
    await press(page, "u")
    await expect(page.get_by_label(BOTH)).to_have_count(1)
    assert len((await summit.hall.held())["post"]) == 1
