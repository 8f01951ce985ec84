"""The demo on a venue's own server while its line to the world is cut for half an hour of the demo's day.

A network of its own (Linux network namespaces, so root is needed) has the demo and a wall and a desk in it.
Another wall and desk are outside, behind a line that drops every packet while it is cut. A facilitator goes
on working at the desk outside. Afterwards every step must have been done, or refused in words, floor moves
after a question, and both desks must hold the same. Exit code 1 for what was lost or is different.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize
from sqlalchemy import func, select

from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.results import Report, out
from bench.support.wall_page import SCREEN
from tests.support.browser import chromium_or_skip, running_browser
from tests.support.desk_page import DeskPage
from tests.support.uplink import Uplink, uplink, venue_server, why_not
from tests.support.waiting import eventually
from wall.demo import SLUG
from wall.store.tables import command, entry

CUT_MINUTES = 30.0
"""Of the demo's day."""
SPEED, QUICK_SPEED = 10.0, 60.0
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
SILENT = "No connection since"
WITHIN = 120.0
_PAUSE = 1.0
_AHEAD = "bench.ahead"
# The desk's clock goes on by what the demo's day went on by, also over a reload.
_CLOCK = f"""
const real = Date.now.bind(Date);
Date.now = () => real() + Number(localStorage.getItem("{_AHEAD}") ?? 0);
"""
_UNSENT = """document.getElementById('desk').__k.__k[0].props.parts.desk.outbox.entries.value
.filter(({state}) => state !== 'answered')
.map(({cause, step, request}) => ({cause, step, tried: !!request}))"""
_TOGGLED = frozenset({"tag", "note", "claim"})
_PROBLEMS = (
    """document.getElementById('desk').__k.__k[0].props.parts.desk.problems.value.map(({cause}) => cause)"""
)
_KEYS = (("1",), ("q",), ("2",), ("x", "2"), ("3",), ("n", "Enter"), ("Space",), ("x", "2"))
"""What the facilitator outside presses, again and again: tags, points for the queue, removals, going on."""


@dataclass
class Cut:
    """What was found. Causes name the steps that were done at the desk outside."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    """What was not sent when the line was whole again: `cause`, `step`, and whether it was `tried`."""
    done: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    asked: int = 0
    entries: tuple[int, int, int] = (0, 0, 0)
    """The journal's seq when the line was cut, when it was whole again, and in the end."""
    calm: bool = False
    """Whether the wall inside never said that it is not live."""
    seconds: float = 0.0
    different: int = 0
    """Posts that the two desks hold differently in the end."""

    @property
    def unsent(self) -> list[str]:
        """The causes of what was not sent."""
        return [str(one["cause"]) for one in self.steps]

    def cancelled(self) -> int:
        """How many steps need not be sent: each has another one that turns the same thing back."""
        balance: dict[tuple[str, ...], list[bool]] = {}
        for one in self.steps:
            step = one["step"]
            if one["cause"] in self.done | self.refused or one["tried"] or step["do"] not in _TOGGLED:
                continue
            named = tuple(str(step.get(name, "")) for name in ("do", "post", "tag"))
            balance.setdefault(named, []).append(bool(step["on"]))
        return sum(2 * min(on.count(True), on.count(False)) for on in balance.values())


class Watching:
    """The four faces, the journal, and the line."""

    def __init__(self, line: Uplink, database: str, faces: Sequence[Page]) -> None:
        self.line = line
        self.database = database
        self.wall_in, self.desk_in, self.wall_out, self.desk_out = faces
        self.found = Cut()

    def seq(self) -> int:
        """The journal's length."""
        with opened(self.database) as store, store.reading() as conn:
            return int(conn.execute(select(func.max(entry.c.seq))).scalar_one())

    def done(self, causes: Sequence[str]) -> set[str]:
        """Which of these steps the server did."""
        with opened(self.database) as store, store.reading() as conn:
            asked = select(command.c.cause).where(command.c.cause.in_(causes))
            return set(conn.execute(asked).scalars())

    async def cut(self, seconds: float) -> None:
        """Cut the line for so long, and work at the desk outside meanwhile."""
        before = self.seq()
        self.line.cut()
        end, calm = time.monotonic() + seconds, True
        while time.monotonic() < end:
            for keys in _KEYS:
                for key in keys:
                    await self.desk_out.keyboard.press(key)
                await asyncio.sleep(_PAUSE)
                calm = calm and await self.wall_in.get_by_text(SILENT).count() == 0
                if time.monotonic() >= end:
                    break
        await self.desk_out.keyboard.press("Escape")
        self.found.steps = list(await self.desk_out.evaluate(_UNSENT))
        self.found.calm, self.found.seconds = calm, seconds
        self.found.entries = (before, self.seq(), 0)

    async def restore(self, passed_ms: float) -> None:
        """Make the line whole, answer what is asked with yes, and wait until all is sent."""
        await self.desk_out.evaluate(f"localStorage.setItem('{_AHEAD}', {passed_ms})")
        self.line.restore()
        desk = DeskPage(self.desk_out, SLUG)
        question = self.desk_out.get_by_role("dialog", name="Still do this?")

        async def settled() -> bool:
            if await question.count():
                self.found.asked += 1
                await self.desk_out.keyboard.press("y")
            self.found.refused |= set(await self.desk_out.evaluate(_PROBLEMS))
            return (await desk.look()).unsent == 0

        await eventually(settled, WITHIN, "the desk outside to have sent everything")
        await self.wall_out.get_by_text(SILENT).first.wait_for(state="detached", timeout=WITHIN * 1000)

    async def compare(self) -> None:
        """Wait until both desks hold the same posts, and count those that they hold differently."""
        before, back, _ = self.found.entries
        sides = [DeskPage(page, SLUG) for page in (self.desk_in, self.desk_out)]

        async def differing() -> int:
            inside, outside = [(await desk.held())["post"] for desk in sides]
            same = inside.keys() & outside.keys()
            return sum(inside[one]["state"] != outside[one]["state"] for one in same)

        async def alike() -> bool:
            self.found.different = await differing()
            return self.found.different == 0

        await eventually(alike, WITHIN, "both desks to hold the same")
        self.found.entries = (before, back, self.seq())


async def opened_faces(
    line: Uplink, stack: AsyncExitStack, folder: Path, inside: str, outside: str
) -> list[Page]:
    """A wall and a desk in the venue, and a wall and a desk outside; each with something on it."""
    within = line.executable(chromium_or_skip(), folder)
    pages = []
    for base, path in ((inside, within), (outside, None)):
        browser = await stack.enter_async_context(running_browser(path=path))
        for face, screen, up in (("wall", SCREEN, ".card .said"), ("desk", DESKTOP, ".row")):
            context = await browser.new_context(viewport=screen)
            await context.add_init_script(_CLOCK)
            page = await context.new_page()
            await page.goto(f"{base}/{face}/{SLUG}")
            await page.wait_for_selector(up, timeout=WITHIN * 1000)
            pages.append(page)
    return pages


async def measure(speed: float, minutes: float) -> Cut:
    """Cut the line for so many minutes of the demo's day: what was found."""
    with tempfile.TemporaryDirectory(prefix="uplink-") as folder, uplink() as line:
        here = Path(folder)
        settings = {"BACKCHANNEL_DATA_DIR": folder}
        server = venue_server(line, here, settings, "demo", "--speed", str(speed))
        try:
            await server.start()
            async with AsyncExitStack() as stack:
                faces = await opened_faces(line, stack, here, server.inside_url, server.base_url)
                watching = Watching(line, f"sqlite:///{folder}/{SLUG}/backchannel.db", faces)
                seconds = minutes * 60 / speed
                out.print(f"  the line is cut for {seconds:.0f} s", style="dim", markup=False)
                await watching.cut(seconds)
                await watching.restore((minutes * 60 - seconds) * 1000)
                await watching.compare()
                watching.found.done = watching.done(watching.found.unsent)
                return watching.found
        finally:
            server.stop()


def add_figures(report: Report, found: Cut, minutes: float) -> int:
    """Add what was found to the report; how many steps were lost."""
    before, back, after = found.entries
    told = found.refused & set(found.unsent)
    cancelled = found.cancelled()
    lost = len(found.unsent) - len(found.done | told) - cancelled
    report.add("cut, minutes of the demo's day", minutes, "min", f"{found.seconds:.0f} s of ours")
    report.add("entries before", before, "")
    report.add("entries when the line was whole again", back, "", "the venue went on")
    report.add("entries in the end", after, "")
    report.add("steps not sent when it was whole again", len(found.unsent), "")
    report.add("of them done", len(found.done), "")
    report.add("of them cancelled out", cancelled, "", "turned on and off again")
    report.add("of them asked about first", found.asked, "")
    report.add("of them refused, and told", len(told), "", "somebody inside was quicker")
    report.add("lost", lost, "")
    report.add("posts that the two desks hold differently", found.different, "")
    report.add("wall inside said that it is cut off", int(not found.calm), "")
    return lost


def main() -> int:
    """Cut the demo's line; 1 if anything was lost or is different."""
    described = parser(__doc__)
    described.add_argument(
        "--minutes", type=float, default=CUT_MINUTES, help=f"of its day ({CUT_MINUTES:g})"
    )
    described.add_argument("--speed", type=float, help=f"of its day ({SPEED:g}; quick {QUICK_SPEED:g})")
    given = described.parse_args()
    speed = given.speed or (QUICK_SPEED if given.quick else SPEED)
    report, wrong = Report("uplink", "The line cut during the demo", given.quick), False
    if reason := why_not():
        report.notes.append(f"Skipped: {reason}.")
    else:
        found = asyncio.run(measure(speed, given.minutes))
        lost = add_figures(report, found, given.minutes)
        wrong = lost != 0 or found.different > 0 or not found.calm
    report.finish()
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
