"""Every page there is, dark and light, as axe sees it: names, landmarks, roles and contrast."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.browser.working import Summit
from tests.support.accessible import violations
from tests.support.browser import Watched, watched_context
from tests.support.children import Child
from tests.support.house import House
from tests.support.ports import free_port
from tests.support.processes import ROOT, ServeProcess, clean_environment
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Media

PICTURE = Media(kind="other", url="https://pictures.example/1.pdf", alt="A chart of our results")
LAPTOP = {"width": 1280, "height": 800}
STAFF = {
    "landing": ("/", "h1"),
    "programme": ("/events/{slug}", "h1"),
    "wall": ("/wall/{slug}", ".card"),
    "desk": ("/desk/{slug}", ".row"),
    "stage": ("/stage/{slug}?session={session}", "main"),
    "stage chooser": ("/stage/{slug}", "h1"),
    "join": ("/join/{slug}", "h1"),
    "moderation": ("/moderate/{slug}", "article.post"),
    "moderation, shown": ("/moderate/{slug}?see=shown", "article.post"),
    "moderation, second looks": ("/moderate/{slug}?see=asked", "h1"),
    "rules": ("/moderate/{slug}/rules", "h1"),
    "codebook": ("/codebook/{slug}", "h1"),
    "a new tag": ("/codebook/{slug}/tag/new", "form"),
    "second tagging": ("/codebook/{slug}/second", "h1"),
    "agreement": ("/codebook/{slug}/agreement", "h1"),
    "themes": ("/codebook/{slug}/themes", "h1"),
    "run-sheet": ("/events/{slug}/sessions/{session}/run-sheet", "form"),
    "who has been heard": ("/heard/{slug}", "h1"),
    "who did what": ("/audit/{slug}", "h1"),
    "what was erased": ("/audit/{slug}?group=erasure", "h1"),
    "feedback": ("/events/{slug}/feedback", "h1"),
    "staff": ("/events/{slug}/staff", "#alarms"),
    "left off the walls": ("/moderate/{slug}/left-off", "h1"),
    "enter, signed in": ("{enter}", "form.enter"),
    "start": ("/start", "form.questions"),
    "copy": ("/events/{slug}/copy", "form"),
    "queue on paper": ("/events/{slug}/print/queue", "section.sheet"),
    "delete": ("/events/{slug}/delete", "h1"),
    "deleted": ("/deleted", "h1"),
}
"""Pages as an organiser sees them: their address, and what shows that they are up."""
VISITOR = {
    "landing": ("/", "h1"),
    "programme": ("/events/{slug}", "h1"),
    "stage": ("/stage/{slug}?session={session}", "main"),
    "join": ("/join/{slug}", "h1"),
    "take back": ("{take_back}", "blockquote"),
    "plain wall": ("/wall/{slug}/plain", ".post"),
    "leave the walls": ("/join/{slug}/leave", "form"),
    "who has been heard": ("/heard/{slug}", "h1"),
    "enter": ("{enter}", "#name"),
    "enter, used up or unknown": ("/enter/unknown", "h1"),
    "not found": ("/nothing-here", "h1"),
    "no such event": ("/wall/nothing", "h1"),
    "sign in first": ("/desk/{slug}", "h1"),
}
"""Pages as somebody sees them who is not signed in."""


@pytest_asyncio.fixture(loop_scope="session")
async def summit(own_house: House) -> Summit:
    """The one event of an instance, in which something waits, something is shown, and something is in
    the room."""
    made = await Summit.prepared(own_house.hall(rules=None))
    made.bring("Why not?", "Call the ward on 020 7946 0958", "Evidence is here", "A shit word")
    made.hall.bring(Arrived(post("5", "A chart of our results", media=(PICTURE,), warning="Needles")))
    shown = next(one for one in (await made.hall.held())["post"] if one["text"] == "Why not?")
    await made.venue.bring_in(made.session, shown["id"], "Ask the author")
    return made


async def assert_accessible(
    watched: Watched, summit: Summit, pages: dict[str, tuple[str, str]], **places: str
) -> None:
    """AssertionError with everything that axe finds on any of these pages."""
    page = await watched.page()
    await page.route("**/plain", _without_refresh)
    places |= {"slug": summit.hall.slug, "session": summit.session}
    found = []
    for name, (path, up) in pages.items():
        await page.goto(summit.hall.process.base_url + path.format(**places))
        await expect(page.locator(up).first).to_be_visible()
        found += [f"{name}: {one}" for one in await violations(page)]
    assert not found, "\n".join(found)


async def _without_refresh(route: Route) -> None:
    """A page that asks for itself anew must not do so while it is being looked at."""
    answer = await route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "refresh"}
    await route.fulfill(response=answer, headers=headers)


async def enter_path(summit: Summit) -> str:
    """The page of a link by which somebody joins the staff."""
    made = await summit.venue.do("/links", role="facilitator")
    return "/enter/" + str(made["url"]).rpartition("/")[2]


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_page_of_the_staff_is_accessible(summit: Summit, browser: Browser, scheme: str) -> None:
    async with watched_context(browser, viewport=LAPTOP, color_scheme=scheme) as watched:
        await summit.hall.sign_in(watched)
        await assert_accessible(watched, summit, STAFF, enter=await enter_path(summit))


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_page_of_a_visitor_is_accessible(summit: Summit, browser: Browser, scheme: str) -> None:
    async with watched_context(browser, viewport=LAPTOP, color_scheme=scheme) as watched:
        watched.expected += ["404", "401"]
        page = await watched.page(summit.hall.at("join"))
        await expect(page.get_by_role("button", name="Pause")).to_be_visible()
        await page.get_by_role("textbox").first.fill("A point of my own")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("a[href*='take-back']").first).to_be_visible()
        own = await page.locator("a[href*='take-back']").first.get_attribute("href")
        await assert_accessible(
            watched, summit, VISITOR, enter=await enter_path(summit), take_back=own or ""
        )


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
            assert not await violations(page, iframes=False)
    finally:
        demo.kill()
