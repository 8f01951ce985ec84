"""What the tests of the participants' page and of the chair view have in common: an event that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.conftest import Serve
from tests.support.processes import ServeProcess
from tests.support.staff import Staff
from tests.support.summit import open_rules
from tests.support.venue import Venue
from wall.journal import create_event
from wall.model import Mode, utc_now
from wall.store import Store

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}


@dataclass
class Hall:
    """A serve with one event in Toronto's zone, its staff and its venue."""

    process: ServeProcess
    staff: Staff
    venue: Venue

    def at(self, path: str) -> str:
        """The whole address of a path."""
        return f"{self.process.base_url}{path}"


@asynccontextmanager
async def hall_at(serve: Serve, url: str, directory: Path, mode: Mode = Mode.AUTO) -> AsyncIterator[Hall]:
    """A running hall, for as long as the block runs. Everything passes its rules, unless the mode is
    another one: then they are the ordinary ones."""
    process = serve({"BACKCHANNEL_DATABASE_URL": url, "BACKCHANNEL_DATA_DIR": str(directory)})
    store = Store(url)
    details = {"mode": mode, "zone": "America/Toronto", "hashtags": ("smsummit",)}
    with store.writing() as conn:
        event = create_event(conn, utc_now(), "summit", "Summit", "system", details)
        if mode is Mode.AUTO:
            open_rules(conn, event.id)
    staff = Staff(process.base_url, store)
    await process.start()
    try:
        yield Hall(process, staff, Venue(staff, "summit"))
    finally:
        store.close()


async def assert_fit(page: Page, width: int) -> None:
    """AssertionError for anything that axe finds, or a page wider than its screen."""
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
