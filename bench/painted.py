"""From POST /posts to a card painted on an open wall, in Chromium at 1920 x 1080.

The clock starts before the request is written and stops in the page, after the frame that has the
card. The wall lets a card in every 0.7 s at most, so posts are sent 1.2 to 1.6 s apart and none
waits for the one before it.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from playwright.async_api import Page

from bench.support.arguments import parser
from bench.support.results import Report
from bench.support.site import API, EVENT, Site, site
from bench.support.wall_page import SCREEN, Moments, chromium, watch, when_seen

TRIES = 100
QUICK_TRIES = 15
WARM_UP = 3
SHORTEST_GAP, LONGEST_GAP = 1.2, 1.6
"""Seconds between two posts: longer than the wall's pace, and in step with no clock."""


@dataclass(frozen=True)
class Try:
    """One post: seconds from the start of its request."""

    answered: float
    drawn: float
    half: float
    whole: float


async def one(served: Site, page: Page, number: int) -> Try:
    """Send one post and wait until it is on the wall."""
    text = f"Try {number}: what would you change first, and who has to be in the room for it?"
    waiting = asyncio.create_task(when_seen(page, text))
    began = time.time()
    await served.client.post(f"{API}/posts", {"text": text})
    answered = time.time()
    seen: Moments = await waiting
    assert seen.in_view, f"the card of try {number} is outside the screen"
    return Try(answered - began, seen.drawn - began, seen.half - began, seen.whole - began)


async def measure(tries: int) -> list[Try]:
    """Open a wall and send it posts."""
    chance, done = random.Random(2026), []
    async with site() as served, chromium() as browser:
        page = await browser.new_page(viewport=SCREEN)
        await page.goto(f"http://127.0.0.1:{served.port}/wall/{EVENT}")
        await served.client.post(f"{API}/posts", {"text": "The first post fills the empty wall."})
        await page.wait_for_selector(".card .said")
        await watch(page)
        for number in range(WARM_UP + tries):
            await asyncio.sleep(chance.uniform(SHORTEST_GAP, LONGEST_GAP))
            done.append(await one(served, page, number))
    return done[WARM_UP:]


def main() -> None:
    """Measure how long a post takes to the wall."""
    arguments = parser(__doc__).parse_args()
    tries = asyncio.run(measure(QUICK_TRIES if arguments.quick else TRIES))
    report = Report("painted", "From POST to painted on an open wall", arguments.quick)
    for what, name in (
        ("answered: the post is on disk", "answered"),
        ("drawn: a painted frame has the card", "drawn"),
        ("half opaque: it can be read", "half"),
        ("wholly opaque", "whole"),
    ):
        report.latencies(what, [getattr(one, name) for one in tries])
    report.detail["tries"] = [vars(one) for one in tries]
    report.notes += [
        f"{len(tries)} posts after {WARM_UP} of warm-up, {SHORTEST_GAP} to {LONGEST_GAP} s apart: the "
        "wall's pace of a card every 0.7 s is not what is measured here.",
        "A card fades in for 0.16 s by design: that is the difference between drawn and opaque. Moments "
        "in the page are to the millisecond and up to one frame (17 ms) late.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
