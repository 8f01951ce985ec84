"""The join page's worker in Chromium: without a connection, notifications, and what it never keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import Watched
from tests.support.hall import Hall
from tests.support.summit import post
from tests.support.waiting import eventually
from wall.feeds.base import Arrived

OFFLINE = ["ERR_", "WebSocket", "Failed to load resource", "Failed to fetch", "network"]


async def opened(hall: Hall, watched: Watched) -> Page:
    """The join page, when its worker keeps what it shows without a connection."""
    page = await watched.page(hall.at("join"))
    kept = f"caches.match('{hall.path('join')}/offline').then((found) => found !== undefined)"
    await eventually(lambda: page.evaluate(kept), what="a kept page")
    return page


async def notices(page: Page) -> list[dict[str, Any]]:
    """The notifications that are shown."""
    return list(
        await page.evaluate(
            """navigator.serviceWorker.ready.then((one) => one.getNotifications())
            .then((all) => all.map(({title, body, tag, data}) => ({title, body, tag, data})))"""
        )
    )


async def pushed(page: Page, origin: str, data: str) -> None:
    """Deliver a push to the page's worker, as a push service would."""
    session = await page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    await session.send("ServiceWorker.enable")
    await eventually(lambda: found, what="the worker's registration")
    asked = {"origin": origin, "registrationId": found[-1], "data": data}
    await session.send("ServiceWorker.deliverPushMessage", asked)
    await session.detach()


async def test_without_a_connection_the_page_says_so_with_the_programme_and_no_post(
    own_hall: Hall, watched: Watched
) -> None:
    watched.expected += OFFLINE
    hall = own_hall
    await hall.venue.running("What counts as scholarship?")
    hall.bring(Arrived(post("1", "Said before")))
    page = await opened(hall, watched)
    await expect(page.get_by_text("Said before")).to_be_visible()
    hall.process.kill()
    await page.reload()
    await expect(page.get_by_text("No connection.")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("Last seen at ")
    assert "SEEN" not in await page.get_by_role("alert").inner_text()
    await expect(page.get_by_text("What counts as scholarship?", exact=True)).to_be_visible()
    assert "Said before" not in await page.content()
    await assert_accessible(page)
    await hall.process.start()
    await page.get_by_role("link", name="Try again").click()
    await expect(page.get_by_text("Said before")).to_be_visible()


async def test_what_is_kept_is_nobodys_own_page(hall: Hall, watched: Watched) -> None:
    hall.bring(Arrived(post("1", "Nobody keeps this")))
    page = await opened(hall, watched)
    await page.locator("textarea").first.fill("A point of my own")
    await page.get_by_role("button", name="Send").first.click()
    await expect(page.locator(".points")).to_contain_text("A point of my own")
    await page.reload()
    held = await page.evaluate("""async () => {
      const texts = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          texts.push(request.url, await (await cache.match(request)).text());
        }
      }
      return texts.join("\\n");
    }""")
    assert "Nobody keeps this" not in held
    assert "A point of my own" not in held
    assert "/offline" in held


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            {"title": "In the room now", "body": "Your point", "url": "/join/x#yours", "tag": "p1"},
            {
                "title": "In the room now",
                "body": "Your point",
                "tag": "p1",
                "data": {"url": "/join/x#yours"},
            },
        ),
        (
            {"title": "Elsewhere", "url": "https://evil.example/x"},
            {"title": "Elsewhere", "body": "", "tag": "", "data": {"url": "/"}},
        ),
        ("nonsense", {"title": "Backchannel", "body": "", "tag": "", "data": {"url": "/"}}),
    ],
)
async def test_a_push_is_shown_and_leads_only_to_this_server(
    hall: Hall, watched: Watched, said: object, shown: dict[str, object]
) -> None:
    await watched.context.grant_permissions(["notifications"], origin=hall.process.base_url)
    page = await opened(hall, watched)
    await pushed(page, hall.process.base_url, said if isinstance(said, str) else json.dumps(said))

    async def told() -> bool:
        return await notices(page) == [shown]

    await eventually(told, what="the notification")
