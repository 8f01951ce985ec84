"""A stretch of an event at the desk: posts come, two people work, and nothing is lost or done twice."""

from __future__ import annotations

import asyncio

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.working import SCREEN, Summit
from tests.support.browser import watched_context
from tests.support.desk_colleague import Colleague
from tests.support.desk_hands import Hands
from tests.support.desk_page import DeskPage
from tests.support.desk_proof import everything, problems
from tests.support.house import House
from tests.support.staff import Staff
from tests.support.waiting import PATIENCE
from wall.demo.world import make_world
from wall.feeds.base import Arrived
from wall.model import Mode, utc_now
from wall.moderation import Rules

POSTS = 40
AT_ONCE = 5
QUICK = {"words_a_second": 2_000.0, "glance": 0.01, "patient": 0.1}


@pytest_asyncio.fixture(loop_scope="session")
async def summit(house: House) -> Summit:
    """An event in which the first post of everybody waits."""
    known = Rules(mode=Mode.KNOWN, flood=None, hold_images=False)
    return await Summit.prepared(house.hall(mode=Mode.KNOWN, rules=known))


async def arrivals(summit: Summit) -> None:
    """Originals of the made-up summit, some at once."""
    said = [
        one.post for one in make_world().said if one.post.repost_of is None and one.post.network != "web"
    ]
    for start in range(0, POSTS, AT_ONCE):
        now = utc_now()
        items = [
            Arrived(post.model_copy(update={"created_at": now})) for post in said[start : start + AT_ONCE]
        ]
        await asyncio.to_thread(summit.hall.bring, *items)
        await asyncio.sleep(0.2)


async def test_whatever_two_people_do_while_posts_come_is_done_once(
    summit: Summit, browser: Browser
) -> None:
    summit.bring("The first one")
    slug = summit.hall.slug
    ben = Staff(summit.hall.process.base_url, summit.hall.store, "Ben")
    async with watched_context(browser, viewport=SCREEN) as watched:
        # Two people move one queue: who comes second is refused, and told so.
        watched.expected += ["409"]
        await summit.hall.sign_in(watched)
        desk = DeskPage(await watched.page(), slug)
        await desk.page.goto(summit.address)
        await expect(desk.page.locator(".row").first).to_be_visible()
        hands = Hands(desk, **QUICK)
        hands.floor_seconds = 0.5
        colleague = Colleague(ben, slug, summit.session)
        beside = asyncio.create_task(colleague.work((0.05, 0.2)))
        feeding = asyncio.create_task(arrivals(summit))
        try:
            while not feeding.done():
                await hands.step()
            await feeding
            await hands.finish(2 * PATIENCE)
        finally:
            beside.cancel()
            feeding.cancel()
            await asyncio.gather(beside, feeding, return_exceptions=True)
        await hands.rest()
        assert not await problems(desk, ben, slug, summit.hall.store, hands.tally)
        assert len((await everything(ben, slug))["post"]) == POSTS + 1
        assert min(hands.tally.meant[verb] for verb in ("approve", "reject", "raise", "advance", "tag")) > 0
        assert colleague.did["tag"] > 0
        assert len(hands.tally.seen) > POSTS / 3
