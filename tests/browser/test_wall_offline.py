"""Walls that hear nothing, that start without a network, and in browsers that are too old for them."""

from __future__ import annotations

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.summit import post
from tests.support.waiting import eventually
from wall.feeds.base import Arrived, Withdrawn

OFFLINE_TROUBLE = ["ERR_", "WebSocket", "Failed to load resource", "Failed to fetch", "network"]


async def kept(page: Page) -> None:
    """Wait until this page is kept for when there is no network."""
    await eventually(
        lambda: page.evaluate(
            "caches.match(location.href, {ignoreVary: true}).then((found) => found !== undefined)"
        ),
        what="a kept page",
    )


async def test_posts_are_taken_down_after_silence_and_a_screen_starts_without_a_network(
    own_hall: Hall, watched: Watched
) -> None:
    watched.expected += OFFLINE_TROUBLE
    hall = own_hall
    await hall.venue.running("What counts as scholarship?")
    await hall.venue.do("/walls", room=None, hold="live", notice="Lunch is in the foyer")
    hall.bring(Arrived(post("1", "Said before")), Arrived(post("2", "Stays")))
    page = await watched.page(hall.wall)
    await expect(page.get_by_text("Said before")).to_be_visible()
    await kept(page)
    hall.process.kill()
    await expect(page.get_by_text("No connection since")).to_be_visible(timeout=90_000)
    assert "Said before" not in await page.content()
    for stays in ("What counts as scholarship?", "Lunch is in the foyer"):
        await expect(page.get_by_text(stays, exact=True)).to_be_visible()
    await assert_accessible(page)
    await page.reload()
    await expect(page.get_by_text("No connection since")).to_be_visible(timeout=90_000)
    await expect(page.get_by_text("What counts as scholarship?", exact=True)).to_be_visible()
    await expect(page.locator(".join-code")).to_have_js_property("complete", True)
    assert "Said before" not in await page.content()
    hall.bring(Withdrawn("x", "1"))
    await hall.process.start()
    await expect(page.get_by_text("Stays")).to_be_visible(timeout=90_000)
    await expect(page.get_by_text("No connection since")).to_have_count(0)
    assert "Said before" not in await page.content()


async def test_what_is_kept_holds_no_post(hall: Hall, watched: Watched) -> None:
    hall.bring(Arrived(post("1", "Nobody keeps this")))
    page = await watched.page(hall.wall)
    await expect(page.get_by_text("Nobody keeps this")).to_be_visible()
    await kept(page)
    await page.reload()
    await expect(page.get_by_text("Nobody keeps this")).to_be_visible()
    held = await page.evaluate("""async () => {
      const names = await caches.keys(), texts = [JSON.stringify(localStorage)];
      for (const name of names) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          texts.push(request.url, await (await cache.match(request)).text());
        }
      }
      return texts.join("\\n");
    }""")
    assert "Nobody keeps this" not in held
    assert "/media/" not in [line for line in held.splitlines() if line.startswith("http")]
    assert "/static/dist/assets/wall-" in held


async def test_the_worker_may_work_for_walls_and_only_their_pages_may_name_it(hall: Hall) -> None:
    async with httpx2.AsyncClient(base_url=hall.process.base_url, trust_env=False) as client:
        worker = await client.get("/static/wall-worker.js")
        assert worker.headers["service-worker-allowed"] == "/"
        wall = (await client.get(hall.path("wall"))).headers["content-security-policy"]
        assert "trusted-types backchannel-worker" in wall
        other = (await client.get(hall.path("events"))).headers["content-security-policy"]
        assert "trusted-types 'none'" in other


async def test_an_old_browser_is_sent_to_the_plain_wall(hall: Hall, browser: Browser) -> None:
    hall.bring(Arrived(post("1", "On the plain wall")))
    async with watched_context(browser) as watched:
        await watched.context.add_init_script("delete Intl.Segmenter")
        watched.expected += ["Segmenter"]
        page = await watched.page(hall.at("wall", theme="light"))
        await expect(page.get_by_text("On the plain wall")).to_be_visible()
        assert page.url.endswith(f"{hall.path('wall')}/plain?theme=light")


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1280, 720)], ids=str)
async def test_the_plain_wall_needs_no_script(hall: Hall, browser: Browser, size: tuple[int, int]) -> None:
    attack = "<img src=x onerror=alert(1)>"
    hall.bring(
        Arrived(post("1", f"As text {attack}")),
        Arrived(post("2", "Under it", warning="Needles")),
        Arrived(post("3", "x" * 10_000)),
    )
    async with watched_context(
        browser, java_script_enabled=False, viewport={"width": size[0], "height": size[1]}
    ) as watched:
        page = await watched.page(f"{hall.wall}/plain")
        await expect(page.get_by_text("As text <img")).to_be_visible()
        await expect(page.get_by_text("Needles")).to_be_visible()
        await expect(page.get_by_text("Under it")).to_have_count(0)
        assert await page.locator(".post img").count() == 0


async def test_the_plain_wall_is_accessible_and_obeys_holds_pins_and_removals(
    hall: Hall, watched: Watched
) -> None:
    pinned, *_ = hall.bring(*(Arrived(post(str(n), f"Post {n}")) for n in range(20)))
    await hall.venue.do(f"/posts/{pinned}/pin")
    page = await watched.page(f"{hall.wall}/plain")
    await expect(page.locator(".post").first).to_contain_text("Post 0")
    await assert_accessible(page)
    hall.bring(Withdrawn("x", "19"))
    await page.reload()
    await expect(page.get_by_text("Post 19")).to_have_count(0)
    await expect(page.get_by_text("Post 18")).to_be_visible()
    for how in ("frozen", "quiet", "blank"):
        await hall.venue.do("/walls", room=None, hold=how, notice="A notice")
        await page.reload()
        assert await page.locator(".post").count() == 0
        assert await page.get_by_text("A notice").count() == (0 if how == "blank" else 1)
    await hall.venue.do("/walls", room=None, hold="live", notice="")
    await page.reload()
    await expect(page.get_by_text("Post 18")).to_be_visible()


async def test_the_plain_wall_looks_again_by_itself(hall: Hall) -> None:
    async with httpx2.AsyncClient(base_url=hall.process.base_url, trust_env=False) as client:
        answer = await client.get(f"{hall.path('wall')}/plain")
        assert answer.headers["refresh"] == "15"
        again = await client.get(
            f"{hall.path('wall')}/plain", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304
        assert (await client.get("/wall/no-such-event/plain")).status_code == 404
