"""From a deletion to the last open wall: at its network, and by a moderator who takes a post down.

A real `serve` with a Mastodon feed that streams from a fake instance, ten open websockets and two
walls in Chromium. Posts are put up and taken back one at a time. The clock starts before the fake
instance sends its `delete`, or before the request to withdraw is written; it stops when the last
websocket has the `drop`, and when both walls painted a frame without the card.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from bench.support.arguments import parser
from bench.support.results import Report
from bench.support.site import API, EVENT, Site, site
from bench.support.sockets import SOCKETS, Sockets, open_sockets
from bench.support.wall_page import SCREEN, chromium, look_for_end, watch, when_gone, when_seen
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from tests.world.mastodon_api import Status

TRIES = 100
QUICK_TRIES = 10
PAGES = 2
STANDING = 20
"""Posts that stay, so that the walls are full and close up when a card leaves."""
SHORTEST_GAP, LONGEST_GAP = 0.1, 0.4
"""Seconds between a card's being seen and its end: in step with no clock."""
WITHIN = 30.0


@dataclass(frozen=True)
class Try:
    """One post taken back: seconds until the last socket was told, and until the last wall painted."""

    told: float
    painted: float


@dataclass(frozen=True)
class Hall:
    """What is measured: a server, its upstream, and everybody who looks."""

    served: Site
    world: FakeMastodon
    sockets: Sockets
    pages: list[Page]

    async def show(self, text: str) -> Status:
        """Post upstream; returns when every wall shows it."""
        status = await self.world.publish(text, EVENT)
        await asyncio.gather(*(when_seen(page, text) for page in self.pages))
        await eventually(lambda: text in self.sockets.ids, WITHIN, "the post at the sockets")
        return status

    async def try_once(self, text: str, take_back: Callable[[Status, str], Awaitable[Any]]) -> Try:
        """Show a post and take it back."""
        status = await self.show(text)
        await asyncio.gather(*(look_for_end(page, text) for page in self.pages))
        await asyncio.sleep(random.uniform(SHORTEST_GAP, LONGEST_GAP))
        post_id, _ = self.sockets.ids[text]
        began = time.time()
        _, told, *painted = await asyncio.gather(
            take_back(status, text),
            self.sockets.all_told(self.sockets.drops, post_id),
            *(when_gone(page) for page in self.pages),
        )
        return Try(told - began, max(painted) - began)

    async def delete(self, status: Status, _text: str) -> None:
        """The author deletes it at the network."""
        await self.world.delete(status)

    async def take_down(self, _status: Status, text: str) -> None:
        """A moderator takes it down."""
        post_id, version = self.sockets.ids[text]
        await self.served.client.post(f"{API}/posts/{post_id}/withdraw", {"version": version})


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    """Everything running, the walls full."""
    async with (
        site(plain_hosts="true") as served,
        FakeMastodon() as world,
        chromium() as browser,
        AsyncExitStack() as stack,
    ):
        instances = [{"host": f"http://{one.host}", "token": TOKEN} for one in world.instances]
        config = {"instances": instances, "hashtags": [EVENT]}
        await served.client.post(f"{API}/feeds", {"network": "mastodon", "config": config})
        await eventually(lambda: world.instances[0].listens(EVENT), WITHIN, "the stream")
        pages = [await browser.new_page(viewport=SCREEN) for _ in range(PAGES)]
        for number in range(STANDING):
            await world.publish(f"Standing post {number}: it stays while others come and go.", EVENT)
        for page in pages:
            await page.goto(f"{served.process.base_url}/wall/{EVENT}")
            await page.wait_for_selector(".card .said")
            await watch(page)
        yield Hall(served, world, await stack.enter_async_context(open_sockets(served)), pages)


async def measure(tries: int) -> dict[str, list[Try]]:
    """Both ways in turn, so that both meet the same machine."""
    done: dict[str, list[Try]] = {"deleted upstream": [], "taken down": []}
    async with hall() as here:
        for number in range(-1, tries):
            for way, take_back in zip(done, (here.delete, here.take_down), strict=True):
                one = await here.try_once(f"Post {number}, {way}: said too soon.", take_back)
                done[way] += [one] if number >= 0 else []
    return done


def main() -> None:
    """Measure how long what was taken back stays on walls."""
    arguments = parser(__doc__).parse_args()
    report = Report("withdrawal", "From taken back to off every open wall", arguments.quick)
    done = asyncio.run(measure(QUICK_TRIES if arguments.quick else TRIES))
    for way, tries in done.items():
        report.latencies(f"{way}: told to the last of {SOCKETS} sockets", [one.told for one in tries])
        report.latencies(f"{way}: off the last of {PAGES} walls", [one.painted for one in tries])
        report.detail[way] = [vars(one) for one in tries]
    report.notes += [
        f"One post at a time, {SOCKETS} websockets and {PAGES} walls in Chromium open, {STANDING} posts "
        "standing; one of each kind was warm-up.",
        "Moments in a page are to the millisecond and up to two frames (33 ms) late, never early.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
