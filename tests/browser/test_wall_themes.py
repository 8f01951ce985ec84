"""Themes on a wall in Chromium: chosen in a scene, followed live, gone with their posts, and legible."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_wall_layouts import ANGLE, CUT, OUTSIDE, SIZES, _at_rest
from tests.support.accessible import assert_accessible
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.summit import post
from tests.support.waiting import eventually
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.model import Author

TOO_LONG = (
    "We keep confusing attention with impact when committees ask for numbers, and nobody says so. " * 6
)


def panel(page: Page, name: str) -> Any:
    """The panel of a theme."""
    return page.locator(".theme", has_text=name)


async def theme(hall: Hall, name: str, *posts: str) -> str:
    """A new theme, set on these posts; its id."""
    made = await hall.venue.do("/tags", name=name, set="theme")
    for post_id in posts:
        await tag(hall, post_id, str(made["tag"]))
    return str(made["tag"])


async def tag(hall: Hall, post_id: str, tag_id: str, *, on: bool = True) -> None:
    await hall.venue.do(f"/posts/{post_id}/tag", tag=tag_id, on=on)


async def on_a_wall(hall: Hall, **more: Any) -> str:
    """A scene that shows themes, or else its title; the address of a wall that plays it."""
    steps = [{"layout": layout, "seconds": 3600} for layout in ("themes", "title")]
    made = await hall.venue.do("/scenes", name="Hall", steps=steps, **more)
    return hall.at("wall", scene=str(made["scene"]))


def bring(hall: Hall, count: int, text: str = "Said by number", **more: Any) -> list[str]:
    """New posts of different people; their ids."""
    authors = [Author(key=f"a{n}", handle=f"author{n}", name=f"Author {n}") for n in range(count)]
    said = (post(f"{text} {n}", f"{text} {n}", author=authors[n], **more) for n in range(count))
    return hall.bring(*map(Arrived, said))


async def test_a_wall_follows_what_is_tagged_and_shows_each_theme_with_posts_of_it(
    hall: Hall, watched: Watched
) -> None:
    ids = bring(hall, 4)
    rubrics = await theme(hall, "Rubrics", *ids[:3])
    page = await watched.page(await on_a_wall(hall))
    await expect(page.locator("main")).to_have_attribute("data-layout", "themes")
    await expect(panel(page, "Rubrics").locator(".theme-count")).to_have_text(re.compile(r"3\s*points"))
    said = panel(page, "Rubrics").locator(".theme-said")
    await expect(said).to_have_text(["Said by number 2", "Said by number 1"])
    await expect(panel(page, "Rubrics").locator(".by").first).to_contain_text("@author2")
    await tag(hall, ids[3], rubrics)
    await expect(panel(page, "Rubrics").locator(".theme-number")).to_have_text("4")
    for post_id in ids[1:]:
        await tag(hall, post_id, rubrics, on=False)
    await expect(panel(page, "Rubrics").locator(".theme-count")).to_have_text(re.compile(r"1\s*point"))
    await expect(said).to_have_text(["Said by number 0"])
    await assert_accessible(page)


async def test_without_a_theme_the_step_is_passed_over_and_comes_with_the_first(
    hall: Hall, watched: Watched
) -> None:
    (post_id,) = bring(hall, 1)
    made = await hall.venue.do(
        "/scenes",
        name="Hall",
        steps=[{"layout": "themes", "seconds": 3600}, {"layout": "columns", "seconds": 5}],
    )
    page = await watched.page(hall.at("wall", scene=str(made["scene"])))
    await expect(page.locator("main")).to_have_attribute("data-layout", "columns")
    tag_id = await theme(hall, "Rubrics", post_id)
    await expect(page.locator("main")).to_have_attribute("data-layout", "themes")
    held = {one["id"]: one["version"] for one in (await hall.held())["tag"]}
    answer = await hall.ask("PATCH", f"/tags/{tag_id}", json={"version": held[tag_id], "retired": True})
    assert answer.is_success, answer.text
    await expect(page.locator("main")).to_have_attribute("data-layout", "columns")


@pytest.mark.parametrize("how", ["live", "frozen"])
async def test_what_is_taken_back_leaves_its_theme_at_once(hall: Hall, watched: Watched, how: str) -> None:
    await theme(hall, "Rubrics", *bring(hall, 2))
    page = await watched.page(await on_a_wall(hall))
    await expect(page.get_by_text("Said by number 1")).to_be_visible()
    if how != "live":
        await hall.venue.do("/walls", room=None, hold=how, notice="held")
        await expect(page.get_by_text("held", exact=True)).to_be_visible()
    hall.bring(Withdrawn("x", "Said by number 1"))
    await expect(page.get_by_text("Said by number 1")).to_have_count(0)
    await expect(page.locator(".theme-number")).to_have_text("1")
    assert "Said by number 1" not in await page.content()


async def test_on_a_frozen_wall_nothing_new_comes_into_a_theme(hall: Hall, watched: Watched) -> None:
    rubrics = await theme(hall, "Rubrics", *bring(hall, 1))
    page = await watched.page(await on_a_wall(hall))
    await expect(page.get_by_text("Said by number 0")).to_be_visible()
    await hall.venue.do("/walls", room=None, hold="frozen", notice="held")
    await expect(page.get_by_text("held", exact=True)).to_be_visible()
    (late,) = bring(hall, 1, "Said late")
    await tag(hall, late, rubrics)
    await expect(page.locator(".theme-number")).to_have_text("2")
    await expect(page.get_by_text("Said late 0")).to_have_count(0)
    await hall.venue.do("/walls", room=None, hold="live", notice="")
    await expect(page.get_by_text("Said late 0")).to_be_visible()


@pytest.mark.parametrize("warnings", ["covered", "skipped"])
async def test_what_its_author_covered_is_covered_or_skipped_in_a_theme_too(
    hall: Hall, watched: Watched, warnings: str
) -> None:
    ids = bring(hall, 1, "Blood everywhere", warning="Needles")
    await theme(hall, "Burnout", *ids)
    page = await watched.page(await on_a_wall(hall, warnings=warnings))
    await expect(panel(page, "Burnout").locator(".theme-number")).to_have_text("1")
    shown = panel(page, "Burnout").get_by_text("Content warning: Needles")
    await expect(shown).to_have_count(1 if warnings == "covered" else 0)
    assert "Blood" not in await page.locator("main").inner_text()


async def test_who_wants_no_listing_is_in_no_theme(hall: Hall, watched: Watched) -> None:
    await theme(hall, "Rubrics", *bring(hall, 2))
    page = await watched.page(await on_a_wall(hall))
    await expect(page.get_by_text("Said by number 1")).to_be_visible()
    hall.bring(Edited(post("Said by number 1", "Said by number 1", noindex=True)))
    await expect(page.get_by_text("Said by number 1")).to_have_count(0)
    await expect(page.get_by_text("Said by number 0")).to_be_visible()


NAMES = [
    "Peer review after publication",
    "Promotion and tenure committees that ask for numbers alone",
    "出版後の査読",
    "العمل غير المدفوع",
    "x" * 60,
    "DOI",
    "Learners as co-authors",
]


@pytest.mark.parametrize(("count", "distance"), [(1, 12), (3, 5), (7, 12), (7, 5)])
@pytest.mark.parametrize("size", SIZES)
async def test_names_are_whole_and_the_last_row_reads_them(
    hall: Hall, browser: Browser, size: str, count: int, distance: int
) -> None:
    """A screen of 98 inches is small for 12 m: then names come before posts."""
    texts = (TOO_LONG, "教育における学術とは何か。" * 9, "Short.")
    for number, name in enumerate(NAMES[:count]):
        said = [post(f"{number}-{n}", f"{number} {text}") for n, text in enumerate(texts[: 1 + number % 3])]
        await theme(hall, name, *hall.bring(*map(Arrived, said)))
    width, height = SIZES[size]
    address = f"{await on_a_wall(hall)}&distance={distance}&diagonal=98"
    async with watched_context(
        browser, viewport={"width": width, "height": height}, reduced_motion="reduce"
    ) as watched:
        page = await watched.page(address)
        await expect(page.locator(".theme").first).to_be_visible()
        await eventually(lambda: _at_rest(page))
        assert await page.evaluate(CUT) == []
        assert await page.evaluate(OUTSIDE) == []
        inside = """(one) => one.scrollHeight <= one.clientHeight + 3 &&
          one.getBoundingClientRect().bottom <= one.closest(".theme").getBoundingClientRect().bottom"""
        for name in await page.locator(".theme-name").all():
            assert await name.evaluate(inside) or distance == 12, await name.inner_text()
        for words in await page.locator(".theme-said").all():
            assert await words.evaluate(ANGLE, [distance, 98]) >= 16.9
        if distance == 5:
            assert await page.locator(".theme-said").count() >= await page.locator(".theme").count()
