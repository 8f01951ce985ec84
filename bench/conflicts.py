"""Two people at two desks press keys at random on the same few posts: 1,000 commands that conflict.

A real `serve` and two desks in Chromium, each of an organiser of their own. They tag, join and split,
word, place, take, raise, move, close, erase and undo, each in the other's way; what one was too late for is
refused and told. At the end both copies must be what the server has. Exit code 1 where they are not.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass

from playwright.async_api import Browser

from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.results import Report, out
from bench.support.site import EVENT, Site, site
from bench.support.wall_page import chromium
from bench.support.working import Working, furnish
from tests.support.desk_page import DeskPage
from tests.support.rivals import disagreements, rival
from tests.support.staff import Staff
from wall.access import COOKIE

COMMANDS, QUICK_COMMANDS = 1_000, 150
POSTS = 12
DESKTOP = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Outcome:
    """What the two did, and how they differ from the server in the end."""

    desks: list[DeskPage]
    seconds: float
    wrong: list[str]


async def _desk(browser: Browser, served: Site, staff: Staff) -> DeskPage:
    context = await browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    cookie = {"name": COOKIE, "value": staff.token, "url": served.process.base_url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    desk = DeskPage(await context.new_page(), EVENT)
    await desk.page.goto(f"{served.process.base_url}/desk/{EVENT}")
    await desk.page.wait_for_selector(".row")
    return desk


async def measure(commands: int, seed: int) -> Outcome:
    """Let two work against each other until so many commands were sent."""
    async with chromium() as browser, site() as served:
        working: Working = await furnish(served)
        for number in range(POSTS):
            text = f"Point {number} about what counts as scholarship here"
            await served.client.post(f"/api/v1/events/{EVENT}/posts", {"text": text})
        desks = [await _desk(browser, served, staff) for staff in (working.organiser, working.other)]
        started = time.monotonic()
        await rival(desks, commands, seed)
        seconds = time.monotonic() - started
        with opened(served.database_url) as store:
            reader = Staff(served.process.base_url, store, "Eve")
        return Outcome(desks, seconds, await disagreements(desks, reader, EVENT))


def main() -> int:
    """Measure; 1 if the two and the server do not agree."""
    described = parser(__doc__)
    described.add_argument("--commands", type=int, help=f"({COMMANDS:,}; quick {QUICK_COMMANDS})")
    described.add_argument("--seed", type=int, default=1, help="what is pressed (1)")
    given = described.parse_args()
    commands = given.commands or (QUICK_COMMANDS if given.quick else COMMANDS)
    report = Report("conflicts", "Two desks in each other's way", given.quick)
    outcome = asyncio.run(measure(commands, given.seed))
    refused = sum(len(desk.refused()) for desk in outcome.desks)
    report.add(
        "commands sent", sum(len(desk.sent) for desk in outcome.desks), "", f"{outcome.seconds:.0f} s"
    )
    report.add("refused because the other one was quicker", refused, "")
    erased = sum(one.done for desk in outcome.desks for one in desk.sent.values() if one.verb == "withdraw")
    report.add("posts erased meanwhile", erased, "")
    report.add("lost, doubled or different", len(outcome.wrong), "")
    report.detail["wrong"] = outcome.wrong
    report.finish()
    for line in outcome.wrong:
        out.print(line, style="red", markup=False)
    return int(bool(outcome.wrong))


if __name__ == "__main__":
    sys.exit(main())
