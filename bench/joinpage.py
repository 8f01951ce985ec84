"""The join page on an old phone and slow mobile data: what comes over the wire, and when it is usable.

The demo's join page in headless Chromium with an empty cache, through the browser's own throttling:
1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms a round trip, a processor that is four times slower. Bytes are what
the browser counted on the wire, headers too. Readable is the first paint that has text; usable is when the
form is there and the page's main thread is free; live is when its own script has taken over. Then axe looks
at it. All of it also without JavaScript. Exit code 1 for anything that axe finds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Browser, CDPSession, Page, ViewportSize

from bench.support.arguments import parser
from bench.support.demo import demo
from bench.support.results import Report
from bench.support.wall_page import chromium
from tests.support.accessible import violations
from wall.demo import SLUG

OPENINGS, QUICK_OPENINGS = 11, 3
PHONE: ViewportSize = {"width": 390, "height": 844}
DOWN_BYTES, UP_BYTES = 1_600_000 // 8, 750_000 // 8
ROUND_TRIP_MS = 150
SLOWER = 4
STANDING_STILL = ("--speed", "0.1", "--no-robots")
WITHIN_MS = 60_000
# Usable: the form is there, and a timer is on time. Live: the page's own script has drawn the form anew.
_WATCH = """
const frame = () => new Promise(requestAnimationFrame);
const field = () => document.querySelector("#join textarea");
const there = async (look) => { while (!look()) await frame(); };
const late = () => new Promise((done) => {
  const asked = performance.now();
  setTimeout(() => done(performance.now() - asked));
});
const form = () => field() && document.querySelector("#join form button[type=submit]");
window.__usable = there(form).then(async () => {
  while ((await late()) > 50) await frame();
  return performance.now();
});
window.__live = there(field).then(async () => {
  const first = field();
  await there(() => field() && field() !== first);
  while ((await late()) > 50) await frame();
  return performance.now();
});
"""
_READABLE = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_PARSED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


@dataclass(frozen=True)
class Opening:
    """One first view: bytes over the wire, and milliseconds since navigation began."""

    bytes: int
    readable: float
    usable: float
    live: float | None = None


async def throttled(page: Page) -> CDPSession:
    """Slow a page's line and processor down."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Network.enable")
    line = {"downloadThroughput": DOWN_BYTES, "uploadThroughput": UP_BYTES, "latency": ROUND_TRIP_MS}
    await cdp.send("Network.emulateNetworkConditions", {"offline": False, **line})
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return cdp


async def first_view(browser: Browser, address: str, *, script: bool) -> Opening:
    """Open the page with an empty cache, and stay until the network is quiet."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = await context.new_page()
    cdp = await throttled(page)
    counted: list[int] = []
    cdp.on("Network.loadingFinished", lambda told: counted.append(int(told["encodedDataLength"])))
    if script:
        await page.add_init_script(_WATCH)
    await page.goto(address, wait_until="networkidle", timeout=WITHIN_MS)
    readable = float(await page.evaluate(_READABLE))
    usable, live = float(await page.evaluate("window.__usable" if script else _PARSED)), None
    if script:
        live = float(await page.evaluate("window.__live"))
    await context.close()
    return Opening(sum(counted), readable, max(readable, usable), live)


async def broken(browser: Browser, address: str, *, script: bool) -> list[str]:
    """What axe finds on the page. axe is a script itself: without one, it is only the page's own that is
    kept away."""
    context = await browser.new_context(viewport=PHONE, service_workers="block")
    page = await context.new_page()
    if not script:
        await page.route("**/static/dist/**/*.js", lambda route: route.abort())
    await page.goto(address, wait_until="networkidle", timeout=WITHIN_MS)
    found = await violations(page)
    await context.close()
    return found


def add_openings(report: Report, name: str, openings: Sequence[Opening]) -> None:
    """Add the medians of several first views."""
    report.median(f"{name}: over the wire", [one.bytes / 1000 for one in openings], "KB")
    report.median(f"{name}: readable", [one.readable / 1000 for one in openings], "s")
    report.median(f"{name}: usable", [one.usable / 1000 for one in openings], "s")
    live = [one.live / 1000 for one in openings if one.live is not None]
    if live:
        report.median(f"{name}: live", live, "s")
    report.detail[name] = [vars(one) for one in openings]


async def measure(report: Report, openings: int) -> bool:
    """First views with and without JavaScript; whether axe found nothing."""
    found: list[str] = []
    async with demo(*STANDING_STILL) as process, chromium() as browser:
        address = f"{process.base_url}/join/{SLUG}"
        for name, script in (("join", True), ("join without JavaScript", False)):
            views = [await first_view(browser, address, script=script) for _ in range(openings + 1)]
            add_openings(report, name, views[1:])
            here = await broken(browser, address, script=script)
            report.add(f"{name}: what axe finds", len(here), "")
            found += here
    report.notes += [*found, "1 KB is 1,000 bytes; the first opening of each kind was warm-up."]
    return not found


def main() -> int:
    """Measure the join page on a slow line; 1 if axe found anything."""
    arguments = parser(__doc__).parse_args()
    report = Report("joinpage", "The join page on slow mobile data", arguments.quick)
    clean = asyncio.run(measure(report, QUICK_OPENINGS if arguments.quick else OPENINGS))
    report.finish()
    return int(not clean)


if __name__ == "__main__":
    sys.exit(main())
