"""`backchannel demo` in Chromium: the first page shows all four faces, and hands over to a person."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Frame, Page, expect

from tests.support.browser import watched_context
from tests.support.children import Child
from tests.support.ports import free_port
from tests.support.processes import ROOT, ServeProcess, clean_environment
from tests.support.waiting import PATIENCE, eventually

FACES = {"wall": "/wall/demo", "stage": "/stage/demo", "join": "/join/demo", "desk": "/desk/demo"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(tmp_path_factory: object) -> AsyncIterator[ServeProcess]:
    """A demo that runs."""
    folder: Path = tmp_path_factory.mktemp("demo")  # type: ignore[attr-defined]
    port = free_port()
    command = [sys.executable, "-m", "wall.cli", "demo", "--port", str(port), "--seed", "5"]
    env = {**clean_environment(), "BACKCHANNEL_DATA_DIR": str(folder / "data")}
    process = ServeProcess(Child(command, folder / "demo.log", env=env, cwd=ROOT), port)
    await process.start()
    try:
        yield process
    finally:
        process.kill()


async def test_the_first_page_shows_four_faces_with_content(browser: Browser, demo: ServeProcess) -> None:
    async with watched_context(browser, viewport={"width": 1440, "height": 900}) as watched:
        page = await watched.page(demo.base_url)
        await expect(page.get_by_text("Made-up summit")).to_be_visible()
        wall, stage, join, desk = [await face_of(page, path) for path in FACES.values()]
        await expect(wall.get_by_text("In the room now").first).to_be_visible(timeout=20_000)
        await expect(stage.get_by_text("In the room now").first).to_be_visible()
        await expect(join.get_by_role("heading", name="Your points")).to_be_visible()
        await expect(desk.get_by_text("Robot moderator").first).to_be_visible()
        assert await wall.locator("article").count() > 3
        found = await Axe().run(page, options={"iframes": False})
        assert found.violations_count == 0, found.generate_report()


async def face_of(page: Page, path: str) -> Frame:
    """The frame of a face, once it is there."""

    def found() -> Frame | None:
        return next((frame for frame in page.frames if path in frame.url), None)

    frame: Frame = await eventually(found, what=path)
    return frame


async def test_a_phone_gets_links_instead_of_frames(browser: Browser, demo: ServeProcess) -> None:
    async with watched_context(browser, viewport={"width": 390, "height": 844}) as watched:
        page = await watched.page(demo.base_url)
        for path in FACES.values():
            await expect(page.locator(f"a[href^='{path}']")).to_be_visible()
        await expect(page.locator("iframe").first).to_be_hidden()
        assert len([frame for frame in page.frames if "/demo" in frame.url]) == 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_the_switch_hands_over_at_once(browser: Browser, demo: ServeProcess) -> None:
    async with watched_context(browser, viewport={"width": 1440, "height": 900}) as watched:
        page = await watched.page(demo.base_url)
        switch = page.get_by_role("switch", name="Robots")
        await expect(switch).to_have_attribute("aria-checked", "true")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "false")
        await expect(page.get_by_text("The robots rest")).to_be_visible()
        other = await watched.page(demo.base_url)
        await expect(other.get_by_role("switch")).to_have_attribute("aria-checked", "false")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")


async def test_whoever_opens_a_page_is_on_the_staff_and_programs_are_not(demo: ServeProcess) -> None:
    async with httpx2.AsyncClient(base_url=demo.base_url, trust_env=False, timeout=PATIENCE) as somebody:
        refused = await somebody.post("/api/v1/events/demo/robots", json={"on": False})
        assert refused.status_code == 401
        assert "set-cookie" not in refused.headers
        page = await somebody.get("/desk/demo")
        assert page.status_code == 200
        assert "HttpOnly" in page.headers["set-cookie"]
        assert (await somebody.get("/api/v1/me")).json()["name"] == "Demo visitor"
        assert "set-cookie" not in (await somebody.get("/")).headers
    async with httpx2.AsyncClient(base_url=demo.base_url, trust_env=False, timeout=PATIENCE) as stranger:
        strange = await stranger.get("/", headers={"Host": "evil.example"})
        assert strange.status_code == 421
        assert "set-cookie" not in strange.headers


async def test_the_tour_points_at_faces_and_is_worked_by_keyboard(
    browser: Browser, demo: ServeProcess
) -> None:
    async with watched_context(browser, viewport={"width": 1440, "height": 900}) as watched:
        page = await watched.page(f"{demo.base_url}/#tour")
        tour = page.locator("#tour")
        await expect(tour).to_be_visible()
        desk = await face_of(page, FACES["desk"])
        await expect(desk.get_by_text("Robot moderator").first).to_be_visible(timeout=20_000)
        await page.get_by_role("button", name="Tour: two minutes").click()
        await expect(tour).to_be_hidden()
        await page.get_by_role("button", name="Tour: two minutes").click()
        await expect(tour).to_be_focused()
        await expect(tour.get_by_text("1 of 9")).to_be_visible()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#wall.shown")).to_be_visible()
        await page.keyboard.press("p")
        await expect(tour.get_by_role("button", name="Go on")).to_be_visible()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#join.shown")).to_be_visible()
        found = await Axe().run(page, options={"iframes": False})
        assert found.violations_count == 0, found.generate_report()
        await page.keyboard.press("Escape")
        await expect(tour).to_be_hidden()
        await expect(page.get_by_role("button", name="Tour: two minutes")).to_be_focused()


async def test_the_tour_waits_for_whoever_wants_less_motion(browser: Browser, demo: ServeProcess) -> None:
    async with watched_context(
        browser, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    ) as watched:
        page = await watched.page(f"{demo.base_url}/#tour")
        await expect(page.locator("#tour").get_by_role("button", name="Go on")).to_be_visible()
        await page.get_by_role("button", name="Next").click()
        await expect(page.locator("#wall.shown")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
