"""Points at the desk: one card for what says one thing, whose it is, and several posts by one key."""

from __future__ import annotations

from itertools import count

from playwright.async_api import Browser, expect

from tests.browser.working import SCREEN, Summit, press, row
from tests.support.browser import Watched, watched_context
from tests.support.house import House
from tests.support.summit import post
from tests.support.waiting import eventually
from wall.feeds.base import Arrived
from wall.model import Author, Mode, Role
from wall.moderation import Rules

SAME = "Blogs ought to count as scholarship in every promotion committee"
ALIKE = "Blogs should count as scholarship for every promotion committee too"


async def test_what_says_the_same_is_one_card_and_what_is_alike_is_offered(
    summit: Summit, at_desk: Watched
) -> None:
    for text in (SAME, f"{SAME}!", "Lunch is served", ALIKE):
        await summit.hall.post(text)
    page = await summit.desk(at_desk)
    await expect(page.locator(".row")).to_have_count(3)
    await expect(row(page, SAME).locator(".gathered")).to_contain_text("1 more post")
    await press(page, "End")
    await expect(page.locator(".similar")).to_contain_text(SAME)
    await press(page, "=")
    await expect(page.get_by_role("button", name="To do 2")).to_be_visible()
    await press(page, "g", "1")
    await expect(row(page, SAME).locator(".gathered")).to_contain_text("2 more posts")

    async def together() -> bool:
        points = [one for one in (await summit.hall.held())["contribution"] if one["tags"]]
        return [len(one["posts"]) for one in points] == [3]

    await eventually(together, what="three posts in one point")
    await press(page, "u", "u")
    await expect(page.get_by_role("button", name="To do 3")).to_be_visible()
    await expect(row(page, SAME).locator(".gathered")).to_contain_text("1 more post")


async def test_marked_posts_are_joined_worded_and_shown_as_worded(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    for text in ("Alpha is about time", "Beta concerns money", "Gamma asks for trust"):
        await summit.hall.post(text)
    page = await summit.desk(at_desk)
    await press(page, "+", "j", "+", "j", "=")
    await expect(row(page, "Gamma").locator(".gathered li")).to_have_count(2)
    await press(page, "e")
    await page.keyboard.type("It costs time, money and trust.")
    await press(page, "Enter")
    await expect(row(page, "Gamma").locator(".worded")).to_contain_text("It costs time, money and trust.")
    await press(page, "q", "n", "n")
    await expect(page.locator(".part-now")).to_contain_text("Gamma")
    async with watched_context(browser, viewport=SCREEN) as everybody:
        phone = await everybody.page(summit.hall.at("join"))
        await expect(phone.locator(".floor .worded")).to_contain_text("It costs time")
        await expect(phone.locator(".floor")).to_contain_text("Gamma asks for trust")
        await expect(phone.locator(".floor")).to_contain_text("2 more")
        wall = await everybody.page(summit.hall.wall)
        await expect(wall.locator(".floor-said").first).to_contain_text("facilitator")


async def test_a_facilitator_sees_their_posts_and_the_tray(summit: Summit, at_desk: Watched) -> None:
    version = (await summit.hall.held())["session"]
    other = next(one for one in version if one["id"] != summit.session)
    path = f"/sessions/{other['id']}"
    changed = {"version": other["version"], "hashtags": ["#RoomB"]}
    assert (await summit.hall.ask("PATCH", path, json=changed)).is_success
    fay = summit.person("Fay", Role.FACILITATOR)
    for text in ("Tray one", "Tray two", "Elsewhere #RoomB"):
        await summit.hall.post(text)
    page = await summit.desk(at_desk, fay)
    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.get_by_role("button", name="Tray 2")).to_be_visible()
    await press(page, "Y")
    await expect(row(page, "Tray one").locator(".belongs")).to_contain_text("Yours")
    await expect(page.get_by_role("button", name="Tray 1")).to_be_visible()
    await press(page, "j", "m", "m")
    await expect(row(page, "Tray two").locator(".belongs")).to_contain_text("Room of Best practices")
    await page.get_by_role("button", name="All sessions").click()
    await expect(page.locator(".row")).to_have_count(3)
    await expect(row(page, "Elsewhere").locator(".belongs")).to_have_attribute("title", "by its hashtag")
    await press(page, "u")
    await expect(row(page, "Tray two").locator(".belongs")).to_contain_text("Tray")


async def test_one_key_shows_all_that_is_clean_in_sight_and_one_takes_it_back(
    house: House, browser: Browser
) -> None:
    rules = Rules(mode=Mode.TRUSTED, flood=None, hold_images=False, trusted=("x:nobody",))
    summit = await Summit.prepared(house.hall(mode=Mode.TRUSTED, rules=rules))
    ada = Author(key="ada", handle="ada", name="Ada")
    said = (("1", "Clean one"), ("2", "Clean two"), ("3", "A shit one"))
    summit.hall.bring(*(Arrived(post(key, text)) for key, text in said))
    summit.hall.bring(*(Arrived(post(key, f"Ada {key}", author=ada)) for key in "45"))
    async with watched_context(browser, viewport=SCREEN) as at_desk:
        page = await summit.desk(at_desk)
        await expect(page.get_by_role("button", name="Waiting 5")).to_be_visible()
        await press(page, "A")
        await expect(page.get_by_role("button", name="Waiting 1")).to_be_visible()
        await press(page, "u")
        await expect(page.get_by_role("button", name="Waiting 5")).to_be_visible()
        await row(page, "Ada 4").click()
        await press(page, "T")
        await expect(row(page, "Ada 5")).to_contain_text("On the walls")
        await press(page, "g", "1")
        await expect(row(page, "Clean one")).to_contain_text("On the walls")
        later = (post(f"later {number}", f"Later{number} from Ada", author=ada) for number in count())

        async def trusted() -> bool:
            said = next(later)
            summit.hall.bring(Arrived(said))
            return (await summit.states()).get(said.text.split()[0]) == "approved"

        await eventually(trusted, what="Ada's posts to go up by themselves")
