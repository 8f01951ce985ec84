"""What the first view of each face loads, and how soon a wall shows its first card.

The demo, with its robots at rest and its day standing nearly still, in Chromium with an empty cache.
Sizes are of the bodies of all answers until the page is up and quiet: as they would be compressed
(gzip, for what is text), and as they came over the wire.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import httpx2
from playwright.async_api import Browser, Response, ViewportSize

from bench.support.arguments import parser
from bench.support.demo import demo
from bench.support.results import Report
from bench.support.wall_page import SCREEN, chromium, watch_from_start, when_seen
from wall.demo import SLUG

OPENINGS = 30
QUICK_OPENINGS = 5
STANDING_STILL = ("--speed", "0.1", "--no-robots")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
_TEXT = ("text/", "javascript", "json", "svg")
_GZIP_LEVEL = 6


@dataclass(frozen=True)
class Face:
    """A face: where it is, on what screen, and a selector of what shows that it is up."""

    name: str
    path: str
    screen: ViewportSize
    up: str


FACES = (
    Face("wall", f"/wall/{SLUG}", SCREEN, ".card .said"),
    Face("desk", f"/desk/{SLUG}", DESKTOP, "#desk > *"),
    Face("stage", f"/stage/{SLUG}?room={{room}}", DESKTOP, "#stage > *"),
    Face("join", f"/join/{SLUG}", PHONE, "main"),
)
"""`{room}` stands for a room's id."""


@dataclass(frozen=True)
class Loaded:
    """One answer: what kind of thing it is, and its body's bytes."""

    kind: str
    packed: int
    sent: int


async def some_room(base: str) -> str:
    """The id of a room of the demo."""
    async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        puts = (await client.get(f"/api/v1/events/{SLUG}/snapshot?face=wall")).json()["puts"]
    return next(str(put["id"]) for put in puts if put["type"] == "room")


async def first_view(browser: Browser, base: str, face: Face) -> list[Loaded]:
    """Open a face with an empty cache; every answer until it is up and quiet."""
    context = await browser.new_context(viewport=face.screen)
    page = await context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    await page.goto(f"{base}{face.path}")
    await page.wait_for_selector(face.up)
    await page.wait_for_load_state("networkidle")
    loaded = [await _loaded(answer) for answer in answers if answer.ok]
    await context.close()
    return loaded


async def _loaded(answer: Response) -> Loaded:
    body = await answer.body()
    kind = answer.headers.get("content-type", "")
    packed = gzip.compress(body, _GZIP_LEVEL) if any(part in kind for part in _TEXT) else body
    sizes = await answer.request.sizes()
    return Loaded(answer.request.resource_type, len(packed), sizes["responseBodySize"])


async def first_cards(browser: Browser, base: str, openings: int) -> list[float]:
    """Open the wall again and again; seconds from navigation until its first card can be read."""
    taken = []
    for _ in range(openings + 1):
        context = await browser.new_context(viewport=SCREEN)
        await watch_from_start(context)
        page = await context.new_page()
        await page.goto(f"{base}/wall/{SLUG}", wait_until="commit")
        await page.wait_for_selector(".card .said")
        text = await page.text_content(".card .said")
        began = float(await page.evaluate("performance.timeOrigin")) / 1000
        taken.append((await when_seen(page, text or "")).half - began)
        await context.close()
    return taken[1:]


def add_sizes(report: Report, face: Face, loaded: Sequence[Loaded]) -> None:
    """Add what a face's first view loads, in KB of 1,000 bytes."""
    code = [one for one in loaded if one.kind in {"script", "stylesheet"}]
    report.add(f"{face.name}: script and style, gzip", _kb(one.packed for one in code), "KB")
    report.add(f"{face.name}: first view, gzip", _kb(one.packed for one in loaded), "KB")
    report.add(f"{face.name}: first view, as sent", _kb(one.sent for one in loaded), "KB")
    report.detail[face.name] = [vars(one) for one in loaded]


def _kb(sizes: Iterable[int]) -> float:
    return sum(sizes) / 1000


async def measure(report: Report, openings: int) -> None:
    """Sizes of all faces, then the wall's first card."""
    async with demo(*STANDING_STILL) as process, chromium() as browser:
        room = await some_room(process.base_url)
        for face in FACES:
            here = replace(face, path=face.path.format(room=room))
            add_sizes(report, here, await first_view(browser, process.base_url, here))
        taken = await first_cards(browser, process.base_url, openings)
        report.latencies("wall: from navigation until the first card can be read", taken)


def main() -> None:
    """Measure what a face loads and how soon it is there."""
    arguments = parser(__doc__).parse_args()
    report = Report("faces", "The first view of each face", arguments.quick)
    asyncio.run(measure(report, QUICK_OPENINGS if arguments.quick else OPENINGS))
    report.notes.append(
        "A first view is with an empty cache and has the page, its script and style, the snapshot and "
        "pictures; 1 KB is 1,000 bytes. The server compresses the snapshot, scripts and styles."
    )
    report.finish()


if __name__ == "__main__":
    main()
