"""From a removal to its acknowledgement by each of ten paired screens, all of them walls in Chromium.

Posts are put up and taken down one at a time. The clock starts before the request to hide a post is
written; it stops for a screen when the API says that it has painted the journal up to that removal. Beside
that, when the last of the walls painted a frame without the card, by the machine's own clock.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page, ViewportSize

from bench.support.arguments import parser
from bench.support.results import Report
from bench.support.site import API, Site, site
from bench.support.wall_page import chromium, look_for_end, watch, when_gone, when_seen

SCREENS = 10
TRIES, QUICK_TRIES = 50, 6
STANDING = 20
SIZE: ViewportSize = {"width": 1280, "height": 720}
"""Ten walls share one machine here: each is smaller than a hall's."""
SHORTEST_GAP, LONGEST_GAP = 0.5, 1.2
_ASK_SECONDS = 0.02
_GIVE_UP_SECONDS = 30.0


@dataclass(frozen=True)
class Try:
    """One removal: seconds until each screen had acknowledged it, and until the last wall painted it."""

    acknowledged: list[float]
    painted: float


async def pair(served: Site, browser: Browser, number: int) -> Page:
    """A display of its own browser profile that becomes a screen."""
    context = await browser.new_context(viewport=SIZE)
    page = await context.new_page()
    await page.goto(f"{served.process.base_url}/screen")
    code = await page.locator(".pairing-code").inner_text()
    place = {"name": f"Screen {number}", "distance_m": 6, "diagonal_in": 86}
    await served.client.post(f"{API}/screens", {"code": code, **place})
    await page.wait_for_selector("#wall[data-screen] .card .said", timeout=120_000)
    await watch(page)
    return page


@asynccontextmanager
async def hall(screens: int) -> AsyncIterator[tuple[Site, list[Page]]]:
    """A server whose walls are full, and its paired screens."""
    async with site() as served, chromium() as browser:
        for number in range(STANDING):
            text = f"Standing post {number}: it stays while others come and go."
            await served.client.post(f"{API}/posts", {"text": text})
        yield served, [await pair(served, browser, number) for number in range(screens)]


async def acknowledged(served: Site, seq: int, began: float, screens: int) -> list[float]:
    """Ask until every screen has said that it painted up to `seq`; when each first did."""
    done: dict[str, float] = {}
    while len(done) < screens and time.time() < began + _GIVE_UP_SECONDS:
        answer = (await served.client.get(f"{API}/screens/acknowledged?seq={seq}")).json
        for screen in answer["painted"]:
            done.setdefault(screen, time.time() - began)
        await asyncio.sleep(_ASK_SECONDS)
    assert len(done) == screens, f"{screens - len(done)} screens did not answer in {_GIVE_UP_SECONDS:g} s"
    return list(done.values())


async def one(served: Site, pages: list[Page], number: int) -> Try:
    """Show a post on every screen and take it down."""
    text = f"Try {number}: said too soon, and taken down again."
    added = (await served.client.post(f"{API}/posts", {"text": text})).json
    await asyncio.gather(*(when_seen(page, text) for page in pages))
    await asyncio.gather(*(look_for_end(page, text) for page in pages))
    await asyncio.sleep(random.uniform(SHORTEST_GAP, LONGEST_GAP))
    waiting = [asyncio.create_task(when_gone(page)) for page in pages]
    began = time.time()
    order = {"version": 1, "reason": "off_topic"}
    hidden = (await served.client.post(f"{API}/posts/{added['post']}/hide", order)).json
    said = await acknowledged(served, hidden["seq"], began, len(pages))
    painted = await asyncio.gather(*waiting)
    return Try(said, max(painted) - began)


async def measure(tries: int, screens: int) -> list[Try]:
    """One removal is warm-up."""
    async with hall(screens) as (served, pages):
        return [await one(served, pages, number) for number in range(tries + 1)][1:]


def main() -> None:
    """Measure how soon it is known that a removal is off every screen."""
    described = parser(__doc__)
    described.add_argument("--screens", type=int, default=SCREENS, help=f"how many (usually {SCREENS})")
    arguments = described.parse_args()
    report = Report("removal", "From a removal to each screen's answer", arguments.quick)
    tries = asyncio.run(measure(QUICK_TRIES if arguments.quick else TRIES, arguments.screens))
    report.latencies("acknowledged by a screen", [said for one in tries for said in one.acknowledged])
    report.latencies(
        f"acknowledged by the last of {arguments.screens}", [max(one.acknowledged) for one in tries]
    )
    report.latencies(f"off the last of {arguments.screens} walls", [one.painted for one in tries])
    report.detail["tries"] = [vars(one) for one in tries]
    report.notes += [
        f"{arguments.screens} paired screens of {SIZE['width']} x {SIZE['height']} in one Chromium on this "
        f"machine, {STANDING} posts standing; wanted is an answer of every connected screen within 2 s.",
        f"The API is asked every {_ASK_SECONDS * 1000:g} ms: acknowledgements are up to that much late, "
        "never early.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
