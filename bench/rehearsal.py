"""The recorded event at 60 times its pace, on all four faces at once, handled at the desk by keyboard.

A real `serve` plays the busiest hours of `conference-2019.jsonl` from the folder in `BACKCHANNEL_DATA`
(or `../shared/data`) into an event with two rooms whose sessions run. Wall, desk, chair view and phone
are open in Chromium; a scripted facilitator works at the desk. Whatever any of them complains of is
counted, and how much they grow. Exit code 1 for any error on a console.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import deque
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, ViewportSize
from pydantic_core import from_json
from rich.table import Table

from bench.support.arguments import parser
from bench.support.faces_watch import Size, WatchedFace, watch_face
from bench.support.results import Report, out
from bench.support.site import EVENT, site
from bench.support.wall_page import SCREEN, chromium
from bench.support.working import Working, add_feed, furnish
from tests.support.desk_hands import Hands
from tests.support.desk_page import DeskPage

MINUTES, QUICK_MINUTES = 10.0, 0.75
SPEED = 60.0
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
_ARCHIVE = "conference-2019.jsonl"
_SETTLES_SECONDS = 3.0
_CARDS_WITHIN_MS = 30_000


def archive() -> Path | None:
    """The recorded event; None where it is not here."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("BACKCHANNEL_DATA") or beside) / _ARCHIVE
    return path if path.is_file() else None


def busiest(path: Path, length: timedelta) -> list[bytes]:
    """The lines of the stretch of this length in which most was said."""
    window: deque[tuple[datetime, bytes]] = deque()
    best: list[bytes] = []
    with path.open("rb") as file:
        for line in file:
            at = datetime.fromisoformat(from_json(line)["created_at"])
            window.append((at, line))
            while at - window[0][0] > length:
                window.popleft()
            if len(window) > len(best):
                best = [line for _, line in window]
    return best


async def open_faces(browser: Browser, working: Working, stack: AsyncExitStack) -> list[WatchedFace]:
    """Wall, desk, chair view and phone, each in a context of its own; the desk is the second."""
    faces = []
    for name, path, screen in (
        ("wall", f"/wall/{EVENT}", SCREEN),
        ("desk", f"/desk/{EVENT}", DESKTOP),
        ("stage", f"/stage/{EVENT}?session={working.session}", DESKTOP),
        ("join", f"/join/{EVENT}", PHONE),
    ):
        context = await browser.new_context(viewport=screen)
        stack.push_async_callback(context.close)
        if name == "desk":
            await working.sign_in(context)
        faces.append(await watch_face(context, name, working.address(path)))
    return faces


async def rehearse(
    working: Working, lines: list[bytes], minutes: float, speed: float
) -> tuple[list[WatchedFace], list[Size], list[Size], Hands]:
    """Play and work for so long: the faces, their sizes before and after, and who worked."""
    async with chromium() as browser, AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        part = folder / _ARCHIVE
        part.write_bytes(b"".join(lines))
        faces = await open_faces(browser, working, stack)
        desk = DeskPage(faces[1].page, EVENT)
        hands = Hands(desk)
        await add_feed(working.served, part, speed)
        await desk.page.wait_for_selector(".row", timeout=_CARDS_WITHIN_MS)
        before = [await face.size() for face in faces]
        await _work(hands, minutes)
        await asyncio.sleep(_SETTLES_SECONDS)
        return faces, before, [await face.size() for face in faces], hands


async def _work(hands: Hands, minutes: float) -> None:
    """Work, and say every minute that it goes on."""
    end = time.monotonic() + minutes * 60
    while (left := end - time.monotonic()) > 0:
        await hands.work(min(60.0, left))
        handled, look = len(hands.tally.seen), await hands.desk.look()
        out.print(f"  {handled} posts handled, {look.left} left", style="dim", markup=False)


def print_faces(faces: list[WatchedFace], before: list[Size], after: list[Size]) -> None:
    """Print what was noticed about each face."""
    table = Table("face", box=None, title="Four faces", title_justify="left", title_style="bold")
    for title in ("console", "CSP", "failed", "reconnects", "heap MB", "nodes"):
        table.add_column(title, justify="right")
    for face, was, is_ in zip(faces, before, after, strict=True):
        counts = (face.errors, face.violations, face.failed)
        grown = (f"{was.heap_mb:.1f} → {is_.heap_mb:.1f}", f"{was.nodes:,} → {is_.nodes:,}")
        table.add_row(face.name, *(str(len(one)) for one in counts), str(face.reconnects), *grown)
    out.print(table)
    for face in faces:
        for line in dict.fromkeys([*face.errors, *face.violations, *face.failed]):
            out.print(f"  {face.name}: {line}", style="red", markup=False)


def add_figures(report: Report, faces: list[WatchedFace], before: list[Size], after: list[Size]) -> None:
    """Add the same to the report."""
    for face, was, is_ in zip(faces, before, after, strict=True):
        report.add(f"{face.name}: errors and warnings on the console", len(face.errors), "")
        report.add(f"{face.name}: CSP reports", len(face.violations), "")
        report.add(f"{face.name}: failed requests", len(face.failed), "")
        report.add(f"{face.name}: reconnects", face.reconnects, "")
        report.add(f"{face.name}: heap grew by", is_.heap_mb - was.heap_mb, "MB", f"to {is_.heap_mb:.1f}")
        report.add(f"{face.name}: nodes grew by", is_.nodes - was.nodes, "", f"to {is_.nodes:,}")
        report.detail[face.name] = face.errors + face.violations + face.failed


async def measure(report: Report, lines: list[bytes], minutes: float, speed: float) -> bool:
    """Rehearse and report; whether no console had an error."""
    async with site() as served:
        faces, before, after, hands = await rehearse(await furnish(served), lines, minutes, speed)
    print_faces(faces, before, after)
    add_figures(report, faces, before, after)
    report.add("posts handled at the desk", len(hands.tally.seen), "")
    report.add("keystrokes for each of them", hands.tally.keys / max(1, len(hands.tally.seen)), "")
    report.add("times that the room moved on", hands.tally.meant["advance"], "")
    report.add("commands refused", len(hands.desk.refused()), "", f"{hands.tally.told} told")
    return not any(face.errors for face in faces)


def main() -> int:
    """Rehearse the recorded event; 1 if a console had an error."""
    described = parser(__doc__)
    described.add_argument("--minutes", type=float, help=f"how long ({MINUTES:g}; quick {QUICK_MINUTES:g})")
    described.add_argument(
        "--speed", type=float, default=SPEED, help=f"times faster than it was ({SPEED:g})"
    )
    given = described.parse_args()
    minutes = given.minutes or (QUICK_MINUTES if given.quick else MINUTES)
    report = Report("rehearsal", "The recorded event on all four faces", given.quick)
    path, clean = archive(), True
    if path is None:
        report.notes.append(f"Skipped: {_ARCHIVE} is not here. Set BACKCHANNEL_DATA to its folder.")
    else:
        lines = busiest(path, timedelta(minutes=minutes * given.speed))
        report.add(
            "posts in these hours", len(lines), "", f"{minutes * given.speed / 60:g} h at {given.speed:g}x"
        )
        clean = asyncio.run(measure(report, lines, minutes, given.speed))
    report.finish()
    return int(not clean)


if __name__ == "__main__":
    sys.exit(main())
