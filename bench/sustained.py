"""A thousand posts a second for a minute: does intake keep up, and how late are the walls?

A fake Mastodon streams posts to a real `serve`, which reads, judges and journals them while walls
follow. Every tenth of a second the clock starts with what was sent so far and stops when all walls have it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.support.arguments import parser
from bench.support.crowd import Crowd, crowd
from bench.support.processes import cpu_seconds
from bench.support.results import Report, percentile
from bench.support.site import API, EVENT, Site, site
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon

A_SECOND = 1_000
SECONDS = 60
QUICK_SECONDS = 8
WALLS = 20
_TICK = 0.02
_LOOK_SECONDS = 0.1
_WITHIN = 60.0
_TEXT = "Point {}: has anybody tried to bring the questions of those who are far away to the floor?"


@dataclass
class Stream:
    """What goes in: its pace, and how far it got."""

    world: FakeMastodon
    sent: int = 0
    behind: float = 0.0
    """Seconds by which the fake network was late at worst: it must not be what is measured."""

    async def run(self, seconds: int) -> None:
        """Publish at an even pace."""
        began = time.perf_counter()
        while self.sent < seconds * A_SECOND:
            due = min(int((time.perf_counter() - began) * A_SECOND) + 1, seconds * A_SECOND)
            while self.sent < due:
                await self.world.publish(_TEXT.format(self.sent), EVENT, user=f"author{self.sent % 300}")
                self.sent += 1
            self.behind = max(self.behind, time.perf_counter() - began - self.sent / A_SECOND)
            await asyncio.sleep(_TICK)


@dataclass
class Lags:
    """How late the walls are, in seconds, as often as it was looked."""

    found: list[float] = field(default_factory=list)

    async def watch(self, walls: Crowd, stream: Stream, base: int) -> None:
        """Look until cancelled."""
        while True:
            await walls.wait_for(f"seq {base + stream.sent}")
            began = time.perf_counter()
            await walls.reached()
            self.found.append(time.perf_counter() - began)
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def streaming() -> AsyncIterator[tuple[Site, FakeMastodon]]:
    """A server whose feed listens to a fake network."""
    async with site(plain_hosts="true") as served, FakeMastodon() as world:
        config = {"instances": [{"host": f"http://{one.host}", "token": TOKEN} for one in world.instances]}
        feed = {"network": "mastodon", "config": config | {"hashtags": [EVENT]}}
        await served.client.post(f"{API}/feeds", feed)
        await eventually(lambda: world.instances[0].listens(EVENT), _WITHIN, "the stream")
        await world.publish("The first post.", EVENT)
        await eventually_counted(served, 1)
        yield served, world


async def eventually_counted(served: Site, count: int) -> int:
    """Wait until so many posts are shown; the journal's seq then."""
    end = time.monotonic() + _WITHIN
    while True:
        snapshot = (await served.client.get(f"{API}/snapshot?face=wall")).json
        counts = [put["value"]["shown"] for put in snapshot["puts"] if put["type"] == "count"]
        if counts and counts[0] >= count:
            return int(snapshot["seq"])
        assert time.monotonic() < end, f"{counts} posts are shown, not {count}"
        await asyncio.sleep(_LOOK_SECONDS)


async def measure(report: Report, seconds: int) -> None:
    """One run, and what came of it."""
    async with streaming() as (served, world):
        base = await eventually_counted(served, 1)
        cursor = (await served.client.get(f"{API}/snapshot?face=wall")).json["cursor"]
        path = f"/live/{EVENT}?face=wall&cursor={cursor}"
        async with crowd(served.port, path, WALLS) as walls:
            stream, lags, pid = Stream(world), Lags(), served.process.child.pid
            watching = asyncio.create_task(lags.watch(walls, stream, base))
            spent, began = -cpu_seconds(pid), time.perf_counter()
            await stream.run(seconds)
            await eventually_counted(served, stream.sent + 1)
            lasted, spent = time.perf_counter() - began, spent + cpu_seconds(pid)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    report.add(f"posts sent in {seconds} s", stream.sent, "posts", "all are shown in the end")
    report.add("all on disk after", lasted, "s")
    report.latencies(f"from the network to {WALLS} walls", lags.found)
    report.add(f"from the network to {WALLS} walls, p99", 1000 * percentile(lags.found, 0.99), "ms")
    report.add("the server's share of a core", 100 * spent / lasted, "%")
    report.add("the fake network was late by at most", 1000 * stream.behind, "ms")
    report.detail["lags"] = lags.found


def main() -> None:
    """Measure sustained intake."""
    arguments = parser(__doc__).parse_args()
    report = Report("sustained", "A thousand posts a second", arguments.quick)
    asyncio.run(measure(report, QUICK_SECONDS if arguments.quick else SECONDS))
    report.finish()


if __name__ == "__main__":
    main()
