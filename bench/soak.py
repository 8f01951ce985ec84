"""Eight hours of event time on a wall in Chromium: what it grows by, and whether it ever stutters.

The demo's whole day, with its robots at work, on a wall of 1920 x 1080: 2,241 posts and more, points
brought to two floors. The usual run plays it at 60 times its pace, in 8 minutes: far above what a wall can
show, so that its policy for floods is always at work. `--whole` plays it at 8 times its pace, in an hour.
The wall's scene goes through eight layouts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.demo import demo_in
from bench.support.faces_watch import Size, WatchedFace, watch_face
from bench.support.results import Report, out
from bench.support.smoothness import LONG_MS, Smooth, Work, notice, noticed, work_of
from bench.support.wall_page import SCREEN, chromium
from tests.support.staff import Staff
from wall.demo import SLUG
from wall.demo.day import MINUTES

SPEED, WHOLE_SPEED = 60.0, 8.0
QUICK_MINUTES = 1.5
SAMPLES = 16
"""So often the heap is collected and looked at."""
WARM_UP = 0.25
"""The share of a run after which growth counts: a wall keeps 500 posts, and first has to get them."""
_AFTER_MS = 400.0
"""Tasks so shortly after a collection that we asked for are the collection."""
_STEPS = [
    {"layout": layout, "seconds": seconds}
    for layout, seconds in (
        ("columns", 60),
        ("spotlight", 20),
        ("stream", 30),
        ("mosaic", 20),
        ("question", 20),
        ("floor", 15),
        ("programme", 10),
        ("title", 5),
    )
]


@dataclass
class Soak:
    """A run: sizes after each collection, by the minute of the run; what was noticed between them."""

    minutes: list[float] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    smooth: Smooth = field(default_factory=Smooth)
    collected: list[float] = field(default_factory=list)
    """When we collected, in the page's milliseconds."""
    busy: float = 0.0
    shown: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def warm(self) -> list[Size]:
        """The sizes after the warm-up."""
        return self.sizes[max(1, int(len(self.sizes) * WARM_UP)) :]

    @property
    def long_tasks(self) -> list[float]:
        """Tasks of more than `LONG_MS`, but for those that we caused."""
        ours = [(at - _AFTER_MS, at + _AFTER_MS) for at in self.collected]
        return [
            took
            for began, took in self.smooth.tasks
            if took > LONG_MS
            and not any(low <= began <= high or began <= low <= began + took for low, high in ours)
        ]


@asynccontextmanager
async def wall(speed: float) -> AsyncIterator[tuple[WatchedFace, Staff]]:
    """A wall of the demo that plays at this speed, and somebody who asks its API."""
    async with demo_in("--speed", f"{speed:g}") as (process, database), chromium() as browser:
        with opened(database) as store:
            staff = Staff(process.base_url, store)
        scene = {"name": "Soak", "steps": _STEPS}
        made = await staff.ask("POST", f"/events/{SLUG}/scenes", json=scene)
        assert made.is_success, made.text
        context = await browser.new_context(viewport=SCREEN)
        address = f"{process.base_url}/wall/{SLUG}?scene={made.json()['scene']}"
        face = await watch_face(context, "wall", address)
        await face.page.wait_for_selector("main .card", timeout=60_000)
        yield face, staff


async def sample(face: WatchedFace, run: Soak, began: float) -> None:
    """Look at the wall's size, and take in what was noticed since the last look."""
    run.smooth.add(await noticed(face.page))
    run.collected.append(run.smooth.now)
    run.sizes.append(await face.size())
    run.minutes.append((time.monotonic() - began) / 60)
    size = run.sizes[-1]
    out.print(
        f"  {run.minutes[-1]:5.1f} min: {size.heap_mb:.2f} MB, {size.nodes:,} nodes, "
        f"{len(run.long_tasks)} long tasks, {run.smooth.dropped_share:.1f} % of frames dropped",
        style="dim",
        markup=False,
    )


async def measure(speed: float, minutes: float) -> Soak:
    """Let a wall run for so many minutes while the day passes at this speed."""
    run = Soak()
    async with wall(speed) as (face, staff):
        await notice(face.page)
        began, first = time.monotonic(), await work_of(face.cdp)
        await sample(face, run, began)
        for number in range(1, SAMPLES + 1):
            await asyncio.sleep(max(0, began + minutes * 60 * number / SAMPLES - time.monotonic()))
            await sample(face, run, began)
        last: Work = await work_of(face.cdp)
        run.busy = last.share_since(first)
        puts = (await staff.ask("GET", f"/events/{SLUG}/snapshot?face=wall")).json()["puts"]
        run.shown = next(put["value"]["shown"] for put in puts if put["type"] == "count")
        run.problems = [*face.errors, *face.violations, *face.failed]
    return run


def reported(run: Soak, speed: float, minutes: float, report: Report) -> None:
    """Put a run's figures into a report."""
    warm = run.warm
    heaps, nodes = [one.heap_mb for one in warm], [one.nodes for one in warm]
    half = max(1, len(heaps) // 2)
    report.add("event time", speed * minutes / 60, "h", f"at {speed:g} times its pace")
    report.add("posts shown by the event", run.shown, "")
    report.add("heap after warm-up, first", heaps[0], "MB", "after a forced collection")
    report.add("heap after warm-up, last", heaps[-1], "MB")
    report.add("heap after warm-up, most less first", max(heaps) - heaps[0], "MB", "at most 10")
    report.add(
        "mean of the second half less that of the first", _mean(heaps[half:]) - _mean(heaps[:half]), "MB"
    )
    report.add("DOM nodes, most", max(nodes), "", f"{min(nodes):,} to {max(nodes):,} after warm-up")
    report.add(f"tasks of more than {LONG_MS:g} ms", len(run.long_tasks), "", "none wanted")
    report.add(
        "longest task", max((took for _, took in run.smooth.tasks), default=0.0), "ms", "collections too"
    )
    report.add(
        "frames dropped",
        run.smooth.dropped_share,
        "%",
        f"{run.smooth.dropped:,} of {run.smooth.frames:,} drawn",
    )
    report.add("main thread busy", run.busy, "%", "with a frame counted every 17 ms")
    report.add("console, policy and network problems", len(run.problems), "")
    report.detail = {
        "minutes": run.minutes,
        "sizes": [vars(one) for one in run.sizes],
        "long_tasks": run.long_tasks,
        "problems": run.problems,
    }


def _mean(values: list[float]) -> float:
    return sum(values) / max(len(values), 1)


def main() -> None:
    """Measure what a wall grows by in a day."""
    described = parser(__doc__)
    described.add_argument("--whole", action="store_true", help="the day at 8 times its pace: an hour")
    arguments = described.parse_args()
    speed = WHOLE_SPEED if arguments.whole else SPEED
    minutes = QUICK_MINUTES if arguments.quick else MINUTES / speed
    report = Report("soak", "Eight hours of event time on a wall", arguments.quick)
    run = asyncio.run(measure(speed, minutes))
    reported(run, speed, minutes, report)
    report.notes += [
        "Heap and nodes are those of the page after its garbage was collected by force; nodes are all that "
        "the page still holds, drawn or not.",
        "A frame counts as dropped when the next one came more than 1.5 frames of 16.7 ms later. Chromium "
        "runs without a graphics card here, beside the server, the day's robots and this bench.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
