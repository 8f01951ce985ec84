"""Every page there is, dark and light, as axe sees it: names, landmarks, roles and contrast."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.test_desk import Summit, sign_in
from tests.browser.test_wall import SECRET, Hall
from tests.conftest import Serve
from tests.support.browser import Watched, watched_context
from tests.support.children import Child
from tests.support.ports import free_port
from tests.support.processes import ROOT, ServeProcess, clean_environment
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Media
from wall.store import Store, rules

PICTURE = Media(kind="other", url="https://pictures.example/1.pdf", alt="A chart of our results")
LAPTOP = {"width": 1280, "height": 800}
STAFF = {
    "landing": ("/", "h1"),
    "programme": ("/events/summit", "h1"),
    "wall": ("/wall/summit", ".card"),
    "desk": ("/desk/summit", ".row"),
    "stage": ("/stage/summit?session={session}", "main"),
    "stage chooser": ("/stage/summit", "h1"),
    "join": ("/join/summit", "h1"),
    "moderation": ("/moderate/summit", "article.post"),
    "moderation, shown": ("/moderate/summit?see=shown", "article.post"),
    "rules": ("/moderate/summit/rules", "h1"),
    "enter, signed in": ("{enter}", "form.enter"),
}
"""Pages as an organiser sees them: their address, and what shows that they are up."""
VISITOR = {
    "landing": ("/", "h1"),
    "programme": ("/events/summit", "h1"),
    "stage": ("/stage/summit?session={session}", "main"),
    "join": ("/join/summit", "h1"),
    "take back": ("{take_back}", "blockquote"),
    "enter": ("{enter}", "#name"),
    "enter, used up or unknown": ("/enter/unknown", "h1"),
    "not found": ("/nothing-here", "h1"),
    "no such event": ("/wall/nothing", "h1"),
    "sign in first": ("/desk/summit", "h1"),
}
"""Pages as somebody sees them who is not signed in."""


AT_REST = """Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished))"""
"""What fades in has the contrast of its end."""


@pytest_asyncio.fixture(loop_scope="session")
async def summit(serve: Serve, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Summit]:
    """An event in which something waits, something is shown, and something is in the room."""
    settings = {"DATABASE_URL": sqlite_url, "DATA_DIR": str(tmp_path), "SECRET_KEY": SECRET}
    process = serve({f"BACKCHANNEL_{name}": value for name, value in settings.items()})
    store = Store(sqlite_url)
    hall = Hall(process, store)
    with store.writing() as conn:
        rules.save(conn, hall.event.id, 2, "{}")
    await process.start()
    made = Summit(hall)
    await made.prepare()
    made.bring("Why not?", "Call the ward on 020 7946 0958", "Evidence is here", "A shit word")
    hall.bring(Arrived(post("5", "A chart of our results", media=(PICTURE,), warning="Needles")))
    shown = next(one for one in (await made.held())["post"] if one["text"] == "Why not?")
    await made.venue.bring_in(made.session, shown["id"], "Ask the author")
    yield made
    store.close()


async def findings(page: Page, address: str, up: str) -> list[str]:
    """What axe finds on a page, each with where it is."""
    await page.goto(address)
    await expect(page.locator(up).first).to_be_visible()
    await page.evaluate(AT_REST)
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


async def assert_accessible(
    watched: Watched, summit: Summit, pages: dict[str, tuple[str, str]], places: dict[str, str]
) -> None:
    """AssertionError with everything that axe finds on any of these pages."""
    page = await watched.page()
    base = summit.hall.process.base_url
    found = {
        name: problems
        for name, (path, up) in pages.items()
        if (problems := await findings(page, base + path.format(session=summit.session, **places), up))
    }
    assert not found, "\n".join(f"{name}: {one}" for name, problems in found.items() for one in problems)


async def enter_path(summit: Summit) -> str:
    """The page of a link by which somebody joins the staff."""
    made = await summit.venue.do("/links", role="facilitator")
    return "/enter/" + str(made["url"]).rpartition("/")[2]


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_page_of_the_staff_is_accessible(summit: Summit, browser: Browser, scheme: str) -> None:
    async with watched_context(browser, viewport=LAPTOP, color_scheme=scheme) as watched:
        await sign_in(watched, summit.hall, summit.hall.staff.person_id)
        await assert_accessible(watched, summit, STAFF, {"enter": await enter_path(summit)})


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_page_of_a_visitor_is_accessible(summit: Summit, browser: Browser, scheme: str) -> None:
    async with watched_context(browser, viewport=LAPTOP, color_scheme=scheme) as watched:
        watched.expected += ["404", "401"]
        page = await watched.page(f"{summit.hall.process.base_url}/join/summit")
        await page.get_by_role("textbox").first.fill("A point of my own")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("a[href*='take-back']").first).to_be_visible()
        own = await page.locator("a[href*='take-back']").first.get_attribute("href")
        places = {"enter": await enter_path(summit), "take_back": own or ""}
        await assert_accessible(watched, summit, VISITOR, places)


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_the_demos_first_page_is_accessible(browser: Browser, tmp_path: Path, scheme: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", "wall.cli", "demo", "--port", str(port), "--no-robots"]
    environment = {**clean_environment(), "BACKCHANNEL_DATA_DIR": str(tmp_path / "data")}
    demo = ServeProcess(Child(command, tmp_path / "demo.log", env=environment, cwd=ROOT), port)
    await demo.start()
    try:
        async with watched_context(browser, viewport=LAPTOP, color_scheme=scheme) as watched:
            page = await watched.page(demo.base_url)
            await expect(page.locator("h1").first).to_be_visible()
            found = await Axe().run(page, options={"iframes": False})
            assert found.violations_count == 0, found.generate_report()
    finally:
        demo.kill()
