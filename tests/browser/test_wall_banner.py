"""The wall's way into the rooms: what is on the floor, where each post got to, and how to join."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import Watched
from tests.support.hall import Hall
from wall.model import utc_now

PROMPTS = [{"text": "What counts as scholarship?", "minute": 0}, {"text": "Who is credited?", "minute": 20}]
_cut_between_words = re.compile(
    r"^(?:[\w,]+ )+(?:We|keep|confusing|attention|with|impact|when|committees|ask|for|numbers)…$"
)
LONG = "We keep confusing attention with impact when committees ask for numbers, " * 8


@dataclass
class Rooms:
    """The rooms of one event, and somebody who runs them. Everything that is posted is shown."""

    hall: Hall

    async def value(self, kind: str, subject: str) -> dict[str, Any]:
        """A subject as the staff hold it now."""
        return next(value for value in (await self.hall.held())[kind] if value["id"] == subject)

    async def session(self, room: str) -> str:
        """A running session in a new room; its id."""
        key = await self.hall.venue.room(room)
        session = await self.hall.venue.session(key, f"In {room}", utc_now(), prompts=PROMPTS)
        await self.hall.venue.do(f"/sessions/{session}/begin", version=1)
        return session

    async def ask(self, session: str, prompt: int) -> None:
        """Go to a prompt of a session's run-sheet."""
        now = await self.value("session", session)
        asked = {"version": now["version"], "prompt": now["prompts"][prompt]["id"]}
        await self.hall.venue.do(f"/sessions/{session}/prompt", **asked)

    async def bring_in(self, session: str, text: str) -> tuple[str, str]:
        """Post, raise and take up a point; the ids of the post and of its relay."""
        post = await self.hall.post(text)
        return post, await self.hall.venue.bring_in(session, post)

    async def close(self, relay: str, state: str) -> None:
        """Close what is on a floor."""
        version = (await self.value("relay", relay))["version"]
        await self.hall.venue.do(f"/relays/{relay}/close", version=version, state=state)


@pytest.fixture
def rooms(hall: Hall) -> Rooms:
    return Rooms(hall)


def banner(page: Page) -> Locator:
    return page.get_by_role("region", name="In the room now")


AT_REST = """async (box) => {
  await Promise.all(box.getAnimations().map((one) => one.finished));
  return box.offsetHeight;
}"""


async def height(page: Page) -> float:
    """The banner's height once it rests, in CSS pixels."""
    return float(await banner(page).evaluate(AT_REST))


async def test_what_is_on_a_floor_is_on_the_wall_and_leaves_no_room_behind(
    rooms: Rooms, watched: Watched
) -> None:
    session = await rooms.session("Hall A")
    page = await watched.page(rooms.hall.wall)
    await expect(page.get_by_text("#SMSummit").first).to_be_visible()
    assert await height(page) == 0
    _, relay = await rooms.bring_in(session, "Who is not in this room?")
    await expect(banner(page)).to_contain_text("Who is not in this room?")
    await expect(banner(page)).to_contain_text("Hall A")
    await expect(banner(page)).to_contain_text("Olga")
    assert await height(page) > 100
    await rooms.close(relay, "discussed")
    await expect(banner(page).locator("article")).to_have_count(0)
    await expect(banner(page)).to_have_css("height", "0px")


async def test_several_rooms_share_the_banner_and_a_wall_may_be_for_one(
    rooms: Rooms, watched: Watched
) -> None:
    first, second = await rooms.session("Hall A"), await rooms.session("Salon 2")
    await rooms.bring_in(first, "Said in the hall")
    await rooms.ask(second, 1)
    page = await watched.page(rooms.hall.wall)
    await expect(banner(page).locator("article")).to_have_count(2)
    await expect(banner(page)).to_contain_text("Question 2")
    await expect(banner(page)).to_contain_text("Who is credited?")
    room = (await rooms.value("session", second))["room"]
    one = await watched.page(rooms.hall.at("wall", room=room))
    await expect(banner(one).locator("article")).to_have_count(1)
    await expect(banner(one)).to_contain_text("Salon 2")


async def test_a_long_point_is_cut_between_words_in_two_lines(rooms: Rooms, watched: Watched) -> None:
    await rooms.bring_in(await rooms.session("Hall A"), LONG)
    page = await watched.page(rooms.hall.wall)
    said = page.locator(".floor-said bdi")
    for width, tall in ((1920, 1080), (1080, 1920), (390, 844)):
        await page.set_viewport_size({"width": width, "height": tall})
        await expect(said).to_have_text(_cut_between_words)
        lines = await said.evaluate(
            "(text) => text.scrollHeight / parseFloat(getComputedStyle(text).lineHeight)"
        )
        assert round(lines) == 2
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_point_that_is_taken_back_leaves_the_banner_at_once(rooms: Rooms, watched: Watched) -> None:
    post, _ = await rooms.bring_in(await rooms.session("Hall A"), "Said too soon")
    page = await watched.page(rooms.hall.wall)
    await expect(banner(page)).to_contain_text("Said too soon")
    version = (await rooms.value("post", post))["version"]
    await rooms.hall.venue.do(f"/posts/{post}/withdraw", version=version)
    await expect(banner(page).locator("article")).to_have_count(0)
    assert "Said too soon" not in await page.content()


async def test_a_card_says_where_its_post_got_to_and_no_card_moves(rooms: Rooms, watched: Watched) -> None:
    session = await rooms.session("Hall A")
    await rooms.hall.post("Below")
    post, relay = await rooms.bring_in(session, "Heard")
    other = await rooms.hall.post("Above")
    again = await rooms.hall.venue.raised(session, other)
    page = await watched.page()
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(rooms.hall.wall)
    mark = page.locator(f"[data-post='{post}'] .heard")
    await expect(mark).to_have_text("in the room now")
    await rooms.close(relay, "answered")
    await expect(mark).to_have_text("answered ✓")
    await expect(banner(page)).to_have_css("height", "0px")
    before = await page.evaluate(PLACES)
    await rooms.hall.venue.do(f"/relays/{again['relay']}/take-up", version=again["version"])
    await rooms.close(again["relay"], "discussed")
    await expect(page.locator(f"[data-post='{other}'] .heard")).to_have_text("discussed ✓")
    await expect(banner(page)).to_have_css("height", "0px")
    assert (await page.evaluate(PLACES), len(before)) == (before, 3)


PLACES = """[...document.querySelectorAll("li.slot")].map((slot) => {
  const {x, y, width, height} = slot.getBoundingClientRect();
  return [slot.querySelector(".said").textContent, x, y, width, height];
})"""


@pytest.mark.parametrize(("width", "tall"), [(1920, 1080), (1080, 1920), (3840, 2160)])
async def test_the_way_to_join_is_on_the_wall_and_covers_no_card(
    rooms: Rooms, watched: Watched, width: int, tall: int
) -> None:
    for number in range(12):
        await rooms.hall.post(f"{number}: what would you change first, and with whom?")
    page = await watched.page()
    await page.set_viewport_size({"width": width, "height": tall})
    await page.goto(rooms.hall.wall)
    join = page.get_by_role("complementary", name="Add your point")
    address = rooms.hall.at("j").partition("://")[2]
    await expect(join.get_by_role("link")).to_have_text(address)
    code = join.get_by_role("img")
    await expect(code).not_to_have_js_property("naturalWidth", 0)
    box = await code.bounding_box()
    assert box is not None
    assert box["height"] >= 0.13 * min(width, tall)
    await expect(page.locator("article.card").nth(3)).to_be_attached()
    assert await page.evaluate(COVERED) == 0


# Cards of the last column may run under the corner, as they run out of the screen in the others; but
# none starts there, for nobody would see it.
COVERED = """() => {
  const {top, left} = document.querySelector(".join").getBoundingClientRect();
  const starts = [...document.querySelectorAll("li.slot")].map((slot) => slot.getBoundingClientRect());
  return starts.filter((card) => card.right > left && card.top > top && card.top < innerHeight).length;
}"""


async def test_a_wall_may_leave_the_way_to_join_away(rooms: Rooms, watched: Watched) -> None:
    page = await watched.page(rooms.hall.at("wall", join="off"))
    await expect(page.get_by_text("#SMSummit").first).to_be_visible()
    await expect(page.locator(".join")).to_be_hidden()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_a_wall_with_points_in_its_rooms_is_accessible(
    rooms: Rooms, watched: Watched, theme: str
) -> None:
    first, second = await rooms.session("Hall A"), await rooms.session("Salon 2")
    _, done = await rooms.bring_in(first, "Heard already")
    await rooms.close(done, "discussed")
    await rooms.bring_in(first, "Said in the hall")
    await rooms.ask(second, 0)
    page = await watched.page()
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(rooms.hall.at("wall", theme=theme))
    await expect(page.locator(".heard")).to_have_count(2)
    await assert_accessible(page)


@pytest.mark.parametrize(("width", "tall"), [(1920, 1080), (1080, 1920), (3840, 2160)])
async def test_words_are_seventeen_arc_minutes_from_four_picture_heights(
    rooms: Rooms, watched: Watched, width: int, tall: int
) -> None:
    await rooms.bring_in(await rooms.session("Hall A"), LONG[:260])
    await rooms.hall.post("A usual length of what people say in one post, not short, not long.")
    page = await watched.page()
    await page.set_viewport_size({"width": width, "height": tall})
    await page.goto(rooms.hall.wall)
    await expect(page.locator(".said")).to_have_count(2)
    for what in (".said", ".floor-said", ".join-address", ".call"):
        found = await page.locator(what).first.evaluate(CAPITALS)
        # A capital of a 200th of the distance is seen under 17 arc minutes (DISCAS).
        assert found >= 4 * min(width, tall) / 200, what


CAPITALS = """(node) => {
  const {font} = getComputedStyle(node), pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText("H").actualBoundingBoxAscent;
}"""
