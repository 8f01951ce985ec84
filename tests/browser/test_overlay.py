"""The overlay in Chromium: over any picture, live, calm, legible, and gone when it must be."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_accessible
from tests.support.alarms import listening
from tests.support.browser import watched_context
from tests.support.hall import Hall
from tests.support.hostile import KINDS
from tests.support.hostile_posts import posts_with
from tests.support.summit import post
from wall.feeds.base import Arrived, Withdrawn
from wall.model import Author

LANDSCAPE = {"width": 1920, "height": 1080}
PORTRAIT = {"width": 1080, "height": 1920}
SHAPES = {"landscape": LANDSCAPE, "portrait": PORTRAIT}
LONG = "If a blog post changes what residents do at three in the morning, why does it count less? " * 9
PROMPTS = [{"text": "What should count as scholarship?", "minute": 0}]


@dataclass
class Room:
    """A hall with a session that runs, and what is brought onto its floor."""

    hall: Hall
    session: str

    def at(self, **query: str) -> str:
        """The address of the overlay."""
        slug, path = self.hall.slug, self.hall.at("overlay", **query)
        return path.replace(slug, f"{slug}/{self.session}")

    async def take_up(self, post_id: str) -> dict[str, Any]:
        """Bring a post onto the floor; its relay as it is then."""
        relay = await self.hall.venue.raised(self.session, post_id)
        path = f"/relays/{relay['relay']}/take-up"
        return relay | await self.hall.venue.do(path, version=relay["version"])

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Bring a post with this text onto the floor."""
        (post_id,) = self.hall.bring(Arrived(post(text[:20], text, **more)))
        return await self.take_up(post_id)

    async def close(self, relay: dict[str, Any]) -> None:
        """It was discussed."""
        moved = {"floor": relay["relay"], "next": None}
        await self.hall.venue.do(f"/sessions/{self.session}/advance", **moved)


@pytest_asyncio.fixture(loop_scope="session")
async def room(hall: Hall) -> AsyncIterator[Room]:
    session = await hall.venue.running("What counts?", prompts=PROMPTS)
    yield Room(hall, session)


async def pixels(page: Page) -> Image.Image:
    """What the page paints, with what shows through it."""
    return Image.open(io.BytesIO(await page.screenshot(omit_background=True))).convert("RGBA")


async def at_rest(page: Page) -> None:
    """Wait until what comes in has come."""
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")


async def ask(room: Room) -> None:
    """Let the session's question be asked."""
    held = await room.hall.held()
    session = next(one for one in held["session"] if one["id"] == room.session)
    path = f"/sessions/{room.session}/prompt"
    await room.hall.venue.do(path, version=session["version"], prompt=session["prompts"][0]["id"])


@pytest.mark.parametrize("shape", SHAPES)
async def test_it_is_a_lower_third_over_nothing_and_leaves_when_the_floor_is_empty(
    room: Room, browser: Browser, shape: str
) -> None:
    size = SHAPES[shape]
    async with watched_context(browser, viewport=size) as watched:
        page = await watched.page(room.at())
        await expect(page.locator("#overlay")).to_be_attached()
        assert (await pixels(page)).getextrema()[3] == (0, 0)
        await ask(room)
        author = Author(key="7", handle="ada", name="Ada Lovelace")
        relay = await room.say("Count the blogs", author=author)
        third = page.locator(".lower")
        await expect(third.locator(".lower-said")).to_have_text("Count the blogs")
        await expect(third.locator(".name")).to_have_text("Ada Lovelace")
        await expect(third.get_by_role("img", name="X")).to_be_visible()
        await expect(third.locator(".lower-prompt")).to_have_text(
            "Question 1 What should count as scholarship?"
        )
        await at_rest(page)
        painted = await pixels(page)
        assert painted.crop((0, 0, size["width"], size["height"] * 2 // 3)).getextrema()[3] == (0, 0)
        box = await third.bounding_box()
        assert box
        assert box["x"] >= size["width"] * 0.04
        assert box["y"] + box["height"] <= size["height"] * 0.97
        await assert_accessible(page)
        await room.close(relay)
        await expect(third).to_have_attribute("data-leaving", "true")
        await expect(third).to_have_count(0)
        assert (await pixels(page)).getextrema()[3] == (0, 0)


async def test_what_follows_takes_the_place_of_what_was_discussed(room: Room, page: Page) -> None:
    first = await room.say("First of all")
    await page.goto(room.at())
    await expect(page.locator(".lower-said")).to_have_text("First of all")
    await room.close(first)
    await room.say("And second")
    await expect(page.locator(".lower-said")).to_have_text("And second")


async def test_what_is_withdrawn_or_hidden_is_gone(room: Room, page: Page) -> None:
    await page.goto(room.at())
    for verb, more in {"withdraw": {}, "hide": {"reason": "off_topic"}}.items():
        text = f"Said before the {verb}"
        await room.say(text)
        await expect(page.locator(".lower-said")).to_have_text(text)
        held = next(one for one in (await room.hall.held())["post"] if one["text"] == text)
        await room.hall.venue.do(f"/posts/{held['id']}/{verb}", version=held["version"], **more)
        await expect(page.locator(".lower")).to_have_count(0)
        assert text not in await page.content()
    await room.say("Gone from its network")
    await expect(page.locator(".lower")).to_be_visible()
    room.hall.bring(Withdrawn("x", "Gone from its networ"))
    await expect(page.locator(".lower")).to_have_count(0)


async def test_of_what_its_author_covered_only_the_warning_is_shown(room: Room, page: Page) -> None:
    await page.goto(room.at())
    await room.say("Blood everywhere", warning="Needles")
    await expect(page.locator(".lower-said")).to_have_text("Content warning: Needles")
    assert "Blood" not in await page.content()


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_long_text_is_smaller_and_then_cut_with_a_mark(
    room: Room, browser: Browser, shape: str
) -> None:
    async with watched_context(browser, viewport=SHAPES[shape]) as watched:
        page = await watched.page(room.at())
        said = page.locator(".lower-said")
        relay = await room.say(LONG[:270].strip())
        await expect(said).to_have_text(LONG[:270].strip())
        assert await said.evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")
        await room.close(relay)
        await room.say(f"Again: {LONG}")
        await expect(said).to_contain_text("Again: ")
        assert (await said.inner_text()).endswith("…")
        assert await said.evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")
        assert await said.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 32


@pytest.mark.parametrize(("side", "near"), [("left", "x"), ("right", "width")])
async def test_it_stands_where_and_as_large_as_it_is_asked_to(
    room: Room, browser: Browser, side: str, near: str
) -> None:
    await room.say("Here")
    widths = {}
    async with watched_context(browser, viewport=LANDSCAPE) as watched:
        for size in ("small", "large"):
            page = await watched.page(room.at(side=side, size=size))
            await expect(page.locator(".lower-said")).to_have_text("Here")
            await at_rest(page)
            box = await page.locator(".lower").bounding_box()
            assert box
            before, after = box["x"], 1920 - box["x"] - box["width"]
            assert (before < after) is (near == "x")
            widths[size] = box["width"]
        page = await watched.page(room.at(side="wide"))
        await expect(page.locator(".lower-said")).to_have_text("Here")
        box = await page.locator(".lower").bounding_box()
        assert box
        assert box["width"] > max(widths.values()) > min(widths.values())


async def test_words_stand_in_their_own_direction_and_language(room: Room, page: Page) -> None:
    await page.goto(room.at())
    author = Author(key="8", handle="m", name="محمد")
    await room.say("ما الذي يحسب؟", lang="ar", author=author)
    said = page.locator(".lower-said")
    await expect(said).to_have_attribute("lang", "ar")
    await expect(said.locator("bdi")).to_have_attribute("dir", "auto")
    assert await said.locator("bdi").evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    await expect(page.locator(".name bdi")).to_have_attribute("dir", "auto")


async def test_nothing_in_it_can_be_reached_and_it_makes_no_sound(room: Room, page: Page) -> None:
    await room.say("See https://example.org/ here")
    await page.goto(room.at())
    await expect(page.locator(".lower")).to_be_visible()
    assert await page.locator("a, button, input, audio, video, [tabindex]").count() == 0
    assert await page.evaluate("getComputedStyle(document.body).pointerEvents") == "none"


async def test_it_follows_a_room_by_its_id_and_refuses_what_is_no_place(room: Room, page: Page) -> None:
    await room.say("In this room")
    held = await room.hall.held()
    place = next(one["room"] for one in held["session"] if one["id"] == room.session)
    await page.goto(room.at().replace(room.session, place))
    await expect(page.locator(".lower-said")).to_have_text("In this room")


@pytest.mark.parametrize("place", ["nothing", "%00", "x" * 200])
async def test_there_is_no_overlay_of_nowhere(room: Room, page: Page, place: str) -> None:
    answer = await page.request.get(room.at().replace(room.session, place))
    assert answer.status == 404


async def test_after_a_cut_it_shows_what_is_on_the_floor_by_then(room: Room, page: Page) -> None:
    first = await room.say("Before the cut")
    await page.goto(room.at())
    await expect(page.locator(".lower-said")).to_have_text("Before the cut")
    await page.context.set_offline(True)
    await room.close(first)
    await room.say("After the cut")
    await page.context.set_offline(False)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator(".lower-said")).to_have_text("After the cut")


HIGHEST = 0.6
"""Part of the picture above which nothing of a lower third is."""
OURS = {
    *("p", "bdi", "span", "header", "div", "h2", "img", "time"),
    *("figure", "figcaption", "blockquote", "ul", "li"),
}
"""The elements that a lower third is made of, what came with its post included."""
HOSTILE = [
    *(text for kind in ("markup", "breakouts") for text in KINDS[kind][:6]),
    *(KINDS["bidi"][:4]),
    *(KINDS["marks"][:4]),
]


async def test_hostile_words_are_words(room: Room, browser: Browser) -> None:
    base = room.hall.process.base_url
    async with listening(browser, base, viewport=LANDSCAPE) as alarms:
        page = await alarms.page()
        await alarms.open(page, room.at().removeprefix(base))
        for number, text in enumerate(HOSTILE):
            (post_id, _) = room.hall.bring(*map(Arrived, posts_with(text, number, "https://p.example/1")))
            relay = await room.take_up(post_id)
            third = page.locator(f'.lower[data-relay="{relay["relay"]}"]')
            await expect(third).to_be_visible()
            top = await third.evaluate("(one) => one.getBoundingClientRect().top / innerHeight")
            assert top > HIGHEST, text
            names = await third.evaluate("(one) => [...one.querySelectorAll('*')].map((e) => e.localName)")
            assert set(names) <= OURS, text
            await room.close(relay)
        alarms.assert_silent()
