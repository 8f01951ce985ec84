"""Pictures of every face of the demo, dark and light: `make screenshots`.

They go to bench/results/screenshots, which git ignores, and are for looking at.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
from playwright.async_api import Browser, ViewportSize

from bench.support.demo import demo
from bench.support.results import RESULTS, out
from bench.support.wall_page import chromium
from tests.support.waiting import eventually
from wall.demo import SLUG

FOLDER = RESULTS / "screenshots"
SPEED = "12"
"""Minutes of the demo's day in a minute: something is discussed soon, and was before."""
HAPPENS_WITHIN = 120.0
SETTLES_MS = 2_500
"""Cards, pictures and the banner rest by then."""

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")


@dataclass(frozen=True)
class Shot:
    """One page at one size, in CSS pixels. `ready`: a selector of what it shows when it is up."""

    name: str
    path: str
    width: int
    height: int
    ready: str

    def address(self, base: str, theme: Theme) -> str:
        """Where it is, in a theme."""
        return f"{base}{self.path}{'&' if '?' in self.path else '?'}theme={theme}"


def shots(room: str) -> tuple[Shot, ...]:
    """Everything that is looked at; `room` is the id of a room in which something is discussed."""
    wall = f"/wall/{SLUG}"
    return (
        Shot("wall", wall, 1920, 1080, ".card"),
        Shot("wall-uhd", wall, 3840, 2160, ".card"),
        Shot("wall-portrait", wall, 1080, 1920, ".card"),
        Shot("wall-one-room", f"{wall}?room={room}", 1920, 1080, ".card"),
        Shot("desk", f"/desk/{SLUG}", 1440, 900, "#desk > *"),
        Shot("stage", f"/stage/{SLUG}?room={room}", 1440, 900, "#stage > *"),
        Shot("join", f"/join/{SLUG}", 390, 844, "main"),
        Shot("programme", f"/events/{SLUG}", 1440, 900, "main"),
        Shot("demo", "/", 1440, 900, "iframe"),
    )


async def room_with_a_point(base: str) -> str:
    """Wait until something is on a floor and something was discussed; the room of the former."""
    async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        found: list[str] = []

        async def happened() -> bool:
            answer = await client.get(f"/api/v1/events/{SLUG}/snapshot?face=wall")
            found[:] = _rooms(answer.json()["puts"])
            return bool(found)

        await eventually(happened, HAPPENS_WITHIN, "a point in a room, after another one")
        return found[0]


def _rooms(puts: Iterable[dict[str, Any]]) -> list[str]:
    held = list(puts)
    sessions = {put["id"]: put["value"]["room"] for put in held if put["type"] == "session"}
    relays = [put["value"] for put in held if put["type"] == "relay"]
    if all(relay["state"] == "on_floor" for relay in relays):
        return []
    return [sessions[relay["session"]] for relay in relays if relay["state"] == "on_floor"]


async def take(browser: Browser, base: str, shot: Shot, theme: Theme) -> Path:
    """Take one picture. AssertionError when the page does not come up."""
    size: ViewportSize = {"width": shot.width, "height": shot.height}
    context = await browser.new_context(viewport=size, color_scheme=theme)
    page = await context.new_page()
    await page.goto(shot.address(base, theme))
    await page.wait_for_selector(shot.ready, timeout=30_000)
    await page.wait_for_timeout(SETTLES_MS)
    path = FOLDER / f"{shot.name}-{theme}.png"
    await page.screenshot(path=path)
    await context.close()
    return path


async def take_all(names: Iterable[str]) -> int:
    """Take the pictures with these names, or all; how many."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted, taken = set(names), 0
    async with demo("--speed", SPEED) as process, chromium() as browser:
        room = await room_with_a_point(process.base_url)
        for shot in shots(room):
            for theme in THEMES:
                if not wanted or shot.name in wanted:
                    out.print(str(await take(browser, process.base_url, shot, theme)), markup=False)
                    taken += 1
    return taken


def main() -> int:
    """Take the pictures that were asked for; 1 if there is none of that name."""
    described = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    described.add_argument("names", nargs="*", help="only these, such as: wall join")
    return int(asyncio.run(take_all(described.parse_args().names)) == 0)


if __name__ == "__main__":
    sys.exit(main())
