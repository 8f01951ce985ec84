"""300 posts in 10 seconds on a wall in Chromium: does what is being read stay, and how busy is the page?

The flood comes twice to a wall that is full: once with nothing but the browser's own counters, for how busy
its main thread is, and once while every card is followed frame by frame.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from bench.support.arguments import parser
from bench.support.faces_watch import WatchedFace, watch_face
from bench.support.results import Report
from bench.support.site import API, EVENT, Site, site
from bench.support.smoothness import LONG_MS, Smooth, Work, notice, noticed, work_of
from bench.support.wall_page import SCREEN, chromium

POSTS, SECONDS = 300, 10.0
STANDING = 24
"""Posts before the flood: the wall is full."""
CONNECTIONS = 4
AFTER_SECONDS, QUICK_AFTER_SECONDS = 45.0, 15.0
"""The cards of the flood have their time after it."""
WORDS_A_MINUTE, BASE_SECONDS = 160, 3.0
"""How long a card stays at least: ui/src/wall/legibility.ts says the same."""
_CLOCK_MS = 250.0
"""A card is let go of at a tick of the wall, and noticed at a frame."""
_TEXT = "Point {number} of ordinary length, which takes about ten seconds to read from the back of a hall."

_FOLLOW = """
() => {
  const cards = new Map(), gone = [];
  const kept = window.__cards = { gone, columns: 0, resized: 0, moves: 0, step: 0, watching: 0 };
  const look = () => {
    const now = performance.now(), here = new Set();
    for (const slot of document.querySelectorAll("li.slot:not([data-out=true])")) {
      const id = slot.dataset.post;
      const { left, top, width, height } = slot.getBoundingClientRect();
      here.add(id);
      const known = cards.get(id);
      if (!known) {
        cards.set(id, { since: now, left, top, width, height, first: !kept.watching, rests: true });
        continue;
      }
      if (Math.abs(known.left - left) > 1) kept.columns++;
      if (Math.abs(known.width - width) > 1 || Math.abs(known.height - height) > 1) kept.resized++;
      const step = Math.abs(known.top - top);
      if (step > 0.5) { if (known.rests) kept.moves++; kept.step = Math.max(kept.step, step); }
      Object.assign(known, { left, top, width, height, rests: step <= 0.5 });
    }
    for (const [id, { since, first }] of cards) if (!here.has(id)) {
      if (!first) gone.push(now - since);
      cards.delete(id);
    }
    kept.watching = 1;
    requestAnimationFrame(look);
  };
  look();
}
"""


@dataclass(frozen=True)
class Flooded:
    """One flood: percent of the time in which the main thread was at work during it, what was noticed, and
    what became of the cards (ms each was on, of those that left)."""

    busy: float
    smooth: Smooth
    cards: dict[str, Any]
    sent_seconds: float
    passed_over: str


async def flood(served: Site, first: int) -> float:
    """Send the posts at an even pace; how many seconds it took."""
    clients = [served.another_client() for _ in range(CONNECTIONS)]
    began = time.monotonic()

    async def send(which: int) -> None:
        for number in range(which, POSTS, CONNECTIONS):
            await asyncio.sleep(max(0, began + number * SECONDS / POSTS - time.monotonic()))
            await clients[which].post(f"{API}/posts", {"text": _TEXT.format(number=first + number)})

    await asyncio.gather(*(send(which) for which in range(CONNECTIONS)))
    took = time.monotonic() - began
    await asyncio.gather(*(client.close() for client in clients))
    return took


async def once(served: Site, face: WatchedFace, first: int, *, follow: bool, after: float) -> Flooded:
    """One flood on an open wall."""
    page: Page = face.page
    await notice(page, frames=follow)
    if follow:
        await page.evaluate(_FOLLOW)
    before: Work = await work_of(face.cdp)
    took = await flood(served, first)
    busy = (await work_of(face.cdp)).share_since(before)
    more = page.locator(".tally .more")
    passed_over = await more.inner_text() if await more.count() else ""
    await asyncio.sleep(after)
    cards = await page.evaluate("window.__cards ?? {}")
    return Flooded(busy, await noticed(page), cards, took, passed_over)


async def measure(after: float) -> tuple[Flooded, Flooded]:
    """The flood that is left alone, and the one that is followed."""
    async with site() as served, chromium() as browser:
        for number in range(STANDING):
            await served.client.post(f"{API}/posts", {"text": _TEXT.format(number=number)})
        results = []
        for follow in (False, True):
            context = await browser.new_context(viewport=SCREEN)
            face = await watch_face(context, "wall", f"{served.process.base_url}/wall/{EVENT}")
            await face.page.wait_for_function("() => document.querySelectorAll('li.slot .card').length > 5")
            await asyncio.sleep(2)
            first = STANDING + POSTS * len(results)
            results.append(await once(served, face, first, follow=follow, after=after if follow else 1))
            await context.close()
    return results[0], results[1]


def reported(alone: Flooded, followed: Flooded, report: Report) -> None:
    """Put both floods into a report."""
    wanted = (BASE_SECONDS + len(_TEXT.split()) * 60 / WORDS_A_MINUTE) * 1000
    gone = sorted(followed.cards["gone"])
    short = [one for one in gone if one < wanted - _CLOCK_MS]
    tasks = [took for _, took in alone.smooth.tasks]
    report.add(
        "main thread busy during the flood", alone.busy, "%", f"{POSTS} posts in {alone.sent_seconds:.1f} s"
    )
    report.add(
        "main thread busy while cards are followed", followed.busy, "%", "with the bench's own work in it"
    )
    report.add("longest task during the flood", max(tasks, default=0.0), "ms")
    report.add(
        f"tasks of more than {LONG_MS:g} ms", sum(took > LONG_MS for took in tasks), "", "none wanted"
    )
    report.add(
        "time on the wall, shortest",
        (gone[0] if gone else None) and gone[0] / 1000,
        "s",
        f"{wanted / 1000:.1f} wanted, n={len(gone)}",
    )
    report.add("cards that left before their time", len(short), "", "none wanted")
    report.add("layout shift of cards, as Chromium counts it", followed.smooth.cards, "", "0 wanted")
    report.add("layout shift of what stands around them", followed.smooth.others, "", "the count of posts")
    report.add(
        "cards that changed their column or size while they were read",
        followed.cards["columns"] + followed.cards["resized"],
        "",
        "0 wanted",
    )
    report.add(
        "cards moved down by a newer one",
        followed.cards["moves"],
        "",
        f"at most {followed.cards['step']:.0f} px from one drawn frame to the next",
    )
    report.add("frames dropped", followed.smooth.dropped_share, "%", f"of {followed.smooth.frames:,}")
    report.detail = {
        "on_ms": gone,
        "passed_over": [alone.passed_over, followed.passed_over],
        "tasks_ms": tasks,
    }


def main() -> None:
    """Measure whether a wall stays readable in a flood."""
    arguments = parser(__doc__).parse_args()
    report = Report("flood", "300 posts in 10 s on a wall", arguments.quick)
    alone, followed = asyncio.run(measure(QUICK_AFTER_SECONDS if arguments.quick else AFTER_SECONDS))
    reported(alone, followed, report)
    report.notes += [
        f"{STANDING} posts stand when the flood begins. What it passes over is counted on the wall: "
        f"“{followed.passed_over}”.",
        "A card moves by its transform, which is no layout shift in Chromium's count; that it keeps its "
        "column, width and height while it is read is looked at in every frame.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
