"""The public page of a point, who has been heard, and who did what, as people read them."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.participating import LAPTOP, PHONE
from tests.browser.working import Summit
from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Author


async def discussed(summit: Summit, post_id: str, outcome: str) -> str:
    """Bring a post to the room and close it; its contribution."""
    do = summit.venue.do
    raised = await do(f"/posts/{post_id}/raise", session=summit.session)
    up = await do(f"/relays/{raised['relay']}/take-up", version=1)
    await do(f"/relays/{raised['relay']}/close", version=up["version"], state="answered", outcome=outcome)
    return str(raised["contribution"])


async def test_the_page_of_a_point_reads_well_on_a_phone_and_without_script(
    summit: Summit, browser: Browser
) -> None:
    ada = Author(key="ada", handle="ada@example.social", name="Ada Lovelace")
    text = "How do we give credit to people who review blogs? Nobody counts it at promotion."
    summit.hall.bring(
        Arrived(post("1", text, author=ada, network="mastodon", url="https://e.social/@ada/1"))
    )
    (card,) = (await summit.hall.held())["post"]
    await summit.venue.do(
        f"/posts/{card['id']}/translations", lang="fr", text="Comment créditer les relecteurs ?"
    )
    point = await discussed(summit, card["id"], "The room asks journals to list them.")
    await summit.venue.do(f"/contributions/{point}/reply", words="Your point was heard. Thank you.")
    for script in (True, False):
        async with watched_context(browser, viewport=PHONE, java_script_enabled=script) as watched:
            page = await watched.page(f"{summit.hall.at('point')}/{point}")
            await expect(page.get_by_role("heading", level=1)).to_have_text("Answered in the room")
            await expect(page.locator(".voice.first .said")).to_contain_text(text)
            await expect(page.locator(".voice.first")).to_contain_text("Ada Lovelace")
            await expect(page.locator(".voice.first")).to_contain_text("Comment créditer les relecteurs ?")
            await expect(page.locator(".came")).to_contain_text("The room asks journals to list them.")
            await expect(page.locator(".reply")).to_contain_text("Your point was heard.")
            if script:
                await assert_fit(page)


async def test_who_has_been_heard_draws_its_bars_without_script(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    summit.bring("One", "Two", "Three", "Four")
    cards = (await summit.hall.held())["post"]
    await discussed(summit, cards[0]["id"], "Yes")
    async with watched_context(browser, viewport=PHONE, java_script_enabled=False) as watched:
        page = await watched.page(summit.hall.at("heard"))
        await expect(page.locator(".lead")).to_have_text(
            "Points made online: 4. Brought to a room: 1. Taken up there: 1."
        )
        drawn = page.locator(".bar.answered rect")
        whole, part = await drawn.nth(0).bounding_box(), await drawn.nth(1).bounding_box()
        assert part is not None
        assert whole is not None
        assert abs(part["width"] / whole["width"] - 0.25) < 0.02
        await expect(page.get_by_role("heading", name="Not heard yet")).to_have_count(0)
    async with watched_context(browser, viewport=LAPTOP) as watched:
        page = await watched.page(summit.hall.at("heard"))
        await assert_fit(page)
    await summit.hall.sign_in(at_desk)
    page = await at_desk.page(summit.hall.at("heard"))
    await expect(page.get_by_role("heading", name="Not heard yet")).to_be_visible()
    await page.goto(summit.hall.at("audit"))
    await expect(page.locator("table.audit")).to_contain_text("relay.closed")
    await expect(page.locator("table.audit")).not_to_contain_text("One")
    await assert_fit(page)
