"""The staff page in a real browser: a link is made and copied, fills a screen, lets somebody in; a browser
is subscribed under the page's own security policy; and every page fits and is accessible."""

from __future__ import annotations

import json

from playwright.async_api import Browser, expect

from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.house import House
from tests.world.push import HOST, Keys
from wall.model import Role, new_id, utc_now
from wall.store import members, people, pushes

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
SUBSCRIBING = """
  let given = null;
  PushManager.prototype.getSubscription = async () => given;
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    if (applicationServerKey.length !== 65 || !userVisibleOnly) throw new Error("not a key");
    const told = %s;
    given = { endpoint: told.endpoint, options: { applicationServerKey: applicationServerKey.buffer },
      toJSON: () => told, unsubscribe: async () => { given = null; } };
    return given;
  };
"""
"""Chromium's own push service is beyond this machine: the rest of the way is the product's."""

WORKING = """import("/static/notify.js").then((module) => module.worker()).then(
  ({ active }) => active.state === "activating"
    ? new Promise((done) => active.addEventListener("statechange", () => done(active.state)))
    : active.state,
  String)"""
"""What becomes of the worker that shows notifications, or why there is none."""


async def organiser(hall: Hall, watched: Watched) -> str:
    """Sign an organiser of this event in; their id."""
    person = new_id()
    with hall.store.writing() as conn:
        people.add_person(conn, person, "Olga", utc_now())
        members.set_roles(conn, hall.event.id, person, [Role.ORGANISER])
    await hall.sign_in(watched, person)
    return person


async def test_a_link_is_made_shown_large_and_lets_a_volunteer_in(house: House, browser: Browser) -> None:
    hall = house.hall()
    async with (
        watched_context(browser, viewport=LAPTOP) as laptop,
        watched_context(browser, viewport=PHONE) as phone,
    ):
        await organiser(hall, laptop)
        page = await laptop.page(f"{house.base_url}/events/{hall.event.slug}/staff")
        await assert_fit(page)
        await page.locator('select[name="role"]').select_option("technician")
        await page.get_by_label("For how many people").fill("2")
        await page.get_by_role("button", name="Make a link").click()
        address = await page.get_by_label("Address").input_value()
        await assert_fit(page)
        await page.get_by_role("button", name="Show on a screen").click()
        code = page.locator(".shown svg")
        await expect(code).to_be_visible()
        box = await code.bounding_box()
        assert box
        assert min(box["width"], box["height"]) > 0.7 * LAPTOP["height"]
        await assert_fit(page)

        theirs = await phone.page(address)
        await assert_fit(theirs)
        await theirs.get_by_label("Your name").fill("Vera")
        await theirs.get_by_role("button", name="Join").click()
        await theirs.wait_for_url(f"**/screens/{hall.event.slug}")
        await page.goto(f"{house.base_url}/events/{hall.event.slug}/staff")
        await expect(page.get_by_text("Joined (1 of 2): Vera")).to_be_visible()
        await page.locator("summary").filter(has_text="Vera").click()
        await assert_fit(page)


async def test_an_organiser_is_subscribed_in_this_browser_and_ends_it(
    house: House, browser: Browser
) -> None:
    hall, keys = house.hall(), Keys()
    told = {"endpoint": f"https://{HOST}/one", "keys": {"p256dh": keys.p256dh, "auth": keys.auth}}
    async with watched_context(browser, viewport=PHONE, permissions=["notifications"]) as watched:
        person = await organiser(hall, watched)
        await watched.context.add_init_script(SUBSCRIBING % json.dumps(told))
        page = await watched.page(f"{house.base_url}/events/{hall.event.slug}/staff")
        assert await page.evaluate(WORKING) == "activated"
        await page.get_by_role("button", name="Notify me in this browser").click()
        await expect(page.get_by_text("This browser is told.")).to_be_visible()
        with hall.store.reading() as conn:
            (kept,) = pushes.of_readers(conn, hall.event.id, {person})
        assert (kept.endpoint, kept.p256dh, kept.lang) == (told["endpoint"], keys.p256dh, "en")
        await page.get_by_role("button", name="Not in this browser any more").click()
        await expect(page.get_by_text("This browser is not told any more.")).to_be_visible()
        with hall.store.reading() as conn:
            assert pushes.of_readers(conn, hall.event.id, {person}) == []
        await expect(page.get_by_label("Notification in your browsers")).to_be_checked()
        await page.get_by_role("button", name="Save alarms").click()
        await expect(page.get_by_text("Saved. Send a test")).to_be_visible()
        await page.get_by_role("button", name="Send a test: Notification").click()
        await expect(page.get_by_text("no browser of yours is subscribed").first).to_be_visible()
        await assert_fit(page)
