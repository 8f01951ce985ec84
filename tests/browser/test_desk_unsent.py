"""A desk without a connection: what is done there is kept, shown as not sent yet, and sent afterwards."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.working import Summit, press, row
from tests.support.accessible import assert_accessible
from tests.support.browser import Watched
from tests.support.waiting import eventually
from wall.model import Role

OFFLINE = ["ERR_", "WebSocket", "Failed to load resource", "Failed to fetch", "network"]
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('backchannel.unsent/'))"


async def cut_off(summit: Summit, at_desk: Watched, *texts: str) -> Page:
    """A desk with these posts, whose connection has just gone."""
    at_desk.expected += OFFLINE
    summit.bring(*texts)
    page = await summit.desk(at_desk)
    await expect(page.locator(".row")).to_have_count(len(texts))
    await at_desk.context.set_offline(True)
    return page


async def test_what_is_not_sent_yet_is_marked_listed_and_let_go_of_by_keyboard(
    summit: Summit, at_desk: Watched
) -> None:
    page = await cut_off(summit, at_desk, "Alpha said", "Beta said")
    await press(page, "1", "q")
    await expect(page.get_by_role("button", name="2 steps not sent yet")).to_be_visible()
    await expect(row(page, "Alpha")).to_contain_text("not sent yet")
    await expect(page.locator(".part-queue")).to_contain_text("not sent yet")
    await press(page, "U")
    window = page.get_by_role("dialog", name="Not sent yet")
    await expect(window.get_by_role("listitem")).to_have_count(2)
    await expect(window).to_contain_text("Alpha said")
    await assert_accessible(page)
    await expect(window.get_by_role("button", name="Close")).to_be_focused()
    await window.get_by_role("button", name="Let go of it").first.focus()
    await press(page, "Enter")
    await expect(window.get_by_role("listitem")).to_have_count(1)
    await press(page, "Escape")
    await at_desk.context.set_offline(False)
    await eventually(lambda: summit.kinds("relay.raised"), what="the point to be queued")
    await expect(page.get_by_text("not sent yet")).to_have_count(0)
    assert summit.kinds("contribution.tag") == []


async def test_a_page_that_is_loaded_anew_sends_what_the_one_before_could_not(
    summit: Summit, at_desk: Watched
) -> None:
    page = await cut_off(summit, at_desk, "Alpha said", "Beta said", "Gamma said")
    before = len(summit.kinds(""))
    await press(page, "1", "q", "x", "2")
    await expect(page.get_by_role("button", name="3 steps not sent yet")).to_be_visible()
    await page.close()
    assert len(summit.kinds("")) == before
    await at_desk.context.set_offline(False)
    page = await at_desk.page(summit.address)
    await eventually(lambda: "relay.raised" in summit.kinds("relay."), what="all to be sent")
    assert (await summit.states())["Beta"] == "hidden"
    done = summit.kinds("")[before:]
    assert done[0] == "post.hidden"
    assert len(done) == len(set(done)), "each was done once"
    await eventually(lambda: page.evaluate(f"{KEPT}.length === 0"), what="an empty box")


async def test_what_the_server_refuses_afterwards_is_told_with_how_things_are_now(
    summit: Summit, at_desk: Watched
) -> None:
    page = await cut_off(summit, at_desk, "Alpha shit said", "Beta said")
    await press(page, "a")
    await expect(page.get_by_role("button", name="not sent yet")).to_be_visible()
    held = (await summit.hall.held())["post"]
    alpha = next(one for one in held if one["text"].startswith("Alpha"))
    await summit.venue.do(f"/posts/{alpha['id']}/reject", version=alpha["version"], reason="spam")
    await at_desk.context.set_offline(False)
    await expect(page.get_by_role("alert")).to_contain_text("Alpha shit said")
    assert (await summit.states())["Alpha"] == "rejected"


async def test_nothing_stays_for_somebody_else(summit: Summit, at_desk: Watched) -> None:
    page = await cut_off(summit, at_desk, "Alpha said")
    await press(page, "1")
    await expect(page.get_by_role("button", name="1 step not sent yet")).to_be_visible()
    await page.close()
    before = len(summit.kinds(""))
    await at_desk.context.set_offline(False)
    page = await summit.desk(at_desk, summit.person("Ben", Role.FACILITATOR))
    assert await page.evaluate(KEPT) == []
    assert len(summit.kinds("")) == before


async def test_a_desk_does_nothing_as_somebody_else_who_signed_in_since(
    summit: Summit, at_desk: Watched
) -> None:
    at_desk.expected += ["401"]
    summit.bring("Alpha said")
    page = await summit.desk(at_desk)
    await summit.hall.sign_in(at_desk, summit.person("Ben", Role.FACILITATOR))
    before = len(summit.kinds(""))
    await press(page, "1")
    ended = page.get_by_role("alert").filter(has_text="Somebody else signed in here")
    await expect(ended).to_be_visible()
    await assert_accessible(page)
    assert len(summit.kinds("")) == before
    assert len(await page.evaluate(KEPT)) == 1
    await ended.get_by_role("button", name="Load again").click()
    await eventually(lambda: page.evaluate(f"{KEPT}.length === 0"), what="the desk of who signed in since")
    await expect(page.locator(".row")).to_be_visible()
    assert len(summit.kinds("")) == before


async def test_what_the_server_failed_at_stays_and_is_sent_when_somebody_says_so(
    summit: Summit, at_desk: Watched
) -> None:
    at_desk.expected += ["500"]
    summit.bring("Alpha said")
    page = await summit.desk(at_desk)
    failure = {"error": {"code": "internal", "message": "No.", "remedy": "Look.", "details": {}}}
    await page.route("**/posts/*/tag", lambda route: route.fulfill(status=500, json=failure))
    await press(page, "1")
    await press(page, "U")
    window = page.get_by_role("dialog", name="Not sent yet")
    again = window.get_by_role("button", name="Try again")
    await expect(again).to_be_visible(timeout=60_000)
    await expect(window).to_contain_text("the server failed")
    await assert_accessible(page)
    await page.unroute("**/posts/*/tag")
    await again.click()
    await eventually(lambda: summit.kinds("contribution.tag"), what="the tag")
    await expect(window.get_by_role("listitem")).to_have_count(0)


async def test_signing_out_leaves_nothing_behind(summit: Summit, at_desk: Watched) -> None:
    page = await cut_off(summit, at_desk, "Alpha said")
    await press(page, "1")
    await expect(page.get_by_role("button", name="1 step not sent yet")).to_be_visible()
    await page.close()
    await at_desk.context.set_offline(False)
    page = await at_desk.page(summit.hall.at("events"))
    assert len(await page.evaluate(KEPT)) == 1
    event = summit.hall.event.slug
    await page.evaluate(
        """async (event) => {
        localStorage.setItem(`notify.${event}`, "1");
        await (await caches.open("backchannel-phone")).put("/join/x/offline", new Response("kept"));
    }""",
        event,
    )
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{summit.hall.process.base_url}/")
    assert await page.evaluate(KEPT) == []
    assert await page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('notify.'))") == []
    assert not await page.evaluate("caches.has('backchannel-phone')")


async def test_signing_out_ends_this_browsers_notifications(summit: Summit, at_desk: Watched) -> None:
    summit.bring("Alpha said")
    page = await summit.desk(at_desk)
    where = "https://push.example/one"
    # No push service is reached from here: what a browser answers for its subscription is stood in for.
    await page.add_init_script(
        f"""navigator.serviceWorker.getRegistration = async (scope) => scope !== "/" ? undefined : {{
            pushManager: {{ getSubscription: async () => ({{
                endpoint: "{where}",
                unsubscribe: async () => {{ sessionStorage.setItem("ended", "yes"); return true; }},
            }}) }},
        }};"""
    )
    await page.goto(summit.hall.at("events"))
    await page.evaluate("(event) => localStorage.setItem(`notify.${event}`, '1')", summit.hall.event.slug)
    async with page.expect_request(lambda asked: asked.method == "DELETE") as asked:
        await page.get_by_role("button", name="Sign out").click()
    request = await asked.value
    assert request.url.endswith(f"/api/v1/events/{summit.hall.event.slug}/push")
    assert request.post_data_json == {"endpoint": where}
    await page.wait_for_url(f"{summit.hall.process.base_url}/")
    assert await page.evaluate("sessionStorage.getItem('ended')") == "yes"
