"""A desk with an inbox of 10,000 posts: how long it loads, and how it filters, searches and scrolls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import islice

from playwright.async_api import Browser, Page

from bench.support.databases import opened
from bench.support.results import Report
from bench.support.site import EVENT, Site, site
from bench.support.tracing import traced
from bench.support.wall_page import SCREEN
from bench.support.working import Working, furnish, originals
from tests.support.desk_page import DeskPage
from tests.support.waiting import eventually
from wall.feeds.base import Arrived
from wall.intake import Graves, admit
from wall.journal import run_command
from wall.model import Post, utc_now
from wall.store import Store, events

_BATCH = 500
_LOADS_WITHIN = 180.0
_SETTLES_SECONDS = 1.0
_LOOKS_AGAIN_SECONDS = 0.05
_BETWEEN_KEYS_SECONDS = 0.1

Act = Callable[[Page], Awaitable[None]]


def fill(served: Site, count: int) -> None:
    """Let so many posts arrive at once."""
    posts = originals()
    with opened(served.database_url) as store:
        for start in range(0, count, _BATCH):
            _bring(store, islice(posts, min(_BATCH, count - start)))


def _bring(store: Store, posts: Iterable[Post]) -> None:
    now, graves = utc_now(), Graves(b"a secret of the measurements")
    items = [Arrived(post.model_copy(update={"created_at": now})) for post in posts]
    with store.writing() as conn:
        event = events.named(conn, EVENT)
        assert event is not None
        run_command(conn, event.id, "feed:bench", lambda tx: admit(tx, items, graves), None, b"", now)


async def _keys(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)
        await asyncio.sleep(_BETWEEN_KEYS_SECONDS)


async def _search(page: Page) -> None:
    await _keys(page, "/", *"evidence blog", "Escape", *"fcfa")


async def _wheel(page: Page) -> None:
    await page.mouse.move(400, 500)
    for step in range(60):
        await page.mouse.wheel(0, 600 if step < 40 else -900)
        await asyncio.sleep(0.016)


def _arrive(served: Site) -> Act:
    async def arrive(page: Page) -> None:
        for number in range(20):
            await served.client.post(f"/api/v1/events/{EVENT}/posts", {"text": f"Arrival {number}"})
            await asyncio.sleep(0.1)
        await page.wait_for_selector(".fresh")

    return arrive


async def measure(browser: Browser, report: Report, count: int) -> None:
    """Fill an event, open its desk, and look how long the page works at a stretch."""
    async with site() as served:
        working = await furnish(served)
        await asyncio.to_thread(fill, served, count)
        context = await browser.new_context(viewport=SCREEN)
        await DeskPage.note_keys(context)
        await working.sign_in(context)
        page = await context.new_page()
        desk = DeskPage(page, EVENT)
        await _load(browser, report, working, page, desk, count)
        for name, act in (
            ("filter", lambda page: _keys(page, *"fafqfufw", "f", "a")),
            ("search, letter by letter", _search),
            ("scroll by the wheel", _wheel),
            ("scroll by keys", lambda page: _keys(page, "End", "Home", "G", "g", *"jjjjjjjjjjkkkkk")),
            ("tag, seen, undo", lambda page: _keys(page, *"1u2 u")),
            ("20 posts arrive", _arrive(served)),
        ):
            await _act(browser, report, desk, f"inbox of {count:,}: {name}", act)
        await context.close()


async def _load(
    browser: Browser, report: Report, working: Working, page: Page, desk: DeskPage, count: int
) -> None:
    async with traced(browser, page) as work:
        await page.goto(working.address(f"/desk/{EVENT}"))
        await page.wait_for_selector(".row")
        first = float(await page.evaluate("performance.now()"))
        await eventually(lambda: _holds(desk, count), _LOADS_WITHIN, f"{count} posts on the desk")
        whole = float(await page.evaluate("performance.now()"))
        await asyncio.sleep(_SETTLES_SECONDS)
    report.add(f"inbox of {count:,}: first posts", first, "ms")
    report.add(f"inbox of {count:,}: all posts", whole, "ms")
    report.add(f"inbox of {count:,}: load, longest task", work.longest, "ms")
    assert (await desk.look()).id is not None


async def _holds(desk: DeskPage, count: int) -> bool:
    await asyncio.sleep(_LOOKS_AGAIN_SECONDS)
    return await desk.posts() >= count


async def _act(browser: Browser, report: Report, desk: DeskPage, what: str, act: Act) -> None:
    before = len((await desk.noted())["frames"])
    async with traced(browser, desk.page) as work:
        await act(desk.page)
        await asyncio.sleep(_SETTLES_SECONDS)
    frames = [one["duration"] for one in (await desk.noted())["frames"][before:]]
    spread = f"{len(frames)} frames over 50 ms" + (f", longest {max(frames):.0f}" if frames else "")
    report.add(f"{what}, longest task", work.longest, "ms", spread)
