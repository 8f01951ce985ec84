"""A post that is too long for the spotlight comes in pages: each of its words is seen, in whole lines."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import watched_context
from tests.support.house import House
from tests.support.summit import post
from wall.feeds.base import Arrived

WORDS = [f"word{number:03}" for number in range(1, 61)]
SEEN = """() => {
  const place = document.querySelector(".spot .large"), frame = place.getBoundingClientRect();
  const clip = getComputedStyle(place.querySelector(".large-text")).clipPath;
  const text = place.querySelector("bdi"), walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const [whole, cut] = [[], []];
  const body = place.querySelector(".large-text").getBoundingClientRect();
  const inset = (clip.match(/[\\d.]+px/g) ?? ["0px", "0px", "0px"]).map(parseFloat);
  const [top, bottom] = [body.top + inset[0], body.bottom - (inset[2] ?? inset[0])];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (const { 0: word, index } of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, index); range.setEnd(node, index + word.length);
      const box = range.getBoundingClientRect(), middle = (box.top + box.bottom) / 2;
      if (middle < top || middle > bottom || middle < frame.top || middle > frame.bottom) continue;
      const hidden = box.top < frame.top - box.height * 0.2 || box.bottom > frame.bottom + box.height * 0.2;
      (hidden ? cut : whole).push(word);
    }
  }
  return { whole, cut };
}"""
"""The words of the spotlight that are seen, and those of which the frame cuts a part."""


async def page_of(page: Page) -> tuple[int, int]:
    mark = await page.locator(".spot-page [aria-hidden]").inner_text()
    number, _, count = mark.partition("/")
    return int(number), int(count)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)], ids=["wide", "portrait"])
async def test_every_word_of_a_long_post_is_in_the_spotlight_once(
    house: House, browser: Browser, size: tuple[int, int]
) -> None:
    hall = house.hall()
    hall.bring(Arrived(post("long", " ".join(WORDS))))
    width, height = size
    async with watched_context(browser, viewport={"width": width, "height": height}) as watched:
        page = await watched.page()
        await page.clock.install()
        await page.goto(hall.at("wall", step="spotlight", distance="9", diagonal="86"))
        await expect(page.locator(".spot-page")).to_be_visible()
        await assert_accessible(page)
        number, count = await page_of(page)
        assert number == 1
        assert count > 1
        read: list[str] = []
        for due in range(1, count + 1):
            while (await page_of(page))[0] < due:
                await page.clock.run_for(1_000)
            seen = await page.evaluate(SEEN)
            assert seen["cut"] == []
            read += seen["whole"]
        assert read == WORDS
        await expect(page.locator(".spot")).to_contain_text(re.compile("word060"))


async def test_what_fits_has_no_pages_and_what_is_endless_ends_in_a_mark(
    house: House, browser: Browser
) -> None:
    hall = house.hall()
    hall.bring(Arrived(post("short", "A few words.")))
    async with watched_context(browser, viewport={"width": 1280, "height": 720}) as watched:
        page = await watched.page(hall.at("wall", step="spotlight"))
        await expect(page.locator(".spot .said")).to_have_text("A few words.")
        await expect(page.locator(".spot-page")).to_have_count(0)
    endless = house.hall()
    endless.bring(Arrived(post("endless", "x" * 9_000)))
    async with watched_context(browser, viewport={"width": 1280, "height": 720}) as watched:
        page = await watched.page(endless.at("wall", step="spotlight", distance="10", diagonal="86"))
        await expect(page.locator(".spot-page [aria-hidden]")).to_have_text("1/8")
        clamp = await page.locator(".spot .large-text").evaluate(
            "node => getComputedStyle(node).webkitLineClamp"
        )
        assert int(clamp) % 8 == 0, "the last line of the last page ends in a mark"
