"""Somebody works at the desk with the keyboard alone, while posts arrive and two others work too.

A real `serve` whose feed plays posts of the made-up summit at 25 a minute, a third of each minute's at
once. In Chromium a scripted facilitator reads, approves, refuses, tags, queues and moves the room on;
two colleagues tag and move the queue over HTTP. At the end every key's command must be in the journal
once, and the desk's copy must be what the server has. Then an inbox of 10,000 posts.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from bench.support import full_inbox
from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.results import Report, out, percentile
from bench.support.site import EVENT, site
from bench.support.wall_page import chromium
from bench.support.working import Working, add_feed, furnish, originals, rhythm, write_archive
from tests.support.desk_colleague import Colleague
from tests.support.desk_hands import Hands
from tests.support.desk_page import DeskPage
from tests.support.desk_proof import everything, problems
from tests.support.staff import Staff

MINUTES, QUICK_MINUTES = 30.0, 1.0
PER_MINUTE = 25
INBOX = 10_000
DESKTOP = {"width": 1440, "height": 900}
_ARRIVES_WITHIN = 30.0
_HANDLED_WITHIN = 300.0
_LEAST_TIMED_MS = 16.0
"""What the browser does not time: keys that took no longer."""


@dataclass(frozen=True)
class Stretch:
    """What a stretch of work was: who did what, what was noted, and what was wrong in the end."""

    hands: Hands
    colleagues: list[Colleague]
    noted: dict[str, list[dict[str, Any]]]
    posts: int
    wrong: list[str]


async def work(browser: Browser, working: Working, minutes: float, per_minute: int) -> Stretch:
    """Work for so long, and until everything that came is handled."""
    times = rhythm(minutes, per_minute)
    context = await browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    await DeskPage.note_keys(context)
    await working.sign_in(context)
    desk = DeskPage(await context.new_page(), EVENT)
    hands = Hands(desk)
    with opened(working.served.database_url) as store:
        third = Staff(working.served.process.base_url, store, "Cem")
    others = (working.other, third)
    colleagues = [Colleague(one, EVENT, working.session, 2 + at) for at, one in enumerate(others)]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        archive = Path(folder) / "posts.jsonl"
        write_archive(archive, originals(), times)
        await add_feed(working.served, archive, 1)
        await desk.page.goto(working.address(f"/desk/{EVENT}"))
        await desk.page.wait_for_selector(".row", timeout=_ARRIVES_WITHIN * 1000)
        beside = [asyncio.create_task(one.work()) for one in colleagues]
        try:
            await hands.work(minutes * 60 + 5)
            await hands.finish(_HANDLED_WITHIN)
        finally:
            for task in beside:
                task.cancel()
            ended = await asyncio.gather(*beside, return_exceptions=True)
    wrong = [f"a colleague stopped: {one!r}" for one in ended if isinstance(one, Exception)]
    await hands.rest()
    with opened(working.served.database_url) as store:
        wrong += await problems(desk, working.other, EVENT, store, hands.tally)
    posts = len((await everything(working.other, EVENT))["post"])
    if posts != len(times):
        wrong.append(f"{len(times)} posts were played and {posts} are here")
    stretch = Stretch(hands, colleagues, await desk.noted(), posts, wrong)
    await context.close()
    return stretch


def add_figures(report: Report, stretch: Stretch, minutes: float) -> None:
    """Add what the stretch of work tells."""
    tally, keys = stretch.hands.tally, stretch.noted["keys"]
    painted = [(one["painted"] - one["at"]) / 1000 for one in keys if one["painted"] is not None]
    timed = [one["duration"] for one in stretch.noted["events"]]
    timed += [_LEAST_TIMED_MS] * max(0, len(keys) - len(timed))
    report.latencies("key to painted change", painted)
    report.add(
        "key to paint by the browser's own clock, p95", percentile(timed, 0.95), "ms", "in steps of 8 ms"
    )
    report.add("keys that changed nothing", len(keys) - len(painted), "", f"of {len(keys)}")
    report.add("frames over 50 ms", len(stretch.noted["frames"]), "")
    report.add("posts that came", stretch.posts, "", f"in {minutes:g} min")
    handled = max(1, len(tally.seen))
    report.add("posts handled, each read before", len(tally.seen), "")
    report.add("keystrokes that a post took, p50", percentile(tally.per_post, 0.5), "")
    report.add("keystrokes that a post took, mean", sum(tally.per_post) / handled, "")
    report.add("all keystrokes for each post", tally.keys / handled, "", "the room's, and outcomes typed")
    report.add("oldest unhandled post, p50", percentile(tally.oldest_seconds, 0.5), "s")
    report.add("oldest unhandled post, longest", max(tally.oldest_seconds), "s")
    report.add("unhandled at once, most", max(tally.left), "")
    sent = stretch.hands.desk.sent
    report.add(
        "commands sent",
        len(sent),
        "",
        ", ".join(f"{n} {v}" for v, n in sorted(stretch.hands.desk.verbs().items())),
    )
    did = sum((one.did for one in stretch.colleagues), Counter[str]())
    report.add("commands of the two others", did.total(), "", str(dict(did)))
    report.add("refused because somebody was quicker, all told", tally.told, "")
    report.add("lost, doubled or different", len(stretch.wrong), "")
    report.detail["wrong"] = stretch.wrong
    report.detail["keys"] = keys


async def measure(report: Report, minutes: float, per_minute: int, inbox: int) -> Stretch:
    """A stretch of work, then a full inbox."""
    async with chromium() as browser:
        async with site() as served:
            stretch = await work(browser, await furnish(served), minutes, per_minute)
        add_figures(report, stretch, minutes)
        await full_inbox.measure(browser, report, inbox)
    return stretch


def main() -> int:
    """Measure the desk; 1 if anything was lost or done twice."""
    described = parser(__doc__)
    described.add_argument(
        "--minutes", type=float, help=f"how long to work ({MINUTES:g}; quick {QUICK_MINUTES:g})"
    )
    described.add_argument(
        "--per-minute", type=int, default=PER_MINUTE, help=f"posts a minute ({PER_MINUTE})"
    )
    described.add_argument("--inbox", type=int, default=INBOX, help=f"posts of the full inbox ({INBOX:,})")
    given = described.parse_args()
    minutes = given.minutes or (QUICK_MINUTES if given.quick else MINUTES)
    report = Report("desk", "At the desk, by keyboard alone", given.quick)
    stretch = asyncio.run(measure(report, minutes, given.per_minute, given.inbox))
    report.notes.append(
        "From the key's own time stamp to the second animation frame after the change: up to one frame "
        "(17 ms) late, never early. Longest task: of the page's main thread, traced by Chromium."
    )
    report.finish()
    for line in stretch.wrong:
        out.print(line, style="red", markup=False)
    return int(bool(stretch.wrong))


if __name__ == "__main__":
    sys.exit(main())
