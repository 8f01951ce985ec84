"""The frame for the event's own site in Chromium: on that site, on no other, and whole at any width."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.conftest import Serve
from tests.support.accessible import assert_fit
from tests.support.alarms import listening
from tests.support.browser import watched_context
from tests.support.hall import Hall
from tests.support.hostile import STRINGS
from tests.support.hostile_hall import HostileHouse
from tests.support.hostile_posts import posts_with
from tests.support.ports import free_port
from tests.support.processes import ServeProcess
from tests.support.summit import post
from tests.support.waiting import eventually
from tests.world.hosts import Hosts, image, serving
from wall.feeds.base import Arrived
from wall.model import Author, Media
from wall.store import Store

WIDTHS = [390, 800]
FIFTY = 50


@pytest_asyncio.fixture(loop_scope="session")
async def pictures() -> AsyncIterator[Hosts]:
    hosts = Hosts()
    hosts.pictures["/1.png"] = image(size=(600, 400))
    async with serving(hosts, port=free_port()):
        yield hosts


@pytest.fixture
def site() -> str:
    """The origin of the event's own site."""
    return f"http://127.0.0.1:{free_port()}"


@pytest_asyncio.fixture(loop_scope="session")
async def framed(
    serve: Serve, sqlite_url: str, tmp_path: Path, pictures: Hosts, site: str
) -> AsyncIterator[Hall]:
    """An event of a serve that lets one site show it."""
    process: ServeProcess = serve(
        {
            "BACKCHANNEL_DATABASE_URL": sqlite_url,
            "BACKCHANNEL_DATA_DIR": str(tmp_path),
            "BACKCHANNEL_SECRET_KEY": "k" * 48,
            "BACKCHANNEL_EMBED_ORIGINS": site,
            "BACKCHANNEL_MEDIA_TRUSTED_NETWORKS": "127.0.0.0/8",
            "BACKCHANNEL_MEDIA_PORTS": str(pictures.port),
        }
    )
    store = Store(sqlite_url)
    await process.start()
    hall = Hall(process, store)
    _fill(hall, f"http://127.0.0.1:{pictures.port}/1.png")
    yield hall
    process.kill()
    store.close()


def _fill(hall: Hall, picture: str) -> None:
    """Posts of every kind that there is."""
    chart = Media(kind="image", url=picture, alt="A chart of our results", width=600, height=400)
    ada = Author(key="7", handle="@ada@m.example", name="Ada Lovelace", avatar=picture)
    mona = Author(key="8", handle="mona", name="منى الحسن")
    given = [
        post("1", "If a blog post changes what residents do at night, why does it count less? " * 3),
        post("2", "Our results", author=ada, network="mastodon", media=(chart,), url="https://m.example/2"),
        post("3", "Blood", warning="Needles and blood", author=ada, url="https://m.example/3"),
        post("4", "ما الذي يجب أن يحسب؟", author=mona, lang="ar", network="bluesky"),
        post("5", "Two of them", media=(chart, chart.model_copy(update={"alt": ""}))),
        post("6", "Sensitive", sensitive=True, media=(chart,), lang="en"),
        post("7", "Said on the event's own page", network="web", author=Author(key="p", handle="")),
    ]
    hall.bring(*map(Arrived, given))


@asynccontextmanager
async def page_with(frame: str, origin: str) -> AsyncIterator[str]:
    """The address of a page of another site, really served there, that has this frame in it."""
    html = f'<!doctype html><link rel="icon" href="data:,"><iframe src="{frame}"></iframe>'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(html)}\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(f"{head}Connection: close\r\n\r\n{html}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", int(origin.rpartition(":")[2]))
    async with server:
        yield f"{origin}/"


async def test_it_is_shown_on_the_site_that_may(framed: Hall, browser: Browser, site: str) -> None:
    async with watched_context(browser) as watched, page_with(framed.at("embed"), site) as address:
        page = await watched.page(address)
        inside = page.frame_locator("iframe")
        await expect(inside.get_by_role("article")).to_have_count(7)
        photo = inside.locator("figure img").first
        await photo.scroll_into_view_if_needed()
        await expect(photo).to_have_js_property("naturalWidth", 600)
        assert await page.context.cookies() == []


async def test_it_is_shown_on_no_other_site(framed: Hall, browser: Browser) -> None:
    other = f"http://127.0.0.1:{free_port()}"
    async with watched_context(browser) as watched, page_with(framed.at("embed"), other) as address:
        watched.expected += ["frame-ancestors"]
        page = await watched.page(address)
        await eventually(lambda: any("frame-ancestors" in one for one in watched.problems))
        assert await page.frame_locator("iframe").get_by_role("article").count() == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_it_is_accessible_and_fits(framed: Hall, browser: Browser, scheme: str, width: int) -> None:
    screen = {"width": width, "height": 900}
    async with watched_context(browser, viewport=screen, color_scheme=scheme) as watched:
        page = await watched.page(framed.at("embed"))
        await expect(page.get_by_role("article")).to_have_count(7)
        await assert_fit(page)
        await page.get_by_role("link", name="Stop updates").click()
        await expect(page.get_by_text("Updates are stopped.")).to_be_visible()
        await assert_fit(page)


async def test_hostile_posts_run_nothing_and_make_it_no_wider(
    hostile: HostileHouse, browser: Browser
) -> None:
    hall = hostile.house.hall()
    given = [one for n, text in enumerate(STRINGS) for one in posts_with(text, n, hostile.picture)]
    hall.bring(*map(Arrived, given))
    async with listening(browser, hall.process.base_url, viewport={"width": 390, "height": 900}) as alarms:
        alarms.watched.expected += ["404"]
        page = await alarms.page()
        path = hall.path("embed", limit=str(FIFTY))
        while path:
            await alarms.open(page, path)
            await expect(page.get_by_role("article").first).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            cut = """() => [...document.querySelectorAll("article")].filter((one) => {
              const { left, right } = one.getBoundingClientRect();
              return left < 0 || right > innerWidth;
            }).length"""
            assert await page.evaluate(cut) == 0, path
            older = page.get_by_role("link", name="Earlier posts")
            path = await older.get_attribute("href") or "" if await older.count() else ""
        alarms.assert_silent()
